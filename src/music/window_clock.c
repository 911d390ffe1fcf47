/* Tempo and meter of one window; see window_clock.h. */
#include "music/window_clock.h"

#include <math.h>

#include "base/json.h"
#include "base/mem.h"

#define ON_BEAT 0.05 /* beats from a bar line that are on it */

/* Whether any of the tracks is surely in the bounce. */
static bool
any_sure(json_object *tracks)
{
    for (size_t i = 0; i < json_object_array_length(tracks); i++) {
        json_object *one = json_object_array_get_idx(tracks, i);

        if (!json_object_get_boolean(json_at(one, "doubtful")))
            return true;
    }
    return false;
}

json_object *
window_tempo(const struct timeline *t, double from, double to,
             json_object *whole, json_object *tracks)
{
    double a = timeline_beat(t, from), b = timeline_beat(t, to);
    double low = fmin(timeline_bpm(t, a), timeline_bpm(t, b));
    double high = fmax(timeline_bpm(t, a), timeline_bpm(t, b));
    json_object *followed = json_at(whole, "followed");
    json_object *o = json_object_new_object();

    for (size_t i = 0; i < t->tempo_count; i++) {
        const struct timeline_tempo *p = &t->tempo[i];

        if (p->beat <= a || p->beat >= b)
            continue;
        low = fmin(low, fmin(p->bpm, p[-1].bpm2));
        high = fmax(high, fmax(p->bpm, p[-1].bpm2));
    }
    json_add_num(o, "bpm", (b - a) * 60 / (to - from));
    json_add_num(o, "min", low);
    json_add_num(o, "max", high);
    if (json_object_get_boolean(json_at(whole, "default")))
        json_add_bool(o, "default", true);
    json_add_bool(o, "followed",
                  any_sure(tracks) &&
                      (followed == NULL || json_object_get_boolean(followed)));
    return o;
}

json_object *
window_meter(const struct timeline *t, double from)
{
    const struct timeline_meter *m =
        timeline_meter(t, timeline_beat(t, from) + ON_BEAT);
    auto_free char *text = xasprintf("%d/%d", m->numerator, m->denominator);
    json_object *o = json_object_new_object();

    json_add_str(o, "main", text);
    json_add(o, "changes", json_object_new_array());
    return o;
}
