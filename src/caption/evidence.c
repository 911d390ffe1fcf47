/* The evidence for each word of a caption; see evidence.h. */
#include "caption/evidence.h"

#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"

enum { HEARD_MAX = 120 }; /* bytes of a word */

/* A word of the schema, alone or within one of its phrases. */
static bool
in_list(const struct strs *l, const char *word)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcasestr(l->v[i], word) != NULL)
            return true;
    return false;
}

static bool
in_schema(const struct style *s, const char *word)
{
    return in_list(&s->genres, word) || in_list(&s->moods, word) ||
           in_list(&s->instruments, word) || in_list(&s->keywords, word);
}

/* The strongest evidence for what the word names, or for a kind of it. */
static enum evidence
of_sound(const struct facts *f, const char *word)
{
    enum evidence best = EVIDENCE_NONE;
    struct said said;

    for (size_t at = 0; words_find(word, at, &said); at = said.end)
        for (size_t i = 0; i < f->n_sounds; i++)
            if (words_is(f->sounds[i].row, words_name(said.row)) &&
                f->sounds[i].evidence > best)
                best = f->sounds[i].evidence;
    return best >= EVIDENCE_HEARD ? best : EVIDENCE_NONE;
}

/* Whether the model says that it heard the word, alone or within a phrase. */
static bool
in_ears(const struct ears *ears, const char *word)
{
    if (ears == NULL || !ears->heard)
        return false;
    if (!json_object_is_type(ears->words, json_type_array))
        return true;
    for (size_t i = 0; i < json_object_array_length(ears->words); i++) {
        const char *one =
            json_object_get_string(json_object_array_get_idx(ears->words, i));

        if (one != NULL && strcasestr(one, word) != NULL)
            return true;
    }
    return false;
}

static void
add_word(json_object *o, const char *word, const struct facts *f,
         const struct style *s, const struct ears *ears)
{
    enum evidence e = of_sound(f, word);

    if (e != EVIDENCE_NONE)
        json_add_str(o, word, evidence_name(e));
    else if (in_schema(s, word))
        json_add_str(o, word, "schema");
    else if (in_ears(ears, word))
        json_add_str(o, word, "audio");
}

/* What it heard and the line says, if no list of the fields has it. */
static void
add_heard(json_object *o, json_object *fields, const struct facts *f,
          const struct style *s, const struct ears *ears)
{
    const char *line = json_text(fields, "description");

    if (ears == NULL || !ears->heard ||
        !json_object_is_type(ears->words, json_type_array) || line == NULL)
        return;
    for (size_t i = 0; i < json_object_array_length(ears->words); i++) {
        const char *word =
            json_object_get_string(json_object_array_get_idx(ears->words, i));

        if (word != NULL && word[0] != '\0' && strlen(word) <= HEARD_MAX &&
            json_at(o, word) == NULL && strcasestr(line, word) != NULL)
            add_word(o, word, f, s, ears);
    }
}

/* Chords that the line names and the notes state. */
static void
add_chords(json_object *o, const char *line, const struct facts *f)
{
    struct chords_said said;

    for (size_t at = 0; line != NULL && chords_find(line, at, &said);
         at = said.end)
        for (size_t i = 0; i < said.n; i++) {
            auto_free char *name = xstrndup(line + said.v[i].start,
                                            said.v[i].end - said.v[i].start);

            if (facts_has_chord(f, said.v[i].chord))
                json_add_str(o, name, evidence_name(EVIDENCE_HEARD));
        }
}

json_object *
evidence_of(json_object *fields, const struct facts *f, const struct style *s,
            const struct ears *ears)
{
    static const char *const lists[] = {"moods", "instruments", "keywords"};
    json_object *o = json_object_new_object();
    const char *genre = json_text(fields, "genre");
    const char *key = json_text(fields, "key");
    double bpm = json_number(fields, "bpm", 0);

    if (genre != NULL && genre[0] != '\0')
        add_word(o, genre, f, s, ears);
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        json_object *list = json_at(fields, lists[i]);

        for (size_t k = 0; k < json_object_array_length(list); k++)
            add_word(o,
                     json_object_get_string(json_object_array_get_idx(list, k)),
                     f, s, ears);
    }
    add_heard(o, fields, f, s, ears);
    if (bpm > 0 && facts_tempo_known(f)) {
        auto_free char *tempo = xasprintf("%.6g BPM", bpm);

        json_add_str(o, tempo, evidence_name(f->tempo_evidence));
    }
    add_chords(o, json_text(fields, "description"), f);
    if (key != NULL && facts_key_known(f) && strcmp(key, f->key_text) == 0)
        json_add_str(o, key, evidence_name(f->key_evidence));
    return o;
}
