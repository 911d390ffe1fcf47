/*
 * The values for an item's fields besides the caption: those of the caption's
 * own generation, otherwise those that its set states or its notes show. A
 * caption written by hand still has the set's tempo, key and meter.
 */
#ifndef DATASET_SAID_H
#define DATASET_SAID_H

#include "dataset/layout.h"
#include "music/key.h"

struct window; /* of db/windows.h */

/* The item as described by one of its windows; borrows everything from both.
 * What is unknown of a window stays unknown: the whole track may have another
 * tempo. */
void said_window(const struct item *it, const struct window *w,
                 struct item *ret);
/* The total length of an item's windows. */
double said_windows_sec(const struct item *it);

double said_bpm(const struct item *it);      /* 0: unknown */
const char *said_key(const struct item *it); /* "": unknown */
#define SAID_METER 28
/* "4/4"; "" if it is unknown or changes. */
void said_meter(const struct item *it, char ret[SAID_METER]);
const char *said_text(const struct item *it, const char *name); /* or "" */
/* A list of texts, empty if there is none. The caller puts it. */
json_object *said_list(const struct item *it, const char *name);
/* The same as one text, joined by ", ". */
void said_joined(const struct item *it, const char *name, struct buf *out);

/* ---- for ACE-Step (acestep/constants.py) ---- */

/* A major or minor key in its spelling; "" for none or any other. */
void said_ace_key(const struct item *it, char ret[KEY_TEXT]);
/* 2, 3, 4 or 6; 0 for none or any other. */
int said_ace_meter(const struct item *it);

/*
 * The structure of a file as tags, one per line: "[Intro]", "[Build]", ...,
 * from the set's locators if the audio is the set from its beginning, as far as
 * its length tells; preceded by "[Instrumental]" if the set shows that nobody
 * sings. Empty if nothing is known.
 */
text_writer said_structure;

#endif
