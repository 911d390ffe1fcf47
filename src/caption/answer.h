/*
 * What of a model's whole answer is the caption. We ask for one JSON object
 * and nothing else; models think aloud before it, wrap it in prose, fences,
 * lists and channels of their own, or write plain text. The object is taken
 * wherever it stands behind the thoughts, plain text if it is nothing but a
 * caption; all else is none.
 */
#ifndef CAPTION_ANSWER_H
#define CAPTION_ANSWER_H

#include <json-c/json.h>

/*
 * NULL with the line (the caller frees it) and the object that it stood in
 * (the caller puts it; NULL for plain text, and for an object that only a
 * lenient reader understands). Otherwise why there is no caption, as the end
 * of a sentence that begins with "it"; static.
 */
const char *answer_read(const char *text, char **ret_line,
                        json_object **ret_object);

/*
 * The same of an answer with several captions: NULL with the array, whose
 * elements hold one each if the model did as it was told; the caller puts it.
 */
const char *answer_several(const char *text, json_object **ret_array);
/* The caption of one element, one line; NULL where it has none, or what is
 * none by its form. The caller frees it. */
char *answer_element(json_object *element);

/* Behind the thoughts that a model spelled out, and behind what it wraps the
 * rest in: the start of the answer proper. NULL when it only thought.
 * Borrowed from text. */
const char *answer_proper(const char *text);

#endif
