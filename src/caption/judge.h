/*
 * What a model's answer, or the lack of one, means: for the client (an error
 * code) and for us (try again or not).
 */
#ifndef CAPTION_JUDGE_H
#define CAPTION_JUDGE_H

#include "base/err.h"
#include "caption/reply.h"
#include "net/http.h"

enum verdict {
    ANSWERED,
    AGAIN,     /* after a pause; err says why, should there be no time */
    AGAIN_NOW, /* asked without what the server does not know */
    OVER,      /* err is set and final */
};

struct tally { /* over the tries of one question; zeroed at first */
    int unlearned, blanks;
};

enum verdict judge(struct tally *t, const struct reply *r,
                   const struct http_resp *resp, struct err *err);

#endif
