/* Facts as JSON, for the library and for the model; see facts.h. */
#include "music/facts.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

bool
facts_tempo_known(const struct facts *f)
{
    return f->bpm > 0 && f->tempo_evidence >= EVIDENCE_HEARD;
}

bool
facts_pulse_known(const struct facts *f)
{
    bool compound = f->unit == 8 && f->beats > 3 && f->beats % 3 == 0;
    bool doubled = f->felt_bpm > 1.5 * f->bpm;
    bool halved = f->felt_bpm < f->bpm / 1.5;

    return facts_tempo_known(f) && !compound && !doubled &&
           !(halved && f->beats % 2 != 0);
}

bool
facts_key_known(const struct facts *f)
{
    /* "In C" would not be heard as a whole-tone scale on C. */
    return f->key_evidence >= EVIDENCE_HEARD && f->key.mode != KEY_OTHER;
}

bool
facts_has_chord(const struct facts *f, struct key chord)
{
    for (size_t i = 0; i < f->n_chords; i++)
        if (f->chords[i].root == chord.root && f->chords[i].mode == chord.mode)
            return true;
    return false;
}

char *
facts_chords_text(const struct facts *f)
{
    struct buf b = BUF_INIT(CHORDS_MAX * (KEY_TEXT + 8));

    if (f->n_chords == 0)
        return NULL;
    for (size_t i = 0; i < f->n_chords; i++) {
        char name[KEY_TEXT];

        key_text(f->chords[i], name);
        (void)buf_addf(&b, "%s%s",
                       i == 0                 ? ""
                       : i + 1 == f->n_chords ? " and "
                                              : ", ",
                       name);
    }
    return buf_steal(&b);
}

static void
add_meter(json_object *o, int beats, int unit)
{
    auto_free char *meter = xasprintf("%d/%d", beats, unit);

    json_add_str(o, "meter", beats > 0 ? meter : NULL);
}

static json_object *
tempo_json(const struct facts *f)
{
    json_object *o = json_object_new_object();

    json_add_num(o, "bpm", f->bpm);
    json_add_num(o, "feltBpm", f->felt_bpm);
    json_add_num(o, "min", f->bpm_min);
    json_add_num(o, "max", f->bpm_max);
    json_add_str(o, "evidence", evidence_name(f->tempo_evidence));
    return o;
}

static json_object *
key_json(const struct facts *f)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "text", f->key_text);
    json_add_str(o, "evidence", evidence_name(f->key_evidence));
    return o;
}

static json_object *
sounds_json(const struct facts *f)
{
    json_object *a = json_object_new_array();

    for (size_t i = 0; i < f->n_sounds; i++) {
        const char *says = words_says(f->sounds[i].row);
        json_object *o;

        if (says == NULL)
            continue;
        o = json_object_new_object();
        json_add_str(o, "name", says);
        json_add_str(o, "evidence", evidence_name(f->sounds[i].evidence));
        json_object_array_add(a, o);
    }
    return a;
}

json_object *
facts_json(const struct facts *f)
{
    json_object *o = json_object_new_object();

    json_add(o, "tempo", f->bpm > 0 ? tempo_json(f) : NULL);
    json_add(o, "key", f->key_evidence != EVIDENCE_NONE ? key_json(f) : NULL);
    add_meter(o, f->beats, f->unit);
    json_add_str(o, "vocals", vocals_name(f->vocals));
    json_add(o, "instruments", sounds_json(f));
    json_add(o, "durationSec",
             f->length_sec > 0 ? json_object_new_double(f->length_sec) : NULL);
    json_add_bool(o, "nothingPlays", f->nothing_plays);
    return o;
}

json_object *
facts_for_model(const struct facts *f)
{
    json_object *o = json_object_new_object();
    json_object *parts = json_object_new_array();
    int voice = words_row("voice");

    if (facts_pulse_known(f) && f->tempo_steady) {
        json_add_num(o, "bpm", f->felt_bpm);
    } else if (facts_pulse_known(f)) {
        json_add_num(o, "bpmFrom", f->bpm_min);
        json_add_num(o, "bpmTo", f->bpm_max);
    }
    if (facts_key_known(f))
        json_add_str(o, "key", f->key_text);
    if (f->n_chords > 0)
        json_add(o, "chords", chords_json(f->chords, f->n_chords));
    if (f->felt_beats > 0)
        add_meter(o, f->felt_beats, f->felt_unit);
    for (size_t i = 0; i < f->n_sounds; i++) {
        const struct sounding *s = &f->sounds[i];

        if (s->evidence >= EVIDENCE_HEARD && !s->brief &&
            words_says(s->row) != NULL && s->row != voice)
            json_object_array_add(parts,
                                  json_object_new_string(words_says(s->row)));
    }
    if (json_object_array_length(parts) > 0)
        json_add(o, "instruments", parts);
    else
        json_object_put(parts);
    if (f->nothing_plays)
        json_add_bool(o, "nothingPlays", true);
    if (f->sources_known)
        json_add_str(o, "vocals", vocals_name(f->vocals));
    return o;
}
