/*
 * The entries of a dataset, one item after the other: for export.c only. The
 * same walk is taken twice where the size can be known ahead: once to
 * measure (zip NULL), once to write.
 */
#ifndef DATASET_PACK_H
#define DATASET_PACK_H

#include "dataset/export.h"
#include "dataset/zip.h"

#define TEXT_MAX (1UL << 30)

struct pack_parts { /* how an item's audio went into the zip */
    int n;
    double *seconds; /* n of them */
};

struct pack {
    const struct export_job *job;
    struct zip *zip; /* NULL while measuring */
    struct zip_size size;
    struct pack_parts *parts; /* one for each item; n 0 before it was added */
    struct export_progress progress;
    int64_t reported; /* bytes_done of the last report */
    size_t every;     /* each so manieth item is for validation; 0: none */
};

void pack_init(struct pack *x, const struct export_job *job);
void pack_release(struct pack *x);

/* A text of our own as an entry. */
int pack_text(struct pack *x, const char *name, const struct buf *text,
              struct err *err);
/* All audio with its sidecars. */
int pack_items(struct pack *x, struct err *err);

struct pack_sample {
    struct sample s;
    char *name, *raw, *caption;
};

/* Part `part` (from 1) of item i, which must have been packed. The caller
 * releases it. */
void pack_sample(const struct pack *x, size_t i, int part,
                 struct pack_sample *ret);
void pack_sample_release(struct pack_sample *o);

#endif
