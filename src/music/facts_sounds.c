/*
 * What sounds, out of a summary's tracks; see facts.h. Ours say it themselves
 * from summaryVersion 2 on; of all others the tracks are judged here.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/facts_parts.h"
#include "music/part.h"

enum { NAMES_MAX = 8 };

#define OFF_GRID 0.6 /* of all notes */
#define BRIEF 0.1    /* of the music: what sounds less is not named */

struct tally { /* over the sources that sound */
    struct facts *f;
    struct sounding sounds[WORDS_ROWS];
    /* Where a source begins that is this or may be; infinity: none is. */
    double earliest[WORDS_ROWS];
    double beats;  /* of the whole; 0: unknown, or it has no order in time */
    double begins; /* the first source, 0 to 1; infinity: none is known */
    double pace;   /* felt beats in one of the set */
    int sources, silent_of_voice;
    bool voice;
    /* Of all notes on a grid, and of those off its beats. */
    double gridded, offbeat;
};

/* Where in the whole it begins, 0 to 1. */
static double
first_of(const struct tally *t, json_object *track)
{
    double beat = json_number(json_at(track, "active"), "firstBeat", 0);

    return t->beats > 0 ? beat / t->beats : 0;
}

/* Whether a track has so little of it that a listener hardly notices; a voice
 * is noticed sooner. */
static bool
is_brief(json_object *track, int row)
{
    json_object *coverage = json_at(json_at(track, "active"), "coverage");
    double least = words_is(row, "voice") ? BRIEF / 2 : BRIEF;

    return coverage != NULL && json_object_get_double(coverage) < least;
}

static bool
is_only(struct word_set known, const char *row)
{
    struct word_set only = {0};

    word_set_add(&only, words_row(row));
    return memcmp(&known, &only, sizeof(only)) == 0;
}

/* A source that sounds, and what it is known to be. What sounds like drums or
 * like a synthesizer and like nothing else may be any part of them; of a source
 * of which nothing is known, anything may be. */
static void
may_be(struct tally *t, struct word_set known, json_object *track)
{
    double first = first_of(t, track);
    struct word_set may;

    if (is_only(known, "drums"))
        word_set_add(&known, words_row("kit"));
    else if (is_only(known, "synth"))
        word_set_add(&known, words_row("synths"));
    if (!word_set_empty(known) && facts_is_low(track))
        word_set_add(&known, words_row("bass"));
    may = words_closure(known);
    for (int i = 0; i < words_size(); i++)
        if (word_set_empty(known) || word_set_has(may, i)) {
            t->earliest[i] = fmin(t->earliest[i], first);
            word_set_add(&t->f->maybe, i);
        }
}

/* If several tracks have the same row, the one that sounds most tells how it
 * moves, but one of a single pitch only if there is no other; how long, how
 * high and how many at a time notes are, all of them tell. */
static void
hear(struct tally *t, int row, enum evidence evidence, json_object *track)
{
    json_object *active = json_at(track, "active");
    int pitches = json_number_int(json_at(track, "midi"), "pitches", 0);
    double amount = json_number(active, "coverage", 0);
    double first = first_of(t, track);
    struct sounding one = {0};
    struct sounding *s;
    struct bounds each;

    if (row < 0 || words_says(row) == NULL)
        return;
    s = &t->sounds[row];
    facts_read_moves(&one, track, t->pace);
    each = one.each;
    if (s->evidence != EVIDENCE_NONE) {
        first = fmin(first, s->first);
        each = facts_join(&each, &s->each);
    }
    if (s->evidence == EVIDENCE_NONE ||
        ((s->pitches == 1) != (pitches == 1) ? pitches != 1
                                             : amount > s->amount)) {
        one.evidence = s->evidence;
        one.amount = s->amount;
        one.brief = s->brief;
        *s = one;
    }
    s->each = each;
    s->amount = fmax(s->amount, amount);
    s->first = first;
    if (evidence >= EVIDENCE_HEARD)
        s->brief =
            is_brief(track, row) && (s->evidence < EVIDENCE_HEARD || s->brief);
    if (evidence > s->evidence)
        s->evidence = evidence;
}

static void
count_vocals(struct tally *t, enum vocals v)
{
    t->sources++;
    t->silent_of_voice += v == VOCALS_NO;
    t->voice |= v == VOCALS_YES;
}

static void
count_offbeat(struct tally *t, json_object *track)
{
    struct sounding one = {0};

    facts_read_moves(&one, track, t->pace);
    t->gridded += one.notes;
    t->offbeat += one.notes * one.offbeat;
}

static void
add_name(struct facts *f, const char *name)
{
    if (f->names.n < NAMES_MAX)
        strs_add(&f->names, name);
}

/* ---- a track ---- */

static bool
sounds(json_object *track)
{
    json_object *audible = json_at(track, "audible");
    json_object *muted = json_at(track, "muted");

    if (audible != NULL)
        return json_object_get_boolean(audible);
    if (muted == NULL)
        muted = json_at(track, "mute");
    return muted == NULL || !json_object_get_boolean(muted);
}

/* Groups and returns make no sound of their own. */
static bool
is_source(json_object *track)
{
    const char *type = json_text(track, "type");

    return type == NULL ||
           (strcasecmp(type, "group") != 0 && strcasecmp(type, "return") != 0 &&
            strcasecmp(type, "main") != 0 && strcasecmp(type, "master") != 0);
}

/* What one of our own summaries says about a track. */
static void
read_told(struct tally *t, json_object *track, json_object *told)
{
    const char *vocals = json_text(track, "vocals");
    struct word_set known = {0};
    bool any = false;

    for (size_t i = 0; i < json_object_array_length(told); i++) {
        json_object *one = json_object_array_get_idx(told, i);
        const char *row = json_text(one, "row");
        enum evidence e = evidence_named(json_text(one, "evidence"));

        hear(t, row != NULL ? words_row(row) : -1, e, track);
        if (row != NULL && e >= EVIDENCE_HEARD)
            word_set_add(&known, words_row(row));
        any = true;
    }
    may_be(t, known, track);
    t->f->opaque += !any;
    count_offbeat(t, track);
    count_vocals(t, vocals == NULL               ? VOCALS_UNKNOWN
                    : strcmp(vocals, "yes") == 0 ? VOCALS_YES
                    : strcmp(vocals, "no") == 0  ? VOCALS_NO
                                                 : VOCALS_UNKNOWN);
}

static void
judge_hints(struct tally *t, const struct part_hints *h, json_object *track)
{
    struct word_set known = {0};
    struct part p;

    part_judge(h, &p);
    for (size_t i = 0; i < p.n; i++) {
        hear(t, p.words[i].row, p.words[i].evidence, track);
        if (p.words[i].evidence >= EVIDENCE_HEARD)
            word_set_add(&known, p.words[i].row);
    }
    may_be(t, known, track);
    t->f->opaque += !p.known;
    count_vocals(t, p.vocals);
}

/* What may be playing in it, for captions that name it so. */
static void
show_device(struct facts *f, const char *name)
{
    int row = name != NULL ? words_device(name) : -1;

    word_set_add(&f->shown, row);
    add_name(f, name);
}

static void
read_track(struct tally *t, json_object *track)
{
    auto_part_hints struct part_hints h = {0};
    json_object *told = json_at(track, "sounds");
    json_object *instrument = json_at(track, "instrument");

    if (facts_text(track) != NULL) {
        h.name = facts_text(track);
        h.typed = true;
        add_name(t->f, h.name);
        judge_hints(t, &h, NULL);
        return;
    }
    if (!json_object_is_type(track, json_type_object) || !sounds(track) ||
        !is_source(track))
        return;
    if (!json_object_get_boolean(json_at(track, "doubtful")))
        t->begins = fmin(t->begins, first_of(t, track));
    add_name(t->f, json_text(track, "name"));
    show_device(t->f, json_text(instrument, "name"));
    if (json_object_is_type(told, json_type_array)) {
        read_told(t, track, told);
        return;
    }
    facts_read_hints(&h, track);
    for (size_t i = 0; i < h.devices.n; i++)
        show_device(t->f, h.devices.v[i]);
    judge_hints(t, &h, track);
}

/* ---- all of them ---- */

/* A list of instruments: if tracks are listed too, it repeats theirs. */
static void
read_instruments(struct tally *t, json_object *list, bool alone)
{
    size_t n = json_object_is_type(list, json_type_array)
                   ? json_object_array_length(list)
                   : 0;

    for (size_t i = 0; i < n; i++) {
        auto_part_hints struct part_hints h = {0};

        facts_read_instrument(&h, json_object_array_get_idx(list, i));
        for (size_t k = 0; k < h.devices.n; k++) {
            show_device(t->f, h.devices.v[k]);
            h.kit |= words_device(h.devices.v[k]) == words_row("kit");
        }
        if (!alone)
            continue;
        h.name = h.devices.n > 0 ? h.devices.v[0] : NULL;
        h.typed = true;
        judge_hints(t, &h, NULL);
    }
}

static int
most_first(const void *a, const void *b)
{
    const struct sounding *x = a;
    const struct sounding *y = b;

    if (x->amount != y->amount)
        return x->amount > y->amount ? -1 : 1;
    return x->row - y->row;
}

/* Three kinds of pieces are a kit. */
static void
add_kit(struct tally *t)
{
    static const char *const pieces[] = {"kick", "snare",  "clap",
                                         "hat",  "cymbal", "tom"};
    struct sounding *kit = &t->sounds[words_row("drums")];
    bool brief = kit->evidence < EVIDENCE_HEARD || kit->brief;
    int n = 0;

    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        const struct sounding *s = &t->sounds[words_row(pieces[i])];

        if (s->evidence < EVIDENCE_HEARD)
            continue;
        if (n++ == 0 && kit->evidence == EVIDENCE_NONE)
            kit->first = s->first;
        brief = brief && s->brief;
        kit->amount = fmax(kit->amount, s->amount);
        kit->first = fmin(kit->first, s->first);
    }
    if (n < 3)
        return;
    kit->brief = brief;
    if (kit->evidence < EVIDENCE_HEARD)
        kit->evidence = EVIDENCE_HEARD;
}

static void
list_sounds(struct tally *t)
{
    struct facts *f = t->f;
    struct word_set may = {0};
    int drums = words_row("drums");

    /* Drums without any known piece may contain any. */
    if (t->sounds[drums].evidence >= EVIDENCE_HEARD)
        word_set_add(&f->shown, words_row("kit"));
    add_kit(t);
    f->sounds = xcalloc((size_t)words_size() + 1, sizeof(*f->sounds));
    for (int i = 0; i < words_size(); i++) {
        if (t->sounds[i].evidence == EVIDENCE_NONE)
            continue;
        t->sounds[i].row = i;
        /* Where all is against the beat, the beat is elsewhere. */
        if (t->offbeat > OFF_GRID * t->gridded)
            t->sounds[i].offbeat = 0;
        t->sounds[i].earliest = fmin(t->earliest[i], t->sounds[i].first);
        f->sounds[f->n_sounds++] = t->sounds[i];
        word_set_add(&may, i);
        if (t->sounds[i].evidence >= EVIDENCE_HEARD)
            word_set_add(&f->shown, i);
    }
    f->sounds = xrealloc(f->sounds, (f->n_sounds + 1) * sizeof(*f->sounds));
    qsort(f->sounds, f->n_sounds, sizeof(*f->sounds), most_first);
    word_set_join(&may, f->shown);
    f->can = words_closure(may);
}

void
facts_read_sounds(struct facts *f, json_object *summary)
{
    /* Not on the stack: each of many waiting threads would keep the pages that
     * it once touched. */
    auto_free struct tally *t = xcalloc(1, sizeof(*t));
    json_object *tracks = json_at(summary, "tracks");
    json_object *devices = json_at(summary, "devices");
    json_object *drums = json_at(summary, "drums");
    const char *source = json_text(json_at(summary, "length"), "source");
    bool listed = json_object_is_type(tracks, json_type_array);

    t->f = f;
    if (source == NULL || strcmp(source, "scenes") != 0)
        t->beats = json_number(json_at(summary, "length"), "beats", 0);
    t->pace = facts_pace(f);
    t->begins = INFINITY;
    for (int i = 0; i < words_size(); i++)
        t->earliest[i] = INFINITY;
    for (size_t i = 0; listed && i < json_object_array_length(tracks); i++)
        read_track(t, json_object_array_get_idx(tracks, i));
    read_instruments(t, json_at(summary, "instruments"), !listed);
    if (!listed)
        read_instruments(t, json_at(devices, "instruments"), true);
    if (json_object_get_boolean(json_at(drums, "present")))
        hear(t, words_row("drums"), EVIDENCE_STATED, NULL);
    f->nothing_plays |=
        listed && json_object_array_length(tracks) > 0 && t->sources == 0;
    f->vocals = t->voice ? VOCALS_YES
                : t->sources > 0 && t->silent_of_voice == t->sources
                    ? VOCALS_NO
                    : VOCALS_UNKNOWN;
    f->begins = isfinite(t->begins) ? t->begins : 0;
    list_sounds(t);
    f->sources_known = t->sources > 0 || f->n_sounds > 0;
}
