/*
 * A request body turned into named texts and one file. The body is pulled
 * from a source, the file's bytes are pushed into a sink as they pass: memory
 * is the same for a megabyte and for a terabyte. Nothing here knows where
 * bodies come from or what audio is.
 *
 * What both share: unknown members and parts are passed over; a field
 * given twice, or the file, is ERR_INVALID_FIELD; a field longer than its max
 * is ERR_TOO_LARGE naming it; more than INGEST_BESIDE_MAX bytes beside the
 * file are ERR_TOO_LARGE; a field with a NUL or bad UTF-8 is refused. What
 * the source or the sink fails with passes through. On failure no field keeps
 * a value, but the sink has seen what came before.
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/err.h"

#define INGEST_BESIDE_MAX (2 * 1024 * 1024)

/* Bytes read, 0 at the end, -1 with err set; short reads are fine. */
struct ingest_source {
    ssize_t (*read)(void *ctx, void *buf, size_t size, struct err *err);
    void *ctx;
};

/* Takes all of data (at most 64 KiB), or -1 with err set. */
struct ingest_sink {
    int (*write)(void *ctx, const void *data, size_t len, struct err *err);
    void *ctx;
};

struct ingest_field {
    const char *name;
    size_t max;    /* bytes of its value */
    bool required; /* else it may be absent or null */
    char *value;   /* starts NULL; the caller's to free */
};

struct ingest_result {
    bool file_seen;
    int64_t file_bytes;
    char *file_name; /* without folders, or NULL */
    char *file_type; /* "audio/mpeg", or NULL where it did not say */
};

void ingest_result_release(struct ingest_result *r);
#define auto_ingest_result auto_cleanup(ingest_result_release)
void ingest_fields_release(struct ingest_field *fields, size_t n);
/* ERR_INVALID_FIELD for the first required one without a value; the readers
 * below have looked already. */
int ingest_fields_complete(const struct ingest_field *fields, size_t n,
                           struct err *err);

/*
 * One JSON object (RFC 8259, strict; at most 64 deep), members in any order.
 * Fields are strings; file_member is base64, standard or URL-safe alphabet,
 * with or without padding, blanks and (escaped) line ends within, a `data:`
 * URL too. A bad character in it is ERR_INVALID_FIELD with its offset. Half
 * a surrogate pair is ERR_INVALID_JSON, as is a body that ends early or goes
 * on after the object.
 */
int ingest_json(const struct ingest_source *source, struct ingest_field *fields,
                size_t n, const char *file_member,
                const struct ingest_sink *sink, struct ingest_result *ret,
                struct err *err);

/*
 * multipart/form-data (RFC 7578, 2046), parts in any order; file_part is the
 * file whether or not it has a file name; NULL takes any part that has one.
 * Bad framing is ERR_BAD_REQUEST.
 */
int ingest_multipart(const struct ingest_source *source,
                     const char *content_type, struct ingest_field *fields,
                     size_t n, const char *file_part,
                     const struct ingest_sink *sink, struct ingest_result *ret,
                     struct err *err);

/* The file's name in a Content-Disposition header (RFC 6266), without
 * folders; NULL where the header is NULL or names none. The caller frees it. */
char *ingest_disposition_name(const char *value);

#endif
