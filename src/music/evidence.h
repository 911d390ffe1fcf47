/*
 * What a fact about music rests on. A caption states what is stated or heard,
 * and never what is guessed.
 */
#ifndef MUSIC_EVIDENCE_H
#define MUSIC_EVIDENCE_H

/* In order of strength. */
enum evidence {
    EVIDENCE_NONE,
    EVIDENCE_GUESSED, /* notes alone suggest it */
    EVIDENCE_HEARD,   /* what sounds shows it: notes, pads that are hit, an
                         instrument whose kind leaves no doubt */
    EVIDENCE_STATED,  /* a person typed it, or the set declares it */
};

/* "stated", "heard", "guessed"; NULL for none. */
const char *evidence_name(enum evidence e);

/* The evidence of that name; none for NULL and for unknown names. */
enum evidence evidence_named(const char *name);

#endif
