/*
 * A caption for a set, from start to end: by the model where one is
 * connected, by the embedded template otherwise. What a model wrote is held
 * against the set; where tempo or key contradict it, it is asked once more.
 */
#ifndef CAPTION_CAPTION_H
#define CAPTION_CAPTION_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/conf.h"
#include "base/err.h"
#include "music/facts.h"
#include "caption/clips.h"
#include "caption/ear.h"
#include "caption/style.h"
#include "net/http.h"

/* What is asked. Small: schema and summary need not outlive the making. */
struct caption_ask {
    struct facts facts;
    struct style style;
    char *context;            /* for the model; NULL where none is connected */
    char *instructions;       /* the person's wish, or NULL */
    char *seed;               /* of the template's wording */
    char *artist;             /* the name, which no caption says; or NULL */
    struct clips clips;       /* what the model is to hear; the ask's own */
    json_object *examples;    /* the artist's captions, or NULL */
    json_object *example_ids; /* whose they are */
};

/* instructions: NULL for none; seed: a text that belongs to the set. */
/* The artist's name, the clips and the examples are for the caller to add. */
void caption_ask_init(struct caption_ask *ask, const struct conf *conf,
                      json_object *schema, json_object *summary,
                      const char *instructions, const char *seed);
void caption_ask_release(struct caption_ask *ask);
#define auto_caption_ask auto_cleanup(caption_ask_release)

struct caption {
    char *id;            /* given by the `made` hook; NULL without one */
    char *prompt;        /* the line */
    char *model;         /* as the server named it, or "template" */
    const char *version; /* of the system prompt */
    json_object *fields, *warnings, *params;
    long tokens_in, tokens_out, ms;
    long tokens_audio; /* of those in; -1: not told */
    enum heard heard;  /* whether the model heard the clips */
    double audio_sec;  /* of those that went along */
    char *why_not;     /* one sentence where they were not heard; or NULL */
};
void caption_release(struct caption *c);
#define auto_caption auto_cleanup(caption_release)

/* Each but `made` may be NULL; each returns -1 with err to end it all. */
struct caption_hooks {
    /* What the deltas since the last restart spell is the caption's line. */
    int (*delta)(void *ctx, const char *text, struct err *err);
    /* The deltas so far are void; reason: one sentence. */
    int (*restart)(void *ctx, const char *reason, struct err *err);
    /* A caption is finished, also one that is then asked again: keep it, and
     * give it its id. */
    int (*made)(void *ctx, struct caption *c, struct err *err);
    bool (*gone)(void *ctx); /* nobody waits any more */
    void *ctx;
};

/* The ask's context is spent by it. Errors: those of model.h, and the
 * hooks'. */
int caption_write(const struct conf *conf, struct http *http,
                  struct caption_ask *ask, const struct caption_hooks *hooks,
                  struct caption *ret, struct err *err);

/* What it cost by the prices that are set, for what a model's server counted;
 * below 0: not known. */
double caption_cost(const struct conf *conf, const struct caption *c);

/* Words of a text, as people count them. */
long caption_words(const char *text);

#endif
