/* The distance from note to note, chords as one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "music/spacing.h"

static void
it_is_the_usual_one(void **state)
{
    static const double line[] = {0, 0.5, 1, 1.5, 8};

    (void)state;
    assert_true(spacing_median(line, 5) == 0.5);
}

static void
notes_of_a_chord_begin_together(void **state)
{
    static const double chords[] = {0, 0, 0.03, 1, 1, 1, 2, 2.02, 2.04};

    (void)state;
    assert_true(spacing_median(chords, 9) == 1);
}

static void
a_single_note_has_none(void **state)
{
    static const double chord[] = {4, 4, 4};

    (void)state;
    assert_true(spacing_median(NULL, 0) == 0);
    assert_true(spacing_median(chord, 1) == 0);
    assert_true(spacing_median(chord, 3) == 0);
}

static void
what_is_even_comes_round_in_equal_steps(void **state)
{
    static const uint16_t even[] = {0x1111, 0x2222, 0x0101, 0x8080,
                                    0x0008, 0x8000, 0x5555, 0xffff};
    static const uint16_t uneven[] = {0, 0x1011, 0x0401, 0x1113, 0x0003};

    (void)state;
    for (size_t i = 0; i < sizeof(even) / sizeof(*even); i++)
        assert_true(spacing_even(even[i]));
    for (size_t i = 0; i < sizeof(uneven) / sizeof(*uneven); i++)
        assert_false(spacing_even(uneven[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_usual_one),
        cmocka_unit_test(notes_of_a_chord_begin_together),
        cmocka_unit_test(a_single_note_has_none),
        cmocka_unit_test(what_is_even_comes_round_in_equal_steps),
    };

    return cmocka_run_group_tests_name("music/spacing", tests, NULL, NULL);
}
