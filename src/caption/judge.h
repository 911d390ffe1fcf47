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
    AGAIN_NOW, /* asked without what the server does not know, or without
                * audio */
    OVER,      /* err is set and final */
};

struct tally {             /* over the tries of one question */
    const char *server;    /* its address, for whoever reads the error */
    int unlearned, blanks; /* 0 at first */
    bool sounds;       /* audio goes along; false once it is to be left out */
    bool refused;      /* it was left out since the server would not have any */
    char why_not[320]; /* why it was left out, "" where it was not */
};

enum verdict judge(struct tally *t, const struct reply *r,
                   const struct http_resp *resp, struct err *err);

#endif
