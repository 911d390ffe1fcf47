/* What facts.c puts together; within music/ only. */
#ifndef MUSIC_FACTS_PARTS_H
#define MUSIC_FACTS_PARTS_H

#include "music/facts.h"

/* A text, or NULL if the value is none. */
const char *facts_text(json_object *value);

/* sounds, names, shown, can, vocals, sources_known, opaque. */
void facts_read_sounds(struct facts *f, json_object *summary);

#endif
