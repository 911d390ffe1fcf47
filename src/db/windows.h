/*
 * training_windows: a track in pieces, each with its own caption. All windows
 * of an item are written together; if its audio is removed, they wait for new
 * audio.
 */
#ifndef DB_WINDOWS_H
#define DB_WINDOWS_H

#include "db/db.h"
#include "music/window.h"

struct window {
    int position;              /* from 0, in the order of the track */
    double start_sec, end_sec; /* in the audio, the end excluded */
    double start_bar;    /* of the set, from 1; NaN: the audio is not aligned */
    double bars;         /* NaN likewise */
    char *section;       /* NULL: none */
    json_object *sounds; /* array of names; NULL: empty */
    json_object *enters, *leaves; /* the sounds that are missing in its first
                                   * or last quarter; NULL: empty */
    double energy_db; /* relative to the whole audio; NaN: unknown, or silent */
    bool known; /* `sounds` is of exactly this window, not of the whole track */
    char *prompt_text;     /* NULL: not written yet */
    json_object *fields;   /* NULL: unknown */
    json_object *warnings; /* array; NULL: empty */
    char *source;          /* "embedded", "model", "person" */
    bool edited, excluded;
    bool waiting; /* until its bars come again: not a piece of the track */
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

/* Whether the cuts are equal: the same bars, or the same seconds if they have
 * none. */
bool window_same_place(const struct window *a, const struct window *b);
/* Moves the text and its authorship, but nothing about the place. */
void window_take_text(struct window *from, struct window *to);

/* In order, without those that wait. Empty if none were made.
 * ERR_ITEM_NOT_FOUND. */
int windows_list(struct db *db, const char *item, struct windows *ret,
                 struct err *err);
/* Everything needed to remake them. */
struct windows_state {
    struct windows all; /* in order, those that wait at the end */
    bool cut;           /* by this rule, and not by a person: */
    struct window_rule rule;
    int64_t content; /* version of the item's state, see windows_made */
};
void windows_state_release(struct windows_state *s);
#define auto_windows_state auto_cleanup(windows_state_release)
int windows_state(struct db *db, const char *item, struct windows_state *ret,
                  struct err *err);
/* Remade windows, to be written in the same transaction as the change that
 * caused them (item_set_prompt, item_put_analysis). ERR_CONFLICT there if
 * audio, caption or windows have changed since they were read: remake them
 * again. */
struct windows_made {
    bool any; /* otherwise nothing is written */
    struct windows ws;
    const char *audio_sha256; /* borrowed */
    int64_t content;
};
/* One of them; ERR_WINDOW_NOT_FOUND. */
int window_get(struct db *db, const char *item, int position,
               struct window *ret, struct err *err);
/*
 * Replace all windows of the item, in one transaction. Positions are set to the
 * places in ws. With keep, an edited window whose bars (or seconds, if it has
 * none) come again keeps its text, and an excluded one stays excluded.
 * *ret_gone gets the edited ones whose text did not survive. ws becomes what is
 * stored now. rule: how they were cut; NULL: by a person. ERR_CONFLICT if the
 * item has audio other than audio_sha256 by now; ERR_ITEM_NOT_FOUND.
 */
int windows_replace(struct db *db, const char *item, const char *audio_sha256,
                    const struct window_rule *rule, bool keep,
                    struct windows *ws, struct windows *ret_gone,
                    struct err *err);
/* A user's change: text NULL or excluded NULL leaves it unchanged. fields and
 * warnings belong to the text. *ret gets the window. */
int window_change(struct db *db, const char *item, int position,
                  const char *text, json_object *fields, json_object *warnings,
                  const bool *excluded, struct window *ret, struct err *err);
/* The windows of n items, for an export: those of items[i] go to ret[i], which
 * the caller has zeroed; excluded ones are left out. */
int windows_of(struct db *db, const char *const *items, size_t n,
               struct windows *ret, struct err *err);

#endif
