/*
 * What a trainer wants a dataset to look like: a layout is a row of a table.
 * Adding one is a row in layout.c and a test that applies the trainer's own
 * look-up to the zip.
 *
 * Names are patterns: {n} is the item's number, {nnn} the same with zeros in
 * front ("007"), {ext} the audio's extension, {split} the folder of training
 * or validation. A cut piece adds its number: "007-02".
 */
#ifndef DATASET_LAYOUT_H
#define DATASET_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "db/db.h"

#define LAYOUT_DEFAULT "plan"

enum layout_option {
    OPTION_TRIGGER = 1, /* a word put before every caption */
    OPTION_SEGMENT = 2, /* audio cut into pieces of segmentSec */
    OPTION_SPLIT = 4,   /* a part kept apart for validation */
};

/* One audio file of the dataset and what is said about it. */
struct sample {
    const struct item *item;
    const char *artist;  /* the artist's name */
    size_t number;       /* of the item, from 1 */
    size_t count;        /* items in all */
    int part;            /* from 1 */
    int parts;           /* 1: the whole file */
    bool validation;     /* kept apart from training */
    const char *format;  /* "mp3", ...: of the file in the zip */
    const char *name;    /* its name in the zip */
    const char *raw;     /* the caption as it was saved, trigger in front */
    const char *caption; /* the same on one line */
    const char *trigger; /* NULL: none */
    double start;        /* of a piece in its item's audio, seconds */
    const struct window *window; /* that it is; NULL: it is none */
    double duration;             /* seconds */
    int rate;                    /* Hz, of the file in the zip */
};

typedef void text_writer(const struct sample *s, struct buf *out);

/* A file beside each audio file. */
struct sidecar {
    const char *name; /* a pattern */
    text_writer *write;
};

/* A file with a row for each audio file; one for each {split}. */
struct table {
    const char *name; /* a pattern */
    const char *head; /* "" for none */
    text_writer *row;
    const char *comma; /* between rows; NULL for none */
    /* What stands at the end; NULL for nothing. */
    void (*tail)(size_t rows, struct buf *out);
};

/* A file of its own, made once. */
struct extra {
    const char *name;
    void (*write)(bool split, struct buf *out);
};

struct rule; /* see rules.h */

struct layout {
    const char *name;  /* what the API calls it */
    const char *title; /* for a person */
    const char *use;   /* what it is for and how it is used, one sentence */
    unsigned options;  /* enum layout_option, or-ed */
    const char *formats[8]; /* as the probe names them; NULL at the end */
    const char *convert_to; /* what any other format becomes */
    const char *audio;      /* a pattern */
    const char *train;      /* folder names for {split} */
    const char *validation;
    struct sidecar sidecars[6]; /* name NULL at the end; an empty text is no
                                   file */
    struct table tables[3];     /* name NULL at the end */
    struct extra extra;         /* name NULL: none */
    bool timeline;              /* a whole track's windows are told beside it */
    int segment_max;            /* seconds; 0: as long as any */
    bool manifest; /* MANIFEST.json may be inside; else it lies beside */
    const struct rule *rules[16]; /* NULL at the end */
    /* Into how many pieces the trainer cuts a file of so many seconds. */
    long (*pieces)(double seconds);
};

/* All of them; ends with a row whose name is NULL. */
extern const struct layout layouts[];

/* NULL where there is none of that name. */
const struct layout *layout_find(const char *name);
bool layout_takes(const struct layout *l, const char *format);

/* A pattern filled in. ext NULL where it has none. The caller frees it. */
char *layout_name(const struct layout *l, const char *pattern,
                  const struct sample *s);

#endif
