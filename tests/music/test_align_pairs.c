/*
 * Goal: encoders do not hide a bounce's set: MP3 and Opus of a song are found
 * in their place; a real bounce is found in its set and in no other of the
 * fixtures; and recordings contradict no known key. Missing encoders and
 * fixtures are skipped, with a message.
 *
 * With TRAINMODE_TEST_COST=1 it prints the cost of comparisons, which nobody
 * can pass or fail.
 */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "als/summary.h"
#include "audio/analysis.h"
#include "base/json.h"
#include "base/mem.h"
#include "music/align.h"
#include "music/witness.h"
#include "song.h"

#define RATE 44100
#define FIXTURES SRCDIR "/../shared/fixtures"
#define MOST_SETS 64
#define BOUNCES 40

/* ---- files ---- */

static struct sound *
sound_of(const char *path)
{
    struct audio_analysis a = {0};
    struct audio_probe p;
    struct sound *sound;
    struct err err = ERR_INIT;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    assert_true(fd != -1);
    assert_int_equal(audio_probe_fd(fd, &p, &err), 0);
    assert_int_equal(audio_analyze(fd, &p, NULL, &a, &err), 0);
    (void)close(fd);
    sound = steal(&a.sound);
    audio_analysis_release(&a);
    return sound;
}

static void
put(unsigned char *to, uint32_t n, int bytes)
{
    for (int i = 0; i < bytes; i++)
        to[i] = (unsigned char)(n >> (8 * i));
}

/* 16 bits, mono. */
static void
write_wav(const char *path, const float *v, size_t n)
{
    unsigned char head[44] = "RIFF....WAVEfmt ";
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    put(head + 4, (uint32_t)(36 + 2 * n), 4);
    put(head + 16, 16, 4);
    put(head + 20, 1, 2);
    put(head + 22, 1, 2);
    put(head + 24, RATE, 4);
    put(head + 28, RATE * 2, 4);
    put(head + 32, 2, 2);
    put(head + 34, 16, 2);
    memcpy(head + 36, "data", 4);
    put(head + 40, (uint32_t)(2 * n), 4);
    assert_int_equal(fwrite(head, 1, sizeof(head), f), sizeof(head));
    for (size_t i = 0; i < n; i++) {
        unsigned char two[2];

        put(two, (uint32_t)(int32_t)lroundf(v[i] * 30000), 2);
        assert_int_equal(fwrite(two, 1, 2, f), 2);
    }
    assert_int_equal(fclose(f), 0);
}

/* ---- encoders ---- */

/* $IN and $OUT are the files. late: seconds that a decoder may add if no tag
 * gives the delay. */
static const struct encoder {
    const char *name, *needs, *command, *ending;
    double late;
} encoders[] = {
    {"MP3 at 128, with a tag", "lame", "lame --quiet -b 128 $IN $OUT", "mp3",
     0.02},
    {"MP3 at 64, without a tag", "lame", "lame --quiet -t -b 64 $IN $OUT",
     "mp3", 0.06},
    {"MP3, variable", "lame", "lame --quiet -V 5 $IN $OUT", "mp3", 0.02},
    {"Opus at 48", "ffmpeg",
     "ffmpeg -v error -y -i $IN -c:a libopus -b:a 48k $OUT", "ogg", 0.02},
    {"Vorbis", "ffmpeg",
     "ffmpeg -v error -y -i $IN -ac 2 -c:a libvorbis -q:a 1 $OUT", "ogg", 0.02},
};

/* The encoder's result for the file in `dir`; NULL if it is not installed. */
static struct sound *
encoded(const struct encoder *e, const char *dir)
{
    auto_free char *in = xasprintf("%s/in.wav", dir);
    auto_free char *out = xasprintf("%s/out.%s", dir, e->ending);
    auto_free char *look = xasprintf("command -v %s >/dev/null 2>&1", e->needs);
    struct sound *s;

    if (system(look) != 0) {
        print_message("skipped: %s, there is no %s\n", e->name, e->needs);
        return NULL;
    }
    assert_int_equal(setenv("IN", in, 1) | setenv("OUT", out, 1), 0);
    assert_int_equal(system(e->command), 0);
    s = sound_of(out);
    assert_int_equal(unlink(out), 0);
    return s;
}

/* Each encoder, with a song from bar 9 on: the song's own set and one of the
 * same tempo. */
static void
test_encoders(void **state)
{
    static const struct song usual = {.seed = 5, .bpm = 124, .bars = 48};
    static const struct song alike = {.seed = 21, .bpm = 124, .bars = 48};
    auto_timeline struct timeline *t = song_timeline(&usual);
    auto_timeline struct timeline *other = song_timeline(&alike);
    double from = 8 * 4 * 60 / 124.0;
    size_t n, skip = (size_t)(from * RATE);
    auto_free float *v = song_play(t, RATE, &n);
    char dir[] = "/tmp/trainmode-align.XXXXXX";
    auto_free char *in = NULL;

    (void)state;
    assert_non_null(mkdtemp(dir));
    in = xasprintf("%s/in.wav", dir);
    write_wav(in, v + skip, n - skip);
    for (size_t i = 0; i < sizeof(encoders) / sizeof(encoders[0]); i++) {
        const struct encoder *e = &encoders[i];
        auto_sound struct sound *s = encoded(e, dir);
        auto_align struct align *a = s != NULL ? align_open(s) : NULL;
        struct alignment r;

        if (a == NULL)
            continue;
        align_with(a, t, true, &r);
        print_message("%s: %s, %.0f ms off, coverage %.2f\n", e->name,
                      align_verdict_name(r.verdict), 1000 * (r.offset - from),
                      r.coverage);
        assert_int_equal(r.verdict, ALIGN_SAME);
        assert_true(fabs(r.offset - from) <= e->late);
        assert_true(r.coverage > 0.7 && fabs(r.drift) < 0.0005);
        align_with(a, other, true, &r);
        assert_int_not_equal(r.verdict, ALIGN_SAME);
    }
    assert_int_equal(unlink(in), 0);
    assert_int_equal(rmdir(dir), 0);
}

/* ---- the fixtures ---- */

struct shelf {
    json_object *summary[MOST_SETS];
    struct timeline *t[MOST_SETS];
    char *name[MOST_SETS];
    size_t n;
};

static void
shelf_release(struct shelf *s)
{
    for (size_t i = 0; i < s->n; i++) {
        json_object_put(s->summary[i]);
        timeline_close(s->t[i]);
        free(s->name[i]);
    }
}

static void
add_set(struct shelf *s, const char *dir, const char *file)
{
    auto_free char *path = xasprintf("%s/%s/%s", FIXTURES, dir, file);
    json_object *summary;
    struct err err = ERR_INIT;
    size_t n = strlen(file);

    if (n < 4 || strcmp(file + n - 4, ".als") != 0 || s->n == MOST_SETS)
        return;
    summary = als_summary_from_file(path, file, NULL, &err);
    assert_non_null(summary);
    s->summary[s->n] = summary;
    s->name[s->n] = xstrdup(file);
    s->t[s->n++] = timeline_open(summary);
}

static void
add_folder(struct shelf *s, const char *dir)
{
    auto_free char *path = xasprintf("%s/%s", FIXTURES, dir);
    DIR *d = opendir(path);

    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;)
        add_set(s, dir, e->d_name);
    (void)closedir(d);
}

static double
cpu_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool
shelf_open(struct shelf *s)
{
    if (access(FIXTURES "/pairs", R_OK) != 0) {
        print_message("skipped: %s is not there\n", FIXTURES "/pairs");
        return false;
    }
    add_folder(s, "pairs");
    add_folder(s, "als");
    return true;
}

/* The real bounce against its set and all others, and what each takes once
 * the bounce's own transforms are made. */
static void
test_fixtures(void **state)
{
    auto_cleanup(shelf_release) struct shelf shelf = {0};
    auto_sound struct sound *s = NULL;
    auto_align struct align *a = NULL;

    (void)state;
    if (!shelf_open(&shelf))
        return;
    s = sound_of(FIXTURES "/pairs/ayy.mp3");
    a = align_open(s);
    for (size_t i = 0; i < shelf.n; i++) {
        bool own = strcmp(shelf.name[i], "ayy.als") == 0;
        struct alignment r;
        double began, first;

        began = cpu_ms();
        align_with(a, shelf.t[i], false, &r);
        first = cpu_ms() - began;
        began = cpu_ms();
        align_with(a, shelf.t[i], false, &r);
        print_message("%-32s %-10s score %6.3f at %8.3f, coverage %.3f, "
                      "%5.2f ms, the first time %5.2f\n",
                      shelf.name[i], align_verdict_name(r.verdict), r.score,
                      r.offset, r.coverage, cpu_ms() - began, first);
        if (own)
            assert_true(fabs(r.offset - 4.36) <= 0.06 && r.score > 0.65);
        assert_true(own == (r.verdict == ALIGN_SAME));
    }
}

/* The keys of recordings. Three things are known: the trumpet plays in F,
 * speech has no key, and the bounce is not in another key than its set. */
static void
test_keys(void **state)
{
    static const char *const files[] = {
        "acoustic-guitar.ogg",  "alice-speech-mono-22k.mp3",
        "country-cbr128.mp3",   "epic-orchestra.ogg",
        "trumpet-mono-64k.mp3", "vibe-ace-vbr-v4.mp3",
    };
    static const struct key in_f = {.root = 5, .mode = KEY_MAJOR};
    auto_cleanup(shelf_release) struct shelf shelf = {0};
    struct key heard;

    (void)state;
    if (!shelf_open(&shelf))
        return;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        auto_free char *path = xasprintf("%s/audio/%s", FIXTURES, files[i]);
        auto_sound struct sound *s = sound_of(path);
        auto_json json_object *said = witness_json(s, NULL);

        print_message("%s: %s\n", files[i], json_out(said));
        if (strstr(files[i], "speech") != NULL)
            assert_null(said);
        if (strstr(files[i], "trumpet") != NULL)
            assert_int_not_equal(witness_key(s, in_f, &heard),
                                 WITNESS_CONTRADICTS);
    }
    for (size_t i = 0; i < shelf.n; i++)
        if (strcmp(shelf.name[i], "ayy.als") == 0) {
            auto_sound struct sound *s = sound_of(FIXTURES "/pairs/ayy.mp3");
            auto_json json_object *said = witness_json(s, shelf.summary[i]);

            print_message("ayy.mp3: %s, by its set %s\n", json_out(said),
                          json_text(json_at(shelf.summary[i], "key"), "text"));
            if (said != NULL)
                assert_string_not_equal(json_text(said, "witness"),
                                        "contradicts");
        }
}

/* Forty bounces against all of them, each set's timeline read each time. */
static void
test_cost(void **state)
{
    auto_cleanup(shelf_release) struct shelf shelf = {0};
    auto_sound struct sound *s = NULL;
    double began, ms;

    (void)state;
    if (getenv("TRAINMODE_TEST_COST") == NULL || !shelf_open(&shelf))
        return;
    s = sound_of(FIXTURES "/pairs/ayy.mp3");
    began = cpu_ms();
    for (int i = 0; i < BOUNCES; i++) {
        auto_align struct align *a = align_open(s);

        for (size_t k = 0; k < shelf.n; k++) {
            auto_timeline struct timeline *t = timeline_open(shelf.summary[k]);
            struct alignment r;

            align_with(a, t, false, &r);
        }
    }
    ms = cpu_ms() - began;
    print_message(
        "%d bounces x %zu sets: %.2f s of CPU, %.2f ms a comparison\n", BOUNCES,
        shelf.n, ms / 1000, ms / (double)(BOUNCES * shelf.n));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encoders),
        cmocka_unit_test(test_fixtures),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_cost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
