/* The handlers of train.fcgi and what they share. */
#ifndef TRAIN_TRAIN_H
#define TRAIN_TRAIN_H

#include "app/connection.h"
#include "app/track.h"
#include "base/json.h"
#include "caption/clips.h"
#include "caption/ear.h"
#include "db/windows.h"

/* The artist's item with this audio, and its parse id, borrowed from the item.
 * ERR_ITEM_NOT_FOUND. */
int audio_of(struct app *app, const char *artist, const char *item,
             const char **ret_parse_id, struct item *ret, struct err *err);

/* Whether the client has left, asked often while waiting for a model; at most
 * once a second, also returns freed memory to the system. */
bool worker_gone(struct req *req);

/* hear.c: whether a model is to hear the audio that it captions. */
bool hear_wanted(const struct conf *conf);
/* audioHeard of an answer: true, false, or null if audio was sent and the
 * server does not say; audioNote: why it was not heard, if it should have
 * been. */
void heard_json(json_object *o, enum heard heard, const char *why_not);
/* Excerpts of an object for the model: of these windows, as many as fit, or of
 * the whole if ws is NULL. If the model would not hear them or none can be
 * made, ret is empty and *ret_why_not a sentence that the caller frees. -1 only
 * with ERR_CLIENT_GONE. */
int hear_object(struct app *app, const struct conf *conf, struct req *req,
                const char *path, const struct windows *ws, struct clips *ret,
                char **ret_why_not, struct err *err);

/* consent.c: whether this artist's audio may be sent to the model; if not,
 * *ret_why_not is a sentence that the caller frees. */
int consent_check(struct app *app, const struct conf *conf, struct req *req,
                  const char *artist, bool *ret_may, char **ret_why_not,
                  struct err *err);

/* generations.c: the items whose captions were sent as examples, by a
 * generation's parameters: an array; the caller puts it. */
json_object *examples_of(json_object *params);

/* Count one more question of this artist to a model, or ERR_RATE_LIMITED: the
 * limits are per minute and per day. */
int budget_take(struct app *app, const struct conf *conf, const char *artist,
                struct err *err);

/* windows.c: windows as clients see them. */
/* The path's {id}, and its {position} if position is not NULL. */
int window_named(struct req *req, const char **ret_id, int *position,
                 struct err *err);
json_object *window_json(const struct window *w);
json_object *windows_json(const struct windows *ws);

handler windows_get, windows_put;     /* /api/train/items/{id}/windows */
handler window_patch;                 /* .../windows/{position} */
handler windows_generate;             /* POST .../windows/generate */
handler train_write;                  /* POST /api/train */
handler train_check;                  /* POST /api/train/check */
handler settings_get, settings_put;   /* /api/settings/model */
handler settings_try;                 /* POST /api/settings/model/try */
handler train_costs;                  /* GET /api/train/costs */
handler consent_show, consent_decide; /* GET, PUT /api/train/consent */
handler train_generations;            /* GET /api/train/generations */

#endif
