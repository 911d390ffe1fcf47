/*
 * Acoustic fingerprints: a text of eight hexadecimal digits for every eighth
 * of a second (chromaprint's raw items, algorithm 1), from the first two
 * minutes. The same music encoded twice gives nearly the same bits.
 *
 * Comparing needs no library, so that a program that only compares does not
 * carry one.
 */
#ifndef AUDIO_FINGERPRINT_H
#define AUDIO_FINGERPRINT_H

/* 0 (nothing in common) to 1 (the same), at the best alignment within ten
 * seconds. 0 if either is NULL, malformed or under five seconds. */
double fingerprint_similarity(const char *a, const char *b);

/* From here on it is the same music, by our measurements: different encodings
 * of one recording are above 0.9, different music below 0.3. */
#define FINGERPRINT_SAME 0.7

#endif
