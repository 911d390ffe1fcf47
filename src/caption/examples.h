/*
 * A model's captions that a user edited, as examples of the user's taste. The
 * least edited come first: they are nearest to what a model can do, and the
 * edits reflect taste rather than corrections of fact.
 */
#ifndef CAPTION_EXAMPLES_H
#define CAPTION_EXAMPLES_H

#include <json-c/json.h>

#include "base/auto.h"

enum { EXAMPLES_MAX = 10 };

struct example {
    char *item;    /* id of its item */
    char *text;    /* as the user left it */
    long distance; /* words that differ from what the model wrote */
};

struct examples {
    struct example *v;
    size_t n;
};
void examples_release(struct examples *es);
#define auto_examples auto_cleanup(examples_release)

/* Add one; call with the latest first. Skips a text whose words were not
 * changed or whose form is not a caption's. */
void examples_add(struct examples *es, const char *item, const char *written,
                  const char *text);
/* Keep the least edited, EXAMPLES_MAX at most; the latest among equals. */
void examples_choose(struct examples *es);

/* Arrays of the texts and of the ids; NULL if there are none. The caller puts
 * them. */
json_object *examples_texts(const struct examples *es);
json_object *examples_ids(const struct examples *es);

/* The number of words to add, drop or replace between two texts, ignoring
 * case. */
long examples_distance(const char *a, const char *b);

#endif
