/*
 * The body of a chat completions request, and what a server is known not to
 * take in it.
 */
#ifndef CAPTION_REQUEST_H
#define CAPTION_REQUEST_H

#include <json-c/json.h>

#include "caption/model.h"

/* Make the talk's text the body. The parameters without the messages are for
 * the record; the caller puts them. */
void request_body(const struct model_ask *ask, json_object **ret_params);

/* Read a refusal of the request: true where it names a member that we can do
 * without; the next body leaves it out. */
bool request_learn(const char *message);

void request_forget(void); /* for tests */

#endif
