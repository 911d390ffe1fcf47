/* Sections and scenes of the summary: what plays when. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "als/summary_parts.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

void
als_add_meter(json_object *o, const char *name, const struct als_meter *m)
{
    auto_free char *text = xasprintf("%d/%d", m->numerator, m->denominator);

    json_add_str(o, name, text);
}

static bool
in_word(char c)
{
    return isalpha((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* As a separate word: "Raindrops" is not a drop, "Weekend" not an end. */
static bool
names_word(const char *name, const char *word)
{
    for (const char *at = name; (at = strcasestr(at, word)) != NULL; at++) {
        const char *end = at + strlen(word);
        bool camel = at > name && isupper((unsigned char)at[0]) &&
                     islower((unsigned char)at[-1]);

        if (at > name && in_word(at[-1]) && !camel)
            continue;
        end += *end == 's' || *end == 'S';
        if (!in_word(*end) ||
            (islower((unsigned char)end[-1]) && isupper((unsigned char)*end)))
            return true;
    }
    return false;
}

const char *
als_section_label(const char *name)
{
    static const struct {
        const char *word, *label;
        /* clang-format off */
    } labels[] = {
        {"intro", "intro"},         {"pre-chorus", "pre-chorus"},
        {"prechorus", "pre-chorus"}, {"pre chorus", "pre-chorus"},
        {"verse", "verse"},         {"chorus", "chorus"},
        {"hook", "hook"},           {"bridge", "bridge"},
        {"build", "build"},         {"buildup", "build"},
        {"drop", "drop"},           {"breakdown", "breakdown"},
        {"break", "break"},         {"outro", "outro"},
        {"solo", "solo"},           {"end", "end"},
        {"ending", "end"},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
        if (names_word(name, labels[i].word))
            return labels[i].label;
    return "other";
}

static json_object *
section_json(const struct als_whole *w, const char *name, double from,
             double to)
{
    json_object *o = json_object_new_object();
    int tracks;
    json_object *roles = als_roles_active(w, from, to, &tracks);

    json_add_str(o, "name", name);
    json_add_str(o, "label", als_section_label(name));
    als_add_num(o, "startBeat", from);
    als_add_num(o, "startSec", als_seconds(&w->timeline, from));
    als_add_num(o, "beats", to - from);
    als_add_num(o, "sec",
                als_seconds(&w->timeline, to) -
                    als_seconds(&w->timeline, from));
    json_add_int(o, "tracksActive", tracks);
    json_add(o, "rolesActive", roles);
    return o;
}

static int
by_time(const void *a, const void *b)
{
    double x = (*(const struct als_locator *const *)a)->time;
    double y = (*(const struct als_locator *const *)b)->time;

    return (x > y) - (x < y);
}

/* From each locator to the next one, the last one to the end of the music. */
json_object *
als_sections_json(const struct als_whole *w)
{
    const struct als_set *set = w->set;
    size_t n = set->locators.n;
    auto_free const struct als_locator **at = xcalloc(n, sizeof(*at));
    json_object *a = json_object_new_array();

    for (size_t i = 0; i < n; i++)
        at[i] = &set->locators.at[i];
    qsort(at, n, sizeof(at[0]), by_time);
    for (size_t i = 0; i < n && i < ALS_LIST_MAX; i++) {
        const char *name = at[i]->name != NULL ? at[i]->name : "";
        double from = fmax(at[i]->time, 0);
        double to = i + 1 < n ? at[i + 1]->time : fmax(w->play.end, from);

        if (to > from) /* the last one often only marks the end */
            json_object_array_add(a, section_json(w, name, from, to));
    }
    return a;
}

json_object *
als_scenes_json(const struct als_whole *w)
{
    json_object *a = json_object_new_array();
    auto_free int64_t *clips = xcalloc(w->set->scenes.n + 1, sizeof(*clips));

    for (size_t i = 0; i < w->set->clips.n; i++) {
        const struct als_clip *c = &w->set->clips.at[i];

        if (c->slot >= 0 && (size_t)c->slot < w->set->scenes.n &&
            !als_clip_off(c))
            clips[c->slot]++;
    }
    for (size_t i = 0; i < w->set->scenes.n; i++) {
        const struct als_scene *s = &w->set->scenes.at[i];
        json_object *o;
        int numerator, denominator;

        if (clips[i] == 0 || json_object_array_length(a) >= ALS_LIST_MAX)
            continue;
        o = json_object_new_object();
        json_add_str(o, "name",
                     s->name != NULL && !text_blank(s->name) ? s->name : NULL);
        if (s->tempo_on)
            als_add_num(o, "tempo", s->tempo);
        if (s->meter_on &&
            als_meter_decode(s->meter, &numerator, &denominator)) {
            const struct als_meter m = {.numerator = numerator,
                                        .denominator = denominator};

            als_add_meter(o, "meter", &m);
        }
        json_add_int(o, "clips", clips[i]);
        json_object_array_add(a, o);
    }
    return a;
}
