/* The check before an export; see check.h. */
#include "dataset/check.h"

#include <math.h>

#include "base/json.h"
#include "base/text.h"
#include "dataset/rules.h"

static void
note(struct check *c, const struct rule *r, const struct item *it,
     const char *text)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "itemId", it != NULL ? it->id : NULL);
    json_add_str(o, "code", r->code);
    json_add_str(o, "detail", text);
    json_add_str(o, "source", r->source);
    json_object_array_add(r->blocks ? c->blocks : c->warns, o);
}

static void
apply(struct check *c, const struct layout *l, const struct rule *r,
      const struct items *items)
{
    char text[RULE_TEXT];

    if (r->set != NULL) {
        if (r->set(l, items, text))
            note(c, r, NULL, text);
        return;
    }
    for (size_t i = 0; i < items->n; i++)
        if (r->item(l, &items->v[i], text))
            note(c, r, &items->v[i], text);
}

/* The trainer cuts what the export has cut already once more, by its rule. */
static long
pieces_of(const struct layout *l, double seconds, int segment_sec)
{
    long n = 0;

    if (segment_sec == 0)
        return l->pieces(seconds);
    for (double at = 0; seconds - at > 0; at += segment_sec)
        n += l->pieces(fmin(segment_sec, seconds - at));
    return n;
}

void
check_run(const struct layout *l, const struct items *items, int segment_sec,
          struct check *ret)
{
    *ret = (struct check){.blocks = json_object_new_array(),
                          .warns = json_object_new_array()};
    for (size_t i = 0; l->rules[i] != NULL; i++)
        apply(ret, l, l->rules[i], items);
    for (size_t i = 0; i < items->n; i++) {
        const struct item *it = &items->v[i];
        long n;

        if (it->audio.format == NULL)
            continue;
        n = pieces_of(l, it->audio.duration_sec, segment_sec);
        ret->minutes += it->audio.duration_sec / 60;
        ret->pieces += n;
        if (it->prompt_text != NULL && !text_blank(it->prompt_text))
            ret->with_text += n;
    }
}

void
check_release(struct check *c)
{
    json_object_put(c->blocks);
    json_object_put(c->warns);
    *c = (struct check){0};
}
