/*
 * A few small facts about a set to go with a caption: for the fields of
 * datasets, where thousands of items are read. Only what the set states or its
 * notes show; everything else is unknown here.
 */
#ifndef MUSIC_SONG_H
#define MUSIC_SONG_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"

#define SONG_KEY 32

struct song_section {
    char *label; /* "intro", "drop", ...: the usual word */
    double start_sec, sec;
};

struct song {
    double bpm;                    /* 0: unknown */
    char key[SONG_KEY];            /* "A minor"; "": unknown */
    int beats, unit;               /* "6/8" is 6 and 8; 0: unknown or
                                    * changing */
    bool instrumental;             /* the set shows that nobody sings */
    double length_sec;             /* 0: unknown */
    struct song_section *sections; /* in order; only those with a usual word */
    size_t n;
};

/* summary may be NULL, or lack its large parts (its timeline). ret must be
 * zeroed. */
void song_read(struct song *ret, json_object *summary);
void song_release(struct song *s);
#define auto_song auto_cleanup(song_release)

#endif
