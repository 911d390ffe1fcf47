/*
 * Whether the model heard what it was sent. Some servers refuse audio, some
 * drop it without a word; what is known of a server and its model is
 * remembered for an hour, by this process.
 */
#ifndef CAPTION_EAR_H
#define CAPTION_EAR_H

#include <stdbool.h>

#include "base/conf.h"

enum heard {
    HEARD_NOTHING, /* no audio went along */
    HEARD_NOT,     /* it went along, or was to, and was not heard */
    HEARD_MAYBE,   /* the server does not tell */
    HEARD_YES,
};

/* What a server said of the tokens that a question took. */
struct ear_count {
    long prompt_tokens; /* 0: it did not say */
    long audio_tokens;  /* -1: it did not say */
    long text_bytes;    /* of the question's messages */
    double audio_sec;   /* 0: none went along */
};

/* Judge an answer; what it tells of the server is remembered. */
enum heard ear_judge(const struct conf *conf, const struct ear_count *c);

/* It refused audio, and took the same question without it. */
void ear_deafen(const struct conf *conf);
/* Nothing is to be sent to it: it did not hear, less than an hour ago. */
bool ear_is_deaf(const struct conf *conf);

void ear_forget(void); /* for tests */

#endif
