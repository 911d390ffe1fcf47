/* The item routes: upload audio and captions, list the queue, download
 * files. */
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
 * Who wrote the caption in it->prompt_text: the given generation
 * (ERR_INVALID_FIELD if it is not this artist's and set's), otherwise the
 * newest one. Fills in `it`'s provenance members; having none is fine.
 */
int provenance_of(struct app *app, const char *generation, struct item *it,
                  struct err *err);
/* rest.c */
handler item_delete_one, item_restore_post;
/* Purge all items that were deleted more than a day ago, with their objects.
 * Returns how many, or -1. */
int rest_over(struct app *app, struct err *err);
/* item_audio.c */
handler item_audio_get, item_audio_put, item_audio_delete;

/* match.c */
handler match_post;
/* Spool and finish the bytes of an upload. ERR_UPLOAD_NOT_FOUND. */
int upload_receive(struct app *app, const char *artist, const char *id,
                   struct spool *ret, struct err *err);

/* item_json.c: an item as clients see it; lists omit the peaks. */
json_object *item_json(const struct item *it, bool with_peaks);
/* Reply with the item as it is now in the database. */
int reply_item(struct app *app, struct req *req, const char *id,
               struct err *err);
/* The same after the item was changed. */
int reply_changed(struct app *app, struct req *req, const char *id,
                  struct err *err);

/* sweep.c: removes spool files older than a day, and objects by
 * app/objects.h. */
int sweeper_start(struct app *app, struct err *err);
void sweeper_stop(void);

#endif
