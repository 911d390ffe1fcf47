/* The handlers of train.fcgi and what they share. */
#ifndef TRAIN_TRAIN_H
#define TRAIN_TRAIN_H

#include "app/app.h"
#include "base/json.h"
#include "net/http.h"

/* What a caption is made from. */
struct sources {
    json_object *schema, *summary;
};
void sources_release(struct sources *s);
#define auto_sources auto_cleanup(sources_release)

/* ERR_ARTIST_NOT_FOUND, ERR_SCHEMA_NOT_FOUND, ERR_SET_NOT_FOUND,
 * ERR_DATABASE. */
int sources_load(struct app *app, const char *artist, const char *parse_id,
                 struct sources *ret, struct err *err);
/* The summary alone, for what needs no schema. The caller puts it. */
int summary_load(struct app *app, const char *artist, const char *parse_id,
                 json_object **ret, struct err *err);

/* This worker thread's own connection to the model, kept alive between
 * requests and closed with the thread. */
struct http *worker_http(void);

handler train_write;       /* POST /api/train */
handler train_check;       /* POST /api/train/check */
handler train_generations; /* GET /api/train/generations */

#endif
