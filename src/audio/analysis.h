/*
 * One decoding pass over a file that the probe has accepted: loudness, true
 * peak, waveform, silence, clipping, onsets, pitch classes, tempo,
 * fingerprint. Some 1.5 ms, half of which is the decoder's, and 5 kB of memory
 * for a second of stereo (docs/bench.md).
 *
 * The libraries behind it bring 25 MB of others with them and parse what
 * strangers send, so no server links this: the program trainmode-analyze
 * (analyze.c) runs it, one process for each file.
 */
#ifndef AUDIO_ANALYSIS_H
#define AUDIO_ANALYSIS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "audio/meters.h"
#include "audio/probe.h"
#include "base/auto.h"
#include "music/sound.h"

/* What is decoded at most; longer files are analyzed so far. */
#define ANALYSIS_SEC_MAX (3 * 3600)

struct audio_analysis {
    double decoded_sec; /* that the decoder gave */
    bool capped;        /* ANALYSIS_SEC_MAX ended it */
    double loudness;    /* LUFS, integrated (EBU R 128); -HUGE_VAL silent */
    double true_peak;   /* dBTP, the loudest channel; -HUGE_VAL silent */
    float peaks[METERS_PEAKS];         /* 0..1, over the file's length */
    double silence_start, silence_end; /* seconds under -60 dBFS */
    double silent_fraction;            /* 0..1, in tenths of a second */
    int64_t clipped; /* samples at full scale, three or more in a row */
    double bpm, bpm_confidence; /* 0 unknown */
    char *fingerprint;          /* see fingerprint.h; NULL where too short */
    struct sound *sound;        /* over time; its own */
};

void audio_analysis_release(struct audio_analysis *a);
#define auto_audio_analysis auto_cleanup(audio_analysis_release)

/* fd is borrowed. stop may be NULL; where it says true, -1 with ERR_BUSY.
 * ERR_AUDIO_DAMAGED where nothing decodes; a decoder that breaks off later
 * shows in decoded_sec. */
int audio_analyze(int fd, const struct audio_probe *p, bool (*stop)(void),
                  struct audio_analysis *ret, struct err *err);

/* {loudnessLufs, truePeakDb, peaks[800], silenceStartSec, silenceEndSec,
 * silentFraction, clippedSamples, tempo: {bpm, confidence} or null,
 * fingerprint or null, sound (as sound_text makes it), decodedSec, capped}.
 * The caller puts it. */
json_object *audio_analysis_json(const struct audio_analysis *a);

#endif
