/* What holds at any moment of a set; see window_summary.h. */
#include "base/json.h"
#include "music/window_summary.h"

#define ALWAYS_SEC 10.0 /* in each stretch of this length */

/* The list's element whose member is this number or text; NULL: none. */
static json_object *
same_of(json_object *list, const char *name, json_object *as)
{
    json_object *value = json_at(as, name);

    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *one = json_object_array_get_idx(list, i);

        if (value != NULL && json_object_equal(json_at(one, name), value))
            return one;
    }
    return NULL;
}

static json_object *
both_sounds(json_object *a, json_object *b)
{
    json_object *kept = json_object_new_array();

    for (size_t i = 0; i < json_object_array_length(a); i++) {
        json_object *one = json_object_array_get_idx(a, i);

        if (same_of(b, "row", one) != NULL)
            json_object_array_add(kept, json_object_get(one));
    }
    return kept;
}

/* What two stretches have in common. */
static json_object *
both_tracks(json_object *a, json_object *b)
{
    json_object *kept = json_object_new_array();

    for (size_t i = 0; i < json_object_array_length(a); i++) {
        json_object *one = json_object_array_get_idx(a, i);
        json_object *other = same_of(b, "index", one);
        json_object *sounds = json_at(one, "sounds");

        if (other == NULL)
            continue;
        if (json_object_is_type(sounds, json_type_array))
            json_add(one, "sounds",
                     both_sounds(sounds, json_at(other, "sounds")));
        json_object_array_add(kept, json_object_get(one));
    }
    return kept;
}

static json_object *
tracks_throughout(json_object *summary, const struct timeline *t)
{
    json_object *kept = NULL;

    for (double from = 0; t != NULL && from + ALWAYS_SEC <= t->end;
         from += ALWAYS_SEC / 2) {
        auto_json json_object *before = kept;
        auto_json json_object *none = NULL;
        auto_json json_object *here =
            window_summary(summary, t, from, from + ALWAYS_SEC, NULL, 0, &none);
        json_object *tracks = json_at(here, "tracks");

        kept = before == NULL ? json_object_get(tracks)
                              : both_tracks(before, tracks);
    }
    for (size_t i = 0; kept != NULL && i < json_object_array_length(kept);
         i++) /* how it plays in one stretch is not how it plays in all */
        json_object_object_del(json_object_array_get_idx(kept, i), "midi");
    return kept != NULL ? kept : json_object_new_array();
}

static void
copy(json_object *from, json_object *to, const char *name)
{
    json_object *value = json_at(from, name);

    if (value != NULL)
        json_add(to, name, json_object_get(value));
}

json_object *
window_summary_throughout(json_object *summary, const struct timeline *t)
{
    json_object *o = json_object_new_object();
    json_object *tempo = json_at(summary, "tempo");
    json_object *changes = json_at(json_at(summary, "meter"), "changes");
    double low = json_number(tempo, "min", 0);

    copy(summary, o, "summaryVersion");
    copy(summary, o, "projectName");
    copy(summary, o, "live");
    copy(summary, o, "key");
    copy(summary, o, "layout");
    if (json_number(tempo, "max", low) - low <= 0.04 * low)
        copy(summary, o, "tempo");
    if (!json_object_is_type(changes, json_type_array) ||
        json_object_array_length(changes) < 2)
        copy(summary, o, "meter");
    json_add(o, "tracks", tracks_throughout(summary, t));
    return o;
}
