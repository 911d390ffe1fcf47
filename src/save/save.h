/* The items' routes: audio and caption in, the queue, the files out. */
#ifndef SAVE_SAVE_H
#define SAVE_SAVE_H

#include "app/app.h"
#include "audio/probe.h"
#include "store/spool.h"
#include "web/web.h"

/* save.c */
handler save_post;
/*
 * Who wrote the caption that it->prompt_text holds: the generation that is
 * named (ERR_INVALID_FIELD where it is not this artist's and set's), else the
 * newest one. Fills the provenance members of it; none is fine.
 */
int provenance_of(struct app *app, const char *generation, struct item *it,
                  struct err *err);
/* items.c */
handler items_get, items_post, item_get_one, item_delete_one, item_patch,
    item_retry_post;
/* item_audio.c */
handler item_audio_get, item_audio_put, item_audio_delete;

/* item_json.c: an item as clients see it; a list leaves the peaks out. */
json_object *item_json(const struct item *it, bool with_peaks);
/* Reply with an item as the database has it now. */
int reply_item(struct app *app, struct req *req, const char *id,
               struct err *err);

/* arrival.c */

/* Read the whole body as one audio file into the spool, and finish it. */
int arrival_raw(struct req *req, struct spool *sp, struct err *err);
/*
 * The gate: what the spool file really is, before anything is stored. Fills
 * it->audio and it->checks (what the file alone tells, and whether it fits
 * the set's summary, which may be NULL). ERR_NOT_AUDIO, ERR_AUDIO_DAMAGED.
 */
int arrival_gate(struct app *app, const struct spool *sp, const char *slug,
                 json_object *summary, struct item *it, const char **ret_mime,
                 struct err *err);

/* sweep.c: remove spool files and objects that no row speaks of and that are
 * older than a day; never anything else. Returns how many went, or -1. */
int sweep(struct app *app, struct err *err);
int sweeper_start(struct app *app, struct err *err);
void sweeper_stop(void);

#endif
