/* A short list of texts; see strs.h. */
#include "base/strs.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

/* Nobody reads more, and each new text is compared with all others: a schema of
 * 250 kB would take seconds. */
enum { STRS_MAX = 256 };

bool
strs_has(const struct strs *l, const char *text)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcasecmp(l->v[i], text) == 0)
            return true;
    return false;
}

void
strs_add(struct strs *l, const char *text)
{
    auto_free char *line = NULL;

    if (l->n >= STRS_MAX)
        return;
    line = text != NULL ? text_one_line(text) : NULL;
    if (line == NULL || line[0] == '\0' || strs_has(l, line))
        return;
    l->v = xreallocarray(l->v, l->n + 1, sizeof(*l->v));
    l->v[l->n++] = steal(&line);
}

static void
add_parts(struct strs *l, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, ",;\n");
        auto_free char *part = xstrndup(text, n);

        strs_add(l, part);
        text += n;
        if (*text != '\0')
            text++;
    }
}

void
strs_add_json(struct strs *l, json_object *value)
{
    if (json_object_is_type(value, json_type_string)) {
        add_parts(l, json_object_get_string(value));
    } else if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            json_object *one = json_object_array_get_idx(value, i);

            if (json_object_is_type(one, json_type_string))
                strs_add(l, json_object_get_string(one));
            else
                strs_add(l, json_text(one, "name"));
        }
    }
}

json_object *
strs_json(const struct strs *l)
{
    json_object *array = json_object_new_array();

    for (size_t i = 0; i < l->n; i++)
        json_object_array_add(array, json_object_new_string(l->v[i]));
    return array;
}

void
strs_release(struct strs *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->v[i]);
    free(l->v);
    *l = (struct strs){0};
}
