/* ingest_multipart on any bytes, with any Content-Type: the first line. */
#include <stdint.h>
#include <stdio.h>

#include "twice.h"

static char type[128];

static int
read_multipart(const struct ingest_source *source, struct outcome *o,
               const struct ingest_sink *sink)
{
    return ingest_multipart(source, type, o->fields, 2, "audio", sink,
                            &o->result, &o->err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const uint8_t *end = len > 0 ? memchr(data, '\n', len) : NULL;
    size_t line = end != NULL ? (size_t)(end - data) : 0;

    if (end == NULL || line == 0 || line > 100)
        return 0;
    (void)snprintf(type, sizeof(type), "multipart/form-data; %.*s",
                   (int)line - 1, (const char *)data + 1);
    read_twice(read_multipart, end + 1, len - line - 1, 1 + data[0] % 64);
    return 0;
}
