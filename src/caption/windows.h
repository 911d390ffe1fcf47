/*
 * Captions for the windows of one track: by the model, which is asked once for
 * all of them, or by the embedded template. Each is checked against the facts
 * of its own window. If the facts contradict a model's caption, the model is
 * asked once more for that window alone; if that is wrong too, the template
 * writes it, so that no caption mentions what does not sound.
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
    /* Input: */
    struct facts says;         /* what may be said about it */
    struct facts checks;       /* what a text about it is checked against */
    json_object *contradicted; /* names of what the audio does not contain */
    char *section;             /* NULL: none */
    bool silent;
    /* Output: */
    char *prompt;
    json_object *fields, *warnings;
    const char *source; /* "embedded", "model" */
    char *model;
    const char *version;
    char *generation; /* id of what `made` stored */
};

/*
 * says: the summary of what may be said; checks: the summary that a text is
 * checked against, which is the whole track's if it is unknown what sounds
 * when. whole: the facts of the whole track: a window is "instrumental" only if
 * the whole track is. No text may mention anything in contradicted, which the
 * window takes over. The caller sets the other input members, which the window
 * owns then.
 */
void window_text_init(struct window_text *t, json_object *says,
                      json_object *checks, const struct facts *whole,
                      json_object *contradicted);
void window_text_release(struct window_text *t);

/* A text about a window, checked against it: {field, said, set, ...} as in
 * grounding.h, and for each name that the audio contradicts, said or not,
 * {field: "audio", said, set}. artist: the name, which no caption may mention;
 * or NULL. */
json_object *window_warnings(const struct window_text *t, const char *text,
                             const char *artist);

/* Whether a text says nothing that its window contradicts. */
bool window_holds(const struct window_text *t, const char *text,
                  const char *artist);

struct windows_ask {
    struct window_text *v; /* in the order of the track */
    size_t n;
    struct style style;
    char *artist_style; /* the schema for the model; NULL if none is
                         * connected */
    char *artist;       /* the name; or NULL */
    char *seed;         /* varies the template's wording: one for all */
    struct clips clips; /* what the model is to hear, each of one window (its
                         * position); owned */
};
/* schema and seed as for caption_ask_init; conf NULL: use the template even if
 * a model is connected. The caller adds the texts, the artist's name and the
 * clips. */
void windows_ask_init(struct windows_ask *ask, const struct conf *conf,
                      json_object *schema, const char *seed);
void windows_ask_release(struct windows_ask *ask);
#define auto_windows_ask auto_cleanup(windows_ask_release)

/* All but `made` may be NULL; if one returns -1 with err, the call ends. */
struct windows_hooks {
    /* An answer, with the lines of all captions in it: store it, and give it
     * its id. */
    int (*made)(void *ctx, struct caption *c, struct err *err);
    /* Window i is finished; called once for each, in order. */
    int (*written)(void *ctx, size_t i, struct err *err);
    bool (*gone)(void *ctx); /* nobody is waiting any more */
    void *ctx;
};

/* Errors: those of model.h if there was no answer at all, and those of the
 * hooks. conf is not used if the template writes. */
int windows_write(const struct conf *conf, struct windows_ask *ask,
                  const struct windows_hooks *hooks, struct err *err);

#endif
