/*
 * A setting as a row. README's table, the file trainmode.conf, the checks at
 * start and what the scripts read all come from it, so what stands here stands
 * nowhere else. Each room has the rows of what is its own (ROOM/settings.c)
 * and checks there what several settings tell only together; app/settings.c
 * gathers the rooms.
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
    SETTING_PRICE     /* double, 0 and more; not set: below 0 */
};

#define SETTING_WORDS 4

struct setting {
    const char *name;
    enum setting_kind kind;
    size_t at; /* where in struct conf: CONF_AT(member) */
    /* The default, as it would be written; "STATE/..." is in the state's
     * folder. NULL: not set. */
    const char *fallback;
    /* Reckons the default of a number on this machine; else NULL. */
    long (*reckon)(void);
    const char *unset; /* README's word for a default that is no fallback */
    const char *words[SETTING_WORDS]; /* a NULL behind the last */
    long least, most;                 /* of a number as it is written */
    long unit;                        /* what is stored is so many times it */
    const char *program; /* whose threads; NULL: of interest to all */
    const char *help;    /* Markdown without line ends */
};

#define CONF_AT(member) offsetof(struct conf, member)

/* Those of one room. */
struct settings {
    const struct setting *rows;
    size_t n;
    /* NULL, or: tell what is wrong with several of them together, and fill in
     * what follows from them. All rows of all rooms are set. */
    void (*check)(struct conf *conf, struct buf *faults);
};

#define SETTINGS_OF(array)                                                     \
    .rows = (array), .n = sizeof(array) / sizeof(*(array))

/* Append a clause; "; " stands between them. */
void conf_fault(struct buf *faults, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A fault if value is NULL; why: "" or ", because ...". */
void conf_need(struct buf *faults, const char *value, const char *name,
               const char *why);
/* Into its member; a fault if it cannot be. program: whose threads count. */
void setting_put(struct conf *conf, const struct setting *s, const char *value,
                 const char *program, struct buf *faults);

#endif
