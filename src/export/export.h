/* The dataset routes: check, export, list, fresh URLs, downloads. */
#ifndef EXPORT_EXPORT_H
#define EXPORT_EXPORT_H

#include "app/app.h"
#include "dataset/export.h"
#include "web/web.h"

/* export.c */
handler export_post;
/* running.c */
handler export_get, export_cancel_post;
/* check.c */
handler export_check_post;
/* datasets.c */
handler datasets_get, dataset_url_post, layouts_get;
/* training.c */
handler training_post;
/* trainings.c */
handler trainings_get, training_cancel_post;
/* webhook.c */
handler replicate_webhook_post;
/* files.c */
handler file_get;

#define SEGMENT_MIN 5 /* seconds */
#define SEGMENT_MAX 600
/* options.c: the options of an export. Texts are borrowed from `in`.
 * ERR_INVALID_FIELD for an unknown layout or option. */
int options_read(json_object *in, struct export_options *ret, struct err *err);

/* The ids in `itemIds`, borrowed; leaves *ret alone if there are none. */
int item_ids_read(json_object *in, json_object **ret, struct err *err);

/* roll.c: the items of an export, as a roll. */
struct ready {
    struct db *db;     /* borrowed */
    const char *claim; /* borrowed */
    struct export_ids ids;
    struct items chunk;      /* the one visited last */
    bool by_windows;         /* windows instead of their tracks */
    bool timeline;           /* or described in addition to them */
    struct windows *windows; /* of the chunk's items; NULL for none */
    struct roll roll; /* points to this struct, which must stay in place */
};
/* Takes from the options which items to export, and whether to load their
 * windows. chosen: JSON array of ids to export, exported before or not; NULL:
 * no selection. claim NULL: only a look, see export_items_load. */
int ready_open(struct ready *r, struct db *db, const char *artist,
               const struct export_options *opt, json_object *chosen,
               const char *claim, struct err *err);
void ready_release(struct ready *r);
#define auto_ready auto_cleanup(ready_release)

/* verify.c: fetch the first bytes as a trainer does, with no header but a
 * range, then ask for the length. False also if the URL cannot be reached from
 * here, as behind a proxy that only others see; the log says why. */
bool verify_url(const char *url, int64_t bytes);

#endif
