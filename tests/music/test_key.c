/*
 * Keys that notes tell, and those that they only seem to tell. Songs are chords
 * over a bass, each chord for a bar.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/key_tell.h"
#include "music/sound.h"
#include "music/witness.h"

struct chord {
    int bass; /* pitch class; -1: no bass */
    int tones[4];
    int n;
};

static void
add_chord(struct key_heard *h, const struct chord *c, int bar)
{
    for (int i = 0; i < c->n; i++)
        h->all[c->tones[i] % 12] += 4;
    h->notes += (size_t)c->n;
    if (c->bass < 0)
        return;
    h->all[c->bass % 12] += 4;
    h->bass[c->bass % 12] += 4;
    h->notes++;
    if (bar % 4 == 0)
        h->phrases[c->bass % 12] += 1;
    memset(h->last, 0, sizeof(h->last));
    h->last[c->bass % 12] = 1;
}

/* The loop four times round. */
static void
play(struct key_heard *h, const struct chord *loop, int n)
{
    *h = (struct key_heard){0};
    for (int bar = 0; bar < 4 * n; bar++)
        add_chord(h, &loop[bar % n], bar);
}

static void
is_told(const struct key_heard *h, const char *key)
{
    struct key_told told;
    char text[KEY_TEXT];

    key_tell(h, &told);
    key_text(told.key, text);
    if (key == NULL ? told.clear : !told.clear || strcmp(text, key) != 0)
        fail_msg("told %s%s, fit %.2f, margin %.3f", text,
                 told.clear ? "" : " (not clear)", told.fit, told.margin);
}

static void
songs_tell_their_key(void **state)
{
    static const struct chord c_major[] = {{0, {0, 4, 7}, 3},
                                           {7, {7, 11, 2}, 3},
                                           {9, {9, 0, 4}, 3},
                                           {5, {5, 9, 0}, 3}};
    static const struct chord a_minor[] = {{9, {9, 0, 4}, 3},
                                           {5, {5, 9, 0}, 3},
                                           {2, {2, 5, 9}, 3},
                                           {4, {4, 8, 11}, 3}};
    static const struct chord c_minor[] = {{0, {0, 3, 7}, 3},
                                           {0, {8, 0, 3}, 3},
                                           {0, {0, 3, 7}, 3},
                                           {10, {10, 2, 5}, 3}};
    struct key_heard h;

    (void)state;
    play(&h, c_major, 4);
    is_told(&h, "C major");
    play(&h, a_minor, 4);
    is_told(&h, "A minor");
    play(&h, c_minor, 4); /* the bass says which of the two it is */
    is_told(&h, "C minor");
}

static void
what_notes_leave_open_is_not_told(void **state)
{
    /* C E G B, and E loud: C major, E minor, or G major. */
    static const struct chord seventh[] = {{0, {0, 4, 7, 11}, 4}};
    static const struct chord strong_e[] = {{-1, {4, 7, 11, 4}, 4},
                                            {-1, {0, 4, 7, 4}, 4},
                                            {-1, {5, 9, 0, 4}, 4},
                                            {-1, {4, 2, 7, 4}, 4}};
    static const struct chord chromatic[] = {{0, {0, 1, 2}, 3},
                                             {3, {3, 4, 5}, 3},
                                             {6, {6, 7, 8}, 3},
                                             {9, {9, 10, 11}, 3}};
    static const struct chord fifths[] = {
        {9, {9, 4}, 2}, {0, {0, 7}, 2}, {2, {2, 9}, 2}, {9, {9, 4}, 2}};
    /* D Dorian or C: a bass on D, and E and G more than D's own chord. */
    struct key_heard drone = {.all = {[0] = 10,
                                      [2] = 20,
                                      [4] = 24,
                                      [5] = 14,
                                      [7] = 22,
                                      [9] = 8,
                                      [11] = 2},
                              .bass = {[2] = 20, [5] = 10},
                              .phrases = {[2] = 4},
                              .last = {[2] = 1},
                              .notes = 100};
    /* Db or Bb minor: Db's fifth is not there. */
    struct key_heard no_fifth = {
        .all = {[0] = 10, [1] = 34, [3] = 12, [5] = 14, [10] = 26},
        .bass = {[1] = 10, [10] = 8},
        .phrases = {[1] = 4},
        .last = {[1] = 1},
        .notes = 100};
    /* C, E or A: the bass is on each of them as long. */
    struct key_heard even = {
        .all = {[0] = 17,
                [2] = 8,
                [4] = 23,
                [5] = 2,
                [7] = 20,
                [9] = 20,
                [11] = 9},
        .bass = {[0] = 23, [2] = 9, [4] = 18, [7] = 18, [9] = 20, [11] = 10},
        .phrases = {[0] = 7, [2] = 1},
        .last = {[4] = 1},
        .notes = 600};
    /* A bass on C under F major: B flat sounds, and B does not. */
    struct key_heard over_c = {.all = {[0] = 85,
                                       [2] = 84,
                                       [4] = 52,
                                       [5] = 83,
                                       [7] = 64,
                                       [9] = 20,
                                       [10] = 11},
                               .bass = {[0] = 60, [2] = 17, [5] = 8, [7] = 15},
                               .phrases = {[0] = 8, [2] = 2},
                               .last = {[7] = 1},
                               .notes = 1400};
    struct key_heard few = {
        .all = {[0] = 6, [2] = 1, [4] = 4, [5] = 1, [7] = 5, [9] = 1, [11] = 1},
        .bass = {[0] = 4},
        .phrases = {[0] = 1},
        .last = {[0] = 1},
        .notes = 40};
    struct key_heard h;
    struct key_told told;

    (void)state;
    is_told(&drone, NULL);
    is_told(&no_fifth, NULL);
    is_told(&even, NULL);
    is_told(&over_c, NULL);
    is_told(&few, "C major");
    few.notes = 22;
    is_told(&few, NULL);
    play(&h, seventh, 1);
    is_told(&h, NULL);
    play(&h, chromatic, 4);
    is_told(&h, NULL);
    play(&h, fifths, 4); /* a third of A may sound, yet as a root of C */
    key_tell(&h, &told);
    assert_true(!told.clear || told.key.root == 9);
    play(&h, strong_e, 4);
    key_tell(&h, &told);
    assert_true(!told.clear || told.key.root != 4);
    h = (struct key_heard){0};
    is_told(&h, NULL);
}

/* A key that leads by so much needs no more than its triad, or not its fifth.
 */
static void
a_long_lead_is_enough(void **state)
{
    struct key_heard triad = {.all = {[0] = 10, [4] = 5, [7] = 6},
                              .bass = {[0] = 9, [7] = 1},
                              .phrases = {[0] = 4},
                              .last = {[0] = 1},
                              .notes = 24};
    struct key_heard no_fifth = {
        .all =
            {[0] = 7, [2] = 22, [4] = 8, [5] = 16, [7] = 4, [9] = 1, [10] = 2},
        .bass = {[2] = 20, [5] = 2},
        .phrases = {[2] = 8},
        .last = {[2] = 1},
        .notes = 500};
    /* A line that hardly leaves its tonic, with a bit of the third. */
    struct key_heard pedal = {
        .all = {[0] = 88, [2] = 2, [3] = 1.7, [7] = 5.5, [8] = 2},
        .bass = {[0] = 90},
        .phrases = {[0] = 8},
        .last = {[0] = 1},
        .notes = 3000};

    (void)state;
    is_told(&triad, "C major");
    triad.notes = 23;
    is_told(&triad, NULL);
    triad.notes = 24;
    triad.all[4] = 0;
    is_told(&triad, NULL);
    is_told(&no_fifth, "D minor");
    no_fifth.bass[5] = 40;
    is_told(&no_fifth, NULL);
    is_told(&pedal, "C minor");
    pedal.all[3] = 0.8;
    is_told(&pedal, NULL);
}

/* A key and its relative have the same notes. */
static void
the_end_decides_between_relatives(void **state)
{
    static const struct chord loop[] = {{1, {1, 4, 8}, 3},
                                        {9, {9, 1, 4}, 3},
                                        {4, {4, 8, 11}, 3},
                                        {11, {11, 3, 6}, 3}};
    struct key_heard h;

    (void)state;
    play(&h, loop, 4); /* C# minor or E major */
    is_told(&h, NULL);
    add_chord(&h, &loop[0], 16);
    is_told(&h, "C# minor");
    add_chord(&h, &loop[1], 17);
    is_told(&h, NULL);
}

/* Where two keys are close, the tonic's chord must sound the most. */
static void
no_other_triad_leads(void **state)
{
    static const struct chord c_over_e[] = {{4, {4, 7, 0}, 3},
                                            {0, {0, 4, 7}, 3},
                                            {4, {4, 7, 0, 11}, 4},
                                            {0, {0, 4, 7, 2}, 4}};
    /* D minor and B flat over F, with a leading tone. */
    struct key_heard over_f = {
        .all = {[0] = 4,
                [1] = 3,
                [2] = 22,
                [4] = 2,
                [5] = 31,
                [7] = 3,
                [9] = 25,
                [10] = 10},
        .bass = {[5] = 60, [10] = 16, [9] = 14, [2] = 10},
        .phrases = {[5] = 4, [10] = 4, [9] = 1},
        .last = {[5] = 1},
        .notes = 1800};
    /* A melody of little but its tonic. */
    struct key_heard drone = {
        .all = {[0] = 84, [2] = 3, [4] = 7, [5] = 3, [7] = 3},
        .bass = {[0] = 1},
        .phrases = {[0] = 1},
        .last = {[0] = 1},
        .notes = 300};
    struct key_heard h;

    (void)state;
    play(&h, c_over_e, 4); /* the bass leads to E minor, the chords to C */
    is_told(&h, NULL);
    is_told(&over_f, NULL);
    is_told(&drone, NULL);
}

static void
a_key_must_fit(void **state)
{
    struct key c_minor = {0, KEY_MINOR};
    struct key c_major = {0, KEY_MAJOR};
    double sounds[12] = {[0] = 4, [4] = 4, [7] = 4, [11] = 4};

    (void)state;
    assert_true(key_fit(c_minor, sounds) < KEY_FIT);
    assert_true(key_fit(c_major, sounds) >= KEY_FIT);
    memset(sounds, 0, sizeof(sounds));
    assert_true(key_fit(c_minor, sounds) == 1);
}

/* A minute in which the steps of a scale sound, the tonic's chord more. */
static struct sound *
in_scale(int root, int noise)
{
    static const float steps[12] = {3, 0, 1, 0, 2, 1, 0, 2.5f, 0, 1, 0, 1};
    struct sound *s = sound_open(3000, 375, 120);

    for (size_t i = 0; i < s->chroma_frames; i++)
        for (int p = 0; p < 12; p++)
            s->chroma[i][p] = noise
                                  ? (float)((i * 7 + (size_t)p * 5) % 12) / 12
                                  : 0.2f + 0.25f * steps[(p - root + 12) % 12];
    return s;
}

static void
test_a_second_witness(void **state)
{
    static const struct {
        const char *told;
        enum witness says;
    } rows[] = {
        {"D major", WITNESS_AGREES},      {"B minor", WITNESS_AGREES},
        {"E dorian", WITNESS_AGREES},     {"Ab major", WITNESS_CONTRADICTS},
        {"F minor", WITNESS_CONTRADICTS}, {"A major", WITNESS_UNCLEAR}};
    auto_sound struct sound *s = in_scale(2, 0);
    auto_sound struct sound *noise = in_scale(0, 1);
    struct key heard, told;
    char text[KEY_TEXT];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_true(key_read(rows[i].told, &told) > 0);
        if (witness_key(s, told, &heard) != rows[i].says)
            fail_msg("%s", rows[i].told);
        key_text(heard, text);
        assert_string_equal(text, "D major");
        assert_int_equal(witness_key(noise, told, &heard), WITNESS_UNCLEAR);
        assert_int_equal(heard.root, -1);
    }
    assert_int_equal(witness_key(s, KEY_UNKNOWN, &heard), WITNESS_UNCLEAR);
    assert_int_equal(heard.root, 2);
    /* A tone alone is in no key. */
    memset(s->chroma, 0, s->chroma_frames * sizeof(*s->chroma));
    for (size_t i = 0; i < s->chroma_frames; i++)
        s->chroma[i][9] = 1;
    assert_int_equal(witness_key(s, told, &heard), WITNESS_UNCLEAR);
    assert_int_equal(heard.root, -1);
}

static void
test_what_it_does_to_a_key(void **state)
{
    static const struct {
        const char *before, *says, *after;
    } rows[] = {{"heard", "agrees", "stated"},
                {"guessed", "agrees", "heard"},
                {"heard", "contradicts", "guessed"},
                {"stated", "contradicts", "stated"},
                {"heard", "unclear", "heard"}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        auto_json json_object *summary = json_object_new_object();
        auto_json json_object *alignment = json_object_new_object();
        json_object *key = json_object_new_object();
        json_object *heard = json_object_new_object();

        json_add_str(key, "text", "D major");
        json_add_str(key, "evidence", rows[i].before);
        json_add(summary, "key", key);
        json_add_str(heard, "witness", rows[i].says);
        json_add(alignment, "key", heard);
        witness_hear(summary, alignment);
        assert_string_equal(json_text(key, "evidence"), rows[i].after);
        witness_hear(summary, NULL);
        witness_hear(NULL, alignment);
        assert_string_equal(json_text(key, "evidence"), rows[i].after);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_second_witness),
        cmocka_unit_test(test_what_it_does_to_a_key),
        cmocka_unit_test(songs_tell_their_key),
        cmocka_unit_test(what_notes_leave_open_is_not_told),
        cmocka_unit_test(a_long_lead_is_enough),
        cmocka_unit_test(the_end_decides_between_relatives),
        cmocka_unit_test(no_other_triad_leads),
        cmocka_unit_test(a_key_must_fit),
    };

    return cmocka_run_group_tests_name("music/key", tests, NULL, NULL);
}
