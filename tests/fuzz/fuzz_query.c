/* The contents of a request line: query strings, paths against a table of
 * routes, ranges; decoded text is valid, and encodes back to itself. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/path.h"
#include "web/query.h"
#include "web/route.h"
#include "web/web.h"

static const struct route routes[] = {
    {"GET", "/api/artists", TAKES_NOTHING, 0, NULL},
    {"GET", "/api/artists/{id}", TAKES_NOTHING, 0, NULL},
    {"PUT", "/api/train/items/{id}/windows/{position}", TAKES_JSON, 0, NULL},
    {0},
};

static void
hold(bool truth)
{
    if (!truth)
        abort();
}

static void
try_query(const char *text)
{
    struct query q = {0};
    struct err err = ERR_INIT;

    if (query_parse(text, &q, &err) == -1) {
        hold(err.code == ERR_BAD_REQUEST);
        return;
    }
    for (size_t i = 0; i < q.n; i++) {
        auto_buf struct buf b = BUF_INIT(1 << 20);
        auto_free char *back = xcalloc(1, strlen(q.pairs[i].value) + 1);

        hold(text_valid(q.pairs[i].value, strlen(q.pairs[i].value)));
        percent_encode(&b, q.pairs[i].value, "");
        hold(percent_decode(buf_str(&b), b.len, true, back));
        hold(strcmp(back, q.pairs[i].value) == 0);
        hold(query_get(&q, q.pairs[i].name) != NULL);
    }
    query_release(&q);
}

static void
try_route(const char *path)
{
    static const char *const methods[] = {"GET", "PUT", "", "\x01"};

    for (size_t i = 0; i < 4; i++) {
        auto_buf struct buf allow = BUF_INIT(1024);
        struct route_match m = {0};

        if (route_find(routes, methods[i], path, &m, &allow) == ROUTE_FOUND)
            hold(m.route != NULL && m.n <= ROUTE_SEGMENTS);
        (void)route_param(&m, "id");
        route_match_release(&m);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    auto_free char *text = xstrndup((const char *)data, len);
    auto_free char *out = xcalloc(1, len + 1);

    try_query(text);
    try_route(text);
    if (percent_decode(text, strlen(text), false, out))
        hold(text_valid(out, strlen(out)) && strlen(out) <= strlen(text));
    if (path_valid(text))
        hold(strstr(text, "..") != text && strstr(text, "/.") == NULL);
    return 0;
}
