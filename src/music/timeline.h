/*
 * When what sounds in a set: the one reader, and the one writer, of the
 * `timeline` that a summary carries since summaryVersion 3. Beats are quarter
 * notes from the beginning of the set; seconds follow from them under the
 * tempo automation, which all here is worked out in already. Muted tracks,
 * switched off stretches and faders at the bottom are not in it, and nothing
 * of the machine that made the set.
 */
#ifndef MUSIC_TIMELINE_H
#define MUSIC_TIMELINE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"

/* What an onset is. Drum kinds come from the pad's or the track's name, or
 * from the General MIDI number of a kit without names. */
enum timeline_kind {
    TIMELINE_KICK,
    TIMELINE_SNARE, /* rims too */
    TIMELINE_CLAP,
    TIMELINE_HAT,
    TIMELINE_CYMBAL,     /* crash, ride, splash */
    TIMELINE_PERCUSSION, /* shakers, toms, and drums that nothing names */
    TIMELINE_BASS,       /* a note below C3 (MIDI 48): mostly under 130 Hz */
    TIMELINE_PITCHED,    /* any other note */
    TIMELINE_AUDIO,      /* recorded sound begins; what it is, nobody says */
    TIMELINE_TRANSIENT,  /* a warp marker inside of recorded sound */
    TIMELINE_KINDS,
};

struct timeline_hit {
    double beat; /* within TIMELINE_GRID of the set's own */
    double sec;
    double end;    /* seconds; of a pitched note, else equal to sec */
    float weight;  /* above 0 to 1: velocity by the root of the fader's
                    * amplitude, automation and groups included */
    uint8_t kind;  /* enum timeline_kind */
    uint8_t pitch; /* MIDI number; 0 where the kind is not pitched */
};

struct timeline_span { /* the track sounds; rests up to 4 beats are in it */
    double beat;
    double beat_end;
    double sec;
    double end;
};

struct timeline_track { /* one that sounds somewhere */
    int index;          /* of the summary's `tracks` that has this `index` */
    char *name;         /* as there, never NULL */
    char *role;         /* as there: "kick", "bass", ..., "other" */
    double confidence;  /* in the role, 0 to 1 */
    size_t hit_count;   /* sorted by beat, then pitch */
    size_t span_count;  /* sorted, apart from each other */
    struct timeline_hit *hits;
    struct timeline_span *spans;
};

/* Straight lines of tempo. The first piece begins at beat 0; a piece ends
 * where the next one begins, the last one never. */
struct timeline_tempo {
    double beat;
    double sec;
    double bpm;  /* at its beginning */
    double bpm2; /* at its end; the last one's is its bpm */
};

struct timeline_meter {
    double beat; /* where it begins: always a bar line; the first is at 0 */
    double bar;  /* bars before it, a whole number */
    int numerator;
    int denominator;
};

struct timeline {
    bool scenes;      /* no arrangement: scenes laid one after the other, an
                       * order that the set does not promise */
    bool cut;         /* onsets of a huge set were dropped to keep it small */
    int ticks;        /* of the grid that onsets lie on, for each beat */
    double end_beat;  /* where the last clip that sounds ends */
    double end;       /* the same in seconds */
    double loop_beat; /* the loop brace; no length: there is none */
    double loop_beats;
    size_t tempo_count; /* at least 1 */
    size_t meter_count; /* at least 1 */
    size_t track_count;
    struct timeline_tempo *tempo;
    struct timeline_meter *meters;
    struct timeline_track *tracks;
};

#define TIMELINE_GRID (1.0 / 96) /* beats; 5 ms at 120 BPM */

/* NULL where the summary has none (it was written before version 3, or by
 * others), or what it has makes no sense. The caller closes. */
struct timeline *timeline_open(json_object *summary);
void timeline_close(struct timeline *t);

/* Time under the tempo automation; both take negative values, and beats
 * before 0 have the first tempo. Each is the other's inverse. */
double timeline_seconds(const struct timeline *t, double beat);
double timeline_beat(const struct timeline *t, double sec);
double timeline_bpm(const struct timeline *t, double beat);

/* Bars are counted from 0; a change of meter begins a new one. The parts of
 * a bar are its share: 4.5 is the middle of the fifth. Each is the other's
 * inverse on bar lines, but for the stump before a change of meter. */
double timeline_bar(const struct timeline *t, double beat);
double timeline_bar_beat(const struct timeline *t, double bar);
const struct timeline_meter *timeline_meter(const struct timeline *t,
                                            double beat);

/* The onsets from..to (seconds, the end not included) of a track: the first
 * one, and in *ret_count how many. They follow each other. */
const struct timeline_hit *timeline_hits(const struct timeline_track *track,
                                         double from, double to,
                                         size_t *ret_count);

/* The share, 0 to 1, of from..to (seconds) in which the track sounds. */
double timeline_coverage(const struct timeline_track *track, double from,
                         double to);

/* "kick", "snare", ... */
const char *timeline_kind_name(enum timeline_kind kind);

/*
 * For the writer (als/): a timeline with beats filled in, of which seconds,
 * bars, names and roles are not read, becomes the object that a summary
 * carries. Hits have beats, weights, kinds, pitches and as `end` the beat at
 * which they end. At most TIMELINE_TEXT_MAX bytes of onsets: what is larger
 * is kept coarser, and at last cut.
 */
json_object *timeline_json(const struct timeline *t);

#define TIMELINE_TEXT_MAX 60000

AUTO_DEFINE(auto_timeline_p, struct timeline *, timeline_close)
#define auto_timeline auto_cleanup(auto_timeline_p)

#endif
