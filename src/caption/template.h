/*
 * The embedded writer, used if no model is connected: a first draft from the
 * master schema and the set, following the rules of train-v1. The same set and
 * schema always give the same line; different sets differ in wording. It states
 * only what schema and set know, and nothing that grounding would contradict.
 */
#ifndef CAPTION_TEMPLATE_H
#define CAPTION_TEMPLATE_H

#include <json-c/json.h>

#include "music/facts.h"
#include "caption/style.h"

/* seed: any text that identifies the set, such as its hash. Returns the line,
 * which the caller frees, and its fields, which the caller puts. */
char *template_write(const struct facts *f, const struct style *s,
                     const char *seed, json_object **ret_fields);

#endif
