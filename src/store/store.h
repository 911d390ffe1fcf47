/*
 * Storage as callers see it: objects under paths such as
 * `artists/{slug}/training/{id}/audio.mp3` in one bucket. Paths are made by the
 * functions below, never by hand; store_* refuses any other form.
 *
 * An object is whole and durable under its final name when a put returns 0, and
 * absent when it fails. Errors: ERR_OBJECT_NOT_FOUND, ERR_STORAGE,
 * ERR_DISK_FULL, ERR_TOO_LARGE. All functions are thread-safe.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/conf.h"
#include "base/err.h"
#include "base/setting.h"

extern const struct settings store_settings; /* settings.c */

struct store;
struct store_reader;
struct store_writer;

struct store_info {
    int64_t size;     /* bytes */
    int64_t modified; /* seconds since 1970 */
};

struct store *store_open(const struct conf *conf, struct err *err);
void store_close(struct store *store);
AUTO_DEFINE(auto_store_p, struct store *, store_close)
#define auto_store auto_cleanup(auto_store_p)

/*
 * Called before and after writing and removing: an object that begins and that
 * no row refers to later is swept. begin may refuse.
 *
 * A storage that takes an object in pieces has its own name for the unfinished
 * upload. under_way gets that name at the beginning and every few minutes while
 * pieces are sent, upload_over at the end. An upload without news for an hour
 * belongs to a killed program; the sweeper passes its name to store_end_upload.
 */
struct store_ledger {
    int (*begin)(void *ctx, const char *const *paths, size_t n,
                 struct err *err);
    void (*end)(void *ctx, const char *path);
    void (*under_way)(void *ctx, const char *path, const char *upload);
    void (*upload_over)(void *ctx, const char *upload);
    void *ctx;
};
/* Set it before any other thread has the store. Without a ledger nothing is
 * recorded. */
void store_keep_ledger(struct store *store, const struct store_ledger *ledger);

/* The owner id stored there; NULL if there is none. The caller frees it. */
int store_owner(struct store *store, char **ret_id, struct err *err);
int store_own(struct store *store, const char *id, struct err *err);

/* A cheap check for /api/health. *ret_note: a sentence for the operator, safe
 * to show to anybody, about what is wrong or needs repair; NULL if nothing is.
 * May be set even if it returns 0. */
int store_ping(struct store *store, const char **ret_note, struct err *err);
/* Whether puts wait for the disk (DURABLE). */
bool store_durable(const struct store *store);

/* ---- names; the caller frees them ---- */
char *store_path_audio(const char *slug, const char *item, const char *ext);
char *store_path_prompt(const char *slug, const char *item);
/* artists/{slug}/incoming/{upload} */
char *store_path_incoming(const char *slug, const char *upload);
/* artists/{slug}/converted/{id}.{ext}, for the audio object with that name. */
char *store_path_converted(const char *audio, const char *id, const char *ext);
/* A new name, never used before, for what replaces the object: after audio.mp3,
 * audio-1a2b3c4d.mp3. An object that a row refers to is never overwritten, so
 * that any failure leaves either the old or the new. */
char *store_path_next(const char *path);
/* artists/{slug}/datasets/dataset-{timestamp}.zip, from milliseconds. */
char *store_path_dataset(const char *slug, int64_t now_ms);

/* ---- spool: incoming files, on the store's own disk ---- */

/* A new, empty, private file. Returns its descriptor (the caller closes it)
 * and its path (the caller frees it and unlinks it). */
int store_spool(struct store *store, char **ret_path, struct err *err);

/* ---- whole objects ---- */

/* Store a finished spool file as the object; after 0 the spool file is gone
 * (local: renamed, no copy). Fsynced first if the store is durable. */
int store_put_file(struct store *store, const char *path, const char *file,
                   const char *type, struct err *err);
int store_put_text(struct store *store, const char *path, const char *text,
                   struct err *err);
/* The same for several files, with one wait for the disk: all or none. Only for
 * new names that nobody reads before this returns, since they may exist a
 * moment before all of their bytes are on the disk. After -1 some of the files
 * may be gone too. */
struct store_put {
    const char *path, *file, *type;
};
int store_put_all(struct store *store, const struct store_put *puts, size_t n,
                  struct err *err);
#define STORE_TEXT "text/plain" /* exact: Supabase compares it literally */
/* An absent object is fine. */
int store_remove(struct store *store, const char *path, struct err *err);
#define STORE_MANY 200
/* The same for n objects, at most STORE_MANY; after -1 some may be gone. */
int store_remove_all(struct store *store, const char *const *paths, size_t n,
                     struct err *err);
/* Remove an object that no row refers to; a failure is logged and left for the
 * sweeper. NULL is fine. */
void store_discard(struct store *store, const char *path);
/* End an unfinished upload by its name in the ledger. 0 also if there is none
 * with that name (any more). */
int store_end_upload(struct store *store, const char *upload, struct err *err);
int store_stat(struct store *store, const char *path, struct store_info *ret,
               struct err *err);

/* ---- in pieces ---- */
struct store_reader *store_read_open(struct store *store, const char *path,
                                     int64_t *ret_size, struct err *err);
/* The len bytes from `from` on; both must lie within the object. */
struct store_reader *store_read_range(struct store *store, const char *path,
                                      int64_t from, int64_t len,
                                      struct err *err);
ssize_t store_read(struct store_reader *r, void *buf, size_t size,
                   struct err *err); /* 0 at the end */
void store_read_close(struct store_reader *r);
AUTO_DEFINE(auto_store_reader_p, struct store_reader *, store_read_close)
#define auto_store_reader auto_cleanup(auto_store_reader_p)

/* The object as a regular file, open for reading: the object itself if it is on
 * this machine, otherwise an unlinked copy. The caller closes it and reads it
 * with pread. -1 on failure. */
int store_file(struct store *store, const char *path, struct err *err);

/* size: the total to be written, or -1 if unknown. */
struct store_writer *store_write_open(struct store *store, const char *path,
                                      const char *type, int64_t size,
                                      struct err *err);
int store_write(struct store_writer *w, const void *data, size_t len,
                struct err *err);
/* Make it whole, durable and visible. The writer is used up in either case. */
int store_write_commit(struct store_writer *w, struct err *err);
void store_write_abort(struct store_writer *w); /* nothing is left */
AUTO_DEFINE(auto_store_writer_p, struct store_writer *, store_write_abort)
#define auto_store_writer auto_cleanup(auto_store_writer_p)

/* ---- URLs ---- */

/* An absolute URL that needs no header, ends in the object's name before its
 * query, and works for ttl seconds. base: "https://host" for the local
 * store. */
int store_sign(struct store *store, const char *path, int ttl, const char *base,
               char **ret_url, int64_t *ret_expires, struct err *err);
/* Local store: check a signed request. 0, ERR_FORBIDDEN or ERR_EXPIRED. */
int store_verify(struct store *store, const char *path, const char *expires,
                 const char *signature, struct err *err);
/* Local store: nginx's internal location of an object ("/.store/..."); NULL if
 * the store has none and the bytes must be read. The caller frees it. */
char *store_internal(struct store *store, const char *path);
/* Whether objects are on this machine, so that store_file fetches nothing. */
bool store_has_files(const struct store *store);

/* Calls fn for each object below prefix, for the sweeper and the owner. */
typedef int store_visit(void *ctx, const char *path,
                        const struct store_info *info, struct err *err);
int store_list(struct store *store, const char *prefix, store_visit *fn,
               void *ctx, struct err *err);
/* Remove spool files not touched since `before`. Returns how many, or -1. */
int store_sweep_spool(struct store *store, int64_t before, struct err *err);

#endif
