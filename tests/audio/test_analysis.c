/*
 * Goal: each figure of the analysis is right if the truth is known, is the same
 * for the same music in another format, and the checks report what they should
 * and nothing else.
 */
#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "audio/analysis.h"
#include "audio/fingerprint.h"
#include "audio/match.h"
#include "base/auto.h"
#include "base/json.h"
#include "base/mem.h"
#include "make.h"

static struct audio_analysis
analyze(const struct bytes *b)
{
    auto_fd int fd = make_file(b);
    struct audio_analysis a = {0};
    struct audio_probe p = {0};
    struct err err = ERR_INIT;

    if (audio_probe_fd(fd, &p, &err) == -1 ||
        audio_analyze(fd, &p, NULL, &a, &err) == -1)
        fail_msg("%s", err.msg);
    return a;
}

/* Stereo, 48 kHz, 32 bit float: what `at` gives for each second. */
static void
make_float(double sec, float (*at)(double t), struct bytes *ret)
{
    size_t frames = (size_t)llround(sec * 48000);

    make_wav(48000, 2, -32, sec, ret);
    for (size_t i = 0; i < frames * 2; i++) {
        float v = at((double)(i / 2) / 48000);

        memcpy(ret->v + 44 + i * 4, &v, 4);
    }
}

static float
tone(double t)
{
    return (float)(pow(10, -23 / 20.0) * sin(2 * M_PI * 1000 * t));
}

/* EBU Tech 3341, case 1: a stereo sine of 1 kHz at -23 dBFS is -23 LUFS. */
static void
test_loudness(void **state)
{
    auto_bytes struct bytes b = {0};
    auto_audio_analysis struct audio_analysis a = {0};

    (void)state;
    make_float(20, tone, &b);
    a = analyze(&b);
    assert_true(fabs(a.loudness + 23) < 0.1);
    assert_true(fabs(a.true_peak + 23) < 0.3);
    assert_true(fabs(a.decoded_sec - 20) < 1e-6);
    assert_int_equal(a.clipped, 0);
    for (int i = 0; i < METERS_PEAKS; i++)
        assert_true(fabs(a.peaks[i] - 0.0708) < 0.001);
}

static float
island(double t)
{
    return t < 4 || t >= 9 ? 0 : t < 6 ? 0.25f : 1.5f;
}

/* Silence, five seconds of sound with three clipped stretches, silence. */
static void
test_silence_and_clipping(void **state)
{
    auto_bytes struct bytes b = {0};
    auto_audio_analysis struct audio_analysis a = {0};

    (void)state;
    make_float(20, island, &b);
    a = analyze(&b);
    assert_true(fabs(a.silence_start - 4) < 0.001);
    assert_true(fabs(a.silence_end - 11) < 0.001);
    assert_true(fabs(a.silent_fraction - 0.75) < 0.01);
    assert_int_equal(a.clipped, 3 * 48000 * 2);
    assert_true(a.peaks[100] == 0 && a.peaks[799] == 0);
    assert_true(a.peaks[200] == 0.25f && a.peaks[300] == 1);
}

static float
nothing(double t)
{
    (void)t;
    return 0;
}

static void
test_all_silent(void **state)
{
    auto_bytes struct bytes b = {0};
    auto_audio_analysis struct audio_analysis a = {0};
    auto_json json_object *o = NULL;

    (void)state;
    make_float(12, nothing, &b);
    a = analyze(&b);
    assert_true(a.silent_fraction > 0.99);
    assert_true(a.bpm == 0);
    o = audio_analysis_json(&a);
    assert_null(json_at(o, "loudnessLufs"));
    assert_null(json_at(o, "truePeakDb"));
    assert_null(json_at(o, "tempo"));
    assert_int_equal(json_object_array_length(json_at(o, "peaks")), 800);
}

static void
test_tempo(void **state)
{
    static const double truth[] = {90, 124, 140, 174};

    (void)state;
    for (size_t i = 0; i < sizeof(truth) / sizeof(truth[0]); i++) {
        auto_free float *pcm = make_music(44100, 2, 40, truth[i]);
        auto_bytes struct bytes b = {0};
        auto_audio_analysis struct audio_analysis a = {0};
        double times;

        make_wav(44100, 2, -32, 40, &b);
        memcpy(b.v + 44, pcm, b.n - 44);
        a = analyze(&b);
        times = a.bpm / truth[i];
        assert_true(a.bpm_confidence > 0.5);
        assert_true(fabs(times - 1) < 0.002 || fabs(times - 2) < 0.004 ||
                    fabs(times - 0.5) < 0.001);
    }
}

/* The same music in each format: lengths, loudness, fingerprint. */
static void
test_formats_agree(void **state)
{
    static const int formats[] = {
        SF_FORMAT_AIFF | SF_FORMAT_PCM_24, SF_FORMAT_FLAC | SF_FORMAT_PCM_16,
        SF_FORMAT_OGG | SF_FORMAT_VORBIS, SF_FORMAT_OGG | SF_FORMAT_OPUS};
    auto_bytes struct bytes wav = {0};
    auto_audio_analysis struct audio_analysis a = {0};

    (void)state;
    make_wav(48000, 2, 16, 30, &wav);
    a = analyze(&wav);
    assert_non_null(a.fingerprint);
    for (int i = -2; i < 4; i++) {
        struct mp3_make m = {48000,           2,       i == -1 ? 320 : 128,
                             i == -1 ? 0 : 3, i == -2, false,
                             false,           30};
        auto_bytes struct bytes b = {0};
        auto_audio_analysis struct audio_analysis c = {0};

        if (i < 0)
            make_mp3(&m, &b);
        else
            make_snd(formats[i], 48000, 2, 30, &b);
        c = analyze(&b);
        assert_true(fabs(c.decoded_sec - 30) < 0.06);
        assert_true(fabs(c.loudness - a.loudness) < 0.3);
        assert_true(fingerprint_similarity(a.fingerprint, c.fingerprint) > 0.9);
    }
}

/* The shortest that chromaprint makes one of; of less, nothing is tried. */
static void
test_shortest_fingerprint(void **state)
{
    static const double sec[] = {0.5, 2.4, 2.8, 5};

    (void)state;
    for (int i = 0; i < 4; i++) {
        auto_bytes struct bytes b = {0};
        auto_audio_analysis struct audio_analysis a = {0};

        make_wav(44100, 2, 16, sec[i], &b);
        a = analyze(&b);
        assert_int_equal(a.fingerprint != NULL, sec[i] > 2.75);
    }
}

static void
test_fingerprints_differ(void **state)
{
    auto_free char *noise = xcalloc(1, 801);
    auto_free char *shifted = NULL;

    (void)state;
    for (int i = 0; i < 800; i++)
        noise[i] = "0123456789abcdef"[(i * 7919 + i * i * 31) % 16];
    shifted = xasprintf("%.160s%s", noise + 320, noise);
    assert_true(fingerprint_similarity(noise, noise) == 1);
    assert_true(fingerprint_similarity(noise, shifted) == 1);
    noise[0] = 'x';
    assert_true(fingerprint_similarity(noise, noise) == 0);
    assert_true(fingerprint_similarity(NULL, shifted) == 0);
    assert_true(fingerprint_similarity("", shifted) == 0);
}

/* Two recordings of the fixtures are not alike; each is like itself, cut. */
static void
test_fixtures_differ(void **state)
{
    static const char *const names[] = {"country-cbr128.mp3",
                                        "vibe-ace-vbr-v4.mp3",
                                        "gold-rush-48k-id3v22-art.mp3"};
    struct audio_analysis heard[3] = {{0}};
    int n = 0;

    (void)state;
    for (int i = 0; i < 3; i++) {
        const char *path = fixture(names[i]);
        auto_bytes struct bytes b = {0};

        if (path == NULL)
            continue;
        read_all(path, &b);
        heard[n++] = analyze(&b);
    }
    for (int i = 0; i < n; i++)
        for (int k = 0; k < i; k++)
            assert_true(fingerprint_similarity(heard[i].fingerprint,
                                               heard[k].fingerprint) < 0.3);
    for (int i = 0; i < n; i++)
        audio_analysis_release(&heard[i]);
}

static bool
always(void)
{
    return true;
}

static void
test_stop(void **state)
{
    auto_bytes struct bytes b = {0};
    struct audio_analysis a;
    struct audio_probe p;
    struct err err = ERR_INIT;

    (void)state;
    make_wav(44100, 2, 16, 6, &b);
    p = probe_ok(&b);
    {
        auto_fd int fd = make_file(&b);

        assert_int_equal(audio_analyze(fd, &p, always, &a, &err), -1);
        assert_int_equal(err.code, ERR_BUSY);
    }
}

static bool
has(json_object *checks, const char *code, const char *level)
{
    for (size_t i = 0; i < json_object_array_length(checks); i++) {
        json_object *c = json_object_array_get_idx(checks, i);

        if (strcmp(json_text(c, "code"), code) == 0) {
            const char *detail = json_text(c, "detail");
            char end = detail[strlen(detail) - 1];

            assert_string_equal(json_text(c, "level"), level);
            assert_true(strlen(detail) > 10);
            assert_true(end == '.' || end == '?');
            assert_null(strstr(detail, "byte "));
            return true;
        }
    }
    return false;
}

static bool
says(json_object *checks, const char *detail)
{
    for (size_t i = 0; i < json_object_array_length(checks); i++)
        if (strcmp(json_text(json_object_array_get_idx(checks, i), "detail"),
                   detail) == 0)
            return true;
    return false;
}

static void
test_checks_of_probe(void **state)
{
    struct audio_probe p = {.format = "mp3",
                            .duration_sec = 200,
                            .sample_rate = 44100,
                            .channels = 2};
    auto_json json_object *good = audio_checks(&p);
    auto_json json_object *shorter = NULL, *bad = NULL;

    (void)state;
    assert_int_equal(json_object_array_length(good), 0);
    p.duration_sec = 29;
    shorter = audio_checks(&p);
    assert_true(has(shorter, "too_short", "warn"));
    assert_int_equal(json_object_array_length(shorter), 1);
    p = (struct audio_probe){.format = "ogg",
                             .duration_sec = 4.9,
                             .sample_rate = 22050,
                             .channels = 1,
                             .damage_count = 1,
                             .audio_start = 27,
                             .audio_end = 127,
                             .damage = {{77, 5, "zero bytes"}}};
    bad = audio_checks(&p);
    assert_true(has(bad, "too_short", "error"));
    assert_true(has(bad, "low_sample_rate", "warn"));
    assert_true(has(bad, "mono", "warn"));
    assert_true(has(bad, "damaged", "warn"));
    assert_true(says(bad, "Damaged at 0:02 (zero bytes). Listen there, and "
                          "bounce it again if you hear it."));
    assert_true(has(bad, "converted", "info"));
    p.damage[0] = (struct audio_damage){27, 0,
                                        "a length that the header "
                                        "does not say"};
    json_object_put(bad);
    bad = audio_checks(&p);
    assert_true(says(bad, "Its header is wrong (a length that the header does "
                          "not say); all of its sound is used."));
    assert_int_equal(json_object_array_length(bad), 5);
}

static json_object *
from(const char *text)
{
    struct err err = ERR_INIT;
    json_object *o = json_parse_object(text, strlen(text), &err);

    assert_non_null(o);
    return o;
}

/* The tempo check's result for an estimate and a summary. */
static bool
tempo_differs(const char *analysis, const char *summary)
{
    auto_json json_object *a = from(analysis);
    auto_json json_object *s = from(summary);
    auto_json json_object *checks = json_object_new_array();

    audio_checks_tempo(checks, a, s);
    return has(checks, "tempo_differs", "warn");
}

static void
test_checks_of_tempo(void **state)
{
    const char *sure = "{\"tempo\":{\"bpm\":124.5,\"confidence\":0.9}}";
    const char *unsure = "{\"tempo\":{\"bpm\":124.5,\"confidence\":0.3}}";

    (void)state;
    assert_false(tempo_differs(sure, "{\"tempo\":124}"));
    assert_false(tempo_differs(sure, "{\"tempo\":{\"bpm\":124}}"));
    assert_false(tempo_differs(sure, "{\"tempo\":{\"bpm\":62}}"));
    assert_false(tempo_differs(sure, "{\"tempo\":{\"bpm\":248}}"));
    assert_true(tempo_differs(sure, "{\"tempo\":{\"bpm\":140}}"));
    assert_false(tempo_differs(
        sure, "{\"tempo\":{\"bpm\":140,\"min\":120,\"max\":140}}"));
    assert_false(tempo_differs(unsure, "{\"tempo\":{\"bpm\":140}}"));
    assert_false(tempo_differs(sure, "{}"));
    assert_false(tempo_differs("{\"tempo\":null}", "{\"tempo\":140}"));
}

static void
test_checks_of_length(void **state)
{
    struct audio_probe p = {.duration_sec = 200};
    auto_json json_object *near = from("{\"length\":{\"sec\":195.5}}");
    auto_json json_object *far = from("{\"length\":{\"sec\":180}}");
    auto_json json_object *checks = json_object_new_array();

    (void)state;
    audio_checks_length(checks, &p, NULL);
    audio_checks_length(checks, &p, near);
    assert_int_equal(json_object_array_length(checks), 0);
    audio_checks_length(checks, &p, far);
    assert_true(has(checks, "length_differs", "warn"));
    assert_true(says(checks, "3:20 long, the set 3:00. Is it the right file?"));
}

static void
test_checks_of_analysis(void **state)
{
    struct audio_probe p = {
        .duration_sec = 100, .sample_rate = 44100, .channels = 2};
    auto_json json_object *good =
        from("{\"clippedSamples\":100,\"silentFraction\":0.1,"
             "\"decodedSec\":99.9,\"silenceStartSec\":1}");
    auto_json json_object *bad =
        from("{\"clippedSamples\":1000,\"silentFraction\":0.2,"
             "\"decodedSec\":90,\"silenceEndSec\":8}");
    auto_json json_object *checks = json_object_new_array();

    (void)state;
    audio_checks_analysis(checks, &p, good);
    assert_int_equal(json_object_array_length(checks), 0);
    checks_add(checks, "mono", "warn", "Of the probe, which stays.");
    audio_checks_analysis(checks, &p, bad);
    assert_true(has(checks, "clipped", "warn"));
    assert_true(has(checks, "decodes_short", "warn"));
    assert_true(has(checks, "silent_ends", "info"));
    assert_false(has(checks, "mostly_silent", "warn"));
    audio_checks_drop_analysis(checks);
    assert_int_equal(json_object_array_length(checks), 1);
    assert_true(has(checks, "mono", "warn"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_loudness),
        cmocka_unit_test(test_silence_and_clipping),
        cmocka_unit_test(test_all_silent),
        cmocka_unit_test(test_tempo),
        cmocka_unit_test(test_formats_agree),
        cmocka_unit_test(test_shortest_fingerprint),
        cmocka_unit_test(test_fingerprints_differ),
        cmocka_unit_test(test_fixtures_differ),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_checks_of_probe),
        cmocka_unit_test(test_checks_of_tempo),
        cmocka_unit_test(test_checks_of_length),
        cmocka_unit_test(test_checks_of_analysis),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
