/*
 * What an audio file sounds like over time, as stored with an item: when
 * something begins (onset strength in three bands, 50 a second), which pitch
 * classes sound (6.25 a second), and how loud it is (2 a second). The analysis
 * writes it; the code that compares a file with its set or describes a stretch
 * of it reads it. Five minutes of noise take 38 kB, of music 28.
 */
#ifndef MUSIC_SOUND_H
#define MUSIC_SOUND_H

#include <stddef.h>

#include "base/auto.h"

#define SOUND_FPS 50          /* frames of onset strength per second */
#define SOUND_CHROMA_HOP 8    /* frames per frame of pitch classes */
#define SOUND_LEVEL_SEC 0.5   /* seconds that one level covers */
#define SOUND_SILENT (-100.f) /* dB; quieter levels are stored as this */

enum sound_band {
    SOUND_LOW,  /* below 130 Hz: kick, bass */
    SOUND_MID,  /* 130 Hz to 4 kHz */
    SOUND_HIGH, /* above 5 kHz: hats, cymbals */
    SOUND_BANDS,
};

struct sound_level {
    float loudness;          /* LUFS, momentary (EBU R 128) */
    float band[SOUND_BANDS]; /* dBFS of the mono mix; here MID goes to 5 kHz */
};

/* Frame i covers the moment i / SOUND_FPS seconds from the beginning; level i
 * the stretch that begins at i * SOUND_LEVEL_SEC. */
struct sound {
    size_t frames;
    size_t chroma_frames;
    size_t levels;
    float *onset[SOUND_BANDS]; /* 0 or more; `frames` values each */
    float (*chroma)[12];       /* C to B, 0 to 1, the strongest is 1 */
    struct sound_level *level;
};

struct sound *sound_open(size_t frames, size_t chroma_frames, size_t levels);
void sound_close(struct sound *s);

/* As text for a JSON member or a column, with 12 steps for an onset and 8 for a
 * pitch class; the caller frees it. */
char *sound_text(const struct sound *s);
/* NULL if text is NULL or was not made by sound_text. */
struct sound *sound_read(const char *text);

AUTO_DEFINE(auto_sound_p, struct sound *, sound_close)
#define auto_sound auto_cleanup(auto_sound_p)

#endif
