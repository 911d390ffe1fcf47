/* Several captions out of one answer; see answer.h. */
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/answer.h"
#include "caption/answer_parts.h"
#include "caption/form.h"
#include "caption/scan.h"

enum { TRIES_MAX = 64 }; /* brackets that are tried */

/* The array in an object, or in one within it, whose elements have captions;
 * borrowed. */
static json_object *
array_within(json_object *value, int depth)
{
    json_object *found = NULL;

    if (depth > ANSWER_NESTED_MAX)
        return NULL;
    if (json_object_is_type(value, json_type_array))
        return answer_captioned(value, 0) != NULL ? value : NULL;
    if (!json_object_is_type(value, json_type_object))
        return NULL;
    json_object_object_foreach(value, name, member)
    {
        (void)name;
        if (found == NULL)
            found = array_within(member, depth + 1);
    }
    return found;
}

/* An array ends at its last bracket: only prose follows it. */
static const char *
value_end(const char *s)
{
    const char *last;

    if (*s == '{')
        return answer_object_end(s);
    last = strrchr(s, ']');
    return last != NULL ? last + 1 : NULL;
}

const char *
answer_several(const char *text, json_object **ret_array)
{
    const char *s = answer_proper(text);
    json_object *found = NULL;

    if (s == NULL)
        return answer_only_thoughts;
    for (int i = 0; i < TRIES_MAX && (s = strpbrk(s, "{[")) != NULL; i++) {
        struct err ignored = ERR_INIT;
        const char *end = value_end(s);
        auto_json json_object *value = NULL;
        json_object *array = NULL;

        if (end != NULL)
            value = json_parse(s, (size_t)(end - s), &ignored);
        if (value != NULL)
            array = array_within(value, 0);
        if (array != NULL) {
            json_object_put(found);
            found = json_object_get(array);
        }
        s = value != NULL ? end : s + 1;
    }
    if (found == NULL)
        return "holds no list of captions";
    *ret_array = found;
    return NULL;
}

char *
answer_element(json_object *element)
{
    json_object *inner = answer_captioned(element, 0);
    auto_free char *line = NULL;

    if (inner == NULL)
        return NULL;
    json_object_object_foreach(inner, name, child)
    {
        if (line == NULL && scan_is_caption(name) &&
            json_object_is_type(child, json_type_string))
            line = text_one_line(json_object_get_string(child));
    }
    return line != NULL && form_fault(line) == NULL ? steal(&line) : NULL;
}
