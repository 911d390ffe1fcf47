/* A short list of texts, which it owns. */
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

/* Add a copy as a single line. Blank texts and duplicates (in any case) are
 * skipped. */
void strs_add(struct strs *l, const char *text);
bool strs_has(const struct strs *l, const char *text);
/* Add the texts of a JSON value: a text, split at commas, or an array of texts
 * or of objects with a `name`. Anything else adds nothing. */
void strs_add_json(struct strs *l, json_object *value);
/* A new array of texts. */
json_object *strs_json(const struct strs *l);
void strs_release(struct strs *l);

#define auto_strs auto_cleanup(strs_release)

#endif
