/*
 * When each part of a set sounds: the one reader and the one writer of the
 * `timeline` that a summary has had since summaryVersion 3. Beats are quarter
 * notes from the beginning of the set. Seconds follow from them by the tempo
 * automation, which is already applied here. Muted tracks, deactivated
 * stretches and faders at the bottom are left out, and so is anything about the
 * machine that made the set.
 */
#ifndef MUSIC_TIMELINE_H
#define MUSIC_TIMELINE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"

/* What an onset is. Drum kinds come from the name of the pad or the track, or
 * from the General MIDI number if a kit has no names. */
enum timeline_kind {
    TIMELINE_KICK,
    TIMELINE_SNARE, /* includes rims */
    TIMELINE_CLAP,
    TIMELINE_HAT,
    TIMELINE_CYMBAL,     /* crash, ride, splash */
    TIMELINE_PERCUSSION, /* shakers, toms, and unnamed drums */
    TIMELINE_BASS,       /* a note below C3 (MIDI 48): mostly under 130 Hz */
    TIMELINE_PITCHED,    /* any other note */
    TIMELINE_AUDIO,      /* the start of recorded sound, of unknown content */
    TIMELINE_TRANSIENT,  /* a warp marker inside recorded sound */
    TIMELINE_KINDS,
};

struct timeline_hit {
    double beat; /* within TIMELINE_GRID of the set's own */
    double sec;
    double end;    /* seconds, for a pitched note; otherwise equal to sec */
    float weight;  /* above 0, at most 1: velocity times the square root of
                    * the fader's amplitude, including automation and groups */
    uint8_t kind;  /* enum timeline_kind */
    uint8_t pitch; /* MIDI number; 0 if the kind is not pitched */
};

struct timeline_span { /* the track sounds; includes rests of up to 4 beats */
    double beat;
    double beat_end;
    double sec;
    double end;
};

struct timeline_track { /* a track that sounds somewhere */
    int index;          /* the `index` of its entry in the summary's `tracks` */
    char *name;         /* as in the summary, never NULL */
    char *role;         /* as in the summary: "kick", "bass", ..., "other" */
    double confidence;  /* in the role, 0 to 1 */
    size_t hit_count;   /* sorted by beat, then pitch */
    size_t span_count;  /* sorted, not overlapping */
    struct timeline_hit *hits;
    struct timeline_span *spans;
};

/* Straight lines of tempo. The first piece begins at beat 0; each piece ends
 * where the next one begins, and the last one never ends. */
struct timeline_tempo {
    double beat;
    double sec;
    double bpm;  /* at its beginning */
    double bpm2; /* at its end; equal to bpm for the last one */
};

struct timeline_meter {
    double beat; /* where it begins, always a bar line; the first is at 0 */
    double bar;  /* bars before it, a whole number */
    int numerator;
    int denominator;
};

struct timeline {
    bool scenes;      /* no arrangement: scenes in sequence, an order that
                       * the set does not promise */
    bool cut;         /* onsets of a huge set were dropped to keep it small */
    int ticks;        /* per beat, of the grid that onsets are on */
    double end_beat;  /* where the last clip that sounds ends */
    double end;       /* the same, in seconds */
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

/* NULL if the summary has none (it was written before version 3, or by another
 * parser), or if its timeline makes no sense. The caller closes it. */
struct timeline *timeline_open(json_object *summary);
void timeline_close(struct timeline *t);

/* Time by the tempo automation. Both accept negative values; beats before 0
 * have the first tempo. Each is the other's inverse. */
double timeline_seconds(const struct timeline *t, double beat);
double timeline_beat(const struct timeline *t, double sec);
double timeline_bpm(const struct timeline *t, double beat);

/* Bars are counted from 0; a change of meter begins a new one. The fraction is
 * the share of the bar: 4.5 is the middle of the fifth. Each is the other's
 * inverse on bar lines, except for a cut-off bar before a change of meter. */
double timeline_bar(const struct timeline *t, double beat);
double timeline_bar_beat(const struct timeline *t, double bar);
const struct timeline_meter *timeline_meter(const struct timeline *t,
                                            double beat);

/* The onsets of a track in from..to (seconds, the end excluded): returns the
 * first one, and their number in *ret_count. They are consecutive. */
const struct timeline_hit *timeline_hits(const struct timeline_track *track,
                                         double from, double to,
                                         size_t *ret_count);

/* The share, 0 to 1, of from..to (seconds) in which the track sounds. */
double timeline_coverage(const struct timeline_track *track, double from,
                         double to);

/*
 * For the writer (als/): turns a timeline with beats into the object that a
 * summary contains. Seconds, bars, names and roles are not read. Hits have
 * beats, weights, kinds and pitches; their `end` is the beat at which they end.
 * The onsets take at most TIMELINE_TEXT_MAX bytes: a larger timeline is stored
 * on a coarser grid, and as a last resort cut off.
 */
json_object *timeline_json(const struct timeline *t);

#define TIMELINE_TEXT_MAX 60000

AUTO_DEFINE(auto_timeline_p, struct timeline *, timeline_close)
#define auto_timeline auto_cleanup(auto_timeline_p)

#endif
