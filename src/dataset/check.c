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

struct walk {
    const struct layout *layout;
    int segment_sec;
    enum check_depth depth;
    struct check *check;
    struct tally tally;
};

static bool
applies(const struct walk *w, const struct rule *r)
{
    return r->blocks || w->depth == CHECK_ALL;
}

static void
count(struct walk *w, const struct item *it)
{
    struct check *c = w->check;
    long n;

    tally_add(&w->tally, it);
    if (it->audio.format == NULL)
        return;
    n = pieces_of(w->layout, it->audio.duration_sec, w->segment_sec);
    c->pieces += n;
    if (it->prompt_text != NULL && !text_blank(it->prompt_text))
        c->with_text += n;
}

static int
check_item(void *ctx, size_t i, const struct item *it, struct err *err)
{
    struct walk *w = ctx;
    const struct rule *r;
    char text[RULE_TEXT];

    (void)i;
    (void)err;
    for (size_t k = 0; (r = w->layout->rules[k]) != NULL; k++)
        if (r->item != NULL && applies(w, r) && r->item(w->layout, it, text))
            note(w->check, r, it, text);
    count(w, it);
    return 0;
}

static void
check_set(struct walk *w)
{
    const struct rule *r;
    char text[RULE_TEXT];

    for (size_t k = 0; (r = w->layout->rules[k]) != NULL; k++)
        if (r->set != NULL && applies(w, r) && r->set(&w->tally, text))
            note(w->check, r, NULL, text);
}

int
check_run(const struct layout *l, const struct roll *roll, int segment_sec,
          enum check_depth depth, struct check *ret, struct err *err)
{
    auto_check struct check c = {.blocks = json_object_new_array(),
                                 .warns = json_object_new_array()};
    struct walk w = {
        .layout = l, .segment_sec = segment_sec, .depth = depth, .check = &c};
    int rc = roll_walk(roll, check_item, &w, err);

    if (rc == 0) {
        check_set(&w);
        c.minutes = w.tally.minutes;
        *ret = c;
        c = (struct check){0};
    }
    tally_release(&w.tally);
    return rc;
}

void
check_release(struct check *c)
{
    json_object_put(c->blocks);
    json_object_put(c->warns);
    *c = (struct check){0};
}
