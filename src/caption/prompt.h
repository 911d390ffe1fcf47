/*
 * The system prompts, train-v1.txt and windows-v1.txt and, for a model that
 * hears, their v2, and their versions. A version changes when its text does; a
 * test holds the texts' hashes.
 */
#ifndef CAPTION_PROMPT_H
#define CAPTION_PROMPT_H

#include <json-c/json.h>
#include <stdbool.h>

#define PROMPT_VERSION "train-v1"
/* For a model that may be given audio; for all windows of a track at once. */
#define PROMPT_HEARS_VERSION "train-v2"
#define WINDOWS_VERSION "windows-v1"
#define WINDOWS_HEARS_VERSION "windows-v2" /* the same, with their audio */

/* hears: the one for a model that may be given audio. */
const char *prompt_version(bool hears);
const char *prompt_text(bool hears);
const char *prompt_windows_text(bool hears);

/*
 * The response_format that goes with it: strict structured output in the
 * order genre, description, the rest. Genre before prose makes both better;
 * the description second lets a reader see it grow. One that hears says more:
 * voice, heard. The caller puts it.
 */
json_object *prompt_response_format(bool hears);
/* {"windows": [...]}, each the same with its `position` before it. */
json_object *prompt_windows_format(bool hears);

#endif
