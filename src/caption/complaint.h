/*
 * What a server says when it does not do as asked. Chat completions servers
 * agree on answers, not on errors: {error: {message, type, code, param}},
 * {error: "text"}, {message}, {detail: [{loc, msg}]}, {errors: [...]},
 * {object: "error"}, {base_resp: {status_msg}}, a list around any of them.
 */
#ifndef CAPTION_COMPLAINT_H
#define CAPTION_COMPLAINT_H

#include <json-c/json.h>
#include <stdbool.h>

struct complaint {
    int status;        /* an HTTP status that it names; 0 for none */
    char code[64];     /* its code or type, "" for none */
    char message[320]; /* all that it says, one line, "" for nothing */
};

/* Whether an object that came with a status of success is a complaint;
 * answers: whether it has an answer in it too. */
bool complaint_is(json_object *o, bool answers);

void complaint_read(json_object *o, struct complaint *ret);

#endif
