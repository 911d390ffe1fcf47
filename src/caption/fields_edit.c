/* The fields of a caption that a user edited; see fields.h. */
#include "caption/fields.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/strs.h"
#include "caption/grounding.h"

enum { WORD_MIN = 3, WORD_MAX = 40, PERSON_MAX = 40 };

/* Words that name nothing. */
static const char *const small[] = {"and",  "the",  "with", "for",  "from",
                                    "over", "into", "that", "this", "its",
                                    "are",  "has",  "bpm",  NULL};

static bool
is_small(const char *word)
{
    for (const char *const *s = small; *s != NULL; s++)
        if (strcasecmp(word, *s) == 0)
            return true;
    return strlen(word) < WORD_MIN;
}

static void
keep_said(json_object *fields, const char *name, const char *text)
{
    json_object *list = json_at(fields, name);
    json_object *kept = json_object_new_array();
    size_t n = json_object_is_type(list, json_type_array)
                   ? json_object_array_length(list)
                   : 0;

    for (size_t i = 0; i < n; i++) {
        json_object *one = json_object_array_get_idx(list, i);
        const char *word = json_object_get_string(one);

        if (word != NULL && strcasestr(text, word) != NULL)
            json_object_array_add(kept, json_object_get(one));
    }
    json_add(fields, name, kept);
}

static json_object *
evidence_said(json_object *fields, const char *text)
{
    json_object *was = json_at(fields, "evidence");
    json_object *o = json_object_new_object();

    if (!json_object_is_type(was, json_type_object))
        return o;
    json_object_object_foreach(was, word, evidence)
    {
        if (strcasestr(text, word) != NULL)
            json_add(o, word, json_object_get(evidence));
    }
    return o;
}

static bool
in_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '-' ||
           c == '\'';
}

/* Each word of the text that is new is the user's. */
static void
add_person(json_object *evidence, const char *written, const char *text)
{
    int n = 0;

    for (const char *p = text; *p != '\0' && n < PERSON_MAX;) {
        size_t len = 0;

        if (!in_word(*p)) {
            p++;
            continue;
        }
        while (in_word(p[len]))
            len++;
        if (len <= WORD_MAX) {
            auto_free char *word = xstrndup(p, len);

            if (!is_small(word) && strcasestr(written, word) == NULL &&
                !isdigit((unsigned char)word[0])) {
                json_add_str(evidence, word, "person");
                n++;
            }
        }
        p += len;
    }
}

/* Instruments that the user names become the caption's. */
static void
add_instruments(json_object *fields, const char *written, const char *text)
{
    json_object *list = json_at(fields, "instruments");
    struct said said;

    for (size_t at = 0; words_find(text, at, &said); at = said.end) {
        auto_free char *word =
            xstrndup(text + said.start, said.end - said.start);

        if (strcasestr(written, word) == NULL)
            json_object_array_add(list, json_object_new_string(word));
    }
}

/* Tempo and key are the text's own if it states them. */
static void
set_facts(json_object *fields, const char *text)
{
    double bpm = grounding_said_bpm(text);
    struct key said = grounding_said_key(text);
    char key[KEY_TEXT];

    if (bpm > 0 && fabs(bpm - round(bpm)) < 0.005)
        json_add_int(fields, "bpm", (int64_t)round(bpm));
    else if (bpm > 0)
        json_add_num(fields, "bpm", bpm);
    if (said.root < 0 || said.mode == KEY_ANY)
        return;
    key_text(said, key);
    json_add_str(fields, "key", key);
}

void
fields_edit(json_object *fields, const char *written, const char *text)
{
    json_object *evidence = evidence_said(fields, text);

    json_add_str(fields, "description", text);
    keep_said(fields, "moods", text);
    keep_said(fields, "instruments", text);
    keep_said(fields, "keywords", text);
    add_instruments(fields, written, text);
    set_facts(fields, text);
    add_person(evidence, written, text);
    json_add(fields, "evidence", evidence);
}

/* All words with a source, for add_person to leave alone. */
static char *
evidence_words(json_object *evidence)
{
    struct buf b = BUF_INIT(1 << 16);

    (void)buf_add_str(&b, "");
    json_object_object_foreach(evidence, word, kind)
    {
        (void)kind;
        (void)buf_addf(&b, "%s ", word);
    }
    return buf_steal(&b);
}

json_object *
fields_by_hand(const char *text, const struct facts *f, const struct style *s)
{
    json_object *fields = fields_make(text, f, s, NULL);
    json_object *evidence = json_at(fields, "evidence");
    auto_free char *known = evidence_words(evidence);

    add_person(evidence, known, text);
    return fields;
}
