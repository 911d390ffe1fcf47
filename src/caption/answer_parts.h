/* Shared by answer.c and answer_several.c; within caption/ only. */
#ifndef CAPTION_ANSWER_PARTS_H
#define CAPTION_ANSWER_PARTS_H

#include <json-c/json.h>

enum { ANSWER_NESTED_MAX = 4 };

extern const char answer_only_thoughts[];

/* The end of the object that starts at s, after its brace; NULL if it has
 * none. */
const char *answer_object_end(const char *s);
/* The object within `value` that has a caption member; borrowed. */
json_object *answer_captioned(json_object *value, int depth);

#endif
