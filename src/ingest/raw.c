/* A body that is nothing but the file. */
#include "ingest/reader.h"

int
ingest_raw(const struct ingest_source *source, const struct ingest_sink *sink,
           struct ingest_result *ret, struct err *err)
{
    auto_cleanup(reader_release) struct reader r;
    int64_t bytes = 0;
    int rc;

    reader_init(&r, source);
    reader_file_begin(&r);
    while ((rc = reader_more(&r, err)) == 1) {
        if (sink->write(sink->ctx, reader_at(&r), reader_avail(&r), err) == -1)
            return -1;
        bytes += (int64_t)reader_avail(&r);
        r.pos = r.len;
    }
    if (rc == -1)
        return -1;
    *ret = (struct ingest_result){.file_seen = true, .file_bytes = bytes};
    return 0;
}
