/*
 * The source of each setting's value, as text: the environment, otherwise
 * trainmode.conf, otherwise the default of its row. For conf.c and conf_tell.c.
 */
#ifndef BASE_CONF_SOURCE_H
#define BASE_CONF_SOURCE_H

#include "base/setting.h"

struct conf_source {
    const struct settings *const *rooms;
    const char *state; /* NULL: there is no file; borrowed */
    char **from_file;  /* by row number */
    struct buf faults; /* of the file: clauses */
};

/* The row with that number, counted through all rooms; NULL after the last. */
const struct setting *conf_row(const struct settings *const *rooms, size_t i);

/* Reads the file, if there is one. */
struct conf_source conf_source_of(const struct settings *const *rooms,
                                  const char *state);
void conf_source_release(struct conf_source *src);
/* NULL if it is not set and has no default; an empty value counts as not set,
 * wherever it is. *ret_from: "environment", "file" or "default". The caller
 * frees it. */
char *conf_source_value(const struct conf_source *src, size_t i,
                        const char **ret_from);

#endif
