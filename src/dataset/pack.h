/*
 * The entries of a dataset, one item after the other: for export.c and sheet.c
 * only. If the size can be known ahead, the same walk is done twice: once into
 * a sink that measures, once into one that writes.
 */
#ifndef DATASET_PACK_H
#define DATASET_PACK_H

#include "audio/segment.h"
#include "db/conversions.h"
#include "dataset/export.h"
#include "dataset/object.h"
#include "dataset/sheet.h"
#include "dataset/sink.h"

#define TEXT_MAX (1UL << 20) /* most text of one item */

struct pack_parts { /* how an item's audio went into the zip */
    int n;
    double *seconds; /* n of them */
};

struct pack {
    const struct export_job *job;
    struct sink *sink;        /* of this walk */
    struct zip_size measured; /* the size after all items, on the first walk */
    struct pack_parts *parts; /* one for each item that was cut or converted;
                               * NULL if none was */
    struct conversion *kept;  /* the conversion of item i; path NULL: none.
                               * NULL: none at all */
    bool doomed;  /* there will be no zip, so nothing more is made for it */
    bool spoiled; /* a kept conversion did not match its row; it was dropped,
                   * and the next try makes it again */
    struct sheets sheets;
    bool counted;     /* the sheets' sizes are known */
    size_t broken;    /* items whose audio does not match their rows */
    struct buf named; /* the first of them, by name */
    struct export_progress progress;
    int64_t reported; /* bytes_done of the last report */
    size_t every;     /* every so-many-th item is for validation; 0: none */
};

void pack_init(struct pack *x, const struct export_job *job);
void pack_release(struct pack *x);

/* Start over, with nothing measured. */
void pack_reset(struct pack *x);
/* The next walk goes there; takes ownership of the sink. */
void pack_into(struct pack *x, struct sink *sink);
/* All entries, into the sink: audio with its sidecars, then the files about all
 * of it. If the sink becomes unsized, only a part of them. */
int pack_all(struct pack *x, struct err *err);
/* Always -1: a walk found something else than an earlier one. */
int pack_changed(struct err *err);

struct pack_sample {
    struct sample s;
    struct item window; /* for a window: the item as described by the window */
    char *name, *raw, *caption;
};

/* The number of parts that item i was cut into; it must have been packed. */
int pack_parts_of(const struct pack *x, size_t i);
/* Part `part` (from 1) of it. The caller releases it, and must not move it
 * until then. */
void pack_sample(const struct pack *x, size_t i, const struct item *it,
                 int part, struct pack_sample *ret);
void pack_sample_release(struct pack_sample *o);

/* ---- pack_audio.c ---- */

#define PACK_NAMED 5 /* most items named in one sentence */

/* Tell the job how far it is; ctx: the pack. */
int pack_report(void *ctx, struct err *err);
/* So many bytes of the items' audio are done. */
int pack_copied(struct pack *x, size_t n, struct err *err);
/* There will be no zip, but the remaining items are still checked, so that all
 * are named. ERR_CONFLICT if the item has other audio by now. */
int pack_broken(struct pack *x, const struct item *it, enum object_state state,
                struct err *err);
/* An item's unchanged object; its bytes count as done as they pass. */
int pack_object(struct pack *x, const struct sample *s, struct err *err);
/* A kept conversion instead of the item's object; its bytes count as the
 * object's. */
int pack_kept(struct pack *x, const struct sample *s,
              const struct conversion *c, struct err *err);
/* A kept conversion did not match its row; it is dropped. Always -1. */
int pack_spoiled(struct pack *x, struct err *err);
/* A piece of the file fd, whose bytes are not counted. */
int pack_piece(struct pack *x, const struct sample *s, int fd,
               const struct audio_piece *piece, struct err *err);

#endif
