/*
 * Live sets that the tests make themselves, as Live 8 to 12 would lay them
 * out. The figures of each are worked out by hand in its comment.
 */
#ifndef TESTS_ALS_GEN_H
#define TESTS_ALS_GEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * A song of 32 beats, 24 s: 120 BPM to beat 16, then 60; 4/4 to beat 16, then
 * 3/4, so 4 + 5 1/3 bars; A minor (but Live 8 has no key). Locators Drop 16,
 * Intro 0, End 32, in that order.
 *
 *   0 group "Rhythm"
 *   1 "Барабаны" in it: a drum rack; one clip of 16 beats loops a bar of
 *     kick, snare, kick, with one note off and one outside: 5 stored, 12
 *     sound (8 kicks, 4 snares)
 *   2 "ベース": Operator; a clip from 16 to 32, not looped, 4 notes; a clip of
 *     2 notes in the grid, which the arrangement leaves out
 *   3 "Muted lead": Operator; a clip from 0 to 64 with 2 notes
 *   4 "Take": unwarped audio from 0 to 8, 4 s of "voce.wav"
 *   5 return "A-Reverb"
 *
 * and takes, frozen copies and a groove that must not count.
 */
void gen_song(struct buf *xml, int major);

/*
 * No arrangement, 120 BPM, one track "Keys" with Electric; scene 1 has a clip
 * of 4 beats with 1 note, scene 3 one of 8 beats with 2: 12 beats, 6 s.
 */
void gen_session(struct buf *xml, int major);

/* Beginning and end of a set around tracks of one's own. */
void gen_begin(struct buf *xml, int major);
void gen_end(struct buf *xml, int major);

/* A file with these bytes at its beginning, packed or as they are. The caller
 * closes it. */
int gen_file(const void *data, size_t len, bool gzip);

#endif
