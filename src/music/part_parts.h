/* What part.c and part_kit.c share; within music/ only. */
#ifndef MUSIC_PART_PARTS_H
#define MUSIC_PART_PARTS_H

#include "music/part.h"

/* A judgment in the making. */
struct judge {
    const struct part_hints *h;
    struct part *p;
    struct word_set weak; /* what it plays, from names that were read */
    enum evidence weak_evidence;
    const char *weak_from;
    const char *weak_said;
    bool voice; /* some name speaks of a voice */
    bool number_808;
    bool verse; /* recorded, and called a verse */
    int device; /* row of the first device that we know; -1 */
};

/* A word once; rows that are never said are left out. */
void part_add_word(struct judge *j, int row, enum evidence evidence);
/* The first one holds. */
void part_set_role(struct judge *j, const char *role, enum evidence evidence,
                   const char *from, const char *said);
bool part_is_drum(int row);
bool part_has_weak(const struct judge *j, const char *name);
/* Read one name, or all. True if something that sounds is known by then. */
bool part_take_name(struct judge *j, const char *name, enum evidence evidence,
                    const char *from);
bool part_take_names(struct judge *j, const struct strs *list,
                     enum evidence evidence, const char *from);

bool part_kit_plays(const struct judge *j);
void part_judge_kit(struct judge *j);

#endif
