/*
 * Whether the model heard the audio that it was sent. Some servers refuse
 * audio, some drop it silently. This process remembers for an hour what it
 * learned about a server and its model.
 */
#ifndef CAPTION_EAR_H
#define CAPTION_EAR_H

#include <stdbool.h>

#include "base/conf.h"

enum heard {
    HEARD_NOTHING, /* no audio was sent */
    HEARD_NOT,     /* it was or should have been sent, but was not heard */
    HEARD_MAYBE,   /* the server does not say */
    HEARD_YES,
};

/* The tokens that a question took, as reported by a server. */
struct ear_count {
    long prompt_tokens; /* 0: not reported */
    long audio_tokens;  /* -1: not reported */
    long text_bytes;    /* of the question's messages */
    double audio_sec;   /* 0: no audio was sent */
};

/* Judge an answer, and remember what it shows about the server. */
enum heard ear_judge(const struct conf *conf, const struct ear_count *c);

/* It refused audio, and accepted the same question without it. */
void ear_deafen(const struct conf *conf);
/* Send it no audio: less than an hour ago it did not hear. */
bool ear_is_deaf(const struct conf *conf);

void ear_forget(void); /* for tests */

#endif
