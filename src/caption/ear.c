/* Whether the model heard the audio that it was sent; see ear.h. */
#include "caption/ear.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

enum { EARS = 8, NAME_MAX_BYTES = 320, DEAF_MS = 3600 * 1000 };

/* Tokens per second of audio: Ultravox uses 6, OpenAI 10, Whisper's encoders in
 * Qwen and Voxtral 12 to 25, Gemini 32. */
#define LEAST_TOKENS_SEC 3.0
/* Bytes of English and JSON that one token holds, at most. */
#define MOST_BYTES_TOKEN 6.0

struct ear {
    char name[NAME_MAX_BYTES]; /* address and model */
    int64_t deaf_until;        /* clock_mono_ms() */
    double tokens_byte; /* of a question without audio; 0 not known yet */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct ear ears[EARS];
static size_t turn;

/* The server's own; the lock is held. The oldest gives way to a new one. */
static struct ear *
ear_of(const struct conf *conf)
{
    char name[NAME_MAX_BYTES];
    struct ear *e;

    (void)snprintf(name, sizeof(name), "%s %s",
                   conf->openai_url != NULL ? conf->openai_url : "",
                   conf->openai_model);
    for (size_t i = 0; i < EARS; i++)
        if (strcmp(ears[i].name, name) == 0)
            return &ears[i];
    e = &ears[turn++ % EARS];
    *e = (struct ear){0};
    memcpy(e->name, name, sizeof(name));
    return e;
}

/* By the total number of tokens, if those of the audio are not reported: what
 * exceeds the text's is the audio's. */
static enum heard
by_tokens(const struct ear *e, const struct ear_count *c)
{
    double beyond;

    if (c->prompt_tokens <= 0)
        return HEARD_MAYBE;
    if (e->tokens_byte <= 0)
        return (double)c->prompt_tokens * MOST_BYTES_TOKEN <
                       (double)c->text_bytes
                   ? HEARD_NOT
                   : HEARD_MAYBE;
    beyond = (double)c->prompt_tokens - e->tokens_byte * (double)c->text_bytes;
    return beyond > c->audio_sec * LEAST_TOKENS_SEC ? HEARD_YES : HEARD_NOT;
}

static void
deafen(struct ear *e)
{
    if (e->deaf_until <= clock_mono_ms())
        log_info("the model does not hear; it is sent no audio for an hour");
    e->deaf_until = clock_mono_ms() + DEAF_MS;
}

enum heard
ear_judge(const struct conf *conf, const struct ear_count *c)
{
    enum heard heard = HEARD_NOTHING;
    struct ear *e;

    (void)pthread_mutex_lock(&lock);
    e = ear_of(conf);
    if (c->audio_sec > 0) {
        heard = c->audio_tokens > 0    ? HEARD_YES
                : c->audio_tokens == 0 ? HEARD_NOT
                                       : by_tokens(e, c);
        if (heard == HEARD_NOT)
            deafen(e);
    } else if (c->prompt_tokens > 0 && c->text_bytes > 0) {
        e->tokens_byte = (double)c->prompt_tokens / (double)c->text_bytes;
    }
    (void)pthread_mutex_unlock(&lock);
    return heard;
}

void
ear_deafen(const struct conf *conf)
{
    (void)pthread_mutex_lock(&lock);
    deafen(ear_of(conf));
    (void)pthread_mutex_unlock(&lock);
}

bool
ear_is_deaf(const struct conf *conf)
{
    bool deaf;

    (void)pthread_mutex_lock(&lock);
    deaf = ear_of(conf)->deaf_until > clock_mono_ms();
    (void)pthread_mutex_unlock(&lock);
    return deaf;
}

void
ear_forget(void)
{
    (void)pthread_mutex_lock(&lock);
    memset(ears, 0, sizeof(ears));
    turn = 0;
    (void)pthread_mutex_unlock(&lock);
}
