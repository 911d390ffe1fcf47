/* The handlers of train.fcgi and what they share. */
#ifndef TRAIN_TRAIN_H
#define TRAIN_TRAIN_H

#include "app/connection.h"
#include "app/track.h"
#include "base/json.h"
#include "caption/clips.h"
#include "caption/ear.h"
#include "db/windows.h"
#include "net/http.h"

/* The artist's item whose audio is meant, and the parse id that it goes by,
 * borrowed from it. ERR_ITEM_NOT_FOUND. */
int audio_of(struct app *app, const char *artist, const char *item,
             const char **ret_parse_id, struct item *ret, struct err *err);

/* This worker thread's own connection to the model, kept alive between
 * requests and closed with the thread. */
struct http *worker_http(void);
/* Told often while a model is waited for: at most once a second, what was
 * freed meanwhile goes back to the system. */
void worker_waits(void);

/* hear.c: whether a model is to hear what captions are of. */
bool hear_wanted(const struct conf *conf);
/* audioHeard of an answer: true, false, or null where audio went along and the
 * server does not tell; audioNote where it was to be heard and was not: why. */
void heard_json(json_object *o, enum heard heard, const char *why_not);
/* Excerpts of an object for the model; ws: of these windows of it, as many as
 * may go along, else of the whole (NULL). None, and *ret_why_not a sentence,
 * where it would not hear, or none can be made; the caller frees it. -1 with
 * ERR_CLIENT_GONE alone. */
int hear_object(struct app *app, const struct conf *conf, struct req *req,
                const char *path, const struct windows *ws, struct clips *ret,
                char **ret_why_not, struct err *err);

/* consent.c: whether this artist's audio may go to the model; where not,
 * *ret_why_not a sentence that the caller frees. */
int consent_check(struct app *app, const struct conf *conf, struct req *req,
                  const char *artist, bool *ret_may, char **ret_why_not,
                  struct err *err);

/* generations.c: of a generation's parameters, the items whose captions went
 * along as examples: an array, to be put. */
json_object *examples_of(json_object *params);

/* One more question of this artist's to a model, or ERR_RATE_LIMITED for a
 * while: by the minute and by the day. */
int budget_take(struct app *app, const struct conf *conf, const char *artist,
                struct err *err);

/* windows.c: windows as clients see them. */
/* The path's {id}, and its {position} where position is not NULL. */
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
