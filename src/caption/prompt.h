/*
 * The system prompts and their versions: train-v1.txt and windows-v3.txt, and
 * train-v2.txt and windows-v4.txt for a model that hears. A version changes
 * whenever its text does; a test checks the hashes of the texts.
 */
#ifndef CAPTION_PROMPT_H
#define CAPTION_PROMPT_H

#include <json-c/json.h>
#include <stdbool.h>

#define PROMPT_VERSION "train-v1"
/* For a model that may be given audio; for all windows of a track at once. */
#define PROMPT_HEARS_VERSION "train-v2"
#define WINDOWS_VERSION "windows-v3"
#define WINDOWS_HEARS_VERSION "windows-v4" /* windows-v3 with audio */

/* hears: the one for a model that may be given audio. */
const char *prompt_version(bool hears);
const char *prompt_text(bool hears);
const char *prompt_windows_text(bool hears);

/*
 * The response_format for the prompt: strict structured output in the order
 * genre, description, the rest. Naming the genre first improves both; the
 * description comes second so that a reader sees it grow. A model that hears
 * returns more: voice, heard. The caller puts it.
 */
json_object *prompt_response_format(bool hears);
/* {"windows": [...]}, each the same, with its `position` first. */
json_object *prompt_windows_format(bool hears);

#endif
