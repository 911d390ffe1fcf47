/*
 * Musical keys in words: the one speller and comparer. Keys are read, found
 * in a text, and held against each other with enharmonic and relative keys
 * known.
 */
#ifndef MUSIC_KEY_H
#define MUSIC_KEY_H

#include <stdbool.h>
#include <stddef.h>

enum key_mode {
    KEY_ANY, /* a root alone: "in the key of D" */
    KEY_MAJOR,
    KEY_MINOR,
    KEY_DORIAN,
    KEY_PHRYGIAN,
    KEY_LYDIAN,
    KEY_MIXOLYDIAN,
    KEY_LOCRIAN,
    KEY_OTHER, /* a scale that says nothing about major or minor */
};

#define KEY_TEXT 32

struct key {
    int root; /* semitones above C, -1 unknown */
    enum key_mode mode;
};

#define KEY_UNKNOWN ((struct key){.root = -1})

/* The key at the very start of a text ("F# minor", "Bbm", "C sharp Dorian").
 * Returns the bytes that it takes, 0 where there is none. */
size_t key_read(const char *text, struct key *ret);

/* The first key that a sentence claims at or behind byte `from`; false where
 * there is none. "a minor change" is none, "in A minor" is. */
bool key_find(const char *text, size_t from, struct key *ret, size_t *ret_start,
              size_t *ret_end);

/* Whether both may be said of the same music. Unknown agrees with all. */
bool key_agree(struct key a, struct key b);

/* The root of the major scale that has its tones, or -1. */
int key_parent(struct key k);

/* "A minor"; "" where it is unknown. Sharps, but the usual flat keys. */
void key_text(struct key k, char ret[KEY_TEXT]);

#endif
