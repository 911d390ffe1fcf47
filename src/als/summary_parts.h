/* The parts of summary.c; within als/ only. */
#ifndef ALS_SUMMARY_PARTS_H
#define ALS_SUMMARY_PARTS_H

#include <json-c/json.h>

#include "als/key.h"
#include "als/play.h"
#include "als/role.h"
#include "als/set.h"
#include "als/timeline.h"

#define ALS_LIST_MAX 64 /* most sections, changes, samples, devices */

/* A set and everything computed from it. */
struct als_whole {
    const struct als_set *set;
    struct als_timeline timeline;
    struct als_play play;
    struct als_stats *stats; /* one per track */
    struct part *parts;      /* one per track */
    struct als_key key;
};

/* Rounded for people: three decimal places. */
void als_add_num(json_object *o, const char *name, double n);

void als_add_meter(json_object *o, const char *name,
                   const struct als_meter *m); /* "6/8" */

/* "intro", "drop", ...: the usual word in a locator's name, else "other". A
 * constant. */
const char *als_section_label(const char *name);
/* Each section goes from one locator to the next. */
json_object *als_sections_json(const struct als_whole *w);
json_object *als_scenes_json(const struct als_whole *w);
json_object *als_tracks_json(const struct als_whole *w);
/* In the form that music/timeline.h reads. */
json_object *als_timeline_json(const struct als_whole *w);
json_object *als_devices_json(const struct als_whole *w);
json_object *als_samples_json(const struct als_whole *w);
/* The roles that sound in from..to beats, those that sound most first. */
json_object *als_roles_active(const struct als_whole *w, double from, double to,
                              int *ret_tracks);

#endif
