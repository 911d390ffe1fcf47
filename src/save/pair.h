/* Compares a piece of audio with all of an artist's sets. */
#ifndef SAVE_PAIR_H
#define SAVE_PAIR_H

#include "app/app.h"
#include "audio/probe.h"
#include "music/align.h"

struct pair {
    char *parse_id, *project_name; /* the file name if it has no project name */
    struct alignment found;
};

struct pairs {
    struct pair *v;
    size_t n;
};

/* Best first: the matching set, then possible ones, by their score. Only the
 * newest PAIR_SETS sets are compared. */
#define PAIR_SETS 1000
int pairs_of(struct app *app, const char *artist, const struct sound *sound,
             struct pairs *ret, struct err *err);
void pairs_release(struct pairs *p);
#define auto_pairs auto_cleanup(pairs_release)

/* judge.c: aligns the audio with its set and adds the result to the analysis as
 * its member `alignment`. The gate's checks stay; those that need the analysis
 * are made again. The caller puts the checks. */
int judge_item(struct app *app, const struct item *it,
               const struct audio_probe *p, json_object *analysis,
               json_object **ret_checks, struct err *err);

#endif
