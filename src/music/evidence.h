/*
 * The evidence for a fact about music. A caption states facts that are stated
 * or heard, and never a guess.
 */
#ifndef MUSIC_EVIDENCE_H
#define MUSIC_EVIDENCE_H

/* In order of strength. */
enum evidence {
    EVIDENCE_NONE,
    EVIDENCE_GUESSED, /* only the notes suggest it */
    EVIDENCE_HEARD,   /* the sound shows it: notes, pads that are hit, an
                       * instrument whose kind leaves no doubt */
    EVIDENCE_STATED,  /* a person typed it, or the set declares it */
};

/* "stated", "heard", "guessed"; NULL for EVIDENCE_NONE. */
const char *evidence_name(enum evidence e);

/* The evidence of that name; EVIDENCE_NONE for NULL and for unknown names. */
enum evidence evidence_named(const char *name);

#endif
