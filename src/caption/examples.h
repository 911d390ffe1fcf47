/*
 * Captions that a person made of a model's, as examples of how they want them.
 * Those that were changed least come first: they are nearest to what a model
 * can do, and what was changed in them is taste and no correction of facts.
 */
#ifndef CAPTION_EXAMPLES_H
#define CAPTION_EXAMPLES_H

#include <json-c/json.h>

#include "base/auto.h"

enum { EXAMPLES_MAX = 10 };

struct example {
    char *item;    /* id of whose caption it is */
    char *text;    /* as the person left it */
    long distance; /* words between it and what the model wrote */
};

struct examples {
    struct example *v;
    size_t n;
};
void examples_release(struct examples *es);
#define auto_examples auto_cleanup(examples_release)

/* One more, the latest first. What was not changed in its words, and what is
 * no caption by its form, is left out. */
void examples_add(struct examples *es, const char *item, const char *written,
                  const char *text);
/* Those that were changed least, EXAMPLES_MAX at most; of equals the latest. */
void examples_choose(struct examples *es);

/* Arrays of the texts, and of the ids; NULL where there is none. The caller
 * puts them. */
json_object *examples_texts(const struct examples *es);
json_object *examples_ids(const struct examples *es);

/* Words to add, drop or replace between two texts, whatever their case. */
long examples_distance(const char *a, const char *b);

#endif
