/*
 * training_windows: a track in pieces, each with its own caption. All of an
 * item's are written together; when its audio goes they wait for the new one's.
 */
#ifndef DB_WINDOWS_H
#define DB_WINDOWS_H

#include "db/db.h"
#include "music/window.h"

struct window {
    int position;              /* from 0, in the order of the track */
    double start_sec, end_sec; /* in the audio, the end not included */
    double start_bar;    /* of the set, from 1; NaN: the audio is not aligned */
    double bars;         /* NaN likewise */
    char *section;       /* NULL: none */
    json_object *sounds; /* array of names; NULL: empty */
    json_object *enters, *leaves; /* of sounds, what is not there in its first
                                   * or last quarter; NULL: empty */
    double energy_db; /* beside the whole audio; NaN: unknown, or silent */
    bool known; /* sounds is of this very window, not of the whole track */
    char *prompt_text;     /* NULL: not written yet */
    json_object *fields;   /* NULL: unknown */
    json_object *warnings; /* array; NULL: empty */
    char *source;          /* "embedded", "model", "person" */
    bool edited, excluded;
    bool waiting; /* for its bars to come again: no piece of the track */
    char *system_prompt_version, *model_name, *generation_id;
    int64_t generated_at; /* 0: never */
};
struct windows {
    struct window *v;
    size_t n;
};
void window_release(struct window *w);
void windows_release(struct windows *ws);
#define auto_window auto_cleanup(window_release)
#define auto_windows auto_cleanup(windows_release)

/* One cut again: the same bars, or where it has none the same seconds. */
bool window_same_place(const struct window *a, const struct window *b);
/* The text and whose it is; nothing of the place. */
void window_take_text(struct window *from, struct window *to);

/* In order, without those that wait. Empty where none were made.
 * ERR_ITEM_NOT_FOUND. */
int windows_list(struct db *db, const char *item, struct windows *ret,
                 struct err *err);
/* All that there is to know where they are made anew. */
struct windows_state {
    struct windows all; /* in order, those that wait at the end */
    bool cut;           /* by this rule, and by no person: */
    struct window_rule rule;
    int64_t content; /* of this state of the item, see windows_made */
};
void windows_state_release(struct windows_state *s);
#define auto_windows_state auto_cleanup(windows_state_release)
int windows_state(struct db *db, const char *item, struct windows_state *ret,
                  struct err *err);
/* Windows that were made anew, to be put in the transaction of that which they
 * were made for (item_set_prompt, item_put_analysis). ERR_CONFLICT there where
 * audio, caption or windows are not as they were read: make them once more. */
struct windows_made {
    bool any; /* else nothing is put */
    struct windows ws;
    const char *audio_sha256; /* borrowed */
    int64_t content;
};
/* One of them; ERR_WINDOW_NOT_FOUND. */
int window_get(struct db *db, const char *item, int position,
               struct window *ret, struct err *err);
/*
 * These take the place of all that the item has, in one transaction. Their
 * positions are set to their places here. With keep, an edited window whose
 * bars (or, where it has none, whose seconds) come again keeps its text, and
 * one that was left out stays out. *ret_gone gets the edited ones whose text
 * did not survive. ws becomes what is there now. rule: how they were cut; NULL:
 * by a person. ERR_CONFLICT where the item has other audio than audio_sha256 by
 * now; ERR_ITEM_NOT_FOUND.
 */
int windows_replace(struct db *db, const char *item, const char *audio_sha256,
                    const struct window_rule *rule, bool keep,
                    struct windows *ws, struct windows *ret_gone,
                    struct err *err);
/* A person's word: text NULL and excluded NULL leave what they speak of.
 * fields and warnings go with the text. *ret gets the window. */
int window_change(struct db *db, const char *item, int position,
                  const char *text, json_object *fields, json_object *warnings,
                  const bool *excluded, struct window *ret, struct err *err);
/* The windows of n items, for an export: those of v[i] are ret[i], which the
 * caller has zeroed; without those that are left out. */
int windows_of(struct db *db, const char *const *items, size_t n,
               struct windows *ret, struct err *err);

#endif
