/*
 * The system prompt, train-v1.txt, and its version. The version changes when
 * the text does; a test holds the text's hash.
 */
#ifndef CAPTION_PROMPT_H
#define CAPTION_PROMPT_H

#include <json-c/json.h>

#define PROMPT_VERSION "train-v1"

const char *prompt_text(void);

/*
 * The response_format that goes with it: strict structured output in the
 * order genre, description, the rest. Genre before prose makes both better;
 * the description second lets a reader see it grow. The caller puts it.
 */
json_object *prompt_response_format(void);

#endif
