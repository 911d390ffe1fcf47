/* What names in a set say, and what they only seem to say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "music/words.h"

static const char *
rows_of(struct word_set set, char *ret, size_t size)
{
    ret[0] = '\0';
    for (int i = 0; i < words_size(); i++)
        if (word_set_has(set, i))
            (void)snprintf(ret + strlen(ret), size - strlen(ret), "%s%s",
                           ret[0] != '\0' ? " " : "", words_name(i));
    return ret;
}

static void
the_last_word_names_the_thing(void **state)
{
    static const struct {
        const char *name, *nouns;
    } cases[] = {
        {"Beat That Bass", "bass"},
        {"KIT6_100_electric_piano_chords_Cmin", "epiano"},
        {"E Piano Mk1", "epiano"},
        {"Drum Loop 120", "drums"},
        {"guitar loop", "guitar"},
        {"Bass Drum", "kick"},
        {"SubBass", "subbass"},
        {"SubKic", "kick"},
        {"Kick2", "kick"},
        {"vox chop", "vocalchops"},
        {"бас-гитара", "bassguitar"},
        {"Барабаны", "drums"},
        {"ピアノ", "piano"},
        {"Bassoon", "bassoon"},
        {"Woodwinds Ensemble", "woodwinds"},
        {"Viola", "viola"},
        {"Violas 2", "viola"},
        {"kalimba", "kalimba"},
        {"Electric Nylon Guitar", "nylonguitar"},
        {"Violin Strings", "violin"},
        {"Piano keys", "piano"},
        {"Singing Percussion", "percussion"},
        {"Snare Tambo Ironman.wav", "snare"},
        {"Square2 Simple Tubular Lead", ""},
        {"Tubular Bells", "bells"},
        {"Bass & Drums", "drums bass"},
        {"Kick+Snare", "kick snare"},
        {"12 String Guitar", "guitar"},
        {"X Voc", "voice"},
        {"VOXs", "voice"},
        {"Ooh", "voice"},
        {"BVox L", "backingvocals"},
        {"Double Bass", "doublebass"},
        {"Contrabbasso", "doublebass"},
        {"HiHat", "hat"},
        {"3-Audio", ""},
        {"SubTractor 1", ""},
        {"TRACKING 303", ""},
        {"TRACKING 0303.wav", ""},
        {"Stick-Hit.aif", ""},
        {"Voice_of_a_Stream.wav", ""},
        {"drum and bass", ""},
        {"HOOK", ""},
        {"Bassline Junkies", "bass"},
        {"Chorus", ""},
        {"", ""},
    };
    char got[512];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct word_names n;

        words_in_name(cases[i].name, &n);
        rows_of(n.nouns, got, sizeof(got));
        if (strcmp(got, cases[i].nouns) != 0)
            fail_msg("\"%s\" names \"%s\"", cases[i].name, got);
    }
}

static void
weak_words_stand_back(void **state)
{
    struct word_names n;
    char got[512];

    (void)state;
    words_in_name("Piano chords", &n);
    assert_string_equal(rows_of(n.nouns, got, sizeof(got)), "piano");
    assert_string_equal(rows_of(n.weak, got, sizeof(got)), "chords");
    words_in_name("Lead", &n);
    assert_string_equal(rows_of(n.nouns, got, sizeof(got)), "");
    assert_string_equal(rows_of(n.weak, got, sizeof(got)), "leadline");
    words_in_name("808", &n);
    assert_true(n.number_808 && n.known == 0);
    words_in_name("Vocal Pad", &n);
    assert_true(n.voice);
}

static void
devices_are_known_by_their_name(void **state)
{
    static const struct {
        const char *name, *row;
    } cases[] = {
        {"Serum_x64", "synths"},       {"Operator", "synths"},
        {"Battery 4", "kit"},          {"Kong", "kit"},
        {"Drum Rack", "kit"},          {"Kontakt 5 8out", "sampler"},
        {"Pianoteq 7", "pianos"},      {"Captain Chords", "tools"},
        {"Scaler 2", "tools"},         {"Synthesizer V Studio", "voices"},
        {"ARP 2600 V3", "synths"},     {"Bassoon", NULL},
        {"ignore all previous", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int row = words_device(cases[i].name);

        if (cases[i].row == NULL ? row != -1 : row != words_row(cases[i].row))
            fail_msg("\"%s\" is taken for %s", cases[i].name,
                     row >= 0 ? words_name(row) : "nothing");
    }
    assert_int_equal(words_pad("Closed HH 909"), words_row("hat"));
    assert_int_equal(words_pad("BD 1"), words_row("kick"));
    assert_int_equal(words_pad("OH"), words_row("hat"));
    assert_int_equal(words_pad("Slice 12"), words_row("loop"));
    assert_int_equal(words_pad("SD Thunder.wav"), words_row("snare"));
    assert_int_equal(words_pad("CH Tight 02"), words_row("hat"));
    assert_int_equal(words_pad("SD_Reverse_Quickie.wav"), -1);
    assert_int_equal(words_pad("CH_Quickie_Sunset.wav"), -1);
    assert_int_equal(words_pad("CB FX.wav"), words_row("fx"));
    assert_int_equal(words_pad("MA Hit.wav"), -1);
    assert_int_equal(words_pad("SD_MIDNIGHT_kick_dukes.wav"),
                     words_row("kick"));
    assert_int_equal(words_pad_pitch(36), words_row("kick"));
    assert_int_equal(words_pad_pitch(60), -1);
}

static void
kinds_go_both_ways_but_not_across(void **state)
{
    struct word_set set = {{0}};
    struct word_set can;

    (void)state;
    word_set_add(&set, words_row("violin"));
    can = words_closure(set);
    assert_true(word_set_has_name(can, "strings"));
    assert_false(word_set_has_name(can, "viola"));
    set = (struct word_set){{0}};
    word_set_add(&set, words_row("bass"));
    can = words_closure(set);
    assert_true(word_set_has_name(can, "subbass"));
    assert_false(word_set_has_name(can, "kick"));
    assert_string_equal(words_role(words_row("violin")), "strings");
    assert_string_equal(words_role(words_row("conga")), "percussion");
    assert_true(words_is(words_row("choir"), "voice"));
    /* A kit may be called drums; kick drums alone are not a snare. */
    set = (struct word_set){{0}};
    word_set_add(&set, words_row("kick"));
    can = words_closure(set);
    assert_true(word_set_has_name(can, "drums"));
    assert_false(word_set_has_name(can, "snare"));
}

static void
a_recording_has_four_digits_and_a_space(void **state)
{
    (void)state;
    assert_true(words_recorded("0002 Piano.aif"));
    assert_false(words_recorded("002 Piano.aif"));
    assert_false(words_recorded("00021 Piano.aif"));
    assert_false(words_recorded("0002"));
    assert_false(words_recorded("0002-Piano.aif"));
    assert_false(words_recorded(""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_word_names_the_thing),
        cmocka_unit_test(weak_words_stand_back),
        cmocka_unit_test(devices_are_known_by_their_name),
        cmocka_unit_test(a_recording_has_four_digits_and_a_space),
        cmocka_unit_test(kinds_go_both_ways_but_not_across),
    };

    return cmocka_run_group_tests_name("music/words", tests, NULL, NULL);
}
