/*
 * Errors that a server reports. Chat completions servers agree on the form of
 * answers, but not of errors: {error: {message, type, code, param}}, {error:
 * "text"}, {message}, {detail: [{loc, msg}]}, {errors: [...]}, {object:
 * "error"}, {base_resp: {status_msg}}, a list around any of them.
 */
#ifndef CAPTION_COMPLAINT_H
#define CAPTION_COMPLAINT_H

#include <json-c/json.h>
#include <stdbool.h>

struct complaint {
    int status;        /* an HTTP status that it mentions; 0: none */
    char code[64];     /* its code or type; "": none */
    char message[320]; /* all its text as one line; "": none */
};

/* Whether an object that came with a success status is an error; answers:
 * whether it also contains an answer. */
bool complaint_is(json_object *o, bool answers);

void complaint_read(json_object *o, struct complaint *ret);

#endif
