/* The items' routes: audio and caption in, the queue, the files out. */
#ifndef SAVE_SAVE_H
#define SAVE_SAVE_H

#include "app/app.h"
#include "app/arrival.h"
#include "audio/probe.h"
#include "store/spool.h"
#include "web/web.h"

/* save.c */
handler save_post;
/* items.c */
handler items_get, items_post, item_get_one, item_patch, item_retry_post;
/*
 * Who wrote the caption that it->prompt_text holds: the generation that is
 * named (ERR_INVALID_FIELD where it is not this artist's and set's), else the
 * newest one. Fills the provenance members of it; none is fine.
 */
int provenance_of(struct app *app, const char *generation, struct item *it,
                  struct err *err);
/* rest.c */
handler item_delete_one, item_restore_post;
/* End the rest of all items that were deleted a day ago, objects too. Returns
 * how many went, or -1. */
int rest_over(struct app *app, struct err *err);
/* item_audio.c */
handler item_audio_get, item_audio_put, item_audio_delete;

/* match.c */
handler match_post;
/* The bytes of an upload into the spool, finished. ERR_UPLOAD_NOT_FOUND. */
int upload_receive(struct app *app, const char *artist, const char *id,
                   struct spool *ret, struct err *err);

/* item_json.c: an item as clients see it; a list leaves the peaks out. */
json_object *item_json(const struct item *it, bool with_peaks);
/* Reply with an item as the database has it now. */
int reply_item(struct app *app, struct req *req, const char *id,
               struct err *err);
/* The same after a change of it. */
int reply_changed(struct app *app, struct req *req, const char *id,
                  struct err *err);

/* sweep.c: spool files of more than a day, and objects by app/objects.h. */
int sweeper_start(struct app *app, struct err *err);
void sweeper_stop(void);

#endif
