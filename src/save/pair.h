/* A piece of audio against all of an artist's sets. */
#ifndef SAVE_PAIR_H
#define SAVE_PAIR_H

#include "app/app.h"
#include "audio/probe.h"
#include "music/align.h"

struct pair {
    char *parse_id, *project_name; /* the file's name where it has no other */
    struct alignment found;
};

struct pairs {
    struct pair *v;
    size_t n;
};

/* Best first: the same, then those that may be, by their score. Sets beyond
 * the newest PAIR_SETS are passed over. */
#define PAIR_SETS 1000
int pairs_of(struct app *app, const char *artist, const struct sound *sound,
             struct pairs *ret, struct err *err);
void pairs_release(struct pairs *p);
#define auto_pairs auto_cleanup(pairs_release)

/* judge.c: where the audio lies in its set goes to the analysis, as its
 * member `alignment`; what the gate said stays in the checks, and what needs
 * the analysis is said anew. The caller puts the checks. */
int judge_item(struct app *app, const struct item *it,
               const struct audio_probe *p, json_object *analysis,
               json_object **ret_checks, struct err *err);

#endif
