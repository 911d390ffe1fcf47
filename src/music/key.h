/*
 * Musical keys in words; the only place that spells and compares them. Keys are
 * read, found in a text, and compared with enharmonic and relative keys taken
 * into account.
 */
#ifndef MUSIC_KEY_H
#define MUSIC_KEY_H

#include <stdbool.h>
#include <stddef.h>

enum key_mode {
    KEY_ANY, /* only a root: "in the key of D" */
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
    int root; /* semitones above C; -1: unknown */
    enum key_mode mode;
};

#define KEY_UNKNOWN ((struct key){.root = -1})

/* The key at the very start of a text ("F# minor", "Bbm", "C sharp Dorian").
 * Returns its length in bytes, 0 if there is none. */
size_t key_read(const char *text, struct key *ret);

/* Whether the text before byte `at` ends in words that announce a key: "in ",
 * "key of ". */
bool key_announced(const char *text, size_t at);

/* The first key that a sentence claims at or after byte `from`; false if there
 * is none. "a minor change" is not a key, "in A minor" is; names of chords
 * (chords.h) are not. */
bool key_find(const char *text, size_t from, struct key *ret, size_t *ret_start,
              size_t *ret_end);

/* Whether both can be true of the same music. Unknown agrees with
 * everything. */
bool key_agree(struct key a, struct key b);

/* The root of the major scale with the same tones, or -1. */
int key_parent(struct key k);

/* "A minor"; "" if unknown. Spelled with sharps, except the usual flat keys. */
void key_text(struct key k, char ret[KEY_TEXT]);

#endif
