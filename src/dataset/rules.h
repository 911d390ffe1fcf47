/*
 * What a trainer refuses, or uses only in part: one rule each, with the place
 * in the trainer's own code, or on its page, that says so. A layout lists its
 * trainer's rules.
 */
#ifndef DATASET_RULES_H
#define DATASET_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dataset/layout.h"
#include "dataset/outcome.h"

#define RULE_TEXT 400

/* Word a rule's sentence and return true. Include <stdio.h>. */
#define SAY(text, ...) ((void)snprintf(text, RULE_TEXT, __VA_ARGS__), true)

/* The input of rules about an item. */
struct rule_input {
    const struct layout *layout;
    const struct item *item;
    const char *caption; /* as it will be in the dataset, with the trigger;
                          * or "" */
    struct outcome out;
};

/* The input of rules about the whole set, collected item by item: of what will
 * be in the zip. */
struct tally {
    size_t n;
    long files;
    size_t over_30;     /* items with a file over 30 seconds */
    size_t low_rate;    /* items under 32,000 Hz */
    size_t low_rate_30; /* how many of these only have files up to 30 s */
    uint64_t *sums;     /* the start of each audio's SHA-256 */
    size_t sums_n;
    double minutes;
};

void tally_add(struct tally *t, const struct rule_input *in);
void tally_release(struct tally *t);
#define auto_tally auto_cleanup(tally_release)

struct rule {
    const char *code; /* stable word */
    bool blocks;      /* otherwise it warns */
    const char *source;
    bool of_text; /* about a caption and its fields: applied to each window */
    /* Whether it applies, and if so one sentence why; one of the two is set. */
    bool (*item)(const struct rule_input *in, char ret_text[RULE_TEXT]);
    bool (*set)(struct tally *all, char ret_text[RULE_TEXT]);
};

extern const struct rule rule_no_audio, rule_no_caption, rule_no_windows;
extern const struct rule rule_too_short_cut, rule_too_short;
extern const struct rule rule_short, rule_low_rate;
extern const struct rule rule_all_low_rate_nested, rule_all_low_rate_flat;
extern const struct rule rule_not_cut, rule_no_bpm, rule_key_comma;
extern const struct rule rule_not_english, rule_long_caption;
extern const struct rule rule_truncated_128, rule_truncated_256;
extern const struct rule rule_truncated_metas, rule_first_240, rule_dropped;
extern const struct rule rule_meter, rule_key_mode, rule_no_tempo_120;
extern const struct rule rule_metas_unread;
extern const struct rule rule_clip_count, rule_cropped, rule_converted;
extern const struct rule rule_same_audio;

#endif
