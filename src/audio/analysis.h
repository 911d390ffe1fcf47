/*
 * One decoding pass over a file that the probe has accepted: loudness, true
 * peak, waveform, silence, clipping, onsets, pitch classes, tempo, fingerprint.
 * A second of stereo takes some 1.5 ms, half of it in the decoder, and 5 kB of
 * memory (docs/bench.md).
 *
 * The libraries behind it bring 25 MB of others with them and parse what
 * strangers send, so no server links this: the program trainmode-analyze
 * (analyze.c) runs it, one process per file.
 */
#ifndef AUDIO_ANALYSIS_H
#define AUDIO_ANALYSIS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "audio/meters.h"
#include "audio/probe.h"
#include "base/auto.h"
#include "music/sound.h"

/* Most seconds decoded; of longer files only the beginning is analyzed. */
#define ANALYSIS_SEC_MAX (3 * 3600)

struct audio_analysis {
    double decoded_sec; /* seconds of sound that the decoder gave */
    bool capped;        /* stopped at ANALYSIS_SEC_MAX */
    double loudness;    /* LUFS, integrated (EBU R 128); -HUGE_VAL: silent */
    double true_peak;   /* dBTP of the loudest channel; -HUGE_VAL: silent */
    float peaks[METERS_PEAKS];         /* 0..1, over the file's length */
    double silence_start, silence_end; /* seconds below -60 dBFS */
    double silent_fraction;            /* 0..1, measured in tenths of a
                                        * second */
    int64_t clipped; /* samples at full scale, three or more in a row */
    double bpm, bpm_confidence; /* 0: unknown */
    char *fingerprint;          /* see fingerprint.h; NULL if too short */
    struct sound *sound;        /* over time; owned */
};

void audio_analysis_release(struct audio_analysis *a);
#define auto_audio_analysis auto_cleanup(audio_analysis_release)

/* fd is borrowed. stop may be NULL; if it returns true, -1 with ERR_BUSY.
 * ERR_AUDIO_DAMAGED if nothing can be decoded; if the decoder fails later,
 * decoded_sec shows it. */
int audio_analyze(int fd, const struct audio_probe *p, bool (*stop)(void),
                  struct audio_analysis *ret, struct err *err);

/* {loudnessLufs, truePeakDb, peaks[800], silenceStartSec, silenceEndSec,
 * silentFraction, clippedSamples, tempo: {bpm, confidence} or null,
 * fingerprint or null, sound (as sound_text makes it), decodedSec, capped}.
 * The caller puts it. */
json_object *audio_analysis_json(const struct audio_analysis *a);

#endif
