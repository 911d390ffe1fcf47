/*
 * The body of a chat completions request, and the parameters that a server is
 * known not to accept.
 */
#ifndef CAPTION_REQUEST_H
#define CAPTION_REQUEST_H

#include <json-c/json.h>

#include "caption/model.h"

/* Make the talk's text the body; sounds: audio is sent along. *ret_params gets
 * the parameters without the messages, for the record; the caller puts them. */
void request_body(const struct model_ask *ask, bool sounds,
                  json_object **ret_params);

/* Read a refusal of the request: true if it names parameters that we can do
 * without; the next body leaves them out. sounds: audio was sent, so a refused
 * parameter may be accepted without it. */
bool request_learn(const char *message, bool sounds);

void request_forget(void); /* for tests */

#endif
