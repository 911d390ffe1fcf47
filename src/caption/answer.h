/*
 * Finds the caption in a model's complete answer. We ask for one JSON object
 * and nothing else, but models think aloud before it, wrap it in prose, fences,
 * lists and channels of their own, or write plain text. The object is accepted
 * wherever it is after the thoughts; plain text is accepted if it is nothing
 * but a caption; anything else is not a caption.
 */
#ifndef CAPTION_ANSWER_H
#define CAPTION_ANSWER_H

#include <json-c/json.h>

/*
 * On success NULL with the line (the caller frees it) and the object that held
 * it (the caller puts it; NULL for plain text, and for an object that only a
 * lenient reader understands). Otherwise the reason why there is no caption, as
 * the end of a sentence that begins with "it"; static.
 */
const char *answer_read(const char *text, char **ret_line,
                        json_object **ret_object);

/*
 * The same for an answer with several captions: NULL with the array, whose
 * elements hold one each if the model obeyed; the caller puts it.
 */
const char *answer_several(const char *text, json_object **ret_array);
/* The caption of one element, as one line; NULL if it has none, or if the form
 * is not a caption's. The caller frees it. */
char *answer_element(json_object *element);

/* The start of the answer proper, after the model's thoughts and any wrapping.
 * NULL if it only thought. Borrowed from text. */
const char *answer_proper(const char *text);

#endif
