/* ingest_json on any bytes; and what it accepts, json-c must accept too. */
#include <stdint.h>

#include "base/json.h"
#include "twice.h"

static int
read_json(const struct ingest_source *source, struct outcome *o,
          const struct ingest_sink *sink)
{
    return ingest_json(source, o->fields, 2, "audioBase64", sink, &o->result,
                       &o->err);
}

/* Our reader is the stricter one, except that json-c accepts no exponent or
 * fraction beyond a double. */
static void
ask_json_c(const unsigned char *data, size_t len)
{
    struct err err = ERR_INIT;
    struct outcome o;
    json_object *parsed = NULL;

    read_once(read_json, data, len, 0, &o);
    if (o.rc == 0 && memchr(data, 'e', len) == NULL &&
        memchr(data, 'E', len) == NULL) {
        parsed = json_parse_object((const char *)data, len, &err);
        hold(parsed != NULL);
    }
    json_object_put(parsed);
    ingest_fields_release(o.fields, 2);
    ingest_result_release(&o.result);
    buf_release(&o.file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    read_twice(read_json, data + 1, len - 1, 1 + data[0] % 64);
    ask_json_c(data + 1, len - 1);
    return 0;
}
