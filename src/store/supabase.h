/*
 * The inside of the Supabase driver; for the supabase*.c files only.
 *
 * The behavior of its Storage server takes precedence over its documentation:
 * nearly every refusal is HTTP 400 with the real status inside the body, an
 * invalid key looks like a missing bucket, sizes are checked from
 * Content-Length alone, signed URLs are relative. Each is handled in one place:
 * requests and retries in supabase_call.c, refusals in supabase_fault.c,
 * uploads in supabase_put.c and supabase_tus.c, downloads in supabase_read.c.
 */
#ifndef STORE_SUPABASE_H
#define STORE_SUPABASE_H

#include <json-c/json.h>

#include "base/conf.h"
#include "base/id.h"
#include "net/http.h"
#include "net/patience.h"
#include "store/driver.h"

#define SUPABASE_PIECE ((int64_t)6 << 20) /* of a resumable upload, exactly */
#define SUPABASE_STALL_MS 60000           /* without a byte */
#define SUPABASE_LEAST 2048 /* bytes a second; slower counts as unreachable */

struct supabase {
    const struct conf *conf;
    char *base;   /* https://REF.supabase.co/storage/v1 */
    char *bucket; /* as in a path */
    char *apikey; /* a header line each; they hold the key: never logged */
    char *bearer; /* NULL if the key is not a JWT */
    const struct store_ledger *ledger; /* the caller's; NULL: nobody asked */
};

/* ---- requests: supabase_call.c ---- */

#define SUPABASE_HEADERS 8

struct supabase_call {
    const char *method;
    const char *url;
    const char *headers[SUPABASE_HEADERS + 1]; /* besides the key's; NULL at
                                                * the end */
    const void *body;                          /* NULL: from fd, starting at
                                                * `at` */
    int64_t len;                               /* of the body */
    int fd;
    int64_t at;
    int total_ms; /* 0: no limit while bytes move */
};

/* How one try ended. */
enum outcome {
    CALL_DONE,    /* 2xx */
    CALL_REFUSED, /* permanently; err says why */
    CALL_AGAIN,   /* an answer that may change soon */
    CALL_LOST,    /* no answer, and the request may have been carried out */
};

/* The URL of an object under a route such as "object/sign"; the caller frees
 * it. */
char *supabase_url(const struct supabase *s, const char *route,
                   const char *path);
/* The headers that every request has, and the call's own. */
void supabase_headers(const struct supabase *s,
                      const struct supabase_call *call,
                      const char *ret[SUPABASE_HEADERS + 4]);
/* One try. resp must be zeroed or released. */
enum outcome supabase_try(const struct supabase *s,
                          const struct supabase_call *call,
                          struct http_resp *resp, struct err *err);
/* Tries until there is an answer or the time for retries is over. */
int supabase_do(struct supabase *s, const struct supabase_call *call,
                struct http_resp *resp, struct err *err);
/* The same with more time for retries. */
int supabase_do_long(struct supabase *s, const struct supabase_call *call,
                     struct http_resp *resp, struct err *err);
/* Like supabase_do for an answer that is a JSON object; body (may be NULL) is
 * sent as JSON, and remains the caller's. The caller puts the answer. */
int supabase_json(struct supabase *s, const char *method, const char *url,
                  json_object *body, json_object **ret, struct err *err);

/* For work that would be lost by giving up, such as 300 MB already uploaded. A
 * restart of a storage server was seen to take 14 s. */
#define SUPABASE_LONG_MS 40000
#define SUPABASE_SHORT_MS 12000

/* The driver's bounds of retries. */
struct patience supabase_patience(int budget_ms);
/* Wait before retrying what failed with err, which is logged and cleared; false
 * (at once, err stays) if the time is over. retry_after_ms: what the server
 * asked for, or -1. */
bool supabase_again(struct patience *p, int64_t retry_after_ms,
                    struct err *err);

/* ---- refusals: supabase_fault.c ---- */

/* What an answer that is not 2xx means. Sets err; CALL_REFUSED or
 * CALL_AGAIN. */
enum outcome supabase_fault(const struct supabase *s,
                            const struct http_resp *resp, struct err *err);
/* Why no answer came. Sets err; anything but CALL_DONE. */
enum outcome supabase_silence(const struct http_resp *resp,
                              const struct err *why, struct err *err);

/* ---- uploads: supabase_put.c, supabase_tus.c ---- */

struct upload {
    const char *path;
    const char *type;
    int64_t size;
    char id[UUID_LEN + 1]; /* stored with the object, to recognize it */
};

/* Whether the existing object is from this upload: 1, 0 or -1. */
int supabase_settled(struct supabase *s, const struct upload *u,
                     struct err *err);
/* The id as the JSON that the server stores with the object, in base64. The
 * caller frees it. */
char *supabase_mark(const struct upload *u);

struct tus; /* one resumable upload; belongs to one thread */

struct tus *tus_open(struct supabase *s, const struct upload *u,
                     struct err *err);
/* The next bytes, exactly SUPABASE_PIECE, or fewer for the last ones: from
 * data, or (NULL) from fd at the upload's offset. The last ones make the object
 * visible. */
int tus_send(struct tus *t, const void *data, int fd, int64_t len,
             struct err *err);
/* An incomplete upload leaves nothing. */
void tus_close(struct tus *t);
/* Like store_end_upload, for an upload of a program that is gone. */
int supabase_end_upload(void *self, const char *upload, struct err *err);
AUTO_DEFINE(auto_tus_p, struct tus *, tus_close)
#define auto_tus auto_cleanup(auto_tus_p)

/* The driver's functions in these files. */
int supabase_put_file(void *self, const char *path, const char *file,
                      const char *type, struct err *err);
void *supabase_write_open(void *self, const char *path, const char *type,
                          int64_t size, struct err *err);
int supabase_write(void *writer, const void *data, size_t len, struct err *err);
int supabase_write_commit(void *writer, struct err *err);
void supabase_write_abort(void *writer);
void *supabase_read_open(void *self, const char *path, int64_t from,
                         int64_t len, int64_t *ret_size, struct err *err);
ssize_t supabase_read(void *reader, void *buf, size_t size, struct err *err);
void supabase_read_close(void *reader);
int supabase_list(void *self, const char *prefix, store_visit *fn, void *ctx,
                  struct err *err);

#endif
