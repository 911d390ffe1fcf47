/*
 * A window on a source: at least READER_AHEAD bytes can be looked at before
 * they are taken. It also counts the bytes outside of the file, which are
 * limited.
 */
#ifndef INGEST_READER_H
#define INGEST_READER_H

#include "ingest/ingest.h"

#define READER_SIZE (64 * 1024)
#define READER_AHEAD (16 * 1024)

#define READER_END (-1)
#define READER_FAILED (-2)

struct reader {
    const struct ingest_source *source;
    unsigned char *data; /* READER_SIZE */
    size_t pos;          /* index in data of the next byte to take */
    size_t len;          /* bytes present in data */
    bool ended;
    int64_t before;     /* bytes of the body before data[0] */
    int64_t of_file;    /* bytes taken that belong to the file */
    int64_t file_start; /* offset at which the file began; -1 outside of it */
};

void reader_init(struct reader *r, const struct ingest_source *source);
void reader_release(struct reader *r);

/* Read more after the buffered bytes: 1 if some came, 0 at the end, -1. */
int reader_more(struct reader *r, struct err *err);
/* Buffer at least n (at most READER_AHEAD) bytes; fewer only at the end. */
int reader_need(struct reader *r, size_t n, struct err *err);

/* The bytes that follow belong to the file, or no longer do. */
void reader_file_begin(struct reader *r);
void reader_file_end(struct reader *r);

static inline size_t
reader_avail(const struct reader *r)
{
    return r->len - r->pos;
}

static inline const unsigned char *
reader_at(const struct reader *r)
{
    return r->data + r->pos;
}

static inline int64_t
reader_offset(const struct reader *r)
{
    return r->before + (int64_t)r->pos;
}

/* The next byte, without taking it; READER_END, READER_FAILED. */
static inline int
reader_peek(struct reader *r, struct err *err)
{
    if (r->pos == r->len) {
        int rc = reader_more(r, err);

        if (rc <= 0)
            return rc == 0 ? READER_END : READER_FAILED;
    }
    return r->data[r->pos];
}

#endif
