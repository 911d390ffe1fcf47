/* The parts of facts.c; within music/ only. */
#ifndef MUSIC_FACTS_PARTS_H
#define MUSIC_FACTS_PARTS_H

#include "music/facts.h"

/* The value as text; NULL if it is not a text. */
const char *facts_text(json_object *value);

/* Fills in sounds, names, shown, can, vocals, sources_known and opaque. */
void facts_read_sounds(struct facts *f, json_object *summary);

#endif
