/*
 * What a set says about its music; see facts.h. Each reader accepts all forms
 * that summaries use for a member, and otherwise leaves the fact unknown.
 */
#include "music/facts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/facts_parts.h"
#include "music/tempo.h"

enum { SECTIONS_MAX = 32 };

#define LENGTH_MAX 1e6     /* seconds, eleven days: more is not a length */
#define STEADY 0.9         /* the share of the music that has one tempo */
#define KEY_CONFIDENCE 0.7 /* below it, an estimate is not a fact */

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

/* A number, or the one at the start of a text; 0 if there is none. */
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

const char *
facts_text(json_object *o)
{
    return json_object_is_type(o, json_type_string) ? json_object_get_string(o)
                                                    : NULL;
}

/* ---- tempo, meter, length ---- */

/* The tempo that lasts longest may do so where nothing sounds. */
static void
fit_heard(struct facts *f, json_object *tempo)
{
    double was = f->bpm;

    if (json_at(tempo, "heardMax") == NULL || f->bpm_min <= 0)
        return;
    f->bpm = fmin(fmax(f->bpm, f->bpm_min), f->bpm_max);
    if (f->bpm != was)
        f->felt_bpm = tempo_felt(f->bpm, NULL, NULL);
}

static void
read_tempo(struct facts *f, json_object *summary)
{
    json_object *t = ANY(summary, "tempo", "bpm", "BPM", "tempoBpm");
    json_object *followed = json_at(t, "followed");

    /* Live's own, which nothing in the set follows. */
    if (json_object_get_boolean(json_at(t, "default"))) {
        f->tempo_evidence = EVIDENCE_GUESSED;
        return;
    }
    if (json_object_is_type(t, json_type_object)) {
        f->bpm = number(ANY(t, "bpm", "value", "main", "start"));
        f->bpm_min = number(ANY(t, "heardMin", "min"));
        f->bpm_max = number(ANY(t, "heardMax", "max"));
        f->felt_bpm = number(ANY(t, "feltBpm", "felt_bpm"));
    } else {
        f->bpm = number(t);
    }
    f->bpm = tempo_plausible(f->bpm);
    f->felt_bpm = tempo_plausible(f->felt_bpm);
    fit_heard(f, t);
    if (f->bpm_min <= 0 || f->bpm_min > f->bpm)
        f->bpm_min = f->bpm;
    if (f->bpm_max < f->bpm)
        f->bpm_max = f->bpm;
    if (f->felt_bpm <= 0)
        f->felt_bpm = tempo_felt(f->bpm, NULL, NULL);
    f->tempo_steady = f->bpm_max - f->bpm_min <= 0.04 * f->bpm;
    if (ANY(t, "share") != NULL &&
        (json_at(t, "heardMax") == NULL || !f->tempo_steady))
        f->tempo_steady = json_number(t, "share", 1) >= STEADY;
    /* Nobody hears that a set counts twice as fast from here on. */
    if (f->bpm > 0 && fabs(f->bpm_max / 2 - f->bpm_min) <= 0.05 * f->bpm_min)
        f->tempo_evidence = EVIDENCE_GUESSED;
    else if (f->bpm > 0)
        f->tempo_evidence =
            followed == NULL || json_object_get_boolean(followed)
                ? EVIDENCE_STATED
                : EVIDENCE_GUESSED;
}

static void
read_meter(struct facts *f, json_object *summary)
{
    json_object *m =
        ANY(summary, "meter", "timeSignature", "time_signature", "signature");
    json_object *changes = ANY(m, "changes");
    const char *s = facts_text(m);

    if (s == NULL)
        s = facts_text(ANY(m, "main", "value", "text"));
    if (s != NULL && sscanf(s, "%3d/%3d", &f->beats, &f->unit) != 2)
        f->beats = f->unit = 0;
    if (s == NULL && json_object_is_type(m, json_type_object)) {
        f->beats = (int)fmin(number(ANY(m, "numerator")), 999);
        f->unit = (int)fmin(number(ANY(m, "denominator")), 999);
    }
    if (f->beats <= 0 || f->unit <= 0)
        f->beats = f->unit = 0;
    f->felt_beats = f->beats;
    f->felt_unit = f->unit;
    if (f->beats > 0)
        (void)tempo_felt(f->bpm, &f->felt_beats, &f->felt_unit);
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
    f->length_sec = number(l) <= LENGTH_MAX ? number(l) : 0;
}

static void
read_live(struct facts *f, json_object *summary)
{
    const char *version = json_text(json_at(summary, "live"), "version");
    json_object *warnings = json_at(summary, "warnings");

    if (version == NULL)
        version = facts_text(ANY(summary, "liveVersion", "live_version"));
    f->live_version = version != NULL ? xstrdup(version) : NULL;
    if (!json_object_is_type(warnings, json_type_array))
        return;
    for (size_t i = 0; i < json_object_array_length(warnings); i++) {
        const char *w = facts_text(json_object_array_get_idx(warnings, i));

        f->nothing_plays |= w != NULL && strcmp(w, "nothing_plays") == 0;
    }
}

/* ---- key ---- */

/* "C iwato" is a scale that we do not know. */
static bool
key_of_text(struct facts *f, const char *s)
{
    size_t n = s != NULL ? key_read(s, &f->key) : 0;

    if (n > 0 && f->key.mode == KEY_ANY && strspn(s + n, " ") < strlen(s + n))
        f->key.mode = KEY_OTHER;
    return n > 0;
}

/* {root: 9 or "A", scale or mode: "Minor"} */
static bool
key_of_parts(struct facts *f, json_object *o)
{
    json_object *root = ANY(o, "root", "tonic");
    const char *mode = facts_text(ANY(o, "scale", "mode", "name"));
    char name[KEY_TEXT];
    auto_free char *whole = NULL;

    if (json_object_is_type(root, json_type_int)) {
        key_text((struct key){json_object_get_int(root) % 12, KEY_ANY}, name);
        whole = xasprintf("%s %s", name, mode != NULL ? mode : "");
    } else if (facts_text(root) != NULL) {
        whole = xasprintf("%s %s", facts_text(root), mode != NULL ? mode : "");
    }
    return key_of_text(f, whole);
}

static enum evidence
heard_if(double confidence)
{
    return confidence >= KEY_CONFIDENCE ? EVIDENCE_HEARD : EVIDENCE_GUESSED;
}

static void
read_key_object(struct facts *f, json_object *k)
{
    json_object *declared = ANY(k, "declared");
    json_object *estimated = ANY(k, "estimated");
    const char *source = facts_text(ANY(k, "source"));
    bool is_default = json_object_get_boolean(ANY(declared, "default"));
    bool guess = source != NULL ? strcasecmp(source, "notes") == 0 ||
                                      strcasecmp(source, "estimated") == 0
                                : declared == NULL && estimated != NULL;

    f->key_evidence = EVIDENCE_STATED;
    if (key_of_text(f, facts_text(ANY(k, "text", "guess", "name", "value")))) {
        if (ANY(k, "evidence") != NULL)
            f->key_evidence = evidence_named(facts_text(ANY(k, "evidence")));
        else if (guess && ANY(k, "runnerUp") != NULL)
            f->key_evidence = EVIDENCE_GUESSED; /* our first summaries */
        else if (guess)
            f->key_evidence = heard_if(json_number(
                estimated, "confidence", json_number(k, "confidence", 0)));
    } else if (declared == NULL || is_default || !key_of_parts(f, declared)) {
        if (estimated != NULL && key_of_parts(f, estimated))
            f->key_evidence = heard_if(json_number(estimated, "confidence", 0));
        else if (estimated == NULL)
            (void)key_of_parts(f, k);
    }
}

static void
read_key(struct facts *f, json_object *summary)
{
    json_object *k = ANY(summary, "key", "scale", "musicalKey", "musical_key");

    f->key = KEY_UNKNOWN;
    if (json_object_is_type(k, json_type_object))
        read_key_object(f, k);
    else if (key_of_text(f, facts_text(k)))
        f->key_evidence = EVIDENCE_STATED;
    key_text(f->key, f->key_text);
    if (f->key.root < 0)
        f->key_evidence = EVIDENCE_NONE;
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
        const char *label = facts_text(ANY(one, "label", "name"));

        strs_add(&f->sections,
                 facts_text(one) != NULL ? facts_text(one) : label);
    }
}

double
facts_pace(const struct facts *f)
{
    double pace = f->bpm > 0 ? f->felt_bpm / f->bpm : 1;

    return pace > 0.75 && pace < 1.5 ? 1 : pace;
}

/* Patterns are those of the set's own bars, which are no longer bars if the
 * tempo is folded. */
static void
read_drums(struct facts *f, json_object *summary)
{
    json_object *drums = json_at(summary, "drums");
    const char *kick =
        facts_text(ANY(drums, "kick", "kickPattern", "kick_pattern"));
    const char *hats = facts_text(ANY(drums, "hats"));

    if (facts_pace(f) != 1)
        return;
    if (kick != NULL)
        (void)snprintf(f->kick, sizeof(f->kick), "%s", kick);
    if (hats != NULL)
        (void)snprintf(f->hats, sizeof(f->hats), "%s", hats);
    f->swing =
        json_object_is_type(json_at(drums, "swing"), json_type_boolean) &&
        json_object_get_boolean(json_at(drums, "swing"));
}

static void
read_chords(struct facts *f, json_object *summary)
{
    json_object *list = json_at(summary, "chords");
    size_t n = json_object_is_type(list, json_type_array)
                   ? json_object_array_length(list)
                   : 0;

    for (size_t i = 0; i < n && f->n_chords < CHORDS_MAX; i++) {
        const char *text = facts_text(json_object_array_get_idx(list, i));
        struct key chord;

        if (text != NULL && key_read(text, &chord) > 0 &&
            (chord.mode == KEY_MAJOR || chord.mode == KEY_MINOR))
            f->chords[f->n_chords++] = chord;
    }
    if (f->n_chords > 0)
        word_set_add(&f->can, words_row("chords"));
}

void
facts_read(struct facts *f, json_object *summary)
{
    read_tempo(f, summary);
    read_meter(f, summary);
    read_length(f, summary);
    read_live(f, summary);
    read_key(f, summary);
    facts_read_sounds(f, summary);
    read_sections(f, summary);
    read_drums(f, summary);
    read_chords(f, summary);
}

void
facts_release(struct facts *f)
{
    free(f->sounds);
    free(f->live_version);
    strs_release(&f->names);
    strs_release(&f->sections);
    *f = (struct facts){0};
}
