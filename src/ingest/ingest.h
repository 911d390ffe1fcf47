/*
 * Turns a request body into named texts and one file. The body is pulled from a
 * source, and the file's bytes are pushed into a sink as they pass, so memory
 * use is the same for a megabyte and for a terabyte. Nothing here knows where
 * bodies come from or what audio is.
 *
 * Both formats follow the same rules. Unknown members and parts are skipped. A
 * field or file that is given twice is ERR_INVALID_FIELD. A field longer than
 * its max is ERR_TOO_LARGE naming it; so are more than INGEST_BESIDE_MAX bytes
 * besides the file. A field with a NUL or bad UTF-8 is refused. Errors of the
 * source or the sink are passed on. On failure no field keeps a value, but the
 * sink may already have received data.
 */
#ifndef INGEST_INGEST_H
#define INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/setting.h"

extern const struct settings ingest_settings; /* settings.c */

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
    bool required; /* otherwise it may be absent or null */
    char *value;   /* starts as NULL; the caller frees it */
};

struct ingest_result {
    bool file_seen;
    int64_t file_bytes;
    char *file_name; /* without folders, or NULL */
    char *file_type; /* "audio/mpeg"; NULL if not given */
};

void ingest_result_release(struct ingest_result *r);
#define auto_ingest_result auto_cleanup(ingest_result_release)
void ingest_fields_release(struct ingest_field *fields, size_t n);
/* ERR_INVALID_FIELD for the first required one without a value; the readers
 * below have checked already. */
int ingest_fields_complete(const struct ingest_field *fields, size_t n,
                           struct err *err);

/*
 * One JSON object (RFC 8259, strict; at most 64 deep), members in any order.
 * Fields are strings; file_member is base64 in the standard or URL-safe
 * alphabet, with or without padding, with blanks and (escaped) line ends
 * inside; a `data:` URL is accepted too. A bad character in it is
 * ERR_INVALID_FIELD with its offset. Half a surrogate pair is ERR_INVALID_JSON,
 * as is a body that ends early or goes on after the object.
 */
int ingest_json(const struct ingest_source *source, struct ingest_field *fields,
                size_t n, const char *file_member,
                const struct ingest_sink *sink, struct ingest_result *ret,
                struct err *err);

/*
 * multipart/form-data (RFC 7578, 2046), parts in any order. file_part is the
 * file whether or not it has a file name; NULL accepts any part that has one.
 * Bad framing is ERR_BAD_REQUEST.
 */
int ingest_multipart(const struct ingest_source *source,
                     const char *content_type, struct ingest_field *fields,
                     size_t n, const char *file_part,
                     const struct ingest_sink *sink, struct ingest_result *ret,
                     struct err *err);

/* The file name in a Content-Disposition header (RFC 6266), without folders;
 * NULL if the header is NULL or has none. The caller frees it. */
char *ingest_disposition_name(const char *value);

#endif
