/*
 * What sounds. A clip's notes count as often as its loop window plays them, on
 * tracks that are heard. A set without an arrangement is played as its scenes,
 * one after the other, each for as long as its longest clip.
 */
#ifndef ALS_PLAY_H
#define ALS_PLAY_H

#include "als/limits.h"
#include "als/set.h"
#include "als/timeline.h"

struct als_hit { /* a note that sounds */
    double time; /* in the song */
    double length;
    float velocity;
    uint8_t pitch;
};

struct als_span { /* a stretch in which a track sounds */
    double from;
    double to;
};

/* For qsort: by their beginnings. */
static inline int
als_span_order(const void *a, const void *b)
{
    double x = ((const struct als_span *)a)->from;
    double y = ((const struct als_span *)b)->from;

    return (x > y) - (x < y);
}

enum als_state {
    ALS_SOUNDS,
    ALS_MUTED,    /* itself or in a group; it would sound otherwise */
    ALS_UNVOICED, /* has notes, but no instrument plays them */
    ALS_SILENT,   /* has clips, but none of them sounds */
    ALS_EMPTY,    /* no clips, or a group, return or main track */
};

struct als_audio { /* an audio clip and when it plays */
    int clip;      /* index */
    double from;
    double to;
};

/* What a track plays. Muted tracks are played too, but kept apart. */
struct als_part {
    enum als_state state;
    size_t hit_first; /* sorted by time */
    size_t hit_count;
    size_t span_first; /* sorted, not overlapping */
    size_t span_count;
    size_t audio_first; /* in als_play.audio */
    size_t audio_count;
    int clips;      /* that are played */
    int clips_off;  /* that are disabled */
    int clips_left; /* in the grid, if the arrangement is what plays */
    size_t stored;  /* notes stored in the clips that are played */
    bool unsure;    /* a device changes its pitches in a way that we cannot
                     * predict */
    bool doubtful;  /* nobody knows if the bounce has it: a solo that was left
                     * on leaves it out, its notes leave Live for hardware or
                     * another program, its sound goes to another output
                     * than that of others, or its input is monitored alone */
    bool faint;     /* doubtful because its faders and files are 20 dB or more
                     * below the loudest track's, or no note is struck */
    bool retimed;   /* a device changes when and how long its notes sound:
                     * an arpeggiator and the like */
};

/* A scene, if the set is played as scenes. */
struct als_turn {
    int scene;
    double from;
    double to;
};

struct als_play {
    struct als_part *parts; /* one per track of the set */
    ALS_LIST(struct als_hit) hits;
    ALS_LIST(struct als_span) spans;
    ALS_LIST(struct als_audio) audio;
    ALS_LIST(struct als_turn) turns; /* empty if the arrangement plays */
    size_t arrangement_clips;
    size_t grid_clips;
    double end; /* when the last audible clip ends; 0: nothing plays */
};

/* -1 with ERR_NOT_ALS if loops make more notes than the limits allow. Release
 * it in either case. */
int als_play_init(struct als_play *p, const struct als_set *set,
                  const struct als_timeline *t, const struct als_limits *limits,
                  struct err *err);
void als_play_release(struct als_play *p);

/* Whether the clip is played: one of the grid only without an arrangement. */
static inline bool
als_clip_plays(const struct als_play *p, const struct als_clip *clip)
{
    return !als_clip_off(clip) &&
           (clip->slot < 0) == (p->arrangement_clips > 0);
}

/* The share, 0 to 1, of from..to in which the track sounds. */
double als_coverage(const struct als_play *p, size_t track, double from,
                    double to);

#define auto_als_play auto_cleanup(als_play_release)

#endif
