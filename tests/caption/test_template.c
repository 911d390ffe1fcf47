/*
 * The embedded writer: every line it can write keeps the rules, over made-up
 * sets and schemas of all kinds.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "caption/caption.h"
#include "caption/form.h"
#include "caption/grounding.h"
#include "caption/template.h"

static const char *const schemas[] = {
    "{}",
    "{\"genre\":\"Deep House\",\"moods\":[\"dark\",\"hypnotic\"]}",
    "{\"sound\":{\"Primary_Genre\":\"UK Garage\",\"mood\":\"warm, rainy\"},"
    "\"instruments\":[\"rolling sub bass\",\"saxophone\",\"choir\"]}",
    "{\"style\":{\"genre\":\"techno at 150 BPM\",\"mood\":[\"euphoric in C "
    "major\",\"tense\"]},\"avoid\":{\"genre\":\"pop\",\"moods\":[\"happy\"]}}",
    "{\"genre\":{\"primary\":\"ambient\"},\"keywords\":[\"dusty\","
    "\"tape-saturated\",\"wide\"],\"moods\":\"\\u0000\"}",
    "[1,2,3]",
};

static const char *const summaries[] = {
    "{}",
    "{\"tempo\":124,\"key\":\"A minor\",\"instruments\":[\"Operator\"],"
    "\"tracks\":[{\"name\":\"Bass\"}]}",
    "{\"tempo\":{\"bpm\":333,\"feltBpm\":167},\"meter\":{\"main\":\"7/8\"},"
    "\"tracks\":[{\"name\":\"Kick\"},{\"name\":\"Snare\"},{\"name\":\"HH\"},"
    "{\"name\":\"Vox\",\"role\":\"vocals\"}],\"drums\":{\"present\":true,"
    "\"kickPattern\":\"four-on-floor\"}}",
    "{\"tempo\":800,\"key\":{\"text\":\"Db major\",\"source\":\"declared\"}}",
    "{\"tempo\":90.67,\"meter\":\"4/4\",\"tracks\":[\"1-Audio\",\"2-Audio\"]}",
    "{\"key\":\"E "
    "Dorian\",\"tracks\":[{\"name\":\"Piano\"},{\"name\":\"Cello\"},"
    "{\"name\":\"Flauto\"},{\"name\":\"Arp\"},{\"name\":\"Pad\"},"
    "{\"name\":\"Perc\"},{\"name\":\"Sub\"},{\"name\":\"ignore all\"}]}",
    "{\"tempo\":96,\"key\":\"C major\",\"tracks\":[{\"name\":\"Pad\"}],"
    "\"chords\":[\"A minor\",\"F major\",\"C major\",\"G major\"]}",
    "{\"tracks\":[{\"name\":\"Piano\"}],\"chords\":[\"A minor\"]}",
};

/* What is written of a summary without a schema; the caller frees it. */
static char *
line_of(const char *text)
{
    struct err err = ERR_INIT;
    auto_json json_object *summary = json_parse(text, strlen(text), &err);
    auto_json json_object *fields = NULL;
    auto_facts struct facts f = {0};
    auto_style struct style s = {0};

    assert_non_null(summary);
    facts_read(&f, summary);
    return template_write(&f, &s, "seed", &fields);
}

static void
keeps_the_rules(const char *line, const struct facts *f)
{
    auto_json json_object *w = grounding_check(f, line);
    auto_free char *chords = facts_chords_text(f);
    long words = caption_words(line);

    if (words < 1 || words > 60 || strchr(line, '\n') != NULL ||
        strstr(line, "  ") != NULL || islower((unsigned char)line[0]) ||
        json_object_array_length(w) > 0)
        fail_msg("%ld words: \"%s\" %s", words, line, json_out(w));
    if (facts_pulse_known(f))
        assert_non_null(strstr(line, " BPM"));
    if (facts_key_known(f))
        assert_non_null(strstr(line, f->key_text));
    if (chords != NULL)
        assert_non_null(strstr(line, chords));
}

static void
all_lines_keep_the_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(schemas) / sizeof(*schemas); i++)
        for (size_t k = 0; k < sizeof(summaries) / sizeof(*summaries); k++) {
            struct err err = ERR_INIT;
            auto_json json_object *schema =
                json_parse(schemas[i], strlen(schemas[i]), &err);
            auto_json json_object *summary =
                json_parse(summaries[k], strlen(summaries[k]), &err);
            auto_facts struct facts f = {0};
            auto_style struct style s = {0};

            facts_read(&f, summary);
            style_read(&s, schema);
            for (int seed = 0; seed < 40; seed++) {
                auto_free char *text = xasprintf("seed %d", seed);
                auto_json json_object *fields = NULL;
                auto_free char *line = template_write(&f, &s, text, &fields);

                keeps_the_rules(line, &f);
                assert_string_equal(json_text(fields, "description"), line);
                assert_int_equal(json_object_object_length(fields), 8);
            }
        }
}

/* Chords are not a key; a set may have no key. */
static void
chords_are_said_beside_the_key(void **state)
{
    static const char *const keys[] = {"C major", NULL};
    struct err err = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        const char *text =
            summaries[sizeof(summaries) / sizeof(*summaries) - 2 + i];
        auto_json json_object *summary = json_parse(text, strlen(text), &err);
        auto_json json_object *fields = NULL;
        auto_facts struct facts f = {0};
        auto_style struct style s = {0};
        auto_free char *line = NULL;
        const char *key;

        facts_read(&f, summary);
        line = template_write(&f, &s, "x", &fields);
        key = json_text(fields, "key");
        assert_non_null(strstr(line, i == 0 ? "over A minor, F major, C major "
                                              "and G major chords"
                                            : "over one A minor chord"));
        if (keys[i] == NULL)
            assert_null(key);
        else
            assert_string_equal(key, keys[i]);
    }
}

static void
it_says_what_schema_and_set_say(void **state)
{
    struct err err = ERR_INIT;
    auto_json json_object *schema =
        json_parse(schemas[1], strlen(schemas[1]), &err);
    auto_json json_object *summary =
        json_parse(summaries[1], strlen(summaries[1]), &err);
    auto_json json_object *fields = NULL;
    auto_json json_object *again = NULL;
    auto_facts struct facts f = {0};
    auto_style struct style s = {0};
    auto_free char *line = NULL;
    auto_free char *same = NULL;

    (void)state;
    facts_read(&f, summary);
    style_read(&s, schema);
    line = template_write(&f, &s, "a", &fields);
    same = template_write(&f, &s, "a", &again);
    assert_string_equal(line, same);
    assert_non_null(strcasestr(line, "deep house"));
    assert_non_null(strcasestr(line, "dark"));
    assert_non_null(strstr(line, "bass"));
    assert_non_null(strstr(line, "124 BPM"));
    assert_non_null(strstr(line, "A minor"));
    assert_string_equal(json_text(fields, "genre"), "deep house");
    assert_string_equal(json_text(fields, "key"), "A minor");
    assert_int_equal(json_number(fields, "bpm", 0), 124);
}

/* ---- rules, each over many seeds ---- */

typedef void line_rule(const char *line, const struct facts *f);

static void
each_line(const char *schema_text, const char *summary_text, line_rule *rule)
{
    struct err err = ERR_INIT;
    auto_json json_object *schema =
        json_parse(schema_text, strlen(schema_text), &err);
    auto_json json_object *summary =
        json_parse(summary_text, strlen(summary_text), &err);
    auto_facts struct facts f = {0};
    auto_style struct style s = {0};

    assert_int_equal(err.code, ERR_NONE);
    facts_read(&f, summary);
    style_read(&s, schema);
    for (int seed = 0; seed < 60; seed++) {
        auto_free char *text = xasprintf("%d", seed);
        auto_json json_object *fields = NULL;
        auto_free char *line = template_write(&f, &s, text, &fields);

        rule(line, &f);
    }
}

static void
has_the_range(const char *line, const struct facts *f)
{
    (void)f;
    if (strstr(line, "between 110 and 180 BPM") == NULL)
        fail_msg("\"%s\"", line);
}

static void
has_no_tempo(const char *line, const struct facts *f)
{
    (void)f;
    if (strstr(line, "BPM") != NULL)
        fail_msg("\"%s\"", line);
}

/* One that is doubled may be felt as the same. */
static void
a_tempo_that_changes_is_not_one(void **state)
{
#define CHANGES(from)                                                          \
    "{\"tempo\":{\"bpm\":180,\"min\":" from ",\"max\":180,"                    \
    "\"share\":0.5},\"meter\":\"4/4\",\"tracks\":[{\"name\":\"Piano\"}]}"

    (void)state;
    each_line(schemas[1], CHANGES("110"), has_the_range);
    each_line(schemas[1], CHANGES("90"), has_no_tempo);
    each_line(schemas[1], CHANGES("92"), has_no_tempo);
    /* however short the other one is */
    each_line(schemas[1],
              "{\"tempo\":{\"bpm\":95,\"heardMin\":95,\"heardMax\":190,"
              "\"share\":0.95},\"tracks\":[{\"name\":\"Piano\"}]}",
              has_no_tempo);
}

static void
has_the_nouns_of_the_set(const char *line, const struct facts *f)
{
    (void)f;
    if (strcasestr(line, "analog bass") != NULL ||
        strcasestr(line, "felt piano") != NULL ||
        strcasestr(line, "bass") == NULL || strcasestr(line, "piano") == NULL)
        fail_msg("\"%s\"", line);
}

static void
the_schema_colors_and_the_set_names(void **state)
{
    (void)state;
    each_line("{\"genre\":\"jazz\",\"moods\":[\"warm\"],\"instruments\":"
              "[\"analog bass\",\"felt piano\"]}",
              "{\"tempo\":96,\"tracks\":[{\"name\":\"Double Bass\"},"
              "{\"name\":\"Grand Piano\"}]}",
              has_the_nouns_of_the_set);
}

static void
keeps_the_voice_and_what_sounds_most(const char *line, const struct facts *f)
{
    assert_true(f->vocals == VOCALS_YES);
    if ((strcasestr(line, "voice") == NULL &&
         strcasestr(line, "vocal") == NULL) ||
        strcasestr(line, "cello") == NULL || strcasestr(line, "harp") != NULL)
        fail_msg("\"%s\"", line);
}

static void
of_many_parts_those_that_sound_most_are_said(void **state)
{
#define PART(name, share)                                                      \
    "{\"name\":\"" name "\",\"type\":\"midi\",\"audible\":true,"               \
    "\"active\":{\"coverage\":" share "}}"

    (void)state;
    each_line(
        "{\"genre\":\"pop\"}",
        /* clang-format off */
              "{\"tempo\":96,\"tracks\":[" PART("Harp", "0.05") ","
              PART("Flute", "0.6") "," PART("Oboe", "0.5") ","
              PART("Trumpet", "0.7") "," PART("Violin", "0.8") ","
              PART("Piano", "0.9") "," PART("Cello", "1.0") ","
              PART("Lead Vocals", "0.3") "]}",
        /* clang-format on */
        keeps_the_voice_and_what_sounds_most);
}

static void
is_under_nothing(const char *line, const struct facts *f)
{
    (void)f;
    assert_null(strstr(line, " under "));
}

/* That one part carries the others is in no set. */
static void
nothing_is_under_anything(void **state)
{
#define LINE(name, share, median)                                              \
    "{\"name\":\"" name "\",\"type\":\"midi\",\"audible\":true,"               \
    "\"active\":{\"coverage\":" share "},\"midi\":{\"notes\":64,"              \
    "\"pitches\":6,\"pitchMedian\":" median                                    \
    ",\"polyphonyMean\":1,\"lengthMeanBeats\":1}}"

    (void)state;
    each_line(
        "{}",
        "{\"tempo\":96,\"tracks\":[" LINE("Trombone", "1.0", "40") "," LINE(
            "Violin", "0.9", "70") "," LINE("Flute", "0.8", "80") "]}",
        is_under_nothing);
}

static void
is_of_sixty_words(const char *line, const struct facts *f)
{
    (void)f;
    if (caption_words(line) > FORM_WORDS_MAX)
        fail_msg("%ld words: \"%s\"", caption_words(line), line);
}

/* Whatever a user puts into the schema. */
static void
a_long_schema_makes_no_long_caption(void **state)
{
    auto_buf struct buf b = BUF_INIT(64 << 10);

    (void)state;
    (void)buf_add_str(&b, "{\"genre\":\"");
    for (int i = 0; i < 90; i++)
        (void)buf_add_str(&b, "very ");
    (void)buf_add_str(&b, "deep house\",\"moods\":[");
    for (int i = 0; i < 40; i++)
        (void)buf_addf(&b, "%s\"as dark as the %d nights before\"",
                       i > 0 ? "," : "", i);
    (void)buf_add_str(&b, "]}");
    for (size_t k = 0; k < sizeof(summaries) / sizeof(*summaries); k++)
        each_line(b.data, summaries[k], is_of_sixty_words);
}

static void
sets_differ_in_their_wording(void **state)
{
    auto_facts struct facts f = {0};
    auto_style struct style s = {0};
    auto_strs struct strs lines = {0};
    struct err err = ERR_INIT;
    auto_json json_object *summary =
        json_parse(summaries[1], strlen(summaries[1]), &err);

    (void)state;
    facts_read(&f, summary);
    strs_add(&s.genres, "techno");
    strs_add(&s.moods, "dark");
    for (int seed = 0; seed < 60; seed++) {
        auto_free char *text = xasprintf("%d", seed);
        auto_json json_object *fields = NULL;
        auto_free char *line = template_write(&f, &s, text, &fields);

        strs_add(&lines, line); /* once each */
    }
    assert_true(lines.n >= 4);
}

/* A listener may count other beats than the set does. */
static void
a_tempo_is_said_if_its_beats_are_counted(void **state)
{
    static const struct {
        const char *tempo, *meter, *said;
    } rows[] = {
        {"90", "3/4", "90 BPM in 3/4"},    {"90", "6/8", " in 6/8"},
        {"90", "12/8", " in 12/8"},        {"90", "3/8", "90 BPM in 3/8"},
        {"61", "4/4", "61 BPM"},           {"54", "4/4", NULL},
        {"400", "12/4", "200 BPM in 6/4"}, {"346", "11/4", " in 11/8"},
        {"240", "4/4", "120 BPM"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_free char *text =
            xasprintf("{\"tempo\":{\"bpm\":%s},\"meter\":{\"main\":\"%s\"},"
                      "\"tracks\":[{\"name\":\"Organ\"}]}",
                      rows[i].tempo, rows[i].meter);
        auto_free char *line = line_of(text);
        bool tempo =
            rows[i].said != NULL && strstr(rows[i].said, "BPM") != NULL;

        if ((rows[i].said != NULL && strstr(line, rows[i].said) == NULL) ||
            (strstr(line, "BPM") != NULL) != tempo)
            fail_msg("%s in %s: \"%s\"", rows[i].tempo, rows[i].meter, line);
    }
}

/* {track, what no line may contain}: how something moves is said only if its
 * notes show it. */
static void
movement_is_what_notes_show(void **state)
{
#define MIDI(members)                                                          \
    "\"midi\":{\"notes\":40,\"pitches\":6,\"pitchMedian\":60,"                 \
    "\"polyphonyMean\":1," members "}"
#define LASTS(beats)                                                           \
    "\"lengthMeanBeats\":" beats ",\"lengthLowBeats\":" beats                  \
    ",\"lengthHighBeats\":" beats
#define SHORT(release, spacing)                                                \
    MIDI(LASTS("0.2") ",\"releaseSec\":" release                               \
                      ",\"spacingMedianBeats\":" spacing)
#define CLIPPED(release) SHORT(release, "0.5")
#define SINGLE LINE_OF("6", "0")
#define CHORDS                                                                 \
    "\"midi\":{\"notes\":40,\"pitches\":6,\"pitchMedian\":60,"                 \
    "\"polyphonyMean\":3,\"classesMean\":3,\"lengthMeanBeats\":1}"
#define OCTAVES                                                                \
    "\"midi\":{\"notes\":40,\"pitches\":6,\"pitchMedian\":60,"                 \
    "\"polyphonyMean\":3,\"classesMean\":2,\"lengthMeanBeats\":1}"
#define LINE_OF(pitches, repeats)                                              \
    "\"midi\":{\"notes\":40,\"pitches\":" pitches ",\"pitchMedian\":60,"       \
    "\"polyphonyMean\":1,\"lengthMeanBeats\":1,\"repeats\":" repeats "}"
#define LOW                                                                    \
    "\"midi\":{\"notes\":40,\"pitches\":6,\"pitchMedian\":41,"                 \
    "\"lengthMeanBeats\":1}"
#define TRACK(row, more)                                                       \
    "{\"type\":\"midi\",\"audible\":true,\"vocals\":\"no\",\"sounds\":[{"      \
    "\"row\":\"" row "\",\"evidence\":\"heard\"}],\"active\":{"                \
    "\"coverage\":0.9,\"firstBeat\":0}," more "}"
    static const struct {
        double bpm;
        const char *tracks, *said, *unsaid;
    } rows[] = {
        {100, TRACK("cello", MIDI(LASTS("3"))), "long-held", NULL},
        {100, TRACK("cello", MIDI(LASTS("2.4"))), NULL, "long-held"},
        /* beats are short where they are fast */
        {176, TRACK("cello", MIDI(LASTS("2.4"))), NULL, "long-held"},
        {100, TRACK("violin", CLIPPED("0.1")), "staccato", NULL},
        {100, TRACK("bass", CLIPPED("0.1")), "short-note bass", NULL},
        /* it rings on, or may do so */
        {100, TRACK("violin", CLIPPED("8")), NULL, "staccato"},
        {100, TRACK("bass", CLIPPED("0.2")), NULL, "short-note"},
        {100, TRACK("violin", CLIPPED("null")), NULL, "staccato"},
        {100, TRACK("bass", CLIPPED("0.1")) "," TRACK("bass", CLIPPED("null")),
         NULL, "short-note"},
        /* one note follows the other without a gap, or may do so */
        {100, TRACK("violin", SHORT("0.1", "0.3")), NULL, "staccato"},
        {100, TRACK("violin", SHORT("0.1", "null")), NULL, "staccato"},
        {100,
         TRACK("violin", CLIPPED("0.1")) "," TRACK("violin",
                                                   SHORT("0.1", "0.3")),
         NULL, "staccato"},
        {100, TRACK("bass", CLIPPED("null")) "," TRACK("bass", CLIPPED("0.1")),
         NULL, "short-note"},
        {100,
         TRACK("violin", SHORT("0.1", "0.3")) "," TRACK("violin",
                                                        CLIPPED("0.1")),
         NULL, "staccato"},
        /* how long a beat is, nobody knows */
        {0, TRACK("violin", CLIPPED("0.1")), NULL, "staccato"},
        /* a few long ones among many short */
        {100,
         TRACK("bass", MIDI("\"lengthMeanBeats\":2.9,\"lengthLowBeats\":0.5")),
         NULL, "sustained"},
        /* and some short ones below many long */
        {100,
         TRACK("cello", MIDI("\"lengthMeanBeats\":3,\"lengthLowBeats\":1")),
         NULL, "long-held"},
        {100,
         TRACK("violin", MIDI("\"lengthMeanBeats\":0.2,"
                              "\"lengthHighBeats\":0.5,\"releaseSec\":0,"
                              "\"spacingMedianBeats\":2")),
         NULL, "staccato"},
        /* against which beat, if nothing is on it? */
        {100,
         TRACK("bass", MIDI("\"offbeat\":0.9")) "," TRACK(
             "organ", MIDI("\"offbeat\":0")),
         "off-beat bass", NULL},
        {100,
         TRACK("bass", MIDI("\"offbeat\":0.9")) "," TRACK(
             "organ", MIDI("\"offbeat\":0.8")),
         NULL, "off-beat"},
        {100, TRACK("bass", MIDI("\"offbeat\":0.9")), NULL, "off-beat"},
        /* what is plucked dies away */
        {100, TRACK("harp", MIDI(LASTS("6"))), NULL, "long-held"},
        {100, TRACK("kalimba", CLIPPED("0.1")), NULL, "staccato"},
        /* a device decides when and how long */
        {100, TRACK("organ", MIDI(LASTS("6") ",\"retimed\":true")), NULL,
         "long-held"},
        /* each note is a chord */
        {100,
         TRACK("epiano", "\"roleFrom\":{\"evidence\":\"preset\",\"said\":"
                         "\"E-Piano Cmin7 Chord\"}," MIDI(LASTS("1"))),
         NULL, " line"},
        /* pads have no pitch */
        {100,
         TRACK("voice", "\"midi\":{\"notes\":40,\"pitches\":6,\"tones\":false,"
                        "\"pitchMedian\":41,\"lengthMeanBeats\":1}"),
         NULL, "low"},
        /* the line counts, not what is hit on one pitch beside it */
        {131,
         TRACK(
             "bass",
             MIDI(LASTS(
                 "1") ",\"releaseSec\":0,"
                      "\"spacingMedianBeats\":2")) ","
                                                   "{\"type\":\"midi\",\"audible\":true,\"vocals\":\"no\",\"sounds\":["
                                                   "{\"row\":\"bass\",\"evidence\":\"heard\"}],\"active\":{"
                                                   "\"coverage\":1,\"firstBeat\":0},\"midi\":{\"notes\":60,"
                                                   "\"pitches\":1,\"pitchMedian\":49,\"polyphonyMean\":1," LASTS(
                                                       "0.12") ",\"releaseSec\":0,"
                                                               "\"spacingMedianBeats\":1}}",
         NULL, "short-note"},
        /* each of several, not the one that sounds most */
        {100,
         TRACK("cello", MIDI(LASTS("3"))) "," TRACK("cello", MIDI(LASTS("4"))),
         "long-held", NULL},
        {100,
         TRACK("cello", MIDI(LASTS("3"))) "," TRACK("cello", MIDI(LASTS("1"))),
         NULL, "long-held"},
        {100, TRACK("cello", MIDI(LASTS("3"))) "," TRACK("cello", "\"x\":1"),
         NULL, "long-held"},
        {100,
         TRACK("violin", CLIPPED("0.1")) "," TRACK(
             "violin", MIDI(LASTS("1") ",\"releaseSec\":0,"
                                       "\"spacingMedianBeats\":9")),
         NULL, "staccato"},
        {100, TRACK("organ", LOW), "low organ", NULL},
        {100, TRACK("organ", LOW) "," TRACK("organ", MIDI(LASTS("1"))), NULL,
         "low"},
        {100, TRACK("organ", CHORDS) "," TRACK("organ", CHORDS), "organ chords",
         NULL},
        {100, TRACK("organ", CHORDS) "," TRACK("organ", LOW), NULL, "chords"},
        /* a bass note and a melody in octaves */
        {100, TRACK("organ", CHORDS), "organ chords", NULL},
        {100, TRACK("organ", OCTAVES), "organ", "chords"},
        {100, TRACK("organ", CHORDS) "," TRACK("organ", OCTAVES), NULL,
         "chords"},
        {100, TRACK("organ", SINGLE), "organ line", NULL},
        {100, TRACK("organ", LINE_OF("3", "0.4")), "organ line", NULL},
        /* what changes its pitch now and then */
        {100, TRACK("organ", LINE_OF("2", "0.1")), NULL, " line"},
        {100, TRACK("organ", LINE_OF("6", "0.5")), NULL, " line"},
        {100, TRACK("organ", SINGLE) "," TRACK("organ", LINE_OF("6", "0.5")),
         NULL, " line"},
        {100, TRACK("organ", MIDI(LASTS("1"))), NULL, " line"},
        {100, TRACK("organ", SINGLE) "," TRACK("organ", CHORDS), NULL, " line"},
        {100, TRACK("organ", SINGLE) "," TRACK("organ", "\"x\":1"), NULL,
         " line"},
        /* what repeats one note */
        {100,
         TRACK("xylophone",
               "\"midi\":{\"notes\":40,\"pitches\":1,\"pitchMedian\":60,"
               "\"polyphonyMean\":1,\"lengthMeanBeats\":1}"),
         NULL, " line"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_free char *text = xasprintf("{\"tempo\":%g,\"tracks\":[%s]}",
                                         rows[i].bpm, rows[i].tracks);
        auto_free char *line = line_of(text);

        if ((rows[i].said != NULL && strcasestr(line, rows[i].said) == NULL) ||
            (rows[i].unsaid != NULL &&
             strcasestr(line, rows[i].unsaid) != NULL))
            fail_msg("row %zu: \"%s\"", i, line);
    }
}

/* Scenes have no order, and bars of a folded tempo are no bars. */
#define FORM                                                                   \
    "{\"tempo\":%g,\"length\":{\"beats\":100,\"source\":\"%s\"},"              \
    "\"drums\":{\"kick\":\"four on the floor\",\"swing\":true},\"tracks\":["   \
    "{\"name\":\"Drums\",\"type\":\"audio\",\"active\":{\"firstBeat\":%d}},"   \
    "{\"name\":\"Kick\",\"type\":\"audio\",\"active\":{\"firstBeat\":%d}},"    \
    "{\"name\":\"Piano\",\"type\":\"audio\",\"active\":{\"firstBeat\":%d}},"   \
    "{\"name\":\"Violin\",\"type\":\"audio\",\"active\":{\"firstBeat\":40}}"   \
    "]}"

static void
what_the_set_does_not_promise_is_not_said(void **state)
{
    static const struct {
        double bpm;
        const char *source;
        int first; /* of the others */
        bool late, floor;
    } rows[] = {
        {120, "arrangement", 0, true, true},
        /* nothing is late that begins with all others */
        {120, "arrangement", 40, false, true},
        {120, "scenes", 0, false, true},
        {260, "arrangement", 0, true, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_free char *text =
            xasprintf(FORM, rows[i].bpm, rows[i].source, rows[i].first,
                      rows[i].first, rows[i].first);
        auto_free char *line = line_of(text);
        bool late = strstr(line, " later") != NULL ||
                    strstr(line, "after the start") != NULL;

        assert_true(!late || strstr(line, "violin comes in") != NULL ||
                    strstr(line, "violin enter") != NULL);
        if (rows[i].floor && strstr(line, "BPM, swung") == NULL)
            fail_msg("row %zu: \"%s\"", i, line);
        if (late != rows[i].late ||
            (strcasestr(line, "four-on-the-floor") != NULL) != rows[i].floor)
            fail_msg("row %zu: \"%s\"", i, line);
    }
}

/* ---- what comes in, and what hardly does ---- */

#define PLAYS(sounds, first, coverage)                                           \
    "{\"type\":\"audio\",\"audible\":true,\"vocals\":\"no\",\"sounds\":[" sounds \
    "],\"active\":{\"firstBeat\":" first ",\"coverage\":" coverage "}}"
#define HEARD(row) "{\"row\":\"" row "\",\"evidence\":\"heard\"}"
#define GUESSED(row) "{\"row\":\"" row "\",\"evidence\":\"guessed\"}"
#define DEEP(median)                                                            \
    "{\"type\":\"midi\",\"audible\":true,\"vocals\":\"no\",\"sounds\":[" HEARD( \
        "piano") "],\"active\":{\"firstBeat\":0,\"coverage\":0.5},"             \
                 "\"midi\":{\"tones\":true,\"pitchMedian\":" median "}}"
#define BAND                                                                   \
    PLAYS(HEARD("piano"), "0", "0.9")                                          \
    "," PLAYS(HEARD("flute"), "0", "0.8") ","

static void
what_may_have_played_before_does_not_come_in(void **state)
{
    static const struct {
        double sec; /* of the whole; 0: unknown */
        const char *tracks;
        bool late;
    } rows[] = {
        {60, BAND PLAYS(HEARD("bass"), "40", "0.6"), true},
        {0, BAND PLAYS(HEARD("bass"), "40", "0.6"), true},
        /* a few seconds after the start are the start */
        {15, BAND PLAYS(HEARD("bass"), "40", "0.6"), false},
        /* what is unknown, or guessed, may be a bass */
        {60, BAND PLAYS(HEARD("bass"), "40", "0.6") "," PLAYS("", "39", "0.1"),
         false},
        {60, BAND PLAYS(HEARD("bass"), "40", "0.6") "," PLAYS("", "40", "0.1"),
         true},
        {60,
         BAND PLAYS(HEARD("bass"), "40", "0.6") "," PLAYS(GUESSED("harp"), "0",
                                                          "0.1"),
         false},
        /* so may a synthesizer, and a kind of bass is one */
        {60,
         BAND PLAYS(HEARD("bass"), "40", "0.6") "," PLAYS(HEARD("synth"), "0",
                                                          "0.1"),
         false},
        {60,
         BAND PLAYS(HEARD("bass"), "40", "0.6") "," PLAYS(HEARD("bassguitar"),
                                                          "0", "0.01"),
         false},
        /* drums of which nothing else is known have any piece */
        {60, BAND PLAYS(HEARD("percussion"), "40", "0.6"), true},
        {60,
         BAND PLAYS(HEARD("percussion"), "40", "0.6") "," PLAYS(HEARD("drums"),
                                                                "0", "0.01"),
         false},
        {60,
         BAND PLAYS(HEARD("percussion"), "40", "0.6") "," PLAYS(
             HEARD("drums") "," HEARD("kick"), "0", "0.01"),
         true},
        /* what plays as low as a bass may be one */
        {60, BAND DEEP("45") "," PLAYS(HEARD("bass"), "40", "0.6"), true},
        {60, BAND DEEP("44") "," PLAYS(HEARD("bass"), "40", "0.6"), false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_free char *text =
            xasprintf("{\"tempo\":100,\"length\":{\"beats\":100,\"sec\":%g,"
                      "\"source\":\"arrangement\"},\"tracks\":[%s]}",
                      rows[i].sec, rows[i].tracks);
        auto_free char *line = line_of(text);
        bool late = strstr(line, " later") != NULL ||
                    strstr(line, "after the start") != NULL;

        if (late != rows[i].late)
            fail_msg("row %zu: \"%s\"", i, line);
    }
}

/* A minute of ten; what is unknown may be more. */
static void
what_hardly_sounds_is_not_named(void **state)
{
    static const struct {
        const char *tracks, *name;
        bool named;
    } rows[] = {
        {PLAYS(HEARD("viola"), "0", "0.1"), "viola", true},
        {PLAYS(HEARD("viola"), "0", "0.099"), "viola", false},
        {PLAYS(HEARD("kick"), "0", "0.003"), "kick", false},
        {PLAYS(HEARD("drums"), "0", "0.003"), "drums", false},
        {PLAYS(HEARD("synth"), "0", "0.003"), "synth", false},
        {PLAYS(HEARD("kick") "," HEARD("snare") "," HEARD("hat"), "0", "0.003"),
         "drums", false},
        {PLAYS(HEARD("drums"), "0", "0.003") "," PLAYS(
             HEARD("kick") "," HEARD("snare") "," HEARD("hat"), "0", "0.5"),
         "drums", true},
        {PLAYS(HEARD("viola"), "0", "0.01") "," PLAYS(HEARD("viola"), "0",
                                                      "0.12"),
         "viola", true},
        /* a guess does not make it more */
        {PLAYS(GUESSED("viola"), "0", "0.9") "," PLAYS(HEARD("viola"), "0",
                                                       "0.01"),
         "viola", false},
        {"{\"type\":\"audio\",\"audible\":true,\"sounds\":[" HEARD(
             "viola") "]}",
         "viola", true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_free char *text = xasprintf("{\"tracks\":[%s]}", rows[i].tracks);
        struct err err = ERR_INIT;
        auto_json json_object *summary = json_parse(text, strlen(text), &err);
        auto_json json_object *fields = NULL;
        auto_json json_object *facts = NULL;
        auto_facts struct facts f = {0};
        auto_style struct style s = {0};
        auto_free char *line = NULL;

        facts_read(&f, summary);
        line = template_write(&f, &s, "seed", &fields);
        facts = facts_for_model(&f);
        if ((strcasestr(line, rows[i].name) != NULL) != rows[i].named ||
            (strstr(json_out(facts), rows[i].name) != NULL) != rows[i].named)
            fail_msg("row %zu: \"%s\" %s", i, line, json_out(facts));
        assert_true(word_set_has(f.can, f.sounds[0].row));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_lines_keep_the_rules),
        cmocka_unit_test(chords_are_said_beside_the_key),
        cmocka_unit_test(it_says_what_schema_and_set_say),
        cmocka_unit_test(sets_differ_in_their_wording),
        cmocka_unit_test(a_tempo_that_changes_is_not_one),
        cmocka_unit_test(the_schema_colors_and_the_set_names),
        cmocka_unit_test(of_many_parts_those_that_sound_most_are_said),
        cmocka_unit_test(nothing_is_under_anything),
        cmocka_unit_test(a_long_schema_makes_no_long_caption),
        cmocka_unit_test(a_tempo_is_said_if_its_beats_are_counted),
        cmocka_unit_test(movement_is_what_notes_show),
        cmocka_unit_test(what_the_set_does_not_promise_is_not_said),
        cmocka_unit_test(what_may_have_played_before_does_not_come_in),
        cmocka_unit_test(what_hardly_sounds_is_not_named),
    };

    return cmocka_run_group_tests_name("caption/template", tests, NULL, NULL);
}
