/*
 * A conversation with the model, in the form in which it is sent. A question
 * may be 20 kB long and hundreds wait at once, so while it is in progress there
 * is only one copy of it: this text is the request's body, and the next
 * question is made from it.
 */
#ifndef CAPTION_TALK_H
#define CAPTION_TALK_H

#include <json-c/json.h>

#include "base/auto.h"
#include "base/id.h"
#include "caption/clips.h"

struct talk {
    char *text;        /* a JSON object with "messages", once it is addressed */
    json_object *open; /* the parsed text while turns are added; otherwise
                        * NULL */
    char marker[UUID_LEN + 1]; /* prefix of the clips' names; "": no clips */
    char *muted;               /* why the clips were removed; NULL: they were
                                * not */
};
#define TALK_INIT ((struct talk){0})

/* role: "system", "user", "assistant". */
void talk_add(struct talk *t, const char *role, const char *content);
/* The content of turn i without its clips; the caller frees it; NULL if there
 * is none. */
char *talk_content(struct talk *t, size_t i);
void talk_replace(struct talk *t, size_t i, const char *content);
/* Append clips to turn i, each as a name that nobody can guess; body_read
 * replaces the name with the clip. */
void talk_sound(struct talk *t, size_t i, const struct clips *clips);
/* Remove all clips for good; why: one sentence. */
void talk_mute(struct talk *t, const char *why);
/* The number of bytes in all turns. */
long talk_bytes(struct talk *t);
/* Make the text, with everything except the messages replaced; consumes
 * parameters. */
void talk_address(struct talk *t, json_object *parameters);
void talk_release(struct talk *t);
#define auto_talk auto_cleanup(talk_release)

#endif
