/* The parts of facts.c; within music/ only. */
#ifndef MUSIC_FACTS_PARTS_H
#define MUSIC_FACTS_PARTS_H

#include "music/facts.h"

/* The value as text; NULL if it is not a text. */
const char *facts_text(json_object *value);

/* Felt beats in one of the set's: 1, unless its tempo is folded. */
double facts_pace(const struct facts *f);

/* How the track's notes move, at `pace` felt beats for one of the set's; what a
 * device changes is left unknown. */
void facts_read_moves(struct sounding *s, json_object *track, double pace);

/* Whether it plays so low that it is heard as a bass, whatever it is. */
bool facts_is_low(json_object *track);
/* What holds for the tracks of both. */
struct bounds facts_join(const struct bounds *a, const struct bounds *b);

/* A track, or an instrument of a list, as what part_judge reads. */
void facts_read_hints(struct part_hints *h, json_object *track);
void facts_read_instrument(struct part_hints *h, json_object *instrument);

/* Fills in sounds, maybe, names, shown, can, vocals, sources_known and opaque.
 */
void facts_read_sounds(struct facts *f, json_object *summary);

#endif
