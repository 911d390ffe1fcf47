/*
 * What the model is told besides the system prompt: the facts that bind it,
 * the master schema and the set's digest, within a budget of tokens, and the
 * person's wish. All of schema and set goes as JSON strings inside one JSON
 * object, so a name can never leave its quotes.
 */
#ifndef CAPTION_CONTEXT_H
#define CAPTION_CONTEXT_H

#include <json-c/json.h>
#include <stddef.h>

#include "music/facts.h"

/* The facts, the schema and the digest as one JSON object in text. The facts
 * are never cut; of schema and digest the least telling goes first. The caller
 * frees it. */
char *context_write(const struct facts *f, json_object *schema,
                    json_object *summary, int max_tokens);

/* The same in about half the room, for a model that cannot hold it. */
char *context_shorten(const char *context);

/* The user message: context, examples (an array of the artist's captions) and
 * the person's wish; NULL, and a blank wish, for none. The caller frees it. */
char *context_message(const char *context, json_object *examples,
                      const char *instructions);

/* A copy of a value that takes at most max bytes as text: long texts and
 * lists are shortened, deep members dropped, then whole members, those that
 * tell of the sound last. The caller puts it. */
json_object *context_fit(json_object *value, size_t max);

/* About how many tokens a text is to T5 or GPT; a little too many rather
 * than too few. */
long context_tokens(const char *text);

#endif
