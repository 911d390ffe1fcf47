/*
 * The chords that notes state: major and minor triads, by bars. Nothing is
 * guessed. A bar (or half of one) has a chord if its three tones sound, little
 * else does, no other triad comes near, and the bass is one of them; with a
 * seventh, only if the root is the bass. A stretch has chords if three fifths
 * of its music have one.
 */
#ifndef MUSIC_CHORDS_H
#define MUSIC_CHORDS_H

#include <json-c/json.h>
#include <stddef.h>

#include "music/key.h"
#include "music/timeline.h"

struct sound; /* of music/sound.h */

#define CHORDS_MAX 4 /* of one stretch; more are not a progression */

/*
 * The chords of from..to (seconds of the set) in the order in which they first
 * come, each once, as keys of mode KEY_MAJOR or KEY_MINOR; returns their
 * number, 0 if the notes do not state them. tracks: the summary's; only those
 * with `midi.tones` true count, because their pitches are what sounds. heard:
 * the audio; the stretch begins `at` seconds into it, and `pace` seconds of it
 * are one of the set; NULL: unknown. If its pitch classes match the notes
 * better when these are moved up or down, an instrument sounds other than
 * written, and no chord is reported.
 */
size_t chords_tell(const struct timeline *t, json_object *tracks, double from,
                   double to, const struct sound *heard, double at, double pace,
                   struct key ret[CHORDS_MAX]);

/* Their names, as an array of texts; the caller puts it. */
json_object *chords_json(const struct key *chords, size_t n);

/* Chords named in a sentence: "A minor, F major and C major chords", "an
 * Am-F-C-G progression", "chords of A minor and F". */
struct chords_said {
    size_t start, end; /* bytes, from the first name to the last one's end */
    size_t n;
    struct {
        struct key chord; /* KEY_MAJOR or KEY_MINOR */
        size_t start, end;
    } v[8];
};

/* The first such group at or after byte `from`. */
bool chords_find(const char *text, size_t from, struct chords_said *ret);

#endif
