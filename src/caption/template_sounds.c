/* What the embedded writer says about what sounds; see template.h. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "caption/template_parts.h"

#define PARTS_MAX 5
#define LATE 0.125   /* of the song: what begins later than that comes in */
#define LATE_SEC 8.0 /* and that long after the rest */

/* The schema's own words for a row, "rolling sub bass" for the sub bass; NULL
 * if it has none. The noun is the set's. The caller frees them. */
static char *
schema_word(const struct draft *d, int row)
{
    for (size_t i = 0; i < d->s->instruments.n; i++) {
        char *phrase = template_plain(d->s->instruments.v[i]);
        struct said said;

        if (template_usable(d, phrase) && words_find(phrase, 0, &said) &&
            said.row == row && !words_find(phrase, said.end, &said))
            return phrase;
        free(phrase);
    }
    return NULL;
}

/* Whether it may be named at all. */
static bool
is_told(const struct sounding *s)
{
    return s->evidence >= EVIDENCE_HEARD && !s->brief;
}

static const struct sounding *
sound_of(const struct draft *d, const char *name)
{
    int row = words_row(name);

    for (size_t i = 0; i < d->f->n_sounds; i++)
        if (d->f->sounds[i].row == row && is_told(&d->f->sounds[i]))
            return &d->f->sounds[i];
    return NULL;
}

/* Whether something of the same kind was mentioned: strings, a violin and a
 * cello are one thing. */
static bool
said_already(const struct draft *d, int row)
{
    static const char *const families[] = {
        "kick",     "snare",     "clap",   "hat",    "cymbal", "percussion",
        "bass",     "piano",     "keys",   "pad",    "chords", "strings",
        "brass",    "woodwinds", "guitar", "mallet", "bells",  "melody",
        "leadline", "lead",      "arp",    "pluck",  "voice",  "fx"};

    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
        for (int k = 0; words_is(row, families[i]) && k < words_size(); k++)
            if (word_set_has(d->said, k) && words_is(k, families[i]))
                return true;
    return false;
}

static void
add_part(struct draft *d, int row, const char *noun, const char *phrase)
{
    if (d->phrases.n >= PARTS_MAX)
        return;
    word_set_add(&d->said, row);
    strs_add(&d->words, noun);
    strs_add(&d->phrases, phrase);
}

static bool
is_drum(int row)
{
    const char *role = words_role(row);

    return role != NULL &&
           (strcmp(role, "kick") == 0 || strcmp(role, "snare") == 0 ||
            strcmp(role, "clap") == 0 || strcmp(role, "hat") == 0 ||
            strcmp(role, "drums") == 0);
}

static const char *
hats_word(const struct facts *f)
{
    return strcmp(f->hats, "off-beat") == 0    ? "off-beat hi-hats"
           : strcmp(f->hats, "quarter") == 0   ? "quarter-note hi-hats"
           : strcmp(f->hats, "eighth") == 0    ? "eighth-note hi-hats"
           : strcmp(f->hats, "sixteenth") == 0 ? "sixteenth-note hi-hats"
                                               : "hi-hats";
}

static const char *
kick_word(const struct facts *f)
{
    return strncasecmp(f->kick, "four", 4) == 0 ? "four-on-the-floor kick drum"
           : strcmp(f->kick, "broken") == 0     ? "broken kick drum pattern"
                                                : "kick drum";
}

/* Single pieces with what each of them plays. */
static void
add_pieces(struct draft *d)
{
    const struct facts *f = d->f;

    if (sound_of(d, "kick") != NULL)
        add_part(d, words_row("kick"), "kick drum", kick_word(f));
    if (sound_of(d, "snare") != NULL)
        add_part(d, words_row("snare"), "snare",
                 strcmp(f->kick, "half-time") == 0 ? "half-time snare"
                                                   : "snare");
    if (sound_of(d, "clap") != NULL)
        add_part(d, words_row("clap"), "claps", "claps");
    if (sound_of(d, "hat") != NULL)
        add_part(d, words_row("hat"), "hi-hats", hats_word(f));
}

/* A whole kit as one, with what is special about it. */
static void
add_kit(struct draft *d)
{
    const struct facts *f = d->f;
    auto_free char *own = schema_word(d, words_row("drums"));
    auto_free char *phrase = NULL;
    const char *drums = own != NULL ? own : "drums";
    const char *kind =
        strncasecmp(f->kick, "four", 4) == 0 && sound_of(d, "kick") != NULL
            ? "four-on-the-floor "
        : strcmp(f->kick, "half-time") == 0 ? "half-time "
        : strcmp(f->kick, "broken") == 0    ? "broken-beat "
                                            : "";

    if (sound_of(d, "hat") != NULL && f->hats[0] != '\0')
        phrase = xasprintf("%s%s with %s", kind, drums, hats_word(f));
    else
        phrase = xasprintf("%s%s", kind, drums);
    add_part(d, words_row("drums"), drums, phrase);
}

static void
add_drums(struct draft *d)
{
    if (sound_of(d, "drums") != NULL)
        add_kit(d);
    else
        add_pieces(d);
}

#define HELD_SEC 1.5    /* a note of that length is held at any tempo */
#define CLIPPED_SEC 0.3 /* one of more is not short, however slow the beat */
#define GAPLESS 0.6     /* of the time to the next; one of more leaves no gap */

static double
seconds(const struct draft *d, double beats)
{
    return d->f->felt_bpm > 0 ? beats * 60 / d->f->felt_bpm : 0;
}

static bool
is_held(const struct draft *d, const struct sounding *s)
{
    return s->each.shortest >= 2 && seconds(d, s->each.shortest) >= HELD_SEC;
}

/* Short notes of an instrument that is known not to ring on after them. */
static bool
is_clipped(const struct draft *d, const struct sounding *s)
{
    return d->f->felt_bpm > 0 && s->each.longest <= 0.3 &&
           s->each.fullness < GAPLESS &&
           seconds(d, s->each.longest) + s->each.release <= CLIPPED_SEC;
}

/* How a line of notes moves, as a word before its noun; "" for nothing. */
static const char *
bass_moves(const struct draft *d, const struct sounding *s)
{
    if (s->notes < 16)
        return "";
    if (is_held(d, s))
        return "sustained ";
    if (s->steps >= 0.7 && s->offbeat < 0.1 && s->each.shortest >= 0.5 &&
        s->each.longest <= 1.5 && s->pitches >= 5)
        return "walking ";
    if (s->offbeat >= 0.8)
        return "off-beat ";
    if (s->offbeat >= 0.5 && s->length <= 0.5)
        return "syncopated ";
    return is_clipped(d, s) ? "short-note " : "";
}

/* Whether its notes are tones, so that it may have lines and chords. */
static bool
is_tonal(int row)
{
    const char *role = words_role(row);

    return role != NULL && strcmp(role, "percussion") != 0 &&
           strcmp(role, "fx") != 0 && !is_drum(row);
}

/* What is plucked or struck dies away, however long its note. */
static bool
rings_out(int row)
{
    const char *role = words_role(row);

    return role != NULL && strcmp(role, "pluck") == 0;
}

static const char *
sound_moves(const struct draft *d, const struct sounding *s)
{
    bool pitched = s->notes >= 16 && s->pitches >= 3 && is_tonal(s->row);

    if (!pitched)
        return "";
    if (words_is(s->row, "pad") || words_is(s->row, "arp") ||
        words_is(s->row, "chords") || words_is(s->row, "stabs"))
        return "";
    if (!rings_out(s->row) && is_held(d, s))
        return "long-held ";
    if (!rings_out(s->row) && is_clipped(d, s))
        return "staccato ";
    /* A synthesizer's oscillators are octaves above or below its notes. */
    if (words_weak(s->row))
        return "";
    return s->each.lowest >= 76 ? "high " : s->each.highest < 45 ? "low " : "";
}

/* "piano chords", "a single piano line" by its notes; else the noun. */
static char *
sound_phrase(const struct draft *d, const struct sounding *s, const char *noun)
{
    bool instrument = !words_weak(s->row) && is_tonal(s->row) &&
                      !words_is(s->row, "voice") &&
                      noun[strlen(noun) - 1] != 's';

    if (words_is(s->row, "bass"))
        return xasprintf("%s%s", bass_moves(d, s), noun);
    if (instrument && s->notes >= 16 && s->each.thinnest >= 2.2)
        return xasprintf("%s%s chords", sound_moves(d, s), noun);
    if (instrument && s->notes >= 16 && s->each.pitches >= 3 &&
        s->each.repeats < 0.5 && s->each.thickest <= 1.15)
        return xasprintf("%s%s line", sound_moves(d, s), noun);
    return xasprintf("%s%s", sound_moves(d, s), noun);
}

static void
add_sound(struct draft *d, const struct sounding *s)
{
    auto_free char *own = schema_word(d, s->row);
    auto_free char *phrase = NULL;
    const char *noun = own != NULL ? own : words_says(s->row);

    if (said_already(d, s->row))
        return;
    phrase = own != NULL ? xstrdup(own) : sound_phrase(d, s, noun);
    add_part(d, s->row, noun, phrase);
}

static bool
tells(const struct sounding *s)
{
    return is_told(s) && !is_drum(s->row) && !words_is(s->row, "synth") &&
           words_says(s->row) != NULL;
}

/* The narrowest word of a family: "sub bass" for a bass that is one too. */
static bool
named_closer(const struct draft *d, int row)
{
    for (size_t i = 0; i < d->f->n_sounds; i++) {
        const struct sounding *s = &d->f->sounds[i];

        if (s->row != row && is_told(s) && words_is(s->row, words_name(row)))
            return true;
    }
    return false;
}

/* By how much they sound, but the voice first, so that it has room. */
void
template_parts(struct draft *d)
{
    const struct facts *f = d->f;

    if (!f->sources_known) {
        template_take(d, &d->phrases, &d->s->instruments, 3);
        template_take(d, &d->words, &d->s->instruments, 3);
        return;
    }
    add_drums(d);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < f->n_sounds; i++) {
            const struct sounding *s = &f->sounds[i];

            if (tells(s) && words_is(s->row, "voice") == (pass == 0) &&
                (pass == 0 || !named_closer(d, s->row)))
                add_sound(d, s);
        }
    for (size_t i = 0; i < f->n_sounds && d->phrases.n < 3; i++)
        if (is_told(&f->sounds[i]) && words_is(f->sounds[i].row, "synth") &&
            !said_already(d, f->sounds[i].row))
            add_sound(d, &f->sounds[i]);
}

/* Whether it enters so long after others that a listener waits for it, and
 * nothing that plays before may be one too. */
static bool
is_late(const struct draft *d, const struct sounding *s)
{
    double after = s->first - d->f->begins;

    return after >= LATE && s->first <= 0.7 && s->earliest >= s->first &&
           (d->f->length_sec <= 0 || after * d->f->length_sec >= LATE_SEC);
}

/* A part of the line that enters after others. */
void
template_late(struct draft *d)
{
    for (size_t i = 0; i < d->f->n_sounds; i++) {
        const struct sounding *s = &d->f->sounds[i];

        if (word_set_has(d->said, s->row) && is_late(d, s) && d->late == NULL &&
            d->phrases.n >= 3 && !words_is(s->row, "drums"))
            d->late = words_says(s->row);
    }
}
