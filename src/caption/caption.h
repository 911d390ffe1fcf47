/*
 * A caption for a set, from start to end: by the model if one is connected,
 * otherwise by the embedded template. A model's caption is checked against the
 * set; if its tempo or key contradicts the set, the model is asked once more.
 */
#ifndef CAPTION_CAPTION_H
#define CAPTION_CAPTION_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/setting.h"
#include "music/facts.h"
#include "caption/clips.h"
#include "caption/ear.h"
#include "caption/style.h"
#include "net/http.h"

extern const struct settings caption_settings; /* settings.c */

/* The question. Small: schema and summary need not outlive caption_ask_init. */
struct caption_ask {
    struct facts facts;
    struct style style;
    char *context;            /* for the model; NULL if none is connected */
    char *instructions;       /* the user's wish, or NULL */
    char *seed;               /* varies the template's wording */
    char *artist;             /* the name, which no caption may mention; or
                               * NULL */
    struct clips clips;       /* what the model is to hear; owned */
    json_object *examples;    /* the artist's captions, or NULL */
    json_object *example_ids; /* ids of the examples' items */
};

/* instructions: NULL for none; seed: a text that identifies the set. */
/* The caller adds the artist's name, the clips and the examples. */
void caption_ask_init(struct caption_ask *ask, const struct conf *conf,
                      json_object *schema, json_object *summary,
                      const char *instructions, const char *seed);
void caption_ask_release(struct caption_ask *ask);
#define auto_caption_ask auto_cleanup(caption_ask_release)

struct caption {
    char *id;            /* set by the `made` hook; NULL without one */
    char *prompt;        /* the line */
    char *model;         /* as the server named it, or "template" */
    const char *version; /* of the system prompt */
    json_object *fields, *warnings, *params;
    long tokens_in, tokens_out, ms;
    long tokens_audio; /* part of tokens_in; -1: not reported */
    enum heard heard;  /* whether the model heard the clips */
    double audio_sec;  /* of the clips that were sent */
    char *why_not;     /* one sentence if they were not heard; or NULL */
};
void caption_release(struct caption *c);
#define auto_caption auto_cleanup(caption_release)

/* All but `made` may be NULL; if one returns -1 with err, the call ends. */
struct caption_hooks {
    /* The deltas since the last restart spell the caption's line. */
    int (*delta)(void *ctx, const char *text, struct err *err);
    /* The deltas so far are void; reason: one sentence. */
    int (*restart)(void *ctx, const char *reason, struct err *err);
    /* A caption is finished, even if the model is then asked again: store it,
     * and give it its id. */
    int (*made)(void *ctx, struct caption *c, struct err *err);
    bool (*gone)(void *ctx); /* nobody is waiting any more */
    void *ctx;
};

/* Uses up the ask's context. Errors: those of model.h, and of the hooks. */
int caption_write(const struct conf *conf, struct caption_ask *ask,
                  const struct caption_hooks *hooks, struct caption *ret,
                  struct err *err);

/* Its cost by the configured prices and the token counts that the model's
 * server reported; below 0: unknown. */
double caption_cost(const struct conf *conf, const struct caption *c);

/* The number of words in a text, as people count them. */
long caption_words(const char *text);

#endif
