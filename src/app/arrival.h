/* Audio on its way in, whichever program it comes to. */
#ifndef APP_ARRIVAL_H
#define APP_ARRIVAL_H

#include "app/app.h"
#include "store/spool.h"

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
/* Through the gate as `fresh`, it becomes the audio of `it`, a row that is
 * there: the object, then the row, then what the row spoke of before goes. */
int arrival_keep(struct app *app, const struct item *it, struct item *fresh,
                 const struct spool *audio, const char *mime, struct err *err);

#endif
