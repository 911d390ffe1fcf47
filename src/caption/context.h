/*
 * What the model is told besides the system prompt: the facts that it must
 * respect, the master schema and the set's digest, within a budget of tokens,
 * and the user's wish. Everything from schema and set is a JSON string inside
 * one JSON object, so a name can never escape its quotes.
 */
#ifndef CAPTION_CONTEXT_H
#define CAPTION_CONTEXT_H

#include <json-c/json.h>
#include <stddef.h>

#include "music/facts.h"

/* The facts, the schema and the digest as one JSON object in text. The facts
 * are never cut; of schema and digest, the least informative part is cut first.
 * The caller frees it. */
char *context_write(const struct facts *f, json_object *schema,
                    json_object *summary, int max_tokens);

/* The same in about half the size, for a model whose context is too small. */
char *context_shorten(const char *context);

/* The user message: context, examples (an array of the artist's captions) and
 * the user's wish. NULL, or a blank wish, for none. The caller frees it. */
char *context_message(const char *context, json_object *examples,
                      const char *instructions);

/* A copy of a value that takes at most max bytes as text: long texts and lists
 * are shortened, deep members dropped, then whole members, those about the
 * sound last. The caller puts it. */
json_object *context_fit(json_object *value, size_t max);

/* The approximate number of tokens in a text for T5 or GPT, rather too high
 * than too low. */
long context_tokens(const char *text);

#endif
