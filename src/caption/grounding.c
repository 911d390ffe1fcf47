/* Compares a caption with the set; see grounding.h. */
#include "caption/grounding.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/claims.h"

enum { NAMED_MAX = 6 };

struct check {
    const struct facts *f;
    const char *text;
    json_object *warnings;
};

static void
warn(struct check *c, const char *field, size_t start, size_t end,
     const char *set)
{
    json_object *w = json_object_new_object();
    auto_free char *said = xstrndup(c->text + start, end - start);

    json_add_str(w, "field", field);
    json_add_str(w, "said", said);
    json_add_str(w, "set", set);
    json_add_int(w, "start", (int64_t)text_count_to(c->text, start));
    json_add_int(w, "end", (int64_t)text_count_to(c->text, end));
    json_object_array_add(c->warnings, w);
}

/* ---- numbers ---- */

/* A tempo may be rounded, and felt at half or double time. */
static bool
tempo_agrees(const struct facts *f, double bpm)
{
    static const double felt[] = {1, 0.5, 2};

    for (size_t i = 0; i < sizeof(felt) / sizeof(*felt); i++)
        if (bpm * felt[i] >= f->bpm_min - 1 && bpm * felt[i] <= f->bpm_max + 1)
            return true;
    return false;
}

static void
check_tempo(struct check *c)
{
    struct claim claim;
    char set[32];

    if (!facts_tempo_known(c->f))
        return;
    (void)snprintf(set, sizeof(set), "%.0f BPM", c->f->felt_bpm);
    for (size_t at = 0; claim_tempo(c->text, at, &claim); at = claim.end)
        if (!tempo_agrees(c->f, claim.value))
            warn(c, "tempo", claim.start, claim.end, set);
}

static void
check_key(struct check *c)
{
    struct key said;
    size_t start;
    size_t end;

    if (!facts_key_known(c->f))
        return;
    for (size_t at = 0; key_find(c->text, at, &said, &start, &end); at = end)
        if (!key_agree(said, c->f->key))
            warn(c, "key", start, end, c->f->key_text);
}

/* Whether the chord is among those that the notes state, or, if they state
 * none, whether the known key has its root and its third. */
static bool
chord_agrees(const struct facts *f, struct key chord)
{
    static const bool scale[] = {true,  false, true,  false, true,  true,
                                 false, true,  false, true,  false, true};
    int parent = facts_key_known(f) ? key_parent(f->key) : -1;
    int third = chord.mode == KEY_MINOR ? 3 : 4;

    if (facts_has_chord(f, chord))
        return true;
    if (f->n_chords > 0)
        return false;
    if (parent < 0)
        return true;
    /* A minor key has its leading tone too: E major in A minor. */
    return scale[(chord.root - parent + 12) % 12] &&
           (scale[(chord.root + third - parent + 12) % 12] ||
            (chord.root + third - parent + 12) % 12 == 8);
}

static void
check_chords(struct check *c)
{
    auto_free char *set = facts_chords_text(c->f);
    auto_free char *key = xasprintf("chords of %s", c->f->key_text);
    struct chords_said said;

    for (size_t at = 0; chords_find(c->text, at, &said); at = said.end)
        for (size_t i = 0; i < said.n; i++)
            if (!chord_agrees(c->f, said.v[i].chord))
                warn(c, "chords", said.v[i].start, said.v[i].end,
                     set != NULL ? set : key);
}

/* The same bar counted in other units: 2/4 and 8/8 are 4/4 to a listener. */
static bool
meter_agrees(const struct facts *f, const struct claim *said)
{
    double a = said->value / said->unit;
    double b = (double)f->beats / f->unit;
    bool triple = fmod(said->value, 3) == 0;

    if (fabs(a - b) < 0.001)
        return triple == (f->beats % 3 == 0);
    return fabs(a - 2 * b) < 0.001 || fabs(2 * a - b) < 0.001;
}

static void
check_meter(struct check *c)
{
    struct claim claim;
    char set[32];

    if (c->f->beats == 0 || c->f->meter_changes)
        return;
    (void)snprintf(set, sizeof(set), "%d/%d", c->f->beats, c->f->unit);
    for (size_t at = 0; claim_meter(c->text, at, &claim); at = claim.end)
        if (!meter_agrees(c->f, &claim))
            warn(c, "meter", claim.start, claim.end, set);
}

static void
check_length(struct check *c)
{
    struct claim claim;
    double sec = c->f->length_sec;
    char minutes[TEXT_MINUTES];
    char set[32];

    if (sec <= 0)
        return;
    text_minutes(sec, minutes);
    if (sec < 90)
        (void)snprintf(set, sizeof(set), "%.0f seconds", sec);
    else
        (void)snprintf(set, sizeof(set), "%s minutes", minutes);
    for (size_t at = 0; claim_length(c->text, at, &claim); at = claim.end)
        if (fabs(claim.value - sec) > fmax(claim.slack, sec * 0.1))
            warn(c, "length", claim.start, claim.end, set);
}

/* ---- what sounds ---- */

/* What the set has instead, in words. The caller frees it. */
static char *
what_sounds(const struct facts *f)
{
    struct buf b = BUF_INIT(1024);
    int n = 0;

    for (int i = 0; i < words_size() && n < NAMED_MAX; i++)
        if (word_set_has(f->shown, i) && words_says(i) != NULL &&
            buf_addf(&b, "%s%s", n > 0 ? ", " : "", words_says(i)) == 0)
            n++;
    for (size_t i = 0; n == 0 && i < f->names.n && i < NAMED_MAX; i++)
        (void)buf_addf(&b, "%s%.40s", i > 0 ? ", " : "", f->names.v[i]);
    return buf_steal(&b);
}

/* "guitar-like" and "string-inspired" are about a sound, not its source. */
static bool
only_likened(const char *text, size_t end)
{
    const char *s = text + end + strspn(text + end, " -");

    return strncasecmp(s, "like", 4) == 0 ||
           strncasecmp(s, "inspired", 8) == 0 ||
           strncasecmp(s, "esque", 5) == 0;
}

/* Whether a negation extends over a list: "without drums or vocals". */
static bool
joined(const char *text, size_t from, size_t to)
{
    static const char *const links[] = {" or ",   ", ",    " and ", ", or ",
                                        ", and ", " nor ", "/"};

    for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
        if (to - from == strlen(links[i]) &&
            strncasecmp(text + from, links[i], to - from) == 0)
            return true;
    return false;
}

/* Whether it is, or is a kind of, something that the audio does not contain. */
static bool
is_absent(const struct facts *f, int row)
{
    for (int i = 0; i < words_size(); i++)
        if (word_set_has(f->absent, i) && words_is(row, words_name(i)))
            return true;
    return false;
}

static void
check_sound(struct check *c, const struct said *said)
{
    const struct facts *f = c->f;
    auto_free char *instead = NULL;

    if (is_absent(f, said->row) && !only_likened(c->text, said->end)) {
        warn(c, "audio", said->start, said->end,
             "nothing of it is in the audio");
        return;
    }
    if (word_set_has(f->can, said->row) || only_likened(c->text, said->end))
        return;
    if (words_is(said->row, "voice")) {
        if (f->vocals == VOCALS_NO)
            warn(c, "vocals", said->start, said->end, "no vocals");
        return;
    }
    if (f->opaque > 0) /* it may be any of those */
        return;
    instead = what_sounds(f);
    warn(c, "instruments", said->start, said->end, instead);
}

static void
check_sounds(struct check *c)
{
    struct said said;
    struct word_set told = {{0}};
    size_t last_end = 0;
    bool denied = false;

    if (!c->f->sources_known && word_set_empty(c->f->absent))
        return;
    for (size_t at = 0; words_find(c->text, at, &said); at = said.end) {
        denied = claim_denied(c->text, said.start) ||
                 (denied && joined(c->text, last_end, said.start));
        last_end = said.end;
        if (denied || word_set_has(told, said.row))
            continue;
        word_set_add(&told, said.row);
        check_sound(c, &said);
    }
}

/* ---- the whole ---- */

static int
by_start(const void *a, const void *b)
{
    double x = json_number(*(json_object *const *)a, "start", 0);
    double y = json_number(*(json_object *const *)b, "start", 0);

    return (x > y) - (x < y);
}

json_object *
grounding_check(const struct facts *f, const char *text)
{
    struct check c = {f, text, json_object_new_array()};

    check_tempo(&c);
    check_key(&c);
    check_chords(&c);
    check_meter(&c);
    check_length(&c);
    check_sounds(&c);
    json_object_array_sort(c.warnings, by_start);
    return c.warnings;
}

bool
grounding_must_ask_again(json_object *warnings)
{
    for (size_t i = 0; i < json_object_array_length(warnings); i++) {
        const char *field =
            json_text(json_object_array_get_idx(warnings, i), "field");

        if (strcmp(field, "tempo") == 0 || strcmp(field, "key") == 0 ||
            strcmp(field, "chords") == 0)
            return true;
    }
    return false;
}

double
grounding_said_bpm(const char *text)
{
    struct claim claim;

    return claim_tempo(text, 0, &claim) ? claim.value : 0;
}

struct key
grounding_said_key(const char *text)
{
    struct key k = KEY_UNKNOWN;
    size_t start;
    size_t end;

    (void)key_find(text, 0, &k, &start, &end);
    return k;
}
