/*
 * The embedded writer; see template.h. A line is four clauses, genre and mood,
 * instruments, tempo and key, each in one of a few forms that the seed
 * chooses, and fillers where the set knows too little for ten words.
 */
#include "caption/template.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "caption/fields.h"
#include "caption/grounding.h"

enum {
    LINE_MAX_BYTES = 1024,
    PHRASE_BYTES = 40,
    PHRASE_WORDS = 4,
    WORDS_MIN = 10,
    PARTS_MAX = 5,
    MOODS_MAX = 2,
};

struct draft {
    const struct facts *f;
    const struct style *s;
    unsigned seed;
    struct buf line;
    struct strs moods, parts, keywords;
    char *genre; /* owned; NULL unknown */
};

/* ---- words ---- */

static int
words_in(const char *s)
{
    int n = 0;

    while (*(s += strspn(s, " ")) != '\0') {
        n++;
        s += strcspn(s, " ");
    }
    return n;
}

/* FNV-1a, spread once more: near seeds must not choose alike. */
static unsigned
number_of(const char *seed)
{
    uint32_t h = 2166136261u;

    for (; *seed != '\0'; seed++)
        h = (h ^ (unsigned char)*seed) * 16777619u;
    h ^= h >> 15;
    h *= 2246822519u;
    return h ^ h >> 13;
}

/* One of n, used up from the seed. */
static unsigned
choose(struct draft *d, unsigned n)
{
    unsigned which = d->seed % n;

    d->seed /= n;
    return which;
}

/* In lower case, but for what is spelled in capitals, such as "UK" or "IDM".
 * The caller frees it. */
static char *
plain_case(const char *phrase)
{
    char *s = xstrdup(phrase);

    for (char *word = s; *word != '\0';) {
        size_t n = strcspn(word, " -/");
        int capitals = 0;

        for (size_t i = 0; i < n; i++)
            capitals += isupper((unsigned char)word[i]) != 0;
        for (size_t i = 0; i < n && capitals < 2; i++)
            word[i] = (char)tolower((unsigned char)word[i]);
        word += n;
        word += strspn(word, " -/");
    }
    return s;
}

/* Whether a phrase of the schema may stand in a line of this set: short, plain
 * words, and nothing that the set contradicts. */
static bool
usable(const struct draft *d, const char *phrase)
{
    auto_json json_object *warnings = NULL;

    if (strlen(phrase) > PHRASE_BYTES || words_in(phrase) > PHRASE_WORDS ||
        strpbrk(phrase, "\"{}<>[]()@|\\:;!?#_=.") != NULL ||
        strpbrk(phrase, "0123456789") != NULL)
        return false;
    warnings = grounding_check(d->f, phrase);
    return json_object_array_length(warnings) == 0;
}

static void
take(struct draft *d, struct strs *to, const struct strs *from, size_t max)
{
    for (size_t i = 0; i < from->n && to->n < max; i++) {
        auto_free char *phrase = plain_case(from->v[i]);

        if (usable(d, phrase))
            strs_add(to, phrase);
    }
}

/* ---- what sounds ---- */

static bool
has(rows set, const char *name)
{
    return (set >> vocabulary_row(name) & 1) != 0;
}

/* The schema's own words for a row, "rolling sub bass" for bass; NULL where it
 * has none. The caller frees them. */
static char *
schema_word(const struct draft *d, int row)
{
    for (size_t i = 0; i < d->s->instruments.n; i++) {
        char *phrase = plain_case(d->s->instruments.v[i]);
        struct said said;

        if (usable(d, phrase) && vocabulary_find(phrase, 0, &said) &&
            said.row == row && !vocabulary_find(phrase, said.end, &said))
            return phrase;
        free(phrase);
    }
    return NULL;
}

static void
add_part(struct draft *d, int row)
{
    auto_free char *word = schema_word(d, row);

    if (d->parts.n < PARTS_MAX)
        strs_add(&d->parts, word != NULL ? word : vocabulary_says(row));
}

/* The kit as one word where it is whole, else its pieces. */
static void
add_drums(struct draft *d)
{
    static const char *const pieces[] = {"kick", "snare",  "clap",
                                         "hat",  "cymbal", "tom"};
    rows shown = d->f->shown;
    int n = 0;

    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
        n += has(shown, pieces[i]);
    if (has(shown, "drums") || has(shown, "kit") || n >= 3) {
        if (strncasecmp(d->f->kick, "four", 4) == 0 && has(d->f->can, "kick"))
            strs_add(&d->parts, "four-on-the-floor drums");
        else
            add_part(d, vocabulary_row("drums"));
    } else {
        for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++)
            if (has(shown, pieces[i]))
                add_part(d, vocabulary_row(pieces[i]));
    }
    if (has(shown, "percussion"))
        add_part(d, vocabulary_row("percussion"));
}

static void
choose_parts(struct draft *d)
{
    int synth = vocabulary_row("synth");

    if (!d->f->sources_known) {
        take(d, &d->parts, &d->s->instruments, 3);
        return;
    }
    add_drums(d);
    for (int i = vocabulary_row("bass"); i < vocabulary_size(); i++)
        if ((d->f->shown >> i & 1) != 0 && vocabulary_says(i) != NULL &&
            i != synth)
            add_part(d, i);
    if (has(d->f->shown, "synth") && d->parts.n < 3)
        add_part(d, synth);
}

/* ---- clauses ---- */

static void
add_list(struct buf *b, const struct strs *l)
{
    for (size_t i = 0; i < l->n; i++)
        (void)buf_addf(b, "%s%s",
                       i == 0         ? ""
                       : i + 1 < l->n ? ", "
                                      : " and ",
                       l->v[i]);
}

static const char *
article_for(const char *word)
{
    return strchr("aeiouAEIOU", word[0]) != NULL ? "an" : "a";
}

static void
genre_and_mood(struct draft *d)
{
    static const char *const nouns[] = {"mood", "feel", "character",
                                        "atmosphere"};
    struct buf *b = &d->line;
    bool sung = has(d->f->shown, "voice");
    unsigned form = choose(d, 3);
    const char *noun = nouns[choose(d, 4)];

    if (d->genre != NULL)
        (void)buf_add_str(b, d->genre);
    else
        (void)buf_add_str(b, d->f->sources_known && !sung ? "instrumental music"
                                                          : "music");
    if (d->moods.n == 0)
        return;
    if (form == 0)
        (void)buf_addf(b, " with %s ", article_for(d->moods.v[0]));
    else if (form == 1)
        (void)buf_add_str(b, ", ");
    else
        (void)buf_addf(b, " of %s ", article_for(d->moods.v[0]));
    add_list(b, &d->moods);
    (void)buf_addf(b, "%s %s", form == 1 ? " in" : "", noun);
}

static void
instruments(struct draft *d)
{
    static const char *const forms[] = {", featuring ", ", built on ",
                                        ", carried by ", ", driven by "};
    unsigned form = choose(d, 4);

    if (d->parts.n == 0)
        return;
    (void)buf_add_str(&d->line, forms[form]);
    add_list(&d->line, &d->parts);
}

/* The tempo as it is felt, unless grounding would not know it again. */
static double
tempo_to_say(const struct facts *f)
{
    auto_free char *said = xasprintf("%.0f BPM", f->felt_bpm);
    auto_json json_object *warnings = grounding_check(f, said);

    return json_object_array_length(warnings) == 0 ? f->felt_bpm
                                                   : round(f->bpm);
}

static void
tempo_and_key(struct draft *d)
{
    static const char *const leads[] = {", at ", ", at a tempo of ", ", ",
                                        ", paced at "};
    const struct facts *f = d->f;
    struct buf *b = &d->line;
    unsigned lead = choose(d, 4);
    bool long_key = choose(d, 2) == 1;

    if (f->beats > 0 && !f->meter_changes && !(f->beats == 4 && f->unit == 4))
        (void)buf_addf(b, ", in %d/%d time", f->beats, f->unit);
    if (f->bpm > 0)
        (void)buf_addf(b, "%s%.0f BPM", leads[lead], tempo_to_say(f));
    if (f->key_sure)
        (void)buf_addf(b, "%s in %s%s", f->bpm > 0 ? "" : ",",
                       long_key ? "the key of " : "", f->key_text);
}

/* ---- where the set knows little ---- */

static const char *
pace(double bpm)
{
    return bpm < 80    ? ", at a slow pace"
           : bpm < 110 ? ", at a moderate pace"
           : bpm < 140 ? ", at a lively pace"
                       : ", at a fast pace";
}

static bool
too_short(const struct draft *d)
{
    return words_in(buf_str(&d->line)) < WORDS_MIN;
}

/* Say what else is known, plainest last, until there are ten words. */
static void
fill(struct draft *d)
{
    const struct facts *f = d->f;

    if (too_short(d) && d->keywords.n > 0) {
        (void)buf_add_str(&d->line, ", ");
        add_list(&d->line, &d->keywords);
    }
    if (too_short(d) && f->beats == 4 && f->unit == 4 && !f->meter_changes)
        (void)buf_add_str(&d->line, ", in 4/4 time");
    if (too_short(d) && f->bpm > 0)
        (void)buf_add_str(&d->line, pace(f->felt_bpm));
    if (too_short(d) && f->sources_known && !has(f->shown, "voice"))
        (void)buf_add_str(&d->line, ", without vocals");
    if (too_short(d))
        (void)buf_add_str(&d->line,
                          ", with nothing more stated by its Live set");
    if (too_short(d))
        (void)buf_add_str(&d->line, " or by the artist");
}

/* ---- the whole ---- */

static json_object *
answer_of(const struct draft *d)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "genre", d->genre);
    json_add(o, "moods", strs_json(&d->moods));
    json_add(o, "instruments", strs_json(&d->parts));
    json_add(o, "keywords", strs_json(&d->keywords));
    return o;
}

static void
draft_release(struct draft *d)
{
    buf_release(&d->line);
    strs_release(&d->moods);
    strs_release(&d->parts);
    strs_release(&d->keywords);
    free(d->genre);
}

char *
template_write(const struct facts *f, const struct style *s, const char *seed,
               json_object **ret_fields)
{
    auto_cleanup(draft_release) struct draft d = {
        .f = f,
        .s = s,
        .seed = number_of(seed),
        .line = BUF_INIT(LINE_MAX_BYTES),
    };
    auto_strs struct strs genres = {0};
    auto_json json_object *answer = NULL;
    char *line;

    take(&d, &genres, &s->genres, 1);
    if (genres.n > 0)
        d.genre = xstrdup(genres.v[0]);
    take(&d, &d.moods, &s->moods, MOODS_MAX);
    take(&d, &d.keywords, &s->keywords, 3);
    choose_parts(&d);

    genre_and_mood(&d);
    instruments(&d);
    tempo_and_key(&d);
    fill(&d);
    answer = answer_of(&d);
    line = buf_steal(&d.line);
    line[0] = (char)toupper((unsigned char)line[0]);
    *ret_fields = fields_make(line, f, s, answer);
    return line;
}
