/* Shared by the align_*.c files; private to them. */
#ifndef MUSIC_ALIGN_PARTS_H
#define MUSIC_ALIGN_PARTS_H

#include <complex.h>

#include "music/align.h"
#include "music/fft.h"

#define ALIGN_LEAD 100 /* frames by which audio may begin before its set */
#define ALIGN_TAIL 100 /* frames after the set's end that may still sound */
#define ALIGN_CHROMA_FPS ((double)SOUND_FPS / SOUND_CHROMA_HOP)

enum align_stream {
    STREAM_LOW,
    STREAM_MID,
    STREAM_HIGH,
    STREAM_ALL,
    STREAMS,
};

/* One side, as streams that can be compared with the other side's. */
struct align_side {
    size_t n;               /* frames */
    float *stream[STREAMS]; /* shaped */
    double energy[STREAMS]; /* the sum of a stream's squares */
    size_t chroma_n;
    float (*chroma)[12]; /* of length 1 or less; the means are subtracted */
};

/* align_side.c */
void align_heard(const struct sound *s, size_t from, size_t n, double stretch,
                 struct align_side *ret);
void align_expected(const struct timeline *t, struct align_side *ret);
void align_side_release(struct align_side *s);
#define auto_align_side auto_cleanup(align_side_release)

/* align_slide.c: both sides at every offset. */
struct align_curve {
    int first; /* offset of the first value, in frames; may be negative */
    size_t n;
    float *on;    /* similarity of the onsets */
    float *both;  /* with a coarse comparison of pitch classes; only for
                   * choosing places */
    float *heavy; /* how much is expected in that stretch, stream ALL */
};

/* Transforms of the audio, cached for one size. */
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

/* align_pitch.c: pitch classes of the set's beats and of the audio. */
struct align_beats {
    size_t n;
    double *sec; /* n + 1 values */
    float (*want)[12];
};
void align_beats_of(const struct timeline *t, struct align_beats *ret);
void align_beats_release(struct align_beats *b);
#define auto_align_beats auto_cleanup(align_beats_release)

/* For each of the audio's frames: the sums of the pitch classes before it. */
struct align_pitches {
    size_t n;
    double (*sum)[12]; /* n + 1 values */
};
void align_pitches_of(const struct sound *s, struct align_pitches *ret);
void align_pitches_release(struct align_pitches *p);

/* Similarity, -1 to 1, if the audio begins `offset` seconds into the set and
 * lasts for `sec` seconds of the set. *ret_beats: the number of beats compared;
 * 0 if they are too few. */
double align_pitch(const struct align_beats *b, const struct align_pitches *p,
                   double offset, double sec, double stretch,
                   size_t *ret_beats);

/* The sum of a pitch class before a moment of the audio, in seconds. */
double align_pitches_before(const struct align_pitches *p, double sec,
                            int pitch);

/* align_notes.c: a place that was found. */
struct align_place {
    const struct align_side *audio;
    const struct align_side *set;
    const struct align_pitches *pitches;
    double frame; /* frame of the set at which the audio's side begins */
    double from;  /* second of the audio at which its side begins */
    double stretch;
};
/* Fills in coverage, played, stray_from, stray_to and drift (what remains
 * besides the stretch), and corrects offset by it. Returns the number of
 * moments at which notes begin; those within 60 ms are one. */
size_t align_notes(const struct align_place *at, const struct timeline *t,
                   struct alignment *ret);

/* align_beyond.c: similarity of the onsets, -1 to 1, without what they repeat
 * in every bar. */
double align_beyond(const struct align_place *at, const struct timeline *t);

/* align_judge.c */
struct align_evidence {
    double sec; /* of the audio */
    double score, pitch, margin, coverage, played, beyond;
    size_t moments;
    bool heavy;   /* the curve is, there */
    bool pitched; /* there were beats enough to compare */
    bool usual;   /* bounces usually begin there */
};
enum align_verdict align_judge(const struct align_evidence *e);

/* align_drift.c: the sum of products of both sides' onsets: the audio's frames
 * from..to, each with the set's frame that is `at` later. */
double align_products(const struct align_side *audio,
                      const struct align_side *set, long at, size_t from,
                      size_t to);
/* How much faster the audio runs than the set, if it begins `at` frames into
 * it; *ret_first: by how many frames its first frame is later. */
double align_drift(const struct align_side *audio, const struct align_side *set,
                   long at, double *ret_first);

/* align_likeness.c: adds to each of n places how alike the audio's levels and
 * the set's cells from there on are, -1 to 1; 0 if one of them never changes.
 * A level is as long as ALIGN_LEVEL_CELLS cells; `set` has as many cells as
 * all levels from the last place on take. */
#define ALIGN_LEVEL_CELLS 5
void align_likeness(const float *set, const float *audio, size_t levels,
                    float *like, size_t n);

/* align_loudness.c: where in the set, in seconds, the audio begins, judged by
 * its loudness; false if loudness cannot tell. wishes: likely beginnings. */
bool align_loudness(const struct sound *s, const struct timeline *t,
                    const double *wishes, size_t wish_count,
                    double *ret_offset);

#endif
