/* What summary.c puts together; within als/ only. */
#ifndef ALS_SUMMARY_PARTS_H
#define ALS_SUMMARY_PARTS_H

#include <json-c/json.h>

#include "als/key.h"
#include "als/play.h"
#include "als/role.h"
#include "als/set.h"
#include "als/timeline.h"

#define ALS_LIST_MAX 64 /* of sections, changes, samples, devices */

/* A set and all that was worked out about it. */
struct als_whole {
    const struct als_set *set;
    struct als_timeline timeline;
    struct als_play play;
    struct als_stats *stats; /* one for each track */
    struct part *parts;      /* one for each track */
    struct als_key key;
};

/* Numbers as people write them: three digits behind the point. */
void als_add_num(json_object *o, const char *name, double n);

void als_add_meter(json_object *o, const char *name,
                   const struct als_meter *m); /* "6/8" */

/* "intro", "drop", ...: what a locator's name says in a word of its own, else
 * "other". A constant. */
const char *als_section_label(const char *name);
/* From locator to locator. */
json_object *als_sections_json(const struct als_whole *w);
json_object *als_scenes_json(const struct als_whole *w);
json_object *als_tracks_json(const struct als_whole *w);
/* What music/timeline.h reads. */
json_object *als_timeline_json(const struct als_whole *w);
json_object *als_devices_json(const struct als_whole *w);
json_object *als_samples_json(const struct als_whole *w);
/* The roles that sound from..to beats, by how much they do. */
json_object *als_roles_active(const struct als_whole *w, double from, double to,
                              int *ret_tracks);

#endif
