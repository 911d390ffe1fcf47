/*
 * The embedded writer; see template.h. First collects everything to say as
 * phrases; then one of a few forms, chosen by the available phrases and by the
 * seed, combines them.
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
#include "caption/template_parts.h"

enum {
    LINE_MAX_BYTES = 1024,
    PHRASE_BYTES = 40,
    PHRASE_WORDS = 4,
    MOODS_MAX = 2,
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

/* FNV-1a, spread once more: similar seeds must choose differently. */
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

/* Choose one of n, using up the seed. */
static unsigned
choose(struct draft *d, unsigned n)
{
    unsigned which = d->seed % n;

    d->seed /= n;
    return which;
}

/* In lower case, except for words spelled in capitals, such as "UK" or "IDM".
 * The caller frees it. */
char *
template_plain(const char *phrase)
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

/* Whether a phrase of the schema may be used in a line about this set: short,
 * plain words, and nothing that the set contradicts. */
bool
template_usable(const struct draft *d, const char *phrase)
{
    auto_json json_object *warnings = NULL;

    if (strlen(phrase) > PHRASE_BYTES || words_in(phrase) > PHRASE_WORDS ||
        strpbrk(phrase, "\"{}<>[]()@|\\:;!?#_=.") != NULL ||
        strpbrk(phrase, "0123456789") != NULL)
        return false;
    warnings = grounding_check(d->f, phrase);
    return json_object_array_length(warnings) == 0;
}

void
template_take(struct draft *d, struct strs *to, const struct strs *from,
              size_t max)
{
    for (size_t i = 0; i < from->n && to->n < max; i++) {
        auto_free char *phrase = template_plain(from->v[i]);

        if (template_usable(d, phrase))
            strs_add(to, phrase);
    }
}

/* ---- the line ---- */

static void
add_list(struct buf *b, const struct strs *l, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        (void)buf_addf(b, "%s%s",
                       i == from    ? ""
                       : i + 1 < to ? ", "
                                    : " and ",
                       l->v[i]);
}

/* "deep house, dark, hypnotic and instrumental", "dark instrumental music";
 * false for nothing worth saying. */
static bool
add_head(struct draft *d)
{
    auto_strs struct strs traits = {0};
    struct buf *b = &d->line;

    for (size_t i = 0; i < d->moods.n; i++)
        strs_add(&traits, d->moods.v[i]);
    if (d->f->vocals == VOCALS_NO)
        strs_add(&traits, "instrumental");
    if (d->genre != NULL) {
        (void)buf_addf(b, "%s%s", d->genre, traits.n > 0 ? ", " : "");
        add_list(b, &traits, 0, traits.n);
        return true;
    }
    if (traits.n == 0 && d->phrases.n > 0)
        return false;
    add_list(b, &traits, 0, traits.n);
    (void)buf_addf(b, "%smusic", traits.n > 0 ? " " : "");
    return true;
}

/* The tempo as a listener feels it, unless grounding would not accept it. */
static double
tempo_to_say(const struct facts *f)
{
    auto_free char *said = xasprintf("%.0f BPM", f->felt_bpm);
    auto_json json_object *warnings = grounding_check(f, said);

    return json_object_array_length(warnings) == 0 ? f->felt_bpm
                                                   : round(f->bpm);
}

/* Nobody hears whether it is 4/4, 2/4 or 4/8. */
static bool
sounds_even(int beats)
{
    return beats == 2 || beats == 4 || beats == 8 || beats == 16;
}

/* "124 BPM", "between 90 and 120 BPM", with the meter if it is unusual, and the
 * key. lead: text before the tempo. */
static void
add_time(struct draft *d, const char *lead)
{
    const struct facts *f = d->f;
    struct buf *b = &d->line;
    bool meter = f->beats > 0 && !f->meter_changes && !sounds_even(f->beats) &&
                 f->tempo_evidence != EVIDENCE_GUESSED;
    const char *key = facts_key_known(f) ? f->key_text : NULL;
    bool tempo = facts_pulse_known(f);

    if (tempo && f->tempo_steady)
        (void)buf_addf(b, "%s%.0f BPM", lead, tempo_to_say(f));
    else if (tempo)
        (void)buf_addf(b, "%sbetween %.0f and %.0f BPM",
                       strchr(lead, ',') != NULL ? ", " : " ", f->bpm_min,
                       f->bpm_max);
    if (meter)
        (void)buf_addf(b, " in %d/%d", f->felt_beats, f->felt_unit);
    if (key != NULL)
        (void)buf_addf(b, "%s%s", meter || !tempo ? ", " : " in ", key);
}

/* The forms. Each gives head, parts, tempo and key in its own order. */
static void
write_line(struct draft *d)
{
    static const char *const with[] = {" with ", ", with ", ": ", ": "};
    static const char *const leads[] = {" at ", ", ", " at ", ", "};
    const struct facts *f = d->f;
    auto_free char *chords = facts_chords_text(f);
    struct buf *b = &d->line;
    size_t n = d->phrases.n;
    unsigned form = choose(d, 4);
    unsigned lead = choose(d, 2);
    unsigned after = choose(d, 3);
    bool head = add_head(d);

    if (head && n > 0) {
        /* The kit has its own "with". */
        bool colon = strstr(d->phrases.v[0], " with ") != NULL;
        bool list = strchr(buf_str(b), ',') != NULL;

        (void)buf_add_str(b, colon || (list && form % 2 == 0) ? ": "
                             : list                           ? ", with "
                                                              : with[form]);
    }
    add_list(b, &d->phrases, 0, n);
    add_time(d, n > 0 && form == 3 ? ", " : leads[lead]);
    if (chords != NULL && words_in(buf_str(b)) < 40)
        (void)buf_addf(b, ", over %s%s chord%s", f->n_chords == 1 ? "one " : "",
                       chords, f->n_chords == 1 ? "" : "s");
    if (d->keywords.n > 0 && words_in(buf_str(b)) < 40) {
        (void)buf_add_str(b, ", ");
        add_list(b, &d->keywords, 0, d->keywords.n);
    }
    if (d->f->swing && d->f->tempo_steady)
        (void)buf_add_str(b, ", swung");
    if (d->late != NULL) {
        size_t end = strlen(d->late);
        bool many = d->late[end - 1] == 's' && d->late[end - 2] != 's';

        (void)buf_addf(b,
                       after == 0   ? ". The %s come%s in later"
                       : after == 1 ? "; the %s enter%s later on"
                                    : ", the %s entering after the start%s",
                       d->late, after == 2 || many ? "" : "s");
    }
}

/* ---- the whole ---- */

static json_object *
answer_of(const struct draft *d)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "genre", d->genre);
    json_add(o, "moods", strs_json(&d->moods));
    json_add(o, "instruments", strs_json(&d->words));
    json_add(o, "keywords", strs_json(&d->keywords));
    return o;
}

static void
draft_release(struct draft *d)
{
    buf_release(&d->line);
    strs_release(&d->moods);
    strs_release(&d->words);
    strs_release(&d->phrases);
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

    template_take(&d, &genres, &s->genres, 1);
    if (genres.n > 0)
        d.genre = xstrdup(genres.v[0]);
    template_take(&d, &d.moods, &s->moods, MOODS_MAX);
    template_take(&d, &d.keywords, &s->keywords, 3);
    template_parts(&d);
    template_late(&d);
    write_line(&d);
    answer = answer_of(&d);
    line = buf_steal(&d.line);
    line[0] = (char)toupper((unsigned char)line[0]);
    *ret_fields = fields_make(line, f, s, answer);
    return line;
}
