/*
 * What an item becomes in a dataset, and what its trainer makes of that, judged
 * from its row alone: the one place that decides this, for the check, the rules
 * and the export.
 */
#ifndef DATASET_OUTCOME_H
#define DATASET_OUTCOME_H

#include <stdbool.h>

#include "dataset/layout.h"

struct outcome {
    const char *format; /* of its files in the zip */
    int rate;           /* Hz, of its files in the zip */
    bool cut;           /* into `files` pieces, possibly dropping the rest */
    bool new_head;      /* its own head is misleading: see
                         * audio_facts.odd_head */
    bool made;          /* cut, converted or new_head; otherwise the object
                         * goes unchanged */
    long files;         /* in the zip; 0 for an item without audio */
    double file_sec;    /* of each but the last; with windows, of the longest */
    double last_sec;    /* with windows, of the shortest */
    long pieces;        /* samples that the trainer takes from them */
};

/* segment_sec: length of the pieces that the export cuts, 0: none. An item with
 * windows is cut into these. */
void outcome_of(const struct layout *l, const struct item *it, int segment_sec,
                struct outcome *ret);

#endif
