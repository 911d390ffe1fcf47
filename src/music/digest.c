/*
 * The summary as lines of text, for a model or for a person. Lines are in order
 * of importance; the first four are never left out.
 */
#include "music/digest.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "music/facts.h"

#define LINE_MAX 2048 /* bytes of one line */
#define KEPT 4        /* lines that are never cut */
#define NAMED_MAX 12  /* of anything in one line */
#define MORE_MAX 40   /* bytes of ", " and of how many more there are */

/* "a, b, c" from an array of texts, or of objects that have a name; as many as
 * have room, and how many were left out. */
static void
add_names(struct buf *b, json_object *list)
{
    size_t n = json_object_is_type(list, json_type_array)
                   ? json_object_array_length(list)
                   : 0;
    size_t i;

    for (i = 0; i < n && i < NAMED_MAX; i++) {
        json_object *one = json_object_array_get_idx(list, i);
        const char *name = json_object_is_type(one, json_type_string)
                               ? json_object_get_string(one)
                               : json_text(one, "name");

        if (name == NULL)
            continue;
        if (b->len + strlen(name) + MORE_MAX > b->max)
            break;
        buf_addf(b, "%s%s", b->len > 0 ? ", " : "", name);
    }
    if (i < n)
        buf_addf(b, " and %zu more", n - i);
}

static void
tempo_line(const struct facts *f, struct buf *b)
{
    if (!facts_tempo_known(f))
        return;
    buf_addf(b, "Tempo: %.6g BPM", f->bpm);
    if (f->bpm_max > f->bpm_min)
        buf_addf(b, ", from %.6g to %.6g", f->bpm_min, f->bpm_max);
}

static void
meter_line(const struct facts *f, struct buf *b)
{
    if (f->beats > 0)
        buf_addf(b, "Meter: %d/%d%s", f->beats, f->unit,
                 f->meter_changes ? ", with changes" : "");
}

static void
key_line(const struct facts *f, struct buf *b)
{
    if (facts_key_known(f))
        buf_addf(b, "Key: %s%s", f->key_text,
                 f->key_evidence == EVIDENCE_HEARD ? " (by the notes)" : "");
}

static void
instruments_line(json_object *s, struct buf *b)
{
    json_object *list = json_at(json_at(s, "devices"), "instruments");
    auto_buf struct buf names = BUF_INIT(LINE_MAX / 2);

    add_names(&names, list != NULL ? list : json_at(s, "instruments"));
    if (names.len > 0)
        buf_addf(b, "Instruments: %s", buf_str(&names));
}

static void
length_line(json_object *s, const struct facts *f, struct buf *b)
{
    double bars = json_number(json_at(s, "length"), "bars", 0);
    char length[TEXT_MINUTES];

    if (f->length_sec <= 0)
        return;
    text_minutes(f->length_sec, length);
    buf_addf(b, "Length: %s", length);
    if (bars > 0)
        buf_addf(b, ", %.6g bars", round(bars));
}

static void
track_words(json_object *t, struct buf *b)
{
    json_object *instrument = json_at(t, "instrument");
    json_object *midi = json_at(t, "midi");
    json_object *samples = json_at(json_at(t, "audio"), "samples");
    const char *role = json_text(t, "role");
    bool guess =
        evidence_named(json_text(t, "roleEvidence")) == EVIDENCE_GUESSED;
    auto_buf struct buf names = BUF_INIT(LINE_MAX / 4);

    buf_addf(b, "Track \"%s\"",
             json_text(t, "name") != NULL ? json_text(t, "name") : "");
    if (role != NULL && !guess && strcmp(role, "other") != 0)
        buf_addf(b, ": %s", role);
    if (json_text(instrument, "name") != NULL)
        buf_addf(b, ", %s", json_text(instrument, "name"));
    if (json_text(instrument, "preset") != NULL)
        buf_addf(b, " (%s)", json_text(instrument, "preset"));
    if (json_number(midi, "notes", 0) > 0)
        buf_addf(b, ", %g notes, %g to %g", json_number(midi, "notes", 0),
                 json_number(midi, "pitchMin", 0),
                 json_number(midi, "pitchMax", 0));
    add_names(&names, samples);
    if (names.len > 0)
        buf_addf(b, ", samples %s", buf_str(&names));
    buf_clear(&names);
    add_names(&names, json_at(t, "effects"));
    if (names.len > 0)
        buf_addf(b, ", through %s", buf_str(&names));
    if (json_at(json_at(t, "active"), "coverage") != NULL)
        buf_addf(b, ", sounds %.0f %% of the time",
                 100 * json_number(json_at(t, "active"), "coverage", 0));
}

static bool
track_tells(json_object *t)
{
    const char *type = json_text(t, "type");
    json_object *audible = json_at(t, "audible");

    if (json_object_get_boolean(json_at(t, "doubtful")))
        return false;
    if (audible != NULL)
        return json_object_get_boolean(audible);
    return json_text(t, "name") != NULL &&
           (type == NULL || strcmp(type, "return") != 0);
}

static void
section_words(json_object *sec, struct buf *b)
{
    auto_buf struct buf roles = BUF_INIT(LINE_MAX / 4);
    char at[TEXT_MINUTES];

    text_minutes(json_number(sec, "startSec", 0), at);
    buf_addf(b, "Section \"%s\" at %s, %.0f s",
             json_text(sec, "name") != NULL ? json_text(sec, "name") : "", at,
             json_number(sec, "sec", 0));
    add_names(&roles, json_at(sec, "rolesActive"));
    if (roles.len > 0)
        buf_addf(b, ": %s", buf_str(&roles));
}

/* One line more, if it fits; one that is never cut out is cut short. */
static void
add_line(struct buf *out, const struct buf *line, size_t max, bool keep)
{
    auto_free char *one = text_one_line(buf_str(line));
    size_t room = max > out->len ? max - out->len - 1 : 0;

    if (*one == '\0' || line->failed || (!keep && strlen(one) > room))
        return;
    one[text_cut(one, room)] = '\0';
    if (*one != '\0')
        buf_addf(out, "%s\n", one);
}

typedef void one_words(json_object *one, struct buf *b);

static void
add_each(struct buf *out, json_object *list, bool (*tells)(json_object *),
         one_words *words, size_t max)
{
    size_t n = json_object_is_type(list, json_type_array)
                   ? json_object_array_length(list)
                   : 0;

    for (size_t i = 0; i < n; i++) {
        auto_buf struct buf line = BUF_INIT(LINE_MAX);
        json_object *one = json_object_array_get_idx(list, i);

        if (tells != NULL && !tells(one))
            continue;
        words(one, &line);
        add_line(out, &line, max, false);
    }
}

char *
digest_write(json_object *summary, size_t max)
{
    auto_facts struct facts f = {0};
    struct buf lines[] = {BUF_INIT(LINE_MAX), BUF_INIT(LINE_MAX),
                          BUF_INIT(LINE_MAX), BUF_INIT(LINE_MAX),
                          BUF_INIT(LINE_MAX)};
    auto_buf struct buf out = BUF_INIT(max + 1);

    facts_read(&f, summary);
    tempo_line(&f, &lines[0]);
    meter_line(&f, &lines[1]);
    key_line(&f, &lines[2]);
    instruments_line(summary, &lines[3]);
    length_line(summary, &f, &lines[4]);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        add_line(&out, &lines[i], max, i < KEPT);
        buf_release(&lines[i]);
    }
    add_each(&out, json_at(summary, "tracks"), track_tells, track_words, max);
    add_each(&out, json_at(summary, "sections"), NULL, section_words, max);
    return buf_steal(&out);
}
