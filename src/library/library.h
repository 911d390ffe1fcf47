/* The library's routes: what the train routes take for granted. */
#ifndef LIBRARY_LIBRARY_H
#define LIBRARY_LIBRARY_H

#include "app/app.h"
#include "store/spool.h"
#include "web/web.h"

/* artists.c */
handler artists_get, artists_post, artist_get_one, artist_patch,
    artist_delete_one, schema_get_one, schema_put_one;
/* sets.c */
/* What POST /api/library needs while the program runs. */
int library_start(struct app *app, struct err *err);
void library_stop(struct app *app);
handler library_get, library_post, set_get_one, set_delete_one;
/* A file in the spool, read and put into the library. *ret gets parse_id,
 * als_filename, project_name and what it says; to be released, on failure too.
 * ERR_NOT_ALS. */
int set_take(struct app *app, struct req *req, const char *artist,
             const struct spool *sp, const char *file, struct set *ret,
             bool *ret_new, struct err *err);
/* A client that left, or our own end, ends the reading; for child.stop. */
bool library_wants_no_more(void *req);
/* archive.c */
int archive_start(struct err *err);
void archive_stop(void);
bool archive_is_named(const char *name);
bool archive_is_zip(const char *path); /* by its first bytes */
/* What is in it, taken as if it were the folder; replies. */
int archive_take(struct app *app, struct req *req, const struct artist *artist,
                 const struct spool *packed, struct err *err);
/* bounces.c: audio of an archive and the sets that it is of */
struct bounces {
    struct bounce *v;
    size_t n;
};
struct bounce {
    json_object *file; /* the archive's; borrowed */
    char *parse_id;    /* its set; NULL: none of its name */
};
/* files: of unpack()'s list; the audio among them is held against all sets of
 * the artist: literally, then without what people add to a bounce's name. */
int bounces_pair(struct app *app, const char *artist, json_object *files,
                 struct bounces *ret, struct err *err);
void bounces_release(struct bounces *b);
#define auto_bounces auto_cleanup(bounces_release)
/* beside.c */
/* The caption that lies beside this audio in an archive, of unpack()'s texts,
 * whose bytes fd has; *ret NULL where there is none. The caller frees it. */
int beside_caption(int fd, json_object *texts, const char *audio, char **ret,
                   struct err *err);
/* session.c */
handler session_get, session_post, session_delete, session_may;
/* health.c */
handler health_get, openapi_get;
/* The contract, src/library/openapi.json, embedded by the build. */
extern const char openapi_json[];

#endif
