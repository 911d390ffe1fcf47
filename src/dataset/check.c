/* The check before an export; see check.h. */
#include "dataset/check.h"

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "db/windows.h"
#include "dataset/object.h"
#include "dataset/rules.h"
#include "dataset/said.h"
#include "dataset/shelf.h"

#include <stdio.h>

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

struct walk {
    const struct export_options *opt;
    const struct roll *roll;
    struct shelf shelf;
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
count_windows(struct walk *w, const struct rule_input *in)
{
    const struct windows *ws = in->item->windows;
    struct check *c = w->check;

    c->windows += (long)ws->n;
    c->window_sec += said_windows_sec(in->item);
    for (size_t i = 0; i < ws->n; i++) {
        const struct window *one = &ws->v[i];

        c->with_parts += one->known;
        if (one->prompt_text != NULL && !text_blank(one->prompt_text))
            c->with_text +=
                w->opt->layout->pieces(one->end_sec - one->start_sec);
    }
}

static void
count(struct walk *w, const struct rule_input *in)
{
    struct check *c = w->check;

    tally_add(&w->tally, in);
    c->pieces += in->out.pieces;
    if (in->item->windows != NULL)
        count_windows(w, in);
    else if (!text_blank(in->caption))
        c->with_text += in->out.pieces;
}

/* A trigger alone is not a caption. */
static char *
caption_of(const struct walk *w, const struct item *it)
{
    const char *text = it->prompt_text != NULL ? it->prompt_text : "";

    if (w->opt->trigger == NULL || text_blank(text))
        return xstrdup(text);
    return xasprintf("%s, %s", w->opt->trigger, text);
}

/* Apply a rule to the item, or to one of its windows. */
static bool
asked(const struct walk *w, const struct rule *r, const struct rule_input *in,
      const struct window *window, char text[RULE_TEXT])
{
    struct item one;
    struct rule_input of = *in;
    auto_free char *caption = NULL;
    char said[RULE_TEXT];

    if (window == NULL)
        return r->item(in, text);
    said_window(in->item, window, &one);
    of.item = &one;
    of.caption = caption = caption_of(w, &one);
    if (!r->item(&of, said))
        return false;
    return SAY(text, "window %d: %.360s", window->position, said);
}

/* Once per item: name the first window that the rule applies to. */
static bool
speaks(const struct walk *w, const struct rule *r, const struct rule_input *in,
       char text[RULE_TEXT])
{
    const struct windows *ws = in->item->windows;

    if (!r->of_text || ws == NULL)
        return asked(w, r, in, NULL, text);
    for (size_t i = 0; i < ws->n; i++)
        if (asked(w, r, in, &ws->v[i], text))
            return true;
    return false;
}

/* Audio that was replaced or deleted since the row was read is not a fault. */
static int
check_object(struct walk *w, const struct item *it, struct err *err)
{
    enum object_state state;
    bool holds = true;

    if (shelf_look(&w->shelf, it, &state, err) == -1 ||
        (state != OBJECT_AS_SAVED &&
         roll_holds(w->roll, it, &holds, err) == -1))
        return -1;
    if (state != OBJECT_AS_SAVED && holds)
        json_object_array_add(w->check->blocks, object_block(it, state));
    return 0;
}

static int
check_item(void *ctx, size_t i, const struct item *it, struct err *err)
{
    struct walk *w = ctx;
    const struct layout *l = w->opt->layout;
    auto_free char *caption = caption_of(w, it);
    struct rule_input in = {.layout = l, .item = it, .caption = caption};
    const struct rule *r;
    char text[RULE_TEXT];

    (void)i;
    if (check_object(w, it, err) == -1)
        return -1;
    outcome_of(l, it, w->opt->segment_sec, &in.out);
    if (rule_no_windows.item(&in, text))
        note(w->check, &rule_no_windows, it, text);
    for (size_t k = 0; (r = l->rules[k]) != NULL; k++)
        if (r->item != NULL && applies(w, r) && speaks(w, r, &in, text))
            note(w->check, r, it, text);
    count(w, &in);
    return 0;
}

static void
check_set(struct walk *w)
{
    const struct rule *r;
    char text[RULE_TEXT];

    for (size_t k = 0; (r = w->opt->layout->rules[k]) != NULL; k++)
        if (r->set != NULL && applies(w, r) && r->set(&w->tally, text))
            note(w->check, r, NULL, text);
}

int
check_run(const struct export_options *opt, struct store *store,
          const struct roll *roll, enum check_depth depth, struct check *ret,
          struct err *err)
{
    auto_check struct check c = {.blocks = json_object_new_array(),
                                 .warns = json_object_new_array()};
    struct walk w = {.opt = opt, .roll = roll, .depth = depth, .check = &c};
    int rc;

    shelf_init(&w.shelf, store, roll->n);
    rc = roll_walk(roll, check_item, &w, err);
    if (rc == 0) {
        check_set(&w);
        c.minutes = w.tally.minutes;
        *ret = c;
        c = (struct check){0};
    }
    tally_release(&w.tally);
    shelf_release(&w.shelf);
    return rc;
}

void
check_release(struct check *c)
{
    json_object_put(c->blocks);
    json_object_put(c->warns);
    *c = (struct check){0};
}
