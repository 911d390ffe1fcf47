/*
 * The entries of a dataset, one item after the other: for export.c and
 * sheet.c only. The same walk is taken twice where the size can be known
 * ahead: once to measure (zip NULL), once to write.
 */
#ifndef DATASET_PACK_H
#define DATASET_PACK_H

#include "audio/segment.h"
#include "db/conversions.h"
#include "dataset/export.h"
#include "dataset/object.h"
#include "dataset/sheet.h"
#include "dataset/zip.h"

#define TEXT_MAX (1UL << 20) /* of one item */

struct pack_parts { /* how an item's audio went into the zip */
    int n;
    double *seconds; /* n of them */
};

struct pack {
    const struct export_job *job;
    struct zip *zip;          /* NULL while measuring */
    struct zip_size size;     /* so far */
    struct zip_size measured; /* after all items, the first time */
    bool unknown; /* the size cannot be known before something is made */
    struct pack_parts *parts; /* one for each item that was cut or converted;
                                 NULL where none was */
    struct conversion *kept; /* of item i; path NULL: none. NULL: none at all */
    bool doomed;  /* there will be no zip, and nothing is made for one */
    bool spoiled; /* what was kept is not what its row says; it is kept no
                     more, so the next try makes it */
    struct sheets sheets;
    bool counted;     /* the sheets' sizes are known */
    size_t broken;    /* items whose audio is not what their rows say */
    struct buf named; /* the first of them */
    struct export_progress progress;
    int64_t reported; /* bytes_done of the last report */
    size_t every;     /* each so manieth item is for validation; 0: none */
};

void pack_init(struct pack *x, const struct export_job *job);
void pack_release(struct pack *x);

/* Begin anew, with nothing measured. */
void pack_reset(struct pack *x);
/* All audio with its sidecars; the first time, the sheets are counted too.
 * Where the size cannot be measured, `unknown` is set and the rest is void. */
int pack_items(struct pack *x, struct err *err);
/* A text of our own as an entry. */
int pack_text(struct pack *x, const char *name, const struct buf *text,
              struct err *err);
/* Always -1: what a walk finds is not what an earlier one found. */
int pack_changed(struct err *err);

struct pack_sample {
    struct sample s;
    struct item window; /* where it is one: the item with what is said of it */
    char *name, *raw, *caption;
};

/* Into how many parts item i, which must have been packed, was cut. */
int pack_parts_of(const struct pack *x, size_t i);
/* Part `part` (from 1) of it. The caller releases it, and leaves it where it
 * is until then. */
void pack_sample(const struct pack *x, size_t i, const struct item *it,
                 int part, struct pack_sample *ret);
void pack_sample_release(struct pack_sample *o);

/* ---- pack_audio.c ---- */

#define PACK_NAMED 5 /* items in one sentence */

int pack_report(struct pack *x, struct err *err);
/* So many bytes of the items' audio are done. */
int pack_copied(struct pack *x, size_t n, struct err *err);
/* There will be no zip, but the rest is looked at, so that all are named.
 * ERR_CONFLICT if the item has other audio by now. */
int pack_broken(struct pack *x, const struct item *it, enum object_state state,
                struct err *err);
/* An item's object as it is, counted as done as it passes. */
int pack_object(struct pack *x, const struct sample *s, struct err *err);
/* What is kept, instead of the item's object, and counted as that. */
int pack_kept(struct pack *x, const struct sample *s,
              const struct conversion *c, struct err *err);
/* Something was kept, and not what its row says; it is kept no more. Always
 * -1. */
int pack_spoiled(struct pack *x, struct err *err);
/* A piece of the file fd, which is not counted. */
int pack_piece(struct pack *x, const struct sample *s, int fd,
               const struct audio_piece *piece, struct err *err);

#endif
