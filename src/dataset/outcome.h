/*
 * What an item becomes in a dataset, and what its trainer makes of that,
 * told from its row alone: the one place that says so, for the check, the
 * rules and the export.
 */
#ifndef DATASET_OUTCOME_H
#define DATASET_OUTCOME_H

#include <stdbool.h>

#include "dataset/layout.h"

struct outcome {
    const char *format; /* of its files in the zip */
    int rate;           /* Hz, of these */
    bool cut;           /* into `files` pieces, maybe without the rest */
    bool new_head;      /* its own lies: see audio_facts.odd_head */
    bool made;          /* cut, converted or new_head; else the object goes as
                         * it is */
    long files;         /* in the zip; 0 for an item without audio */
    double file_sec;    /* of each but the last; of windows the longest */
    double last_sec;    /* of windows the shortest */
    long pieces;        /* samples that the trainer takes from them */
};

/* segment_sec: pieces that the export cuts itself, 0 for none. An item with
 * windows is cut into these. */
void outcome_of(const struct layout *l, const struct item *it, int segment_sec,
                struct outcome *ret);

#endif
