/*
 * A track whose windows are made or told of: its item, its set, and how both
 * lie. And what captions are made from, out of the database.
 */
#ifndef APP_TRACK_H
#define APP_TRACK_H

#include "app/app.h"
#include "base/hash.h"
#include "caption/windows.h"
#include "db/windows.h"
#include "music/window_tell.h"

/*
 * What a caption is made from, or held against. Without a master schema and
 * for audio that stands alone (id_is_audio, or NULL) schema and summary are
 * empty objects: whatever is written then says nothing of what is not known.
 * ERR_ARTIST_NOT_FOUND, ERR_SET_NOT_FOUND, ERR_DATABASE.
 */
int sources_load(struct app *app, const char *artist, const char *parse_id,
                 struct sources *ret, struct err *err);
/* The SHA-256 of schema or summary, which a generation is kept with. */
void sources_hash(json_object *o, char ret[HASH_HEX_LEN + 1]);

struct track {
    struct item item;
    struct sources from;
    struct facts whole;
    struct window_teller *teller;
    bool noted; /* what sounds when is known of it */
};
/* ERR_ITEM_NOT_FOUND; ERR_CONFLICT where it has no audio, or it is not
 * analyzed yet. Of a set that has left the library nothing is known. */
int track_load(struct app *app, const char *item, struct track *ret,
               struct err *err);
/* The same of an item that is known; `ret->item` stays as it is. alignment and
 * sound: what its analysis found; sound NULL: unknown. */
int track_open(struct app *app, const struct item *it, json_object *alignment,
               const char *sound, struct track *ret, struct err *err);
void track_release(struct track *t);
#define auto_track auto_cleanup(track_release)
/* What there is to say of from..to, seconds of its audio. *ret: zeroed; the
 * members of `place` that are the set's (bars, section, sounds, known) are
 * filled in. */
void track_tell(const struct track *t, double from, double to,
                struct window_text *ret, struct window *place);
/* A person's text about from..to: its fields, and what that contradicts of
 * it. */
void track_judge(const struct track *t, double from, double to,
                 const char *text, json_object **ret_fields,
                 json_object **ret_warnings);

/* Of what a track's captions are made. */
struct track_hashes {
    char schema[HASH_HEX_LEN + 1], summary[HASH_HEX_LEN + 1];
};
void track_hash(const struct track *t, struct track_hashes *ret);
/* Whether it was heard, as a generation has it. */
int heard_kept(enum heard heard);
/* Keep what was answered for its windows as a generation; c gets its id. */
int track_keep(struct app *app, const struct item *it,
               const struct track_hashes *of, struct caption *c,
               struct err *err);

#endif
