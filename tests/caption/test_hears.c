/*
 * Goal: audio is sent in its place within a question, piece by piece; tokens
 * decide whether it was heard; a track's lyrics are not its caption; each word
 * of a caption has a source.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "caption/clips.h"
#include "caption/ear.h"
#include "caption/fields.h"
#include "caption/form.h"
#include "caption/talk.h"
#include "ingest/base64.h"

static void
add_file(struct clips *cs, const void *bytes, size_t n)
{
    struct clip c = {.fd = memfd_create("clip", MFD_CLOEXEC),
                     .bytes = (int64_t)n,
                     .start_sec = 61.5,
                     .seconds = 30,
                     .position = -1};

    assert_int_equal(write(c.fd, bytes, n), (ssize_t)n);
    clips_add(cs, &c);
}

/* All that is sent, in pieces of `size`. */
static char *
sent(const struct talk *t, const struct clips *cs, size_t size)
{
    struct buf b = BUF_INIT(1 << 20);
    auto_free char *piece = xmalloc(size);
    struct body body;
    ssize_t n;

    body_open(&body, t->text, cs, t->marker);
    while ((n = body_read(&body, piece, size)) > 0)
        assert_int_equal(buf_add(&b, piece, (size_t)n), 0);
    assert_int_equal(n, 0);
    assert_int_equal(b.len, (size_t)body.len);
    return buf_steal(&b);
}

static void
it_stands_where_it_belongs(void **state)
{
    static const size_t sizes[] = {4, 5, 7, 64, 1000, 100000};
    unsigned char bytes[5000];
    char text[BASE64_LEN(sizeof(bytes)) + 1];
    auto_clips struct clips cs = {.format = "mp3"};
    auto_talk struct talk t = TALK_INIT;

    (void)state;
    id_random(bytes, sizeof(bytes));
    text[base64_encode(bytes, sizeof(bytes), text)] = '\0';
    add_file(&cs, bytes, sizeof(bytes));
    add_file(&cs, bytes, 1);
    add_file(&cs, bytes, 2);
    talk_add(&t, "system", "listen");
    talk_add(&t, "user", "{\"facts\":\"\\u0000 -0 -1\"}");
    talk_sound(&t, 1, &cs);
    talk_address(&t, json_object_new_object());
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        auto_free char *all = sent(&t, &cs, sizes[i]);
        struct err err = ERR_INIT;
        auto_json json_object *o = json_parse_object(all, strlen(all), &err);
        json_object *parts = json_at(
            json_object_array_get_idx(json_at(o, "messages"), 1), "content");
        json_object *first =
            json_at(json_object_array_get_idx(parts, 2), "input_audio");

        assert_int_equal(json_object_array_length(parts), 7);
        assert_string_equal(json_text(first, "data"), text);
        assert_string_equal(json_text(first, "format"), "mp3");
        assert_non_null(strstr(all, "from second 61.5"));
    }
    assert_null(strstr(t.text, text)); /* it was never held */
}

/* The text stays the same, with its audio or without. */
static void
it_can_be_taken_away(void **state)
{
    auto_clips struct clips cs = {.format = "mp3"};
    auto_talk struct talk t = TALK_INIT;
    auto_free char *before = NULL, *after = NULL;
    long bytes;

    (void)state;
    add_file(&cs, "abc", 3);
    talk_add(&t, "user", "the set");
    bytes = talk_bytes(&t);
    talk_sound(&t, 0, &cs);
    assert_int_equal(talk_bytes(&t), bytes);
    before = talk_content(&t, 0);
    assert_string_equal(before, "the set");
    talk_replace(&t, 0, "the same set");
    talk_mute(&t, "it is deaf");
    after = talk_content(&t, 0);
    assert_string_equal(after, "the same set");
    assert_string_equal(t.muted, "it is deaf");
    talk_address(&t, json_object_new_object());
    assert_null(strstr(t.text, "input_audio"));
}

static enum heard
judged(long prompt, long audio, long bytes, double sec)
{
    struct conf conf = {.openai_model = (char *)"m"};
    struct ear_count c = {prompt, audio, bytes, sec};

    return ear_judge(&conf, &c);
}

static void
tokens_tell_whether_it_heard(void **state)
{
    struct conf conf = {.openai_model = (char *)"m"};

    (void)state;
    ear_forget();
    assert_int_equal(judged(1000, -1, 4000, 0), HEARD_NOTHING);
    assert_int_equal(judged(1100, 100, 4000, 30), HEARD_YES);
    assert_false(ear_is_deaf(&conf));
    assert_int_equal(judged(1000, 0, 4000, 30), HEARD_NOT);
    assert_true(ear_is_deaf(&conf));
    assert_int_equal(judged(1300, -1, 4000, 30), HEARD_YES);
    assert_int_equal(judged(1010, -1, 4000, 30), HEARD_NOT);
    assert_int_equal(judged(0, -1, 4000, 30), HEARD_MAYBE);
    ear_forget();
    assert_false(ear_is_deaf(&conf));
    assert_int_equal(judged(1300, -1, 4000, 30), HEARD_MAYBE);
    assert_int_equal(judged(100, -1, 4000, 30), HEARD_NOT);
}

static void
words_of_a_track_are_no_caption(void **state)
{
    static const char *const bad[] = {
        "I want to be with you, my love, take me home",
        "A voice sings \"come a little closer to me\"",
        "Transcription: deep house is what we play",
        "La la la la la, deep house",
        "Ein treibender Techno-Track mit einer warmen Bassline, 124 BPM",
        "Une ligne de basse avec des pads, 124 BPM",
        "Deep house con una linea de bajo y pads, 124 BPM",
        "\xe6\x9a\x96\xe3\x81\x8b\xe3\x81\x84\xe3\x83\x99\xe3\x83\xbc\xe3\x82"
        "\xb9, 124 BPM",
    };
    static const char *const good[] = {
        "Deep house with a breathy female vocal and hi-hats, 124 BPM, A minor",
        "Techno con brio, rolling bass and a chant, 130 BPM",
        "Four-on-the-floor kick, \"wah\" guitar and pads in A minor",
        "Fado-tinged house with a portuguese voice and la-la backing vocals",
        "\xf0\x9f\x8e\xb9 House at 128 BPM in D major with saxophone",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        if (form_fault(bad[i]) == NULL)
            fail_msg("taken: %s", bad[i]);
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        if (form_fault(good[i]) != NULL)
            fail_msg("refused: %s: it %s", good[i], form_fault(good[i]));
}

static json_object *
object_of(const char *text)
{
    struct err err = ERR_INIT;
    json_object *o = json_parse_object(text, strlen(text), &err);

    assert_non_null(o);
    return o;
}

/* Each word of a text is the set's, the schema's or the user's; removed words
 * have no source any more. */
static void
words_rest_on_something(void **state)
{
    static const char text[] = "Warm house with gritty bass at 124 BPM";
    auto_json json_object *set =
        object_of("{\"tempo\":124,\"tracks\":[{\"name\":\"Bass\"}]}");
    auto_json json_object *schema = object_of("{\"moods\":[\"warm\"]}");
    auto_json json_object *fields = NULL;
    auto_facts struct facts f = {0};
    auto_style struct style s = {0};
    json_object *rests;

    (void)state;
    facts_read(&f, set);
    style_read(&s, schema);
    fields = fields_by_hand(text, &f, &s);
    rests = json_at(fields, "evidence");
    assert_string_equal(json_text(rests, "124 BPM"), "stated");
    assert_string_equal(json_text(rests, "bass"), "stated");
    assert_string_equal(json_text(rests, "warm"), "schema");
    assert_string_equal(json_text(rests, "gritty"), "person");
    assert_string_equal(json_text(rests, "house"), "person");
    assert_null(json_at(rests, "with"));
    assert_null(json_at(rests, "Warm"));

    fields_edit(fields, text, "Warm house with a piano at 124 BPM");
    rests = json_at(fields, "evidence");
    assert_null(json_at(rests, "bass"));
    assert_null(json_at(rests, "gritty"));
    assert_string_equal(json_text(rests, "piano"), "person");
    assert_string_equal(json_text(rests, "house"), "person");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_stands_where_it_belongs),
        cmocka_unit_test(it_can_be_taken_away),
        cmocka_unit_test(tokens_tell_whether_it_heard),
        cmocka_unit_test(words_of_a_track_are_no_caption),
        cmocka_unit_test(words_rest_on_something),
    };

    return cmocka_run_group_tests_name("caption/hears", tests, NULL, NULL);
}
