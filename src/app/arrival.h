/* Incoming audio, whichever program receives it. */
#ifndef APP_ARRIVAL_H
#define APP_ARRIVAL_H

#include "app/app.h"
#include "store/spool.h"

/* Read the whole body as one audio file into the spool, and finish it. */
int arrival_raw(struct req *req, struct spool *sp, struct err *err);
/*
 * The gate: what the spool file really is, before anything is stored. Fills
 * it->audio and it->checks (what the file alone shows, and whether it fits the
 * set's summary, which may be NULL). ERR_NOT_AUDIO, ERR_AUDIO_DAMAGED.
 */
int arrival_gate(struct app *app, const struct spool *sp, const char *slug,
                 json_object *summary, struct item *it, const char **ret_mime,
                 struct err *err);
/* After passing the gate as `fresh`, the audio becomes that of `it`, an
 * existing row: first the object is stored, then the row is updated, then the
 * object that the row referred to before is removed. */
int arrival_keep(struct app *app, const struct item *it, struct item *fresh,
                 const struct spool *audio, const char *mime, struct err *err);

#endif
