/* A short list of texts that it owns. */
#ifndef BASE_STRS_H
#define BASE_STRS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/auto.h"

struct strs {
    char **v;
    size_t n;
};

/* Add a copy, made one line; blank and known texts (any case) are passed
 * over. */
void strs_add(struct strs *l, const char *text);
bool strs_has(const struct strs *l, const char *text);
/* Add what a JSON value says: a text, at its commas, or an array of texts or
 * of objects with a `name`. Anything else says nothing. */
void strs_add_json(struct strs *l, json_object *value);
/* A new array of texts. */
json_object *strs_json(const struct strs *l);
void strs_release(struct strs *l);

#define auto_strs auto_cleanup(strs_release)

#endif
