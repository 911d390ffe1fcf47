/*
 * Before an export: what the trainer would not take (blocks), what it makes
 * less of (warns), and what it will make of the whole.
 */
#ifndef DATASET_CHECK_H
#define DATASET_CHECK_H

#include <json-c/json.h>

#include "dataset/layout.h"
#include "dataset/roll.h"

struct check {
    json_object *blocks; /* array of {itemId, code, detail, source} */
    json_object *warns;  /* the same; itemId null: the set as a whole */
    double minutes;
    long pieces;    /* that the trainer cuts the audio into */
    long with_text; /* of these */
};

/* CHECK_BLOCKS leaves `warns` empty, of which there may be many. */
enum check_depth { CHECK_BLOCKS, CHECK_ALL };

/* segment_sec: pieces that the export cuts itself, 0 for none. -1 where the
 * roll cannot be called. */
int check_run(const struct layout *l, const struct roll *roll, int segment_sec,
              enum check_depth depth, struct check *ret, struct err *err);
void check_release(struct check *c);
#define auto_check auto_cleanup(check_release)

#endif
