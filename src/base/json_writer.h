/*
 * Writes JSON piece by piece, for documents too large to hold in memory as a
 * tree. Calls make the structure, json-c writes names and values, and commas
 * are added automatically.
 *
 *     struct json_writer w = {.out = &text};
 *
 *     json_writer_object(&w);
 *     json_writer_name(&w, "items");
 *     json_writer_array(&w);
 *     ... json_writer_value(&w, item); buf_clear(&text) once it is used ...
 *     json_writer_array_end(&w);
 *     json_writer_object_end(&w);
 *
 * The output is what json_out would write for the same tree.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/buf.h"

struct json_writer {
    struct buf *out; /* borrowed; may be emptied between calls */
    bool comma;      /* a comma must precede the next value */
};

void json_writer_object(struct json_writer *w);
void json_writer_object_end(struct json_writer *w);
void json_writer_array(struct json_writer *w);
void json_writer_array_end(struct json_writer *w);
/* The name of the member whose value comes next. */
void json_writer_name(struct json_writer *w, const char *name);
void json_writer_value(struct json_writer *w, json_object *value);
/* All members of an object, into the object that is open. */
void json_writer_members(struct json_writer *w, json_object *o);

#endif
