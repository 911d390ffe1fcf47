/* Devices and samples of the summary. */
#include <string.h>

#include "als/device.h"
#include "als/summary_parts.h"
#include "base/json.h"

/* Count one more with that name in a list of {name, count, ...}; if its object
 * is new, ret_new is set; NULL if the list is full. */
static json_object *
count_one(json_object *list, const char *name, const char *counter,
          bool *ret_new)
{
    json_object *o;

    *ret_new = false;
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        o = json_object_array_get_idx(list, i);
        if (strcmp(json_text(o, "name"), name) == 0) {
            json_object_int_inc(json_at(o, counter), 1);
            return o;
        }
    }
    if (json_object_array_length(list) >= ALS_LIST_MAX)
        return NULL;
    o = json_object_new_object();
    json_add_str(o, "name", name);
    json_add_int(o, counter, 1);
    json_object_array_add(list, o);
    *ret_new = true;
    return o;
}

static bool
plays(const struct als_whole *w, int track)
{
    return w->play.parts[track].state == ALS_SOUNDS &&
           !w->play.parts[track].doubtful;
}

json_object *
als_devices_json(const struct als_whole *w)
{
    json_object *o = json_object_new_object();
    json_object *instruments = json_object_new_array();
    json_object *effects = json_object_new_array();
    json_object *plugins = json_object_new_array();
    bool is_new;

    for (size_t i = 0; i < w->set->devices.n; i++) {
        const struct als_device *d = &w->set->devices.at[i];
        enum als_device_kind kind = als_device_kind(w->set, i);
        json_object *plugin;

        if (!als_device_heard(w->set, i))
            continue;
        if (kind == ALS_INSTRUMENT && plays(w, d->track))
            (void)count_one(instruments, als_device_name(d), "count", &is_new);
        else if (kind == ALS_EFFECT)
            (void)count_one(effects, als_device_name(d), "count", &is_new);
        if (d->format == ALS_NATIVE)
            continue;
        plugin = count_one(plugins, als_device_name(d), "count", &is_new);
        if (is_new) {
            json_add_str(plugin, "format", als_format_name(d->format));
            json_add_str(plugin, "vendor", d->vendor);
            json_add_str(plugin, "kind",
                         kind == ALS_INSTRUMENT ? "instrument" : "effect");
        }
    }
    json_add(o, "instruments", instruments);
    json_add(o, "effects", effects);
    json_add(o, "plugins", plugins);
    return o;
}

json_object *
als_samples_json(const struct als_whole *w)
{
    json_object *a = json_object_new_array();
    bool is_new;

    for (size_t i = 0; i < w->set->clips.n; i++) {
        const struct als_clip *c = &w->set->clips.at[i];

        if (c->audio && als_clip_plays(&w->play, c) && c->sample != NULL &&
            plays(w, c->track))
            (void)count_one(a, c->sample, "uses", &is_new);
    }
    for (size_t i = 0; i < w->set->devices.n; i++)
        if (w->set->devices.at[i].sample != NULL &&
            als_device_heard(w->set, i) &&
            plays(w, w->set->devices.at[i].track))
            (void)count_one(a, w->set->devices.at[i].sample, "uses", &is_new);
    return a;
}
