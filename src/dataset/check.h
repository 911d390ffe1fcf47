/*
 * Before an export: what the trainer would not take (blocks), what it makes
 * less of (warns), and what it will make of the whole.
 */
#ifndef DATASET_CHECK_H
#define DATASET_CHECK_H

#include <json-c/json.h>

#include "dataset/manifest.h"
#include "dataset/roll.h"
#include "store/store.h"

struct check {
    json_object *blocks; /* array of {itemId, code, detail, source} */
    json_object *warns;  /* the same; itemId null: the set as a whole */
    double minutes;
    long pieces;    /* that the trainer cuts the audio into */
    long with_text; /* of these */
    long windows;   /* that are exported in place of their tracks */
    double window_sec;
    long with_parts; /* of these: it is known what sounds in them */
};

/* CHECK_BLOCKS leaves `warns` empty, of which there may be many. */
enum check_depth { CHECK_BLOCKS, CHECK_ALL };

/* What an export with these options would find. -1 where the roll cannot be
 * called or the store cannot be asked. */
int check_run(const struct export_options *opt, struct store *store,
              const struct roll *roll, enum check_depth depth,
              struct check *ret, struct err *err);
void check_release(struct check *c);
#define auto_check auto_cleanup(check_release)

#endif
