/*
 * Captions for the windows of one track: by the model, which is asked once
 * for all of them, or by the embedded template. Each is held against the facts
 * of its own window. What a model wrote and they contradict is asked for
 * again, alone and once; what is wrong then too is written by the template, so
 * that no caption says what does not sound.
 */
#ifndef CAPTION_WINDOWS_H
#define CAPTION_WINDOWS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/conf.h"
#include "base/err.h"
#include "caption/caption.h"

struct window_text { /* one window */
    /* Given. */
    struct facts says;         /* what may be said of it */
    struct facts checks;       /* what a text about it is held against */
    json_object *contradicted; /* names that the audio has nothing of */
    char *section;             /* NULL: none */
    bool silent;
    /* Made. */
    char *prompt;
    json_object *fields, *warnings;
    const char *source; /* "embedded", "model" */
    char *model;
    const char *version;
    char *generation; /* id of what `made` kept */
};

/*
 * says: the summary of what may be said; checks: of what a text is held
 * against, where it is not known what sounds when that of the whole track.
 * whole: the facts of all of it: a window is "instrumental" only where all of
 * it is. contradicted, which becomes the window's, and what is one of them no
 * text may say. The caller sets the other members that are given; they are the
 * window's then.
 */
void window_text_init(struct window_text *t, json_object *says,
                      json_object *checks, const struct facts *whole,
                      json_object *contradicted);
void window_text_release(struct window_text *t);

/* A text about a window, held against it: {field, said, set, ...} as in
 * grounding.h, and for each name that the audio contradicts, said or not,
 * {field: "audio", said, set}. artist: the name, which no caption says; or
 * NULL. */
json_object *window_warnings(const struct window_text *t, const char *text,
                             const char *artist);

/* Whether a text says nothing that its window does not. */
bool window_holds(const struct window_text *t, const char *text,
                  const char *artist);

struct windows_ask {
    struct window_text *v; /* in the order of the track */
    size_t n;
    struct style style;
    char *artist_style; /* the schema for the model; NULL where none is
                         * connected */
    char *artist;       /* the name; or NULL */
    char *seed;         /* of the template's wording: one for all */
    struct clips clips; /* what the model is to hear, each of a window (its
                         * position); the ask's own */
};
/* schema and seed as for caption_ask_init; conf NULL: by the template, whatever
 * is connected. The texts, the artist's name and the
 * clips are for the caller to add. */
void windows_ask_init(struct windows_ask *ask, const struct conf *conf,
                      json_object *schema, const char *seed);
void windows_ask_release(struct windows_ask *ask);
#define auto_windows_ask auto_cleanup(windows_ask_release)

/* Each but `made` may be NULL; each returns -1 with err to end it all. */
struct windows_hooks {
    /* An answer, with the lines of all captions in it: keep it, and give it
     * its id. */
    int (*made)(void *ctx, struct caption *c, struct err *err);
    /* Window i is finished; called in order, once for each. */
    int (*written)(void *ctx, size_t i, struct err *err);
    bool (*gone)(void *ctx); /* nobody waits any more */
    void *ctx;
};

/* Errors: those of model.h where nothing was answered at all, and the
 * hooks'. conf and http are not looked at where the template writes. */
int windows_write(const struct conf *conf, struct http *http,
                  struct windows_ask *ask, const struct windows_hooks *hooks,
                  struct err *err);

#endif
