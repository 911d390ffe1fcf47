/*
 * JSON written as it comes, for documents too large to lie in memory as a
 * tree. The structure comes from calls, names and values from json-c; commas
 * set themselves.
 *
 *     struct json_writer w = {.out = &text};
 *
 *     json_writer_object(&w);
 *     json_writer_name(&w, "items");
 *     json_writer_array(&w);
 *     ... json_writer_value(&w, item); buf_clear(&text) once it was used ...
 *     json_writer_array_end(&w);
 *     json_writer_object_end(&w);
 *
 * What it writes is what json_out would write of the same tree.
 */
#ifndef BASE_JSON_WRITER_H
#define BASE_JSON_WRITER_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/buf.h"

struct json_writer {
    struct buf *out; /* borrowed; may be emptied between calls */
    bool comma;      /* goes before what comes next */
};

void json_writer_object(struct json_writer *w);
void json_writer_object_end(struct json_writer *w);
void json_writer_array(struct json_writer *w);
void json_writer_array_end(struct json_writer *w);
/* Of the member whose value comes next. */
void json_writer_name(struct json_writer *w, const char *name);
void json_writer_value(struct json_writer *w, json_object *value);
/* All members of an object, into the one that is open. */
void json_writer_members(struct json_writer *w, json_object *o);

#endif
