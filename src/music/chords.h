/*
 * The chords that notes state: major and minor triads, by bars. Nothing is
 * guessed. A bar (or half of one) has a chord if its three tones sound, little
 * else does, no other triad comes near, and the bass is one of them; with a
 * seventh, if the root is the bass. A stretch has chords if three fifths of its
 * music have one.
 */
#ifndef MUSIC_CHORDS_H
#define MUSIC_CHORDS_H

#include <json-c/json.h>
#include <stddef.h>

#include "music/key.h"
#include "music/timeline.h"

struct sound; /* of music/sound.h */

#define CHORDS_MAX 4 /* of one stretch; more are no progression to tell */

/*
 * The chords of from..to (seconds of the set) in the order in which they first
 * come, each once, as keys of mode KEY_MAJOR or KEY_MINOR; returns how many, 0
 * if the notes do not state them. tracks: the summary's, of which those count
 * whose `midi.tones` is true: their pitches are what sounds.
 *
 * heard: the audio, at `at` seconds of which the stretch begins, and `pace`
 * seconds of it for one of the set; NULL: unknown. If its pitch classes are
 * more like the notes moved up or down, an instrument is tuned otherwise than
 * it is written, and no chord is told.
 */
size_t chords_tell(const struct timeline *t, json_object *tracks, double from,
                   double to, const struct sound *heard, double at, double pace,
                   struct key ret[CHORDS_MAX]);

/* Chords that a sentence names: "A minor, F major and C major chords", "an
 * Am-F-C-G progression", "chords of A minor and F". */
struct chords_said {
    size_t start, end; /* bytes, from the first name to the last one's end */
    size_t n;
    struct {
        struct key chord; /* KEY_MAJOR or KEY_MINOR */
        size_t start, end;
    } v[8];
};

/* The first such group at or behind byte `from`. */
bool chords_find(const char *text, size_t from, struct chords_said *ret);

#endif
