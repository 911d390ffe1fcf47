/* A window on a source; see reader.h. */
#include "ingest/reader.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
reader_init(struct reader *r, const struct ingest_source *source)
{
    *r = (struct reader){
        .source = source, .data = xmalloc(READER_SIZE), .file_start = -1};
}

void
reader_release(struct reader *r)
{
    free(r->data);
}

/* Nobody needs megabytes besides the audio, and they cost time. */
static int
check_beside(const struct reader *r, struct err *err)
{
    if (r->file_start == -1 &&
        reader_offset(r) - r->of_file > INGEST_BESIDE_MAX)
        return err_set(err, ERR_TOO_LARGE,
                       "there are more than %d bytes besides the audio",
                       INGEST_BESIDE_MAX);
    return 0;
}

int
reader_more(struct reader *r, struct err *err)
{
    ssize_t n;

    if (r->ended)
        return 0;
    if (check_beside(r, err) == -1)
        return -1;
    if (r->pos > 0) {
        memmove(r->data, r->data + r->pos, reader_avail(r));
        r->before += (int64_t)r->pos;
        r->len -= r->pos;
        r->pos = 0;
    }
    n = r->source->read(r->source->ctx, r->data + r->len, READER_SIZE - r->len,
                        err);
    if (n == -1)
        return -1;
    r->ended = n == 0;
    r->len += (size_t)n;
    return n > 0;
}

int
reader_need(struct reader *r, size_t n, struct err *err)
{
    while (reader_avail(r) < n) {
        int rc = reader_more(r, err);

        if (rc <= 0)
            return rc;
    }
    return 0;
}

void
reader_file_begin(struct reader *r)
{
    r->file_start = reader_offset(r);
}

void
reader_file_end(struct reader *r)
{
    r->of_file += reader_offset(r) - r->file_start;
    r->file_start = -1;
}
