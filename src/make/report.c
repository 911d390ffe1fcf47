/*
 * Output: a line for each file as it is done, a progress bar on a terminal, or
 * a JSON object per line; see make.h.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "make/make.h"

enum { BAR = 24, CLEAR = 70 };

/* Consumes o. */
static void
json_line(json_object *o)
{
    (void)puts(json_out(o));
    (void)fflush(stdout);
    json_object_put(o);
}

static bool
has_bar(const struct making *m)
{
    return !m->opt->json && isatty(STDERR_FILENO) == 1;
}

static void
clear_bar(const struct making *m)
{
    if (has_bar(m))
        (void)fprintf(stderr, "\r%*s\r", CLEAR, "");
}

static void
draw_bar(const struct making *m)
{
    size_t all = m->folder.n_sets + m->folder.n_sounds;
    size_t full = all > 0 ? m->done * BAR / all : 0;

    if (!has_bar(m))
        return;
    (void)fputs("[", stderr);
    for (size_t i = 0; i < BAR; i++)
        (void)fputs(i < full ? "#" : ".", stderr);
    (void)fprintf(stderr, "] %zu of %zu files", m->done, all);
}

void
report_step(const struct making *m, const char *what)
{
    if (m->opt->json) {
        json_object *o = json_object_new_object();

        json_add_str(o, "event", "step");
        json_add_str(o, "step", what);
        json_line(o);
        return;
    }
    clear_bar(m);
    printf("%s\n", what);
    (void)fflush(stdout);
    draw_bar(m);
}

void
report_set(const struct making *m, const struct live *set)
{
    if (m->opt->json) {
        json_object *o = json_object_new_object();

        json_add_str(o, "event", "set");
        json_add_str(o, "name", set->name);
        json_add_str(o, "parseId", set->parse_id);
        if (set->why[0] != '\0')
            json_add_str(o, "why", set->why);
        json_line(o);
        return;
    }
    clear_bar(m);
    printf("  %-9s %s%s%s\n", set->why[0] != '\0' ? "left out" : "set",
           set->name, set->why[0] != '\0' ? ": " : "", set->why);
    (void)fflush(stdout);
    draw_bar(m);
}

static json_object *
sound_json(const struct bounce *s, const char *state, const char *caption)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "event", "track");
    json_add_str(o, "name", s->name);
    json_add_str(o, "state", state);
    json_add_str(o, "set", s->set != NULL ? s->set->name : NULL);
    json_add_str(o, "itemId", s->item);
    json_add_str(o, "caption", caption);
    json_add_bool(o, "warned", s->warned);
    if (s->why[0] != '\0')
        json_add_str(o, "why", s->why);
    return o;
}

void
report_sound(const struct making *m, const struct bounce *s, const char *state,
             const char *caption)
{
    if (m->opt->json) {
        json_line(sound_json(s, state, caption));
        return;
    }
    clear_bar(m);
    printf("  %-9s %s", state, s->name);
    if (s->why[0] != '\0')
        printf(": %s\n", s->why);
    else
        printf(" <- %s%s\n            %s\n",
               s->set != NULL ? s->set->name : "no set",
               s->warned ? " (look it over: it contradicts the set)" : "",
               caption != NULL ? caption : "");
    (void)fflush(stdout);
    draw_bar(m);
}

/* A set without a bounce is worth a line too. */
static bool
is_used(const struct folder *f, const struct live *set)
{
    for (size_t i = 0; i < f->n_sounds; i++) {
        const struct live *its = f->sounds[i].set;

        if (its != NULL && f->sounds[i].why[0] == '\0' &&
            set->parse_id != NULL && strcmp(its->parse_id, set->parse_id) == 0)
            return true;
    }
    return false;
}

static const char *
why_unused(const struct live *set)
{
    return set->why[0] != '\0' ? set->why : "no bounce of it was taken";
}

static json_object *
left_out(const struct folder *f)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < f->n_sounds + f->n_sets; i++) {
        const struct live *set =
            i < f->n_sounds ? NULL : &f->sets[i - f->n_sounds];
        const char *name = set != NULL ? set->name : f->sounds[i].name;
        const char *why = set == NULL       ? f->sounds[i].why
                          : is_used(f, set) ? ""
                                            : why_unused(set);
        json_object *o;

        if (why[0] == '\0')
            continue;
        o = json_object_new_object();
        json_add_str(o, "name", name);
        json_add_str(o, "why", why);
        json_object_array_add(list, o);
    }
    return list;
}

void
report_end(const struct making *m, json_object *dataset, const char *zip,
           const char *trouble)
{
    json_object *list = left_out(&m->folder);
    json_object *o = json_object_new_object();

    json_add_str(o, "event", trouble == NULL ? "done" : "failed");
    json_add(o, "leftOut", list);
    json_add_str(o, "zip", zip);
    json_add(o, "dataset", json_object_get(dataset));
    if (trouble != NULL)
        json_add_str(o, "detail", trouble);
    if (m->opt->json) {
        json_line(o);
        return;
    }
    clear_bar(m);
    if (json_object_array_length(list) > 0)
        printf("\nLeft out:\n");
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *one = json_object_array_get_idx(list, i);

        printf("  %s: %s\n", json_text(one, "name"), json_text(one, "why"));
    }
    if (trouble != NULL)
        (void)fprintf(stderr, "\ntrainmode make: %s\n", trouble);
    else
        printf("\n%.0f tracks, %s\n%s\n", json_number(dataset, "itemCount", 0),
               zip, json_text(dataset, "datasetUrl"));
    json_object_put(o);
}
