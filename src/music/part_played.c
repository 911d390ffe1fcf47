/* What names say, against what is played; see part.h. */
#include <stdlib.h>
#include <string.h>

#include "music/part_parts.h"

#define ARP_NOTES 16
#define ARP_PITCHES 3
#define SUB_MAX 48 /* C3: the median of a sub bass is below this */
#define UNKNOWN_MIN 2
#define LEAD_MIN 48    /* C2: the median of a lead is no lower */
#define LAYER_MIN 36   /* C1: and that of a pad */
#define ROOT 60        /* C3: where a Simpler plays a sample as it is */
#define TUNE 32        /* notes: an effect has fewer */
#define HIT_PITCHES 16 /* a kit has as many, an instrument more */
#define FAR 18         /* semitones from there: a hi-hat is none any more */

/* An arpeggio is short single notes of several pitches. A person who types no
 * more than the word knows what the plug-in does with the notes; "2 Osc - Arp
 * Tube" was copied from the plug-in. An arpeggiator repeats a single key. */
static bool
is_no_arpeggio(const struct judge *j)
{
    const struct part_hints *h = j->h;

    if (h->notes == 0 ||
        (j->weak_evidence == EVIDENCE_STATED && j->weak_unknown < UNKNOWN_MIN))
        return false;
    if (h->retimed)
        return h->pitches < ARP_PITCHES && h->polyphony < SEVERAL;
    return h->notes < ARP_NOTES || h->pitches < ARP_PITCHES || h->length > 1 ||
           h->polyphony >= SEVERAL;
}

/* Whoever calls it a melody, one pitch in eighths is none. */
static bool
is_no_tune(const struct part_hints *h, const char *name)
{
    return (strcmp(name, "melody") == 0 || strcmp(name, "leadline") == 0) &&
           h->notes >= 8 && h->pitches < 3;
}

/* And short single notes are no layer of sound. */
static bool
is_no_layer(const struct judge *j, const char *name)
{
    const struct part_hints *h = j->h;

    if (h->notes == 0 ||
        (strcmp(name, "pad") != 0 && strcmp(name, "drone") != 0 &&
         strcmp(name, "atmosphere") != 0))
        return false;
    return j->weak_evidence == EVIDENCE_STATED
               ? h->notes >= 16 && h->length < 0.5 && h->polyphony <= MONO
               : h->length < HELD || h->retimed ||
                     (h->pitch_median > 0 && h->pitch_median < LAYER_MIN);
}

/* What a preset calls a lead is single notes of several pitches, not low. */
static bool
is_no_lead(const struct part_hints *h, const char *name)
{
    return (strcmp(name, "melody") == 0 || strcmp(name, "leadline") == 0 ||
            strcmp(name, "lead") == 0) &&
           h->notes > 0 &&
           (h->polyphony > MONO || h->notes < 8 || h->pitches < 3 ||
            h->pitch_median < LEAD_MIN);
}

/* Whether the notes are not what a sound's name says, unless a person typed it:
 * the sound of a pad on which a single line of short notes is played is not
 * what a listener calls pads, nor are chords in blocks a melody. */
bool
part_played_otherwise(const struct judge *j, const char *name)
{
    const struct part_hints *h = j->h;

    if (strcmp(name, "arp") == 0)
        return is_no_arpeggio(j);
    if (is_no_tune(h, name) || is_no_layer(j, name))
        return true;
    if (j->weak_evidence == EVIDENCE_STATED)
        return false;
    if (is_no_lead(h, name))
        return true;
    if (strcmp(name, "pluck") == 0)
        return h->length >= HELD;
    if (strcmp(name, "chords") == 0)
        return h->notes > 0 && part_only_synths(j) && h->polyphony < SEVERAL;
    return strcmp(name, "stabs") == 0 && h->notes >= 16 &&
           (h->length >= HELD || h->retimed || h->polyphony < SEVERAL);
}

static bool
are_related(int a, int b)
{
    return words_is(a, words_name(b)) || words_is(b, words_name(a));
}

/* Whether a preset is an instrument of another kind. */
static bool
names_another(const struct strs *presets, int row)
{
    for (size_t i = 0; i < presets->n; i++) {
        struct word_names n;

        words_in_name(presets->v[i], &n);
        for (int k = 0; k < words_size(); k++)
            if (word_set_has(n.nouns, k) && part_is_acoustic(k) &&
                !are_related(k, row))
                return true;
    }
    return false;
}

/* A template's track "Drums" on which a grand piano plays is neither. */
bool
part_denied(const struct judge *j, int row, const char *from)
{
    const struct part_hints *h = j->h;
    bool hit = part_is_drum(row) || words_is(row, "fx");
    bool low = words_is(row, "bass");

    if (h->audio || h->notes == 0 ||
        (strcmp(from, "trackName") != 0 && strcmp(from, "groupName") != 0))
        return false;
    if (hit && h->pitches > HIT_PITCHES &&
        (h->polyphony >= PART_CHORDS || h->length >= 1))
        return true;
    if (words_is(row, "fx") && h->notes >= TUNE && part_tuneful(h))
        return true;
    if (low && h->polyphony >= PART_CHORDS && part_above_bass(h))
        return true;
    return (hit || low || words_is(row, "synth")) &&
           names_another(&h->presets, row);
}

/* Drums and effects are hit: a sampler's "Percussion" whose keys are held is
 * none. */
bool
part_held(const struct part_hints *h)
{
    return !h->audio && h->notes > 0 && h->pitches > 2 && h->length >= HELD;
}

bool
part_tuneful(const struct part_hints *h)
{
    return !h->audio && h->notes >= 8 && h->pitches >= 3;
}

bool
part_far_from_root(const struct part_hints *h)
{
    int far = abs(h->pitch_median - ROOT);

    if (h->notes == 0 || h->devices.n == 0 ||
        strcmp(h->devices.v[0], "Simpler") != 0)
        return false;
    return far > FAR || (h->pitches > 3 && h->pitch_max - h->pitch_min > FAR);
}

static void
drop_heard(struct part *p, bool (*drops)(int row))
{
    size_t kept = 0;

    for (size_t i = 0; i < p->n; i++)
        if (p->words[i].evidence != EVIDENCE_HEARD || !drops(p->words[i].row))
            p->words[kept++] = p->words[i];
    p->n = kept;
}

static bool
is_effect(int row)
{
    return words_is(row, "fx");
}

static bool
is_piano(int row)
{
    return row == words_row("piano");
}

/* Not what has the name of an instrument, which it is in any register. */
static bool
is_low_sound(int row)
{
    return words_is(row, "bass") && !words_is(row, "guitar") &&
           !words_is(row, "strings");
}

static bool
is_sub(int row)
{
    return row == words_row("subbass") || row == words_row("bass808");
}

/* A sample may lie far below the key that plays it. */
static bool
plays_samples(const struct judge *j)
{
    return j->h->audio || j->h->samples.n > 0 ||
           (j->device >= 0 && strcmp(words_name(j->device), "sampler") == 0);
}

/* A synthesizer's "Sub2 Sine Bass" is a sub bass only down there. */
static void
lift_sub(struct judge *j)
{
    struct part *p = j->p;
    bool any = false;

    if (plays_samples(j) || j->h->notes == 0 || j->h->pitch_median < SUB_MAX)
        return;
    for (size_t i = 0; i < p->n; i++)
        any |=
            p->words[i].evidence == EVIDENCE_HEARD && is_sub(p->words[i].row);
    drop_heard(p, is_sub);
    if (any && j->h->pitch_median < BASS_MAX)
        part_add_word(j, words_row("bass"), EVIDENCE_HEARD);
}

/* The median of what an orchestral instrument plays, MIDI numbers, by the usual
 * ranges of the section (Adler, The Study of Orchestration), its bass and
 * piccolo kinds included; what plays elsewhere is of the family only. */
static const struct range {
    const char *name;
    int low, high;
    const char *family;
} ranges[] = {
    {"violin", 55, 98, "strings"},      {"viola", 48, 86, "strings"},
    {"cello", 36, 76, "strings"},       {"doublebass", 24, 60, "strings"},
    {"trumpet", 52, 84, "brass"},       {"trombone", 34, 74, "brass"},
    {"tuba", 22, 60, "brass"},          {"frenchhorn", 34, 77, "brass"},
    {"flute", 52, 105, "woodwinds"},    {"clarinet", 34, 94, "woodwinds"},
    {"oboe", 57, 92, "woodwinds"},      {"bassoon", 22, 76, "woodwinds"},
    {"saxophone", 34, 90, "woodwinds"},
};

static const struct range *
missed_range(int row, int median)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
        if (words_is(row, ranges[i].name))
            return median < ranges[i].low || median > ranges[i].high
                       ? &ranges[i]
                       : NULL;
    return NULL;
}

static void
fit_ranges(struct judge *j)
{
    struct part *p = j->p;

    for (size_t i = 0; j->h->pitch_median > 0 && i < p->n; i++) {
        const struct range *missed =
            missed_range(p->words[i].row, j->h->pitch_median);

        if (missed != NULL)
            p->words[i].row = words_row(missed->family);
    }
}

/* What a name says beside the instrument, or of another register. */
void
part_drop_beside(struct judge *j)
{
    const struct part_hints *h = j->h;
    struct part *p = j->p;
    size_t others = 0;

    /* A rack's presets, as the pedal noise of a piano, the FX of a guitar. */
    for (size_t i = 0; i < p->n; i++)
        others += !is_effect(p->words[i].row);
    if (!h->audio && others > 0)
        drop_heard(p, is_effect);
    /* An electric piano whose rack or name also says "piano". */
    if (part_has_word(p, words_row("epiano")))
        drop_heard(p, is_piano);
    lift_sub(j);
    fit_ranges(j);
    /* A synthesizer that plays higher is no bass; a sample of one may be. */
    if (part_only_synths(j) && part_above_bass(h))
        drop_heard(p, is_low_sound);
}
