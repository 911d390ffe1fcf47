/*
 * What the fields beside a caption say of an item: what the caption's own
 * generation said, else what its set states or its notes show. A caption
 * written by hand has the set's tempo, key and meter all the same.
 */
#ifndef DATASET_SAID_H
#define DATASET_SAID_H

#include "dataset/layout.h"
#include "music/key.h"

struct window; /* of db/windows.h */

/* The item as one of its windows is said to be; borrows all from both. What
 * is not known of a window is unknown: the whole track has another tempo. */
void said_window(const struct item *it, const struct window *w,
                 struct item *ret);
/* How long all of an item's windows are together. */
double said_windows_sec(const struct item *it);

double said_bpm(const struct item *it);      /* 0 unknown */
const char *said_key(const struct item *it); /* "" unknown */
#define SAID_METER 28
/* "4/4"; "" where it is unknown or changes. */
void said_meter(const struct item *it, char ret[SAID_METER]);
const char *said_text(const struct item *it, const char *name); /* or "" */
/* A list of texts, empty where there is none. The caller puts it. */
json_object *said_list(const struct item *it, const char *name);
/* The same as one text, joined by ", ". */
void said_joined(const struct item *it, const char *name, struct buf *out);

/* ---- as ACE-Step takes it (acestep/constants.py) ---- */

/* A key in major or minor, as it spells it; "" for none or any other. */
void said_ace_key(const struct item *it, char ret[KEY_TEXT]);
/* 2, 3, 4 or 6; 0 for none or any other. */
int said_ace_meter(const struct item *it);

/*
 * The structure of a file as tags, one a line: "[Intro]", "[Build]", ...,
 * from the set's locators where the audio is the set from its beginning, as
 * far as its length tells; "[Instrumental]" first where the set shows that
 * nobody sings. Nothing where nothing is known.
 */
text_writer said_structure;

#endif
