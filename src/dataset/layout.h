/*
 * How a trainer wants a dataset to look: a layout is a row of a table. To add
 * one, add a row in layout.c and a test that applies the trainer's own look-up
 * to the zip.
 *
 * Names are patterns: {n} is the item's number, {nnn} the same with leading
 * zeros ("007"), {ext} the audio's extension, {split} the folder of training or
 * validation. The name of a cut piece adds its number: "007-02".
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
    OPTION_SPLIT = 4,   /* a part reserved for validation */
};

/* One audio file of the dataset and its description. */
struct sample {
    const struct item *item;
    const char *artist;  /* the artist's name */
    size_t number;       /* of the item, from 1 */
    size_t count;        /* items in all */
    int part;            /* from 1 */
    int parts;           /* 1: the whole file */
    bool validation;     /* reserved for validation */
    const char *format;  /* "mp3", ...: the file's in the zip */
    const char *name;    /* in the zip */
    const char *raw;     /* the caption as saved, after the trigger */
    const char *caption; /* the same on one line */
    const char *trigger; /* NULL: none */
    double start;        /* where a piece starts in its item's audio, seconds */
    const struct window *window; /* the piece's window; NULL: it is not a
                                  * window */
    double duration;             /* seconds */
    int rate;                    /* Hz, the file's in the zip */
};

typedef void text_writer(const struct sample *s, struct buf *out);

/* A file next to each audio file. */
struct sidecar {
    const char *name; /* a pattern */
    text_writer *write;
};

/* A file with a row for each audio file; one per {split}. */
struct table {
    const char *name; /* a pattern */
    const char *head; /* "" for none */
    text_writer *row;
    const char *comma; /* between rows; NULL for none */
    /* Writes the end of the file; NULL for nothing. */
    void (*tail)(size_t rows, struct buf *out);
};

/* A file written once. */
struct extra {
    const char *name;
    void (*write)(bool split, struct buf *out);
};

struct rule; /* see rules.h */

struct layout {
    const char *name;       /* its name in the API */
    const char *title;      /* for users */
    const char *use;        /* what it is for and how to use it, one sentence */
    unsigned options;       /* enum layout_option, or-ed */
    const char *formats[8]; /* accepted, by the probe's names; NULL at the
                             * end */
    const char *convert_to; /* the format that others are converted to */
    const char *audio;      /* a pattern */
    const char *train;      /* folder names for {split} */
    const char *validation;
    struct sidecar sidecars[6]; /* name NULL at the end; no file if its text
                                 * is empty */
    struct table tables[3];     /* name NULL at the end */
    struct extra extra;         /* name NULL: none */
    bool timeline;              /* a whole track's windows are described next
                                 * to it */
    int segment_max;            /* seconds; 0: no limit */
    bool manifest; /* MANIFEST.json may be inside; otherwise it is next to
                    * the zip */
    const struct rule *rules[16]; /* NULL at the end */
    /* The number of pieces that the trainer cuts a file of this length into. */
    long (*pieces)(double seconds);
};

/* All of them; ends with a row whose name is NULL. */
extern const struct layout layouts[];

/* NULL if there is none with that name. */
const struct layout *layout_find(const char *name);
bool layout_takes(const struct layout *l, const char *format);

/* A pattern filled in. ext is NULL if the pattern has none. The caller frees
 * it. */
char *layout_name(const struct layout *l, const char *pattern,
                  const struct sample *s);

#endif
