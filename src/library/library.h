/* The library's routes: artists, schemas and sets, which the train routes
 * need. */
#ifndef LIBRARY_LIBRARY_H
#define LIBRARY_LIBRARY_H

#include "app/app.h"
#include "store/spool.h"
#include "web/web.h"

/* artists.c */
handler artists_get, artists_post, artist_get_one, artist_patch,
    artist_delete_one, schema_get_one, schema_put_one;
/* sets.c */
/* Resources that POST /api/library needs while the program runs. */
int library_start(struct app *app, struct err *err);
void library_stop(struct app *app);
handler library_get, library_post, set_get_one, set_delete_one;
/* Parse a file in the spool and insert it into the library. *ret gets parse_id,
 * als_filename, project_name and the summary; release it, on failure too.
 * ERR_NOT_ALS. */
int set_take(struct app *app, struct req *req, const char *artist,
             const struct spool *sp, const char *file, struct set *ret,
             bool *ret_new, struct err *err);
/* Whether the client has left or we are stopping; for child.stop. */
bool library_wants_no_more(void *req);
/* archive.c */
int archive_start(struct err *err);
void archive_stop(void);
bool archive_is_named(const char *name);
bool archive_is_zip(const char *path); /* by its first bytes */
/* Import the contents as if the archive were a folder; replies. */
int archive_take(struct app *app, struct req *req, const struct artist *artist,
                 const struct spool *packed, struct err *err);
/* bounces.c: audio files in an archive and their sets */
struct bounces {
    struct bounce *v;
    size_t n;
};
struct bounce {
    json_object *file; /* the archive's; borrowed */
    char *parse_id;    /* its set; NULL: none has its name */
};
/* files: unpack()'s list. The names of its audio files are compared with all of
 * the artist's sets: first literally, then without what people add to a
 * bounce. */
int bounces_pair(struct app *app, const char *artist, json_object *files,
                 struct bounces *ret, struct err *err);
void bounces_release(struct bounces *b);
#define auto_bounces auto_cleanup(bounces_release)
/* beside.c */
/* The caption file next to this audio in an archive, from unpack()'s texts,
 * whose bytes are in fd; *ret NULL if there is none. The caller frees it. */
int beside_caption(int fd, json_object *texts, const char *audio, char **ret,
                   struct err *err);
/* session.c */
handler session_get, session_post, session_delete, session_may;
/* health.c */
handler health_get, openapi_get;
/* The contract, src/library/openapi.json, embedded by the build. */
extern const char openapi_json[];

#endif
