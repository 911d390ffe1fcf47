/*
 * db/windows: stored windows come back in order; a new cut keeps what a user
 * wrote if its bars stay and returns the rest; a change touches the item; other
 * audio makes them wait.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "cluster.h"
#include "db/pg.h"
#include "db/windows.h"
#include "rows.h"

static const char hostile[] = "'; DROP \"$1\" \\ \xf0\x9f\x8e\x9b\n{}";

/* n windows of 8 bars, 16 s; bars false: without alignment. */
static void
cut(struct windows *ws, int n, double first_bar, bool bars)
{
    ws->n = (size_t)n;
    ws->v = xcalloc((size_t)n, sizeof(*ws->v));
    for (int i = 0; i < n; i++) {
        struct window *w = &ws->v[i];

        w->start_sec = i * 16.0;
        w->end_sec = i * 16.0 + 16;
        w->start_bar = bars ? first_bar + i * 8 : (double)NAN;
        w->bars = bars ? 8 : (double)NAN;
        w->prompt_text = xasprintf("caption %d %s", i, hostile);
        w->section = i == 0 ? xstrdup("intro") : NULL;
        w->sounds = json_tokener_parse("[\"kick\", \"pads\"]");
        w->source = xstrdup("embedded");
        w->known = bars;
        w->generated_at = 1700000000;
    }
}

static void
put(struct db *db, const char *item, int n, double first_bar, bool bars,
    bool keep, struct windows *ret_gone)
{
    auto_windows struct windows ws = {0};
    struct err err = ERR_INIT;

    cut(&ws, n, first_bar, bars);
    assert_fine(
        windows_replace(db, item, sha_one, NULL, keep, &ws, ret_gone, &err),
        err);
}

static void
change(struct db *db, const char *item, int position, const char *text,
       const bool *excluded)
{
    auto_window struct window w = {0};
    struct err err = ERR_INIT;

    assert_fine(
        window_change(db, item, position, text, NULL, NULL, excluded, &w, &err),
        err);
    if (text != NULL)
        assert_string_equal(w.prompt_text, text);
}

static void
test_they_come_back(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_free char *item = save(db, artist, "set");
    auto_windows struct windows ws = {0}, gone = {0};
    auto_window struct window one = {0};
    struct err err = ERR_INIT;

    assert_fine(windows_list(db, item, &ws, &err), err);
    assert_int_equal(ws.n, 0);
    windows_release(&ws);
    put(db, item, 3, 1, true, true, &gone);
    assert_int_equal(gone.n, 0);
    assert_fine(windows_list(db, item, &ws, &err), err);
    assert_int_equal(ws.n, 3);
    assert_int_equal(ws.v[2].position, 2);
    assert_true(ws.v[1].start_sec == 16 && ws.v[1].end_sec == 32);
    assert_true(ws.v[1].start_bar == 9 && ws.v[1].bars == 8);
    assert_string_equal(ws.v[0].section, "intro");
    assert_non_null(strstr(ws.v[0].prompt_text, hostile));
    assert_int_equal(json_object_array_length(ws.v[0].sounds), 2);
    assert_int_equal(json_object_array_length(ws.v[0].warnings), 0);
    assert_true(ws.v[0].known && !ws.v[0].edited && !ws.v[0].excluded);
    assert_int_equal(ws.v[0].generated_at, 1700000000);
    assert_fine(window_get(db, item, 1, &one, &err), err);
    assert_null(one.section);
    assert_int_equal(window_get(db, item, 3, &one, &err), -1);
    assert_err(err, ERR_WINDOW_NOT_FOUND);
    assert_int_equal(windows_list(db, NOWHERE, &ws, &err), -1);
    assert_err(err, ERR_ITEM_NOT_FOUND);
    windows_release(&gone);
    windows_release(&ws);
    put(db, item, 2, 0, false, true, &gone);
    assert_fine(windows_list(db, item, &ws, &err), err);
    assert_true(isnan(ws.v[0].bars) && !ws.v[0].known);
}

static void
test_what_a_person_wrote_stays(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_free char *item = save(db, artist, "set");
    auto_windows struct windows ws = {0}, gone = {0};
    struct err err = ERR_INIT;
    bool out = true;

    put(db, item, 4, 1, true, true, &gone);
    windows_release(&gone);
    change(db, item, 1, "mine, from bar 9", NULL);
    change(db, item, 2, "mine, from bar 17", &out);
    change(db, item, 3, NULL, &out);
    /* From bar 9 on: the one of bar 9 is the first now. */
    put(db, item, 1, 9, true, true, &gone);
    assert_int_equal(gone.n, 1);
    assert_string_equal(gone.v[0].prompt_text, "mine, from bar 17");
    windows_release(&gone);
    assert_fine(windows_list(db, item, &ws, &err), err);
    assert_string_equal(ws.v[0].prompt_text, "mine, from bar 9");
    assert_true(ws.v[0].edited && !ws.v[0].excluded);
    windows_release(&ws);

    put(db, item, 4, 1, true, true, &gone); /* an excluded one was included
                                             * again */
    windows_release(&gone);
    change(db, item, 3, NULL, &out);
    put(db, item, 4, 1, true, true, &gone);
    windows_release(&gone);
    assert_fine(windows_list(db, item, &ws, &err), err);
    assert_true(ws.v[3].excluded && !ws.v[3].edited);
    assert_true(ws.v[1].edited);
    windows_release(&ws);

    put(db, item, 4, 1, true, false, &gone); /* unless asked otherwise */
    assert_int_equal(gone.n, 1);
    assert_fine(windows_list(db, item, &ws, &err), err);
    assert_true(!ws.v[1].edited && !ws.v[3].excluded);
}

static void
test_seconds_where_there_are_no_bars(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_free char *item = save(db, artist, "set");
    auto_windows struct windows ws = {0}, gone = {0};
    struct err err = ERR_INIT;

    put(db, item, 2, 0, false, true, &gone);
    windows_release(&gone);
    change(db, item, 1, "mine", NULL);
    put(db, item, 2, 0, false, true, &gone);
    assert_int_equal(gone.n, 0);
    windows_release(&gone);
    put(db, item, 2, 1, true, true, &gone); /* aligned now: other places */
    assert_int_equal(gone.n, 1);
    assert_fine(windows_list(db, item, &ws, &err), err);
    assert_false(ws.v[1].edited);
}

static char *
content_at(struct db *db, const char *item)
{
    struct err err = ERR_INIT;
    auto_pg struct pg *tx = pg_begin(db, &err);
    auto_rows struct rows *r = pg_read(
        tx, PG_ONE, &err, "SELECT content_at FROM training_items WHERE id = $1",
        1, P(item));

    assert_non_null(r);
    return rows_text(r, 0, 0);
}

static void
test_an_export_sees_the_change(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_free char *item = save(db, artist, "set");
    auto_windows struct windows gone = {0};
    auto_free char *first = content_at(db, item);
    auto_free char *second = NULL;
    auto_free char *third = NULL;

    put(db, item, 2, 1, true, true, &gone);
    second = content_at(db, item);
    assert_string_not_equal(first, second);
    change(db, item, 0, "mine", NULL);
    third = content_at(db, item);
    assert_string_not_equal(second, third);
}

static void
test_they_wait_for_other_audio(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_free char *item = save(db, artist, "set");
    auto_windows struct windows ws = {0}, late = {0}, gone = {0};
    auto_windows_state struct windows_state was = {0};
    struct windows of = {0};
    struct window one = {0};
    struct audio_facts audio = {0};
    struct err err = ERR_INIT;

    put(db, item, 2, 1, true, true, &gone);
    fill_audio(&audio, sha_two, 100);
    assert_fine(item_set_audio(db, item, "artists/x/training/y/audio.mp3",
                               &audio, NULL, &err),
                err);
    assert_fine(windows_list(db, item, &ws, &err), err);
    assert_int_equal(ws.n, 0);
    assert_int_equal(window_get(db, item, 0, &one, &err), -1);
    assert_err(err, ERR_WINDOW_NOT_FOUND);
    assert_fine(windows_of(db, P(item), 1, &of, &err), err);
    assert_int_equal(of.n, 0);
    free(of.v);
    assert_fine(windows_state(db, item, &was, &err), err);
    assert_true(was.all.n == 2 && was.all.v[1].waiting && !was.cut);
    /* Those that were made of the old audio come too late. */
    cut(&late, 2, 1, true);
    assert_int_equal(
        windows_replace(db, item, sha_one, NULL, true, &late, &gone, &err), -1);
    assert_err(err, ERR_CONFLICT);
    free(audio.format);
    free(audio.sha256);
}

static void
test_they_go_along_with_a_bounce_that_replaces(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_free char *item = save(db, artist, "set");
    auto_free char *known = NULL;
    auto_free char *other = NULL;
    auto_item struct item now = {0};
    auto_windows struct windows gone = {0}, mine = {0};
    auto_windows_state struct windows_state was = {0};
    struct window_rule rule = {16, 4, false};
    struct err err = ERR_INIT;
    bool rested;

    cut(&mine, 2, 1, true);
    assert_fine(
        windows_replace(db, item, sha_one, &rule, true, &mine, &gone, &err),
        err);
    change(db, item, 1, "mine", NULL);
    fill_item(&now, artist, "set");
    assert_fine(item_insert_as(db, &now, EXISTS_REPLACE, NULL, NULL, &known,
                               &other, &err),
                err);
    assert_string_equal(other, item);
    assert_fine(windows_state(db, now.id, &was, &err), err);
    assert_true(was.all.n == 2 && was.all.v[0].waiting && was.cut);
    assert_true(was.rule.max_sec == 16 && was.rule.min_sec == 4);
    assert_true(was.all.v[1].edited && was.all.v[1].start_bar == 9);
    assert_string_equal(was.all.v[1].prompt_text, "mine");

    /* The old one has its own still. */
    assert_fine(item_restore(db, item, &rested, &err), err);
    windows_release(&gone);
    assert_fine(windows_list(db, item, &gone, &err), err);
    assert_int_equal(gone.n, 2);
    assert_string_equal(gone.v[1].prompt_text, "mine");
}

/* With a caption, in its transaction; not if they changed in the meantime. */
static void
test_they_are_made_anew(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_free char *item = save(db, artist, "set");
    auto_windows struct windows ws = {0}, gone = {0};
    auto_windows_state struct windows_state was = {0};
    auto_item struct item it = {0};
    struct window_rule rule = {16, 4, false};
    struct windows_made made = {.any = true, .audio_sha256 = sha_one};
    struct err err = ERR_INIT;

    cut(&made.ws, 2, 1, true);
    assert_fine(
        windows_replace(db, item, sha_one, &rule, true, &made.ws, &gone, &err),
        err);
    assert_fine(windows_state(db, item, &was, &err), err);
    assert_true(was.cut && was.rule.max_sec == 16 && was.rule.min_sec == 4);
    made.content = was.content;
    made.ws.v[1].waiting = true;
    change(db, item, 0, "mine", NULL);
    assert_int_equal(
        item_set_prompt(db, item, "p", "techno", NULL, NULL, &made, &err), -1);
    assert_err(err, ERR_CONFLICT);
    assert_fine(windows_list(db, item, &ws, &err), err);
    assert_string_equal(ws.v[0].prompt_text, "mine");
    windows_release(&ws);
    assert_fine(item_get(db, item, &it, &err), err);
    assert_string_not_equal(it.prompt_text, "techno");

    windows_state_release(&was);
    assert_fine(windows_state(db, item, &was, &err), err);
    made.content = was.content;
    assert_fine(
        item_set_prompt(db, item, "p", "techno", NULL, NULL, &made, &err), err);
    assert_fine(windows_list(db, item, &ws, &err), err);
    assert_int_equal(ws.n, 1);
    assert_string_not_equal(ws.v[0].prompt_text, "mine");
    windows_release(&made.ws);
}

static void
test_an_export_gets_those_that_count(void **state)
{
    struct db *db = ((struct cluster *)*state)->db;
    auto_free char *artist = some_artist(db);
    auto_free char *a = save(db, artist, "set");
    auto_free char *b = save(db, artist, "set");
    auto_free char *none = save(db, artist, "set");
    auto_windows struct windows gone = {0};
    struct windows of[3] = {0};
    struct err err = ERR_INIT;
    bool out = true;

    put(db, a, 3, 1, true, true, &gone);
    windows_release(&gone);
    put(db, b, 2, 1, true, true, &gone);
    change(db, a, 1, NULL, &out);
    assert_fine(windows_of(db, P(b, none, a), 3, of, &err), err);
    assert_int_equal(of[0].n, 2);
    assert_int_equal(of[1].n, 0);
    assert_int_equal(of[2].n, 2);
    assert_int_equal(of[2].v[1].position, 2);
    windows_release(&of[0]);
    windows_release(&of[1]);
    windows_release(&of[2]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_they_come_back),
        cmocka_unit_test(test_what_a_person_wrote_stays),
        cmocka_unit_test(test_seconds_where_there_are_no_bars),
        cmocka_unit_test(test_an_export_sees_the_change),
        cmocka_unit_test(test_they_wait_for_other_audio),
        cmocka_unit_test(test_they_go_along_with_a_bounce_that_replaces),
        cmocka_unit_test(test_they_are_made_anew),
        cmocka_unit_test(test_an_export_gets_those_that_count),
    };

    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - windows # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/windows", tests, cluster_setup,
                                       cluster_teardown);
}
