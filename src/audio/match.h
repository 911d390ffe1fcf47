/*
 * Is this the audio of that set? Checks that hold a file and its analysis
 * against the set's summary and against other files; each adds to the array
 * that audio_checks made.
 *
 *   length_differs   by more than five seconds and five percent: warn
 *   tempo_differs    by more than three percent from all of the set's tempos,
 *                    half and double of them too: warn
 *   clipped          more than one sample in ten thousand: warn
 *   mostly_silent    more than half is under -60 dBFS: warn
 *   decodes_short    the decoder gives a second less than the probe saw: warn
 *   silent_ends      over three seconds of silence at an end: info
 *   not_whole        longer than what is analyzed: info
 *   similar_audio    the same music as another set's: warn
 */
#ifndef AUDIO_MATCH_H
#define AUDIO_MATCH_H

#include "audio/checks.h"

/* Remove those that need the analysis, before another one adds its own; and
 * length_differs, which where the audio lies in its set may explain. */
void audio_checks_drop_analysis(json_object *checks);

/* summary: as in docs/summary.md; NULL, or members that it lacks, say
 * nothing. Needs no analysis. */
void audio_checks_length(json_object *checks, const struct audio_probe *p,
                         json_object *summary);
void audio_checks_tempo(json_object *checks, json_object *analysis,
                        json_object *summary);
/* What the analysis (audio_analysis_json) tells of the file alone. */
void audio_checks_analysis(json_object *checks, const struct audio_probe *p,
                           json_object *analysis);
/* Another item's analysis; name says whose in the sentence. Adds nothing
 * where they differ, or where either is mostly silent. */
void audio_checks_similar(json_object *checks, json_object *analysis,
                          json_object *other, const char *name);

#endif
