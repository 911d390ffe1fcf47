/*
 * A setting as a row. README's table, the file trainmode.conf, the checks at
 * start and what scripts read all come from it, so its facts are nowhere else.
 * Each room has its own rows (ROOM/settings.c) and checks combinations of its
 * settings there; app/settings.c gathers the rooms.
 */
#ifndef BASE_SETTING_H
#define BASE_SETTING_H

#include <stddef.h>

#include "base/buf.h"
#include "base/conf.h"

enum setting_kind {
    SETTING_TEXT,
    SETTING_SECRET,   /* a text that is never shown, and wiped */
    SETTING_WORD,     /* one of `words` */
    SETTING_FOLDER,   /* an absolute path */
    SETTING_URL,      /* http or https; stored without its final slashes */
    SETTING_SWITCH,   /* on or off; bool */
    SETTING_NUMBER,   /* int */
    SETTING_NUMBER64, /* int64_t */
    SETTING_PRICE     /* double, 0 or more; below 0: not set */
};

#define SETTING_WORDS 4

struct setting {
    const char *name;
    enum setting_kind kind;
    size_t at; /* its place in struct conf: CONF_AT(member) */
    /* The default, as a user would write it; "STATE/..." is in the state's
     * folder. NULL: not set. */
    const char *fallback;
    /* Computes the default of a number on this machine; otherwise NULL. */
    long (*reckon)(void);
    const char *unset; /* README's description of a default without fallback */
    const char *words[SETTING_WORDS]; /* NULL at the end */
    long least, most;                 /* of a number as the user writes it */
    long unit;                        /* the stored value is the user's
                                       * times this */
    const char *program; /* the program whose threads it sets; NULL: for all */
    const char *help;    /* Markdown without line ends */
};

#define CONF_AT(member) offsetof(struct conf, member)

/* The settings of one room. */
struct settings {
    const struct setting *rows;
    size_t n;
    /* NULL, or a check: report faults in combinations of settings, and fill in
     * values that follow from others. All rows of all rooms are set. */
    void (*check)(struct conf *conf, struct buf *faults);
};

#define SETTINGS_OF(array)                                                     \
    .rows = (array), .n = sizeof(array) / sizeof(*(array))

/* Append a clause; clauses are separated by "; ". */
void conf_fault(struct buf *faults, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A fault if value is NULL; why: "" or ", because ...". */
void conf_need(struct buf *faults, const char *value, const char *name,
               const char *why);
/* The member of a row. */
void *setting_at(struct conf *conf, const struct setting *s);
/* Store a value in its member; a fault if it is invalid. program: the one whose
 * threads count. */
void setting_put(struct conf *conf, const struct setting *s, const char *value,
                 const char *program, struct buf *faults);

#endif
