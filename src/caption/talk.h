/*
 * A conversation with the model, in the form in which it is sent. A question
 * may be 20 kB long and hundreds wait at once, so while it is waited for there
 * is one copy of it: this text is the request's body, and what is asked next
 * is made from it.
 */
#ifndef CAPTION_TALK_H
#define CAPTION_TALK_H

#include <json-c/json.h>

#include "base/auto.h"
#include "base/id.h"
#include "caption/clips.h"

struct talk {
    char *text;        /* a JSON object with "messages", once it is addressed */
    json_object *open; /* the same while turns are added; NULL at other times */
    char marker[UUID_LEN + 1]; /* begins the names of clips; "" has none */
    char *muted;               /* why it has none any more; NULL: it was not
                                * muted */
};
#define TALK_INIT ((struct talk){0})

/* role: "system", "user", "assistant". */
void talk_add(struct talk *t, const char *role, const char *content);
/* The content of turn i, without what is to be heard in it; the caller frees
 * it; NULL where there is none. */
char *talk_content(struct talk *t, size_t i);
void talk_replace(struct talk *t, size_t i, const char *content);
/* Let turn i be followed by clips, each by its name, which nobody else knows
 * and body_read puts the clip in for. */
void talk_sound(struct talk *t, size_t i, const struct clips *clips);
/* Without any clip from now on; why: one sentence. */
void talk_mute(struct talk *t, const char *why);
/* Bytes of all that the turns say. */
long talk_bytes(struct talk *t);
/* Make the text, with everything but the messages anew; consumes
 * parameters. */
void talk_address(struct talk *t, json_object *parameters);
void talk_release(struct talk *t);
#define auto_talk auto_cleanup(talk_release)

#endif
