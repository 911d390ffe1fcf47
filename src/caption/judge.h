/*
 * What a model's answer, or its absence, means: for the client (an error code)
 * and for us (whether to try again).
 */
#ifndef CAPTION_JUDGE_H
#define CAPTION_JUDGE_H

#include "base/err.h"
#include "caption/reply.h"
#include "net/http.h"

enum verdict {
    ANSWERED,
    AGAIN,     /* after a pause; err says why, in case there is no time left */
    AGAIN_NOW, /* without the parameter that the server does not know, or
                * without audio */
    OVER,      /* err is set and final */
};

struct tally {             /* for all tries of one question */
    const char *server;    /* its address, for error messages */
    int unlearned, blanks; /* start at 0 */
    bool sounds;           /* audio is sent along; false once it is to be left
                            * out */
    bool refused;          /* it was left out because the server refused it */
    char why_not[320];     /* why it was left out; "" if it was not */
};

enum verdict judge(struct tally *t, const struct reply *r,
                   const struct http_resp *resp, struct err *err);

#endif
