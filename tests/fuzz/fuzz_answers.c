/* Answers of Supabase and Replicate, refusals and successes: any status, any
 * body, and never a key in the messages. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "store/supabase.h"
#include "trainer/replicate.h"

#define KEY "sb_secret_0123456789abcdef"

static void
hold(bool truth)
{
    if (!truth)
        abort();
}

static void
try_supabase(int status, const char *text, size_t len)
{
    char key[] = KEY;
    char bucket[] = "dawa-exports";
    struct conf conf = {.supabase_key = key, .supabase_bucket = bucket};
    struct supabase s = {.conf = &conf};
    auto_http_resp struct http_resp resp = {.status = status,
                                            .body = BUF_INIT(1 << 20)};
    struct err err = ERR_INIT;
    enum outcome how;

    (void)buf_add(&resp.body, text, len);
    how = supabase_fault(&s, &resp, &err);
    hold(how == CALL_REFUSED || how == CALL_AGAIN);
    hold(err.code != ERR_NONE && strstr(err.msg, KEY) == NULL);
}

static void
try_replicate(const char *text, size_t len)
{
    struct err err = ERR_INIT;
    auto_json json_object *o = json_parse_object(text, len, &err);
    struct training t = {0};

    if (o != NULL && replicate_state(o, &t, &err) == 0) {
        hold(t.replicate_id != NULL && t.status != NULL);
        hold(strlen(t.replicate_id) <= 64);
        hold(t.error == NULL || strlen(t.error) <= 4096);
    }
    training_release(&t);
    err_clear(&err);
    {
        auto_free char *one = xstrndup(text, len);

        hold(replicate_verify("whsec_c2VjcmV0", "id", one, one, one, &err) ==
             -1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const int statuses[] = {400, 401, 402, 403, 404, 408, 409, 413,
                                   415, 423, 429, 500, 502, 503, 544, 0};

    if (len < 1)
        return 0;
    try_supabase(statuses[data[0] % 16], (const char *)data + 1, len - 1);
    try_replicate((const char *)data + 1, len - 1);
    return 0;
}
