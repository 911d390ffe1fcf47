/* What the files about alignments share; private to them. */
#ifndef MUSIC_ALIGN_PARTS_H
#define MUSIC_ALIGN_PARTS_H

#include <complex.h>

#include "music/align.h"
#include "music/fft.h"

#define ALIGN_LEAD 100 /* frames by which audio may begin before its set */
#define ALIGN_TAIL 100 /* frames behind the set's end that may still sound */
#define ALIGN_CHROMA_FPS ((double)SOUND_FPS / SOUND_CHROMA_HOP)

enum align_stream {
    STREAM_LOW,
    STREAM_MID,
    STREAM_HIGH,
    STREAM_ALL,
    STREAMS,
};

/* Either side, as streams that can be held against each other. */
struct align_side {
    size_t n;               /* frames */
    float *stream[STREAMS]; /* shaped */
    double energy[STREAMS]; /* the sum of a stream's squares */
    size_t chroma_n;
    float (*chroma)[12]; /* of length 1, or less; the means taken out */
};

/* align_side.c */
void align_heard(const struct sound *s, size_t from, size_t n, double stretch,
                 struct align_side *ret);
void align_expected(const struct timeline *t, struct align_side *ret);
void align_side_release(struct align_side *s);
#define auto_align_side auto_cleanup(align_side_release)

/* align_slide.c: both sides at every offset. */
struct align_curve {
    int first; /* offset of the first one, in frames; may be negative */
    size_t n;
    float *on;    /* likeness of the onsets */
    float *both;  /* with the pitch classes, coarsely; only to choose by */
    float *heavy; /* how much is expected in that stretch, stream ALL */
};

/* Transforms of the audio that were made for one size. */
struct align_cache {
    size_t size, chroma_size;
    struct fft *fft, *chroma_fft;
    float complex *bins[STREAMS];
    float complex *chroma_bins[12];
};
void align_cache_release(struct align_cache *c);

void align_slide(struct align_cache *c, const struct align_side *audio,
                 const struct align_side *set, struct align_curve *ret);
void align_curve_release(struct align_curve *c);
#define auto_align_curve auto_cleanup(align_curve_release)

/* align_pitch.c: pitch classes of the set's beats, and of the audio's. */
struct align_beats {
    size_t n;
    double *sec; /* n + 1 of them */
    float (*want)[12];
};
void align_beats_of(const struct timeline *t, struct align_beats *ret);
void align_beats_release(struct align_beats *b);
#define auto_align_beats auto_cleanup(align_beats_release)

/* Of an audio's frames before each: the sums of their pitch classes. */
struct align_pitches {
    size_t n;
    double (*sum)[12]; /* n + 1 of them */
};
void align_pitches_of(const struct sound *s, struct align_pitches *ret);
void align_pitches_release(struct align_pitches *p);

/* Likeness, -1 to 1, where the audio begins at `offset` seconds of the set
 * and ends `sec` seconds of the set later; *ret_beats: of how many beats it
 * tells, 0 where they are too few. */
double align_pitch(const struct align_beats *b, const struct align_pitches *p,
                   double offset, double sec, double stretch,
                   size_t *ret_beats);

/* A moment of the audio's pitch classes, in seconds: the sum before it. */
double align_pitches_before(const struct align_pitches *p, double sec,
                            int pitch);

/* align_notes.c: a place that was found. */
struct align_place {
    const struct align_side *audio;
    const struct align_side *set;
    const struct align_pitches *pitches;
    double frame; /* of the set, at which the audio's side begins */
    double from;  /* seconds of the audio at which its side begins */
    double stretch;
};
/* Fills coverage, played, stray_from, stray_to and drift (what is left of it
 * beside the stretch), and corrects offset by it. */
void align_notes(const struct align_place *at, const struct timeline *t,
                 struct alignment *ret);

/* align_drift.c: the sum of products of both sides' onsets, the audio's frames
 * from..to, each with the set's `at` frames later. */
double align_products(const struct align_side *audio,
                      const struct align_side *set, long at, size_t from,
                      size_t to);
/* How much faster the audio runs than the set, where it begins `at` frames
 * into it; *ret_first: by how many frames its first one lies later. */
double align_drift(const struct align_side *audio, const struct align_side *set,
                   long at, double *ret_first);

/* align_loudness.c: where in the set, in seconds, the audio begins, by how
 * loud it is; false: that does not tell. wishes: where it likes to begin. */
bool align_loudness(const struct sound *s, const struct timeline *t,
                    const double *wishes, size_t wish_count,
                    double *ret_offset);

#endif
