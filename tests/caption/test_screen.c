/* What no caption may contain, reported with its place; and what only looks
 * like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "caption/screen.h"

/* "field:said" of each warning, with blanks between them. */
static void
assert_told(const char *text, const char *artist, const char *told)
{
    auto_json json_object *warnings = json_object_new_array();
    auto_buf struct buf b = BUF_INIT(4096);

    screen_check(text, artist, warnings);
    for (size_t i = 0; i < json_object_array_length(warnings); i++) {
        json_object *w = json_object_array_get_idx(warnings, i);

        (void)buf_addf(&b, "%s%s:%s", i > 0 ? " " : "", json_text(w, "field"),
                       json_text(w, "said"));
    }
    if (strcmp(buf_str(&b), told) != 0)
        fail_msg("\"%s\": %s", text, buf_str(&b));
}

static void
what_is_no_sound_is_told(void **state)
{
    (void)state;
    assert_told("House, see https://x.example/a?b.", NULL,
                "link:https://x.example/a?b");
    assert_told("House (soundcloud.com/someone)", NULL,
                "link:soundcloud.com/someone");
    assert_told("House by @dj_x, mail dj.x@mail.co.uk", NULL,
                "email:@dj_x email:dj.x@mail.co.uk");
    assert_told("House, call 030-1234567 now", NULL, "phone:030-1234567");
    assert_told("House, +1 (555) 010-9999", NULL, "phone:+1 (555) 010-9999");
    assert_told("Deep house in the style of nils X.", "Nils  X",
                "artist:nils X");
    assert_told("\xc3\x9c: call 0301234567 or x@y.de", NULL,
                "phone:0301234567 email:x@y.de");
}

static void
what_is_sound_is_left_alone(void **state)
{
    (void)state;
    assert_told("Deep house, 124.50 BPM, TR-808 kick, 909 hats, 6/8, 1:30",
                NULL, "");
    assert_told("Deep.house from 1987 to 1991, 120 to 128 BPM", NULL, "");
    assert_told("Rolling bass and drums", "Bass", "");
    assert_told("Rolling drums", "Dr", "");
    assert_told("Garbagey noise, no garbageman", "Garbage", "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_no_sound_is_told),
        cmocka_unit_test(what_is_sound_is_left_alone),
    };

    return cmocka_run_group_tests_name("caption/screen", tests, NULL, NULL);
}
