/* The caption's fields; see fields.h. */
#include "caption/fields.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "caption/evidence.h"
#include "caption/grounding.h"

enum { LIST_MAX = 12, TEXT_MAX = 120 };

/* A writer's list, without entries that are too long to be words. */
static void
read_list(struct strs *l, json_object *answer, const char *name)
{
    auto_strs struct strs all = {0};

    strs_add_json(&all, json_at(answer, name));
    for (size_t i = 0; i < all.n && l->n < LIST_MAX; i++)
        if (strlen(all.v[i]) <= TEXT_MAX)
            strs_add(l, all.v[i]);
}

/* Keep those that the line contains, in any case. */
static void
keep_said(struct strs *l, const char *line)
{
    struct strs kept = {0};

    for (size_t i = 0; i < l->n; i++)
        if (strcasestr(line, l->v[i]) != NULL)
            strs_add(&kept, l->v[i]);
    strs_release(l);
    *l = kept;
}

/* The line's own words for instruments, if the writer named none. */
static void
find_instruments(struct strs *l, const char *line)
{
    struct said said;

    for (size_t at = 0; words_find(line, at, &said) && l->n < LIST_MAX;
         at = said.end) {
        auto_free char *word =
            xstrndup(line + said.start, said.end - said.start);

        strs_add(l, word);
    }
}

static void
add_list(json_object *fields, const char *name, struct strs *l)
{
    json_add(fields, name, strs_json(l));
    strs_release(l);
}

static const char *
genre_of(const char *line, const struct style *s, json_object *answer)
{
    const char *genre = json_text(answer, "genre");

    if (genre != NULL && strlen(genre) <= TEXT_MAX)
        return genre;
    for (size_t i = 0; i < s->genres.n; i++)
        if (strcasestr(line, s->genres.v[i]) != NULL)
            return s->genres.v[i];
    return "";
}

static void
add_lists(json_object *fields, const char *line, const struct style *s,
          json_object *answer)
{
    struct strs moods = {0};
    struct strs instruments = {0};
    struct strs keywords = {0};

    read_list(&moods, answer, "moods");
    if (answer == NULL)
        for (size_t i = 0; i < s->moods.n; i++)
            strs_add(&moods, s->moods.v[i]);
    keep_said(&moods, line);
    read_list(&instruments, answer, "instruments");
    keep_said(&instruments, line);
    if (instruments.n == 0)
        find_instruments(&instruments, line);
    read_list(&keywords, answer, "keywords");
    add_list(fields, "moods", &moods);
    add_list(fields, "instruments", &instruments);
    add_list(fields, "keywords", &keywords);
}

static void
add_facts(json_object *fields, const char *line, const struct facts *f)
{
    double bpm = grounding_said_bpm(line);
    struct key said = grounding_said_key(line);
    char key[KEY_TEXT] = "";

    if (facts_tempo_known(f) && !f->tempo_steady)
        bpm = 0;
    else if (bpm <= 0 && facts_tempo_known(f))
        bpm = f->felt_bpm;
    if (said.root >= 0 && said.mode != KEY_ANY)
        key_text(said, key);
    else if (facts_key_known(f))
        memcpy(key, f->key_text, sizeof(key));
    if (bpm > 0 && fabs(bpm - round(bpm)) < 0.005)
        json_add_int(fields, "bpm", (int64_t)round(bpm));
    else
        json_add_num(fields, "bpm", bpm > 0 ? bpm : NAN);
    json_add_str(fields, "key", key[0] != '\0' ? key : NULL);
}

/* If the set leaves open whether somebody sings. */
static void
add_voice(json_object *fields, const struct facts *f, json_object *answer)
{
    const char *voice = json_text(answer, "voice");

    if (voice != NULL && f->vocals == VOCALS_UNKNOWN &&
        (strcmp(voice, "yes") == 0 || strcmp(voice, "no") == 0))
        json_add_str(fields, "vocals", voice);
}

json_object *
fields_make(const char *line, const struct facts *f, const struct style *s,
            json_object *answer)
{
    return fields_make_heard(line, f, s, answer, false);
}

json_object *
fields_make_heard(const char *line, const struct facts *f,
                  const struct style *s, json_object *answer, bool heard)
{
    struct ears ears = {.heard = heard, .words = json_at(answer, "heard")};
    json_object *fields = json_object_new_object();

    json_add_str(fields, "description", line);
    json_add_str(fields, "genre", genre_of(line, s, answer));
    add_lists(fields, line, s, answer);
    add_facts(fields, line, f);
    if (heard)
        add_voice(fields, f, answer);
    json_add(fields, "evidence", evidence_of(fields, f, s, &ears));
    return fields;
}
