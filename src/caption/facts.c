/*
 * What a set says of itself; see facts.h. Each reader takes the member in the
 * forms that summaries have it in and leaves the fact unknown otherwise.
 */
#include "caption/facts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"

enum { SECTIONS_MAX = 32, NAMES_MAX = 8 };

#define KEY_CONFIDENCE 0.7 /* below it an estimate is no fact */

/* The first member there is; names end with NULL. */
static json_object *
any(json_object *o, const char *const *names)
{
    for (; *names != NULL; names++) {
        json_object *m = json_at(o, *names);

        if (m != NULL)
            return m;
    }
    return NULL;
}

#define ANY(o, ...) any(o, (const char *const[]){__VA_ARGS__, NULL})

/* A number, or the one that a text starts with; 0 where there is none. */
static double
number(json_object *o)
{
    double n = 0;

    if (json_object_is_type(o, json_type_int) ||
        json_object_is_type(o, json_type_double))
        n = json_object_get_double(o);
    else if (json_object_is_type(o, json_type_string))
        n = strtod(json_object_get_string(o), NULL);
    return isfinite(n) && n > 0 ? n : 0;
}

static const char *
text(json_object *o)
{
    return json_object_is_type(o, json_type_string) ? json_object_get_string(o)
                                                    : NULL;
}

/* ---- tempo, meter, length ---- */

/* Into what people count: 333 is a fast grid, not fast music. */
static double
folded(double bpm)
{
    while (bpm > 200)
        bpm /= 2;
    while (bpm > 0 && bpm < 60)
        bpm *= 2;
    return round(bpm);
}

static double
plausible_bpm(double bpm)
{
    return bpm >= 10 && bpm <= 1000 ? bpm : 0;
}

static void
read_tempo(struct facts *f, json_object *summary)
{
    json_object *t = ANY(summary, "tempo", "bpm", "BPM", "tempoBpm");

    if (json_object_is_type(t, json_type_object)) {
        f->bpm = number(ANY(t, "bpm", "value", "main", "start"));
        f->bpm_min = number(ANY(t, "min"));
        f->bpm_max = number(ANY(t, "max"));
        f->felt_bpm = number(ANY(t, "feltBpm", "felt_bpm"));
    } else {
        f->bpm = number(t);
    }
    f->bpm = plausible_bpm(f->bpm);
    f->felt_bpm = plausible_bpm(f->felt_bpm);
    if (f->bpm_min <= 0 || f->bpm_min > f->bpm)
        f->bpm_min = f->bpm;
    if (f->bpm_max < f->bpm)
        f->bpm_max = f->bpm;
    if (f->felt_bpm <= 0)
        f->felt_bpm = folded(f->bpm);
}

static void
read_meter(struct facts *f, json_object *summary)
{
    json_object *m =
        ANY(summary, "meter", "timeSignature", "time_signature", "signature");
    json_object *changes = ANY(m, "changes");
    const char *s = text(m);

    if (s == NULL)
        s = text(ANY(m, "main", "value", "text"));
    if (s != NULL && sscanf(s, "%3d/%3d", &f->beats, &f->unit) != 2)
        f->beats = f->unit = 0;
    if (s == NULL && json_object_is_type(m, json_type_object)) {
        f->beats = (int)fmin(number(ANY(m, "numerator")), 999);
        f->unit = (int)fmin(number(ANY(m, "denominator")), 999);
    }
    if (f->beats <= 0 || f->unit <= 0)
        f->beats = f->unit = 0;
    f->meter_changes = json_object_is_type(changes, json_type_array) &&
                       json_object_array_length(changes) > 1;
}

static void
read_length(struct facts *f, json_object *summary)
{
    json_object *l = ANY(summary, "length", "duration", "lengthSec",
                         "length_sec", "durationSec", "duration_sec");

    if (json_object_is_type(l, json_type_object))
        l = ANY(l, "sec", "seconds", "durationSec");
    f->length_sec = number(l);
}

/* ---- key ---- */

static bool
key_of_text(struct facts *f, const char *s)
{
    return s != NULL && key_read(s, &f->key) > 0;
}

/* {root: 9 or "A", scale or mode: "Minor"} */
static bool
key_of_parts(struct facts *f, json_object *o)
{
    json_object *root = ANY(o, "root", "tonic");
    const char *mode = text(ANY(o, "scale", "mode", "name"));
    char name[KEY_TEXT];
    auto_free char *whole = NULL;

    if (json_object_is_type(root, json_type_int)) {
        key_text((struct key){json_object_get_int(root) % 12, KEY_ANY}, name);
        whole = xasprintf("%s %s", name, mode != NULL ? mode : "");
    } else if (text(root) != NULL) {
        whole = xasprintf("%s %s", text(root), mode != NULL ? mode : "");
    }
    return key_of_text(f, whole);
}

static void
read_key_object(struct facts *f, json_object *k)
{
    json_object *declared = ANY(k, "declared");
    json_object *estimated = ANY(k, "estimated");
    const char *source = text(ANY(k, "source"));
    bool is_default = json_object_get_boolean(ANY(declared, "default"));
    bool guess = source != NULL ? strcasecmp(source, "notes") == 0 ||
                                      strcasecmp(source, "estimated") == 0
                                : declared == NULL && estimated != NULL;

    f->key_sure = true;
    if (key_of_text(f, text(ANY(k, "text", "name", "value")))) {
        if (guess)
            f->key_sure =
                json_number(estimated, "confidence",
                            json_number(k, "confidence", 0)) >= KEY_CONFIDENCE;
    } else if (declared == NULL || is_default || !key_of_parts(f, declared)) {
        f->key_sure =
            estimated == NULL
                ? key_of_parts(f, k)
                : key_of_parts(f, estimated) &&
                      json_number(estimated, "confidence", 0) >= KEY_CONFIDENCE;
    }
}

static void
read_key(struct facts *f, json_object *summary)
{
    json_object *k = ANY(summary, "key", "scale", "musicalKey", "musical_key");

    f->key = KEY_UNKNOWN;
    if (json_object_is_type(k, json_type_object))
        read_key_object(f, k);
    else
        f->key_sure = key_of_text(f, text(k));
    key_text(f->key, f->key_text);
    if (f->key.root < 0)
        f->key_sure = false;
}

/* ---- what sounds ---- */

/* A name of the set; what its words show. */
static rows
add_name(struct facts *f, const char *name)
{
    rows shown = name != NULL ? vocabulary_shown(name) : 0;

    if (f->names.n < NAMES_MAX)
        strs_add(&f->names, name);
    f->shown |= shown;
    return shown;
}

/* Names in an array of texts or of objects with a name. */
static rows
add_names(struct facts *f, json_object *array)
{
    rows shown = 0;

    if (!json_object_is_type(array, json_type_array))
        return 0;
    for (size_t i = 0; i < json_object_array_length(array); i++) {
        json_object *one = json_object_array_get_idx(array, i);

        shown |=
            add_name(f, text(one) != NULL ? text(one) : json_text(one, "name"));
    }
    return shown;
}

static rows
add_instrument(struct facts *f, json_object *instrument)
{
    if (text(instrument) != NULL)
        return add_name(f, text(instrument));
    return add_name(f, json_text(instrument, "name")) |
           add_name(f, json_text(instrument, "preset"));
}

static bool
sounds(json_object *track)
{
    json_object *audible = ANY(track, "audible");
    json_object *muted = ANY(track, "muted", "mute");

    if (audible != NULL)
        return json_object_get_boolean(audible);
    return muted == NULL || !json_object_get_boolean(muted);
}

/* Groups and returns make no sound of their own, but their names tell. */
static bool
is_source(json_object *track)
{
    const char *type = json_text(track, "type");

    return type == NULL ||
           (strcasecmp(type, "group") != 0 && strcasecmp(type, "return") != 0 &&
            strcasecmp(type, "main") != 0 && strcasecmp(type, "master") != 0);
}

static void
read_track(struct facts *f, json_object *track)
{
    rows shown;
    const char *role = json_text(track, "role");

    if (text(track) != NULL) {
        f->opaque += add_name(f, text(track)) == 0;
        return;
    }
    if (!json_object_is_type(track, json_type_object) || !sounds(track))
        return;
    shown = add_name(f, json_text(track, "name"));
    if (role != NULL && strcasecmp(role, "other") != 0) {
        rows by_role = vocabulary_shown(role);

        shown |= by_role;
        f->shown |= by_role;
    }
    shown |= add_instrument(f, ANY(track, "instrument"));
    shown |= add_names(f, ANY(track, "instruments"));
    shown |= add_names(f, ANY(track, "devices"));
    shown |= add_names(f, ANY(track, "samples"));
    shown |= add_names(f, ANY(json_at(track, "audio"), "samples"));
    if (is_source(track))
        f->opaque += shown == 0;
}

static void
read_sources(struct facts *f, json_object *summary)
{
    json_object *tracks = json_at(summary, "tracks");
    json_object *instruments = json_at(summary, "instruments");

    if (json_object_is_type(tracks, json_type_array))
        for (size_t i = 0; i < json_object_array_length(tracks); i++)
            read_track(f, json_object_array_get_idx(tracks, i));
    /* Only where the list stands alone is an unknown name a source of its
     * own; beside tracks it repeats what those have. */
    if (json_object_is_type(instruments, json_type_array))
        for (size_t i = 0; i < json_object_array_length(instruments); i++) {
            rows shown =
                add_instrument(f, json_object_array_get_idx(instruments, i));

            f->opaque += shown == 0 && tracks == NULL;
        }
    (void)add_names(f, json_at(json_at(summary, "devices"), "instruments"));
    if (json_object_get_boolean(json_at(json_at(summary, "drums"), "present")))
        f->shown |= vocabulary_shown("drums");
    f->sources_known = f->names.n > 0 || f->shown != 0;
    f->can = vocabulary_closure(f->shown);
}

static void
read_sections(struct facts *f, json_object *summary)
{
    json_object *s = ANY(summary, "sections", "locators");

    if (!json_object_is_type(s, json_type_array))
        return;
    for (size_t i = 0;
         i < json_object_array_length(s) && f->sections.n < SECTIONS_MAX; i++) {
        json_object *one = json_object_array_get_idx(s, i);
        const char *label = text(ANY(one, "label", "name"));

        strs_add(&f->sections, text(one) != NULL ? text(one) : label);
    }
}

void
facts_read(struct facts *f, json_object *summary)
{
    const char *kick =
        text(ANY(json_at(summary, "drums"), "kickPattern", "kick_pattern"));

    read_tempo(f, summary);
    read_meter(f, summary);
    read_length(f, summary);
    read_key(f, summary);
    read_sources(f, summary);
    read_sections(f, summary);
    if (kick != NULL)
        (void)snprintf(f->kick, sizeof(f->kick), "%s", kick);
}

void
facts_release(struct facts *f)
{
    strs_release(&f->names);
    strs_release(&f->sections);
    *f = (struct facts){0};
}

json_object *
facts_json(const struct facts *f)
{
    json_object *o = json_object_new_object();
    json_object *parts = json_object_new_array();
    int voice = vocabulary_row("voice");

    if (f->felt_bpm > 0)
        json_add_num(o, "bpm", f->felt_bpm);
    if (f->key_sure)
        json_add_str(o, "key", f->key_text);
    if (f->beats > 0) {
        auto_free char *meter = xasprintf("%d/%d", f->beats, f->unit);

        json_add_str(o, "meter", meter);
    }
    for (int i = 0; i < vocabulary_size(); i++)
        if ((f->shown >> i & 1) != 0 && vocabulary_says(i) != NULL &&
            i != voice)
            json_object_array_add(parts,
                                  json_object_new_string(vocabulary_says(i)));
    if (json_object_array_length(parts) > 0)
        json_add(o, "instruments", parts);
    else
        json_object_put(parts);
    if (f->sources_known)
        json_add_bool(o, "vocals", (f->shown >> voice & 1) != 0);
    return o;
}
