/*
 * Goal: rounds work as long as there is work, sleep until they are poked, and
 * end at once, whatever they are at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "save/rounds.h"

#define NEVER_SEC 3600 /* only a poke comes before it */
#define PATIENCE_MS 20000

/* What there is to do, and what was done. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int waiting, done, idle;
    bool away, held;
} at = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static int
work(struct app *app, struct err *err)
{
    int n = 0;

    (void)app;
    pthread_mutex_lock(&at.lock);
    while (at.held)
        pthread_cond_wait(&at.changed, &at.lock);
    if (at.away) {
        n = err_set(err, ERR_STORAGE, "away");
    } else if (at.waiting > 0) {
        at.waiting--;
        at.done++;
        n = 1;
    }
    if (n < 1)
        at.idle++;
    pthread_cond_broadcast(&at.changed);
    pthread_mutex_unlock(&at.lock);
    return n;
}

/* Until *number is at least n. */
static void
until(const int *number, int n)
{
    int64_t end = clock_mono_ms() + PATIENCE_MS;

    pthread_mutex_lock(&at.lock);
    while (*number < n && clock_wait(&at.changed, &at.lock, end) == 0)
        continue;
    assert_true(*number >= n);
    pthread_mutex_unlock(&at.lock);
}

static void
give(int n, bool away)
{
    pthread_mutex_lock(&at.lock);
    at.waiting = n;
    at.away = away;
    at.done = at.idle = 0;
    pthread_mutex_unlock(&at.lock);
}

static void
they_work_until_there_is_nothing(void **state)
{
    struct rounds r = ROUNDS_INIT("test", NEVER_SEC, work);
    struct err err = ERR_INIT;

    (void)state;
    give(5, false);
    assert_int_equal(rounds_start(&r, NULL, 3, &err), 0);
    assert_int_equal(r.n, 3);
    until(&at.done, 5);
    until(&at.idle, 3); /* each looked once more, and sleeps */
    give(2, false);
    rounds_poke(&r);
    until(&at.done, 2);
    rounds_stop(&r);
    assert_int_equal(r.n, 0);
}

static void
what_is_away_is_asked_again_after_a_poke(void **state)
{
    struct rounds r = ROUNDS_INIT("test", NEVER_SEC, work);
    struct err err = ERR_INIT;

    (void)state;
    give(1, true);
    assert_int_equal(rounds_start(&r, NULL, 1, &err), 0);
    until(&at.idle, 1);
    give(1, false);
    rounds_poke(&r);
    until(&at.done, 1);
    rounds_stop(&r);
}

/* A poke that comes while the work is looked for counts for the next look. */
static void
no_poke_is_lost(void **state)
{
    struct rounds r = ROUNDS_INIT("test", NEVER_SEC, work);
    struct err err = ERR_INIT;

    (void)state;
    give(0, false);
    at.held = true;
    assert_int_equal(rounds_start(&r, NULL, 1, &err), 0);
    rounds_poke(&r);
    pthread_mutex_lock(&at.lock);
    at.held = false;
    pthread_cond_broadcast(&at.changed);
    pthread_mutex_unlock(&at.lock);
    until(&at.idle, 2);
    rounds_stop(&r);
}

static void
the_last_artist_is_kept(void **state)
{
    struct rounds r = ROUNDS_INIT("test", NEVER_SEC, work);
    char artist[UUID_LEN + 1];

    (void)state;
    rounds_last(&r, artist);
    assert_string_equal(artist, "");
    rounds_had(&r, "00000000-0000-4000-8000-000000000001");
    rounds_last(&r, artist);
    assert_string_equal(artist, "00000000-0000-4000-8000-000000000001");
    rounds_had(&r, NULL);
    rounds_last(&r, artist);
    assert_string_equal(artist, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_work_until_there_is_nothing),
        cmocka_unit_test(what_is_away_is_asked_again_after_a_poke),
        cmocka_unit_test(no_poke_is_lost),
        cmocka_unit_test(the_last_artist_is_kept),
    };

    return cmocka_run_group_tests_name("save/rounds", tests, NULL, NULL);
}
