/* Which models a server has, by GET /models. */
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "caption/model.h"

enum { NAMES_MAX = 500, NAME_MAX_BYTES = 200, ANSWER_MAX = 4 << 20 };
enum { CONNECT_MS = 5000, TOTAL_MS = 15000 };

static json_object *
names_of(json_object *answer)
{
    json_object *data = json_at(answer, "data");
    json_object *names = json_object_new_array();

    if (!json_object_is_type(data, json_type_array))
        return names;
    for (size_t i = 0; i < json_object_array_length(data) && i < NAMES_MAX;
         i++) {
        const char *id = json_text(json_object_array_get_idx(data, i), "id");

        if (id != NULL && strlen(id) <= NAME_MAX_BYTES)
            json_object_array_add(names, json_object_new_string(id));
    }
    return names;
}

int
model_names(const struct conf *conf, json_object **ret, struct err *err)
{
    auto_free char *url = model_url(conf, "/models");
    auto_free char *key =
        conf->openai_key == NULL
            ? NULL
            : xasprintf("Authorization: Bearer %s", conf->openai_key);
    const char *headers[] = {"Accept: application/json", key, NULL};
    struct http_req rq = {.method = "GET",
                          .url = url,
                          .headers = headers,
                          .connect_ms = CONNECT_MS,
                          .total_ms = TOTAL_MS,
                          .max = ANSWER_MAX};
    auto_http_resp struct http_resp resp = {0};
    auto_json json_object *answer = NULL;
    struct err why = ERR_INIT;

    if (http_do(&rq, &resp, &why) == -1)
        return err_set(err, ERR_MODEL,
                       "the model's server cannot be reached; check its "
                       "address and that it runs");
    if (resp.status == 401 || resp.status == 403)
        return err_set(err, ERR_MODEL_AUTH,
                       "the model's server does not take the key (%d)",
                       resp.status);
    if (resp.status == 200)
        answer = json_parse_object(buf_str(&resp.body), resp.body.len, &why);
    *ret = names_of(answer);
    return 0;
}
