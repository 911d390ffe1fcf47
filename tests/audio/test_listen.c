/*
 * Goal: events are heard at the right time; halving the rate does only that;
 * loudness and true peak match libebur128; and the tempo is confident only if
 * there is one: noise, tones, free time and speech have none.
 */
#include <ebur128.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/analysis.h"
#include "audio/halve.h"
#include "audio/listen.h"
#include "audio/loudness.h"
#include "audio/tempo.h"
#include "audio/true_peak.h"
#include "base/mem.h"
#include "make.h"

#define RATE 22050

static uint32_t seed;

static float
any(void)
{
    seed = seed * 1664525 + 1013904223;
    return (float)(seed >> 8) / (float)(1 << 23) - 1;
}

static struct sound *
hear(const float *v, size_t n, int rate)
{
    auto_listen struct listen *l = listen_open(rate);

    for (size_t i = 0; i < n; i += 1000)
        listen_add(l, v + i, n - i < 1000 ? n - i : 1000);
    for (size_t i = 0; i < n; i += (size_t)rate / 2)
        listen_loudness(l, -20);
    return listen_result(l);
}

static void
add_tone(float *v, size_t n, int rate, double at, double sec, double hz,
         double level)
{
    size_t from = (size_t)(at * rate), len = (size_t)(sec * rate);

    for (size_t i = 0; i < len && from + i < n; i++)
        v[from + i] += (float)(level * sin(2 * M_PI * hz * (double)i / rate) *
                               exp(-4.0 * (double)i / (double)len));
}

static size_t
top(const float *v, size_t from, size_t to)
{
    size_t best = from;

    for (size_t i = from; i < to; i++)
        if (v[i] > v[best])
            best = i;
    return best;
}

/* A low note, a middle one and a burst of hiss, at either rate. */
static void
test_bands(void **state)
{
    static const int rates[] = {RATE, 24000, 44000, 16000};

    (void)state;
    for (int r = 0; r < 3; r++) {
        int rate = rates[r];
        size_t n = (size_t)rate * 8;
        auto_free float *v = xcalloc(n, sizeof(*v));
        auto_sound struct sound *s = NULL;
        size_t most = 0;

        add_tone(v, n, rate, 1, 0.3, 80, 0.8);
        add_tone(v, n, rate, 3, 0.5, 440, 0.5);
        for (size_t i = 0; i < (size_t)rate / 10; i++)
            v[(size_t)rate * 5 + i] = 0.2f * any();
        s = hear(v, n, rate);
        assert_int_equal(s->frames, 8 * SOUND_FPS);
        assert_int_equal(s->levels, 16);
        assert_in_range(top(s->onset[SOUND_LOW], 0, 120), 48, 52);
        assert_in_range(top(s->onset[SOUND_MID], 120, 220), 148, 152);
        assert_in_range(top(s->onset[SOUND_HIGH], 0, s->frames), 249, 252);
        for (size_t p = 0; p < 12; p++)
            if (s->chroma[3 * SOUND_FPS / SOUND_CHROMA_HOP + 1][p] == 1)
                most = p;
        assert_int_equal(most, 9); /* A */
        assert_true(s->level[2].band[SOUND_LOW] >
                    s->level[2].band[SOUND_HIGH] + 30);
        assert_true(s->level[10].band[SOUND_HIGH] >
                    s->level[10].band[SOUND_LOW] + 10);
        assert_true(s->level[14].band[SOUND_MID] < -90);
    }
}

/* A sine at full scale has a mean square of -3 dB, whatever the rate. */
static void
test_levels(void **state)
{
    size_t n = RATE * 4;
    auto_free float *v = xcalloc(n, sizeof(*v));
    auto_sound struct sound *s = NULL;

    (void)state;
    for (size_t i = 0; i < n; i++)
        v[i] = (float)sin(2 * M_PI * 1000 * (double)i / RATE);
    s = hear(v, n, RATE);
    assert_true(fabsf(s->level[3].band[SOUND_MID] + 3.01f) < 0.2f);
    assert_true(s->level[3].band[SOUND_LOW] < -60);
}

static double
halved_level(double hz)
{
    struct halve h = {0};
    float v[HALVE_BLOCK];
    double sum = 0;
    size_t n = 0, done = 0;

    for (int round = 0; round < 20; round++) {
        size_t some = round % 2 ? 1001 : 500;

        for (size_t i = 0; i < some; i++)
            v[i] = (float)sin(2 * M_PI * hz * (double)done++ / 44100);
        some = halve_add(&h, v, some);
        for (size_t i = 0; i < some && round > 0; i++)
            sum += (double)(v[i] * v[i]);
        n += some;
    }
    assert_int_equal(n, done / 2);
    return 10 * log10(2 * sum / (double)(n - 250));
}

static void
test_halve(void **state)
{
    (void)state;
    assert_true(fabs(halved_level(100)) < 0.1);
    assert_true(fabs(halved_level(8800)) < 0.1);
    assert_true(halved_level(13300) < -45);
    assert_true(halved_level(20000) < -45);
    for (size_t at = 100; at < 104; at += 2) {
        struct halve h = {0};
        float v[HALVE_BLOCK] = {0};

        v[at] = 1;
        assert_int_equal(halve_add(&h, v, 301), 150);
        assert_int_equal(top(v, 0, 150), (at + HALVE_LATE) / 2);
    }
}

/* 20 s of noise and tones that are loud, less loud, and not there: in the
 * end the gates have much to leave out. */
static void
hold_loudness(int rate, int channels)
{
    size_t n = (size_t)rate * 20, width = (size_t)channels, levels;
    auto_free float *v = xcalloc(n * width, sizeof(*v));
    auto_loudness struct loudness *l = loudness_open(rate, channels);
    ebur128_state *e = ebur128_init((unsigned)channels, (unsigned long)rate,
                                    EBUR128_MODE_I | EBUR128_MODE_HISTOGRAM);
    const double *level;
    double theirs;

    for (size_t i = 0; i < n * width; i++) {
        size_t sec = i / width / (size_t)rate;
        double tone = sin(0.01 * (double)(i / width * (1 + i % width)));

        v[i] = sec % 7 == 3 ? 0
                            : (sec < 9 ? 0.4f : 0.07f) *
                                  (0.5f * any() + 0.5f * (float)tone);
    }
    for (size_t i = 0; i < 40; i++) {
        size_t from = n * i / 40, some = n * (i + 1) / 40 - from;

        loudness_add(l, v + from * width, some / 3);
        loudness_add(l, v + (from + some / 3) * width, some - some / 3);
        ebur128_add_frames_float(e, v + from * width, some);
        ebur128_loudness_momentary(e, &theirs);
        level = loudness_levels(l, &levels);
        assert_int_equal(levels, i + 1);
        assert_true(level[i] < -100 || fabs(level[i] - theirs) < 0.01);
    }
    ebur128_loudness_global(e, &theirs);
    ebur128_destroy(&e);
    assert_true(fabs(loudness_integrated(l) - theirs) < 0.01);
}

static void
test_loudness(void **state)
{
    auto_loudness struct loudness *silent = loudness_open(RATE, 1);

    (void)state;
    for (int channels = 1; channels <= 8; channels++)
        hold_loudness(channels % 2 ? 48000 : 44100, channels);
    hold_loudness(8000, 2);
    hold_loudness(192000, 2);
    assert_true(loudness_integrated(silent) == -HUGE_VAL);
}

static void
test_true_peak(void **state)
{
    static const int rates[] = {44100, 48000, 96000, 192000, 8000};

    (void)state;
    for (int r = 0; r < 5; r++) {
        size_t n = 40000;
        auto_free float *v = xcalloc(n * 2, sizeof(*v));
        auto_true_peak struct true_peak *t = true_peak_open(rates[r], 2);
        ebur128_state *e =
            ebur128_init(2, (unsigned long)rates[r], EBUR128_MODE_TRUE_PEAK);
        double left, right, theirs;

        for (size_t i = 0; i < n; i++) {
            double swell = 0.2 + 0.7 * (double)(i % 9000) / 9000;

            v[2 * i] = (float)(swell * sin(1.57 * (double)i + 0.7));
            v[2 * i + 1] = 0.5f * any();
        }
        for (size_t i = 0; i < n; i += 1111) {
            size_t some = n - i < 1111 ? n - i : 1111;

            true_peak_add(t, v + 2 * i, some);
            ebur128_add_frames_float(e, v + 2 * i, some);
        }
        ebur128_true_peak(e, 0, &left);
        ebur128_true_peak(e, 1, &right);
        theirs = fmax(left, right);
        ebur128_destroy(&e);
        assert_true(fabs(20 * log10(true_peak_get(t) / theirs)) < 0.02);
    }
}

/* Plucked notes at these distances, in seconds: a mean, and how far each
 * strays from it. A steady one strays around its place, a free one drifts. */
static double
confidence_of_notes(double distance, double stray, bool is_free,
                    double *ret_bpm)
{
    size_t n = RATE * 60;
    auto_free float *v = xcalloc(n, sizeof(*v));
    auto_sound struct sound *s = NULL;
    double sure, at = 0.5;
    int i = 0;

    for (; at < 58; i++) {
        double hz = 220 * pow(2, (i * 7 % 24) / 12.0);

        add_tone(v, n, RATE, at + (is_free ? 0 : stray * (double)any()), 0.5,
                 hz, 0.4);
        at += is_free ? distance * exp(stray * (double)any()) : distance;
    }
    s = hear(v, n, RATE);
    tempo_of(s, ret_bpm, &sure);
    return sure;
}

static void
test_steady_tempo(void **state)
{
    double bpm;

    (void)state;
    assert_true(confidence_of_notes(0.5, 0, false, &bpm) > 0.9);
    assert_true(fabs(bpm - 120) < 0.12);
    assert_true(confidence_of_notes(60 / 97.0, 0.015, false, &bpm) > 0.5);
    assert_true(fabs(bpm - 97) < 0.3);
}

static void
test_free_time(void **state)
{
    double bpm;

    (void)state;
    assert_true(confidence_of_notes(0.6, 0.5, true, &bpm) < 0.1);
    assert_true(confidence_of_notes(0.4, 0.3, true, &bpm) < 0.15);
}

/* Pink noise as a sum of noises, each changing half as often as the
 * previous. */
static float
pink(size_t i)
{
    static float part[12];
    float sum = 0;

    for (size_t k = 0; k < 12; k++) {
        if (i % ((size_t)1 << k) == 0)
            part[k] = any();
        sum += part[k];
    }
    return sum / 12;
}

static void
test_noise_and_tones(void **state)
{
    (void)state;
    for (int kind = 0; kind < 6; kind++) {
        size_t n = (size_t)RATE * (kind < 3 ? 90 : 14);
        auto_free float *v = xcalloc(n, sizeof(*v));
        auto_sound struct sound *s = NULL;
        auto_free char *text = NULL;
        double bpm, sure;

        for (size_t i = 0; i < n; i++)
            v[i] = kind % 3 == 0   ? pink(i)
                   : kind % 3 == 1 ? 0.5f * any()
                                   : sinf((float)(i % RATE) * 0.1253f);
        if (kind % 3 == 2)
            for (size_t i = 0; i < n; i++)
                v[i] = (float)sin(0.0627 * (double)i) * 0.5f;
        s = hear(v, n, RATE);
        tempo_of(s, &bpm, &sure);
        assert_true(sure < 0.1);
        text = sound_text(s); /* nothing takes more room than noise */
        assert_true((double)strlen(text) * RATE / (double)n < 40000.0 / 300);
    }
}

static void
test_speech(void **state)
{
    const char *path = fixture("alice-speech-mono-22k.mp3");
    auto_bytes struct bytes b = {0};
    auto_audio_analysis struct audio_analysis a = {0};
    struct audio_probe p;
    struct err err = ERR_INIT;

    (void)state;
    if (path == NULL)
        skip();
    read_all(path, &b);
    p = probe_ok(&b);
    {
        auto_fd int fd = make_file(&b);

        assert_int_equal(audio_analyze(fd, &p, NULL, &a, &err), 0);
    }
    assert_true(a.bpm_confidence < 0.1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bands),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_halve),
        cmocka_unit_test(test_loudness),
        cmocka_unit_test(test_true_peak),
        cmocka_unit_test(test_steady_tempo),
        cmocka_unit_test(test_free_time),
        cmocka_unit_test(test_noise_and_tones),
        cmocka_unit_test(test_speech),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
