/*
 * The body of a chat completions request, and what a server is known not to
 * take in it.
 */
#ifndef CAPTION_REQUEST_H
#define CAPTION_REQUEST_H

#include <json-c/json.h>

#include "caption/model.h"

/* Make the talk's text the body; sounds: audio goes along. The parameters
 * without the messages are for the record; the caller puts them. */
void request_body(const struct model_ask *ask, bool sounds,
                  json_object **ret_params);

/* Read a refusal of the request: true where it names members that we can do
 * without; the next body leaves them out. sounds: audio went along, so what is
 * refused may be taken without. */
bool request_learn(const char *message, bool sounds);

void request_forget(void); /* for tests */

#endif
