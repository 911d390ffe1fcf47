/*
 * The check before an export: what the trainer would refuse (blocks), what it
 * would use only in part (warns), and what it will make of the whole.
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
    long pieces;    /* into which the trainer cuts the audio */
    long with_text; /* how many of these have a caption */
    long windows;   /* exported instead of their tracks */
    double window_sec;
    long with_parts; /* of these: it is known what sounds in them */
};

/* CHECK_BLOCKS leaves out `warns`, which may be many. */
enum check_depth { CHECK_BLOCKS, CHECK_ALL };

/* What an export with these options would find. -1 if the roll cannot be read
 * or the store cannot be reached. */
int check_run(const struct export_options *opt, struct store *store,
              const struct roll *roll, enum check_depth depth,
              struct check *ret, struct err *err);
void check_release(struct check *c);
#define auto_check auto_cleanup(check_release)

#endif
