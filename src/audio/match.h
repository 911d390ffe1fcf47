/*
 * Is this the audio of that set? Checks that compare a file and its analysis
 * with the set's summary and with other files. Each adds to the array that
 * audio_checks made.
 *
 *  length_differs   by more than five seconds and five percent: warn
 *  tempo_differs    by more than three percent from all of the set's tempos,
 *                   half and double of them too: warn
 *  clipped          more than one sample in ten thousand: warn
 *  mostly_silent    more than half is under -60 dBFS: warn
 *  decodes_short    the decoder gives a second less than the probe saw: warn
 *  silent_ends      over three seconds of silence at an end: info
 *  not_whole        longer than the part that is analyzed: info
 *  similar_audio    the same music as another set's: warn
 */
#ifndef AUDIO_MATCH_H
#define AUDIO_MATCH_H

#include "audio/checks.h"

/* Remove the checks that need the analysis, before another analysis adds its
 * own; and length_differs, which the audio's place in its set may explain. */
void audio_checks_drop_analysis(json_object *checks);

/* summary: as in docs/summary.md; NULL, or members that it lacks, add nothing.
 * Needs no analysis. */
void audio_checks_length(json_object *checks, const struct audio_probe *p,
                         json_object *summary);
void audio_checks_tempo(json_object *checks, json_object *analysis,
                        json_object *summary);
/* The checks that need only the file's analysis (audio_analysis_json). */
void audio_checks_analysis(json_object *checks, const struct audio_probe *p,
                           json_object *analysis);
/* Compare with another item's analysis; name identifies it in the sentence.
 * Adds nothing if they differ, or if either is mostly silent. */
void audio_checks_similar(json_object *checks, json_object *analysis,
                          json_object *other, const char *name);

#endif
