/*
 * A track whose windows are made or described: its item, its set, and their
 * alignment. Also loads the sources of captions from the database.
 */
#ifndef APP_TRACK_H
#define APP_TRACK_H

#include "app/app.h"
#include "base/hash.h"
#include "caption/windows.h"
#include "db/windows.h"
#include "music/window_tell.h"

/*
 * The sources of a caption, also used to check one. Without a master schema, or
 * for audio without a set (id_is_audio, or NULL), schema and summary are empty
 * objects, so nothing is claimed that is not known. ERR_ARTIST_NOT_FOUND,
 * ERR_SET_NOT_FOUND, ERR_DATABASE.
 */
int sources_load(struct app *app, const char *artist, const char *parse_id,
                 struct sources *ret, struct err *err);
/* The SHA-256 of schema or summary, which is stored with a generation. */
void sources_hash(json_object *o, char ret[HASH_HEX_LEN + 1]);

struct track {
    struct item item;
    struct sources from;
    struct facts whole;
    struct window_teller *teller;
    bool noted; /* it is known what sounds when */
};
/* ERR_ITEM_NOT_FOUND; ERR_CONFLICT if it has no audio, or the audio is not
 * analyzed yet. If the set was deleted from the library, nothing is known of
 * it. */
int track_load(struct app *app, const char *item, struct track *ret,
               struct err *err);
/* The same for an item in hand; `ret->item` is left alone. alignment and sound:
 * the results of its analysis; sound NULL: unknown. */
int track_open(struct app *app, const struct item *it, json_object *alignment,
               const char *sound, struct track *ret, struct err *err);
void track_release(struct track *t);
#define auto_track auto_cleanup(track_release)
/* What can be said about from..to, seconds of its audio. *ret: zeroed; fills in
 * the members of `place` that come from the set (bars, section, sounds,
 * known). */
void track_tell(const struct track *t, double from, double to,
                struct window_text *ret, struct window *place);
/* A user's text about from..to: its fields, and a warning for what
 * contradicts it. */
void track_judge(const struct track *t, double from, double to,
                 const char *text, json_object **ret_fields,
                 json_object **ret_warnings);

/* The hashes of the sources of a track's captions. */
struct track_hashes {
    char schema[HASH_HEX_LEN + 1], summary[HASH_HEX_LEN + 1];
};
void track_hash(const struct track *t, struct track_hashes *ret);
/* A finished caption as a row that borrows all: what the caption itself tells.
 * The caller adds what it is of. */
struct generation caption_row(const struct conf *conf, const struct caption *c);
/* Store the row; c->id becomes its id. */
int caption_keep(struct app *app, struct generation *row, struct caption *c,
                 struct err *err);
/* What was written of a window becomes its text; takes what it owns. */
void window_take(struct window *w, struct window_text *t);
/* Store the answer for its windows as a generation; c gets its id. */
int track_keep(struct app *app, const struct item *it,
               const struct track_hashes *of, struct caption *c,
               struct err *err);

#endif
