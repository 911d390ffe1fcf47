/*
 * Findings about a piece of audio: an array of {code, level, detail}. None of
 * them blocks saving; "error" means that a dataset must not take the audio,
 * "warn" that it is worth a look, "info" is a fact.
 *
 *  too_short        under 5 s: error; under 30 s, the length of trainers'
 *                   pieces: warn
 *  low_sample_rate  under 32 kHz, the rate of MusicGen: warn
 *  mono, surround   not two channels: warn
 *  damaged          what the probe found and where: warn
 *  converted        not MP3: info, an export may convert it
 */
#ifndef AUDIO_CHECKS_H
#define AUDIO_CHECKS_H

#include <json-c/json.h>

#include "audio/probe.h"

/* From the probe alone, so it runs while the upload waits. The caller puts
 * it. */
json_object *audio_checks(const struct audio_probe *p);

/* 1:05, as people read it. */
struct check_clock {
    char text[32];
};
struct check_clock check_clock(double sec);

/* Add an entry; level is "info", "warn" or "error". */
void checks_add(json_object *checks, const char *code, const char *level,
                const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
