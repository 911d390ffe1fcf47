/*
 * Goal: transforms match the formula, the sound of an audio file survives being
 * stored, and data that we did not write is refused.
 */
#include <complex.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/packed.h"
#include "music/fft.h"
#include "music/shape.h"
#include "music/sound.h"

#define MINUTES_5 (5 * 60 * SOUND_FPS)

static float
any(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return (float)(*seed >> 8) / (float)(1 << 24);
}

static void
transform(size_t n)
{
    auto_fft struct fft *f = fft_open(n);
    auto_free float *in = xcalloc(n, sizeof(*in));
    uint32_t seed = 1;

    for (size_t i = 0; i < n; i++)
        in[i] = fft_samples(f)[i] = any(&seed) - 0.5f;
    fft_forward(f);
    for (size_t k = 0; k <= n / 2; k++) {
        double complex sum = 0;

        for (size_t i = 0; i < n; i++)
            sum += (double)in[i] *
                   cexp(-2 * M_PI * I * (double)(i * k) / (double)n);
        assert_true(cabs(sum - (double complex)fft_bins(f)[k]) < 1e-4);
    }
    fft_inverse(f);
    for (size_t i = 0; i < n; i++)
        assert_true(fabsf(fft_samples(f)[i] / (float)n - in[i]) < 1e-5);
}

/* Also where pairs and lanes leave something over, or nothing. */
static void
test_fft(void **state)
{
    static const size_t sizes[] = {2, 4, 6, 8, 14, 16, 18, 20, 90, 96, 150};

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        transform(sizes[i]);
}

static void
test_good_sizes(void **state)
{
    (void)state;
    assert_int_equal(fft_good_size(2), 2);
    assert_int_equal(fft_good_size(7), 8);
    assert_int_equal(fft_good_size(1024), 1024);
    assert_int_equal(fft_good_size(1115), 1152);
    assert_int_equal(fft_good_size(8191), 8192);
}

/* As dense as sound can be: nothing in it repeats. */
static struct sound *
busy(size_t frames)
{
    struct sound *s =
        sound_open(frames, frames / SOUND_CHROMA_HOP, frames / SOUND_FPS * 2);
    uint32_t seed = 7;

    for (int b = 0; b < SOUND_BANDS; b++)
        for (size_t i = 0; i < frames; i++)
            s->onset[b][i] = any(&seed) * any(&seed) * 3;
    for (size_t i = 0; i < s->chroma_frames; i++)
        for (int p = 0; p < 12; p++)
            s->chroma[i][p] = p == 3 ? 1 : any(&seed);
    for (size_t i = 0; i < s->levels; i++) {
        s->level[i].loudness = -30 * any(&seed);
        for (int b = 0; b < SOUND_BANDS; b++)
            s->level[i].band[b] = -60 * any(&seed);
    }
    return s;
}

static void
test_kept(void **state)
{
    auto_sound struct sound *s = busy(MINUTES_5);
    auto_sound struct sound *back = NULL;
    auto_free char *text = sound_text(s);

    (void)state;
    back = sound_read(text);
    assert_non_null(back);
    assert_int_equal(back->frames, s->frames);
    assert_int_equal(back->chroma_frames, s->chroma_frames);
    assert_int_equal(back->levels, s->levels);
    for (int b = 0; b < SOUND_BANDS; b++)
        for (size_t i = 0; i < s->frames; i++)
            assert_true(fabsf(back->onset[b][i] - s->onset[b][i]) < 0.3f);
    for (size_t i = 0; i < s->chroma_frames; i++)
        for (int p = 0; p < 12; p++)
            assert_true(fabsf(back->chroma[i][p] - s->chroma[i][p]) < 0.072f);
    for (size_t i = 0; i < s->levels; i++) {
        assert_true(fabsf(back->level[i].loudness - s->level[i].loudness) <
                    0.26f);
        assert_true(fabsf(back->level[i].band[1] - s->level[i].band[1]) <
                    0.26f);
    }
}

static void
test_empty_is_kept(void **state)
{
    auto_sound struct sound *s = sound_open(0, 0, 0);
    auto_free char *text = sound_text(s);
    auto_sound struct sound *back = sound_read(text);
    size_t from, n;

    (void)state;
    assert_non_null(back);
    assert_int_equal(back->frames, 0);
    shape_ends(back, &from, &n);
    assert_int_equal(n, 0);
}

static void
test_refused(void **state)
{
    auto_sound struct sound *s = busy(100);
    auto_free char *text = sound_text(s);
    auto_buf struct buf raw = BUF_INIT(1 << 20);
    auto_free char *longer = NULL, *other = NULL, *huge = NULL;

    (void)state;
    assert_null(sound_read(NULL));
    assert_null(sound_read(""));
    assert_null(sound_read("no base64"));
    assert_true(packed_open(text, &raw));
    longer = packed_text(raw.data, raw.len - 1);
    assert_null(sound_read(longer));
    raw.data[7] = 0x7f; /* frames */
    huge = packed_text(raw.data, raw.len);
    assert_null(sound_read(huge));
    raw.data[0] = 'X';
    other = packed_text(raw.data, raw.len);
    assert_null(sound_read(other));
}

/* A steady sound gives nothing; a moment stays in its place. */
static void
test_shape(void **state)
{
    float v[1000], most = 0;
    size_t at = 0;

    (void)state;
    for (int i = 0; i < 1000; i++)
        v[i] = 2;
    v[700] = 5;
    shape_onsets(v, 1000);
    for (size_t i = 0; i < 1000; i++)
        if (v[i] > most) {
            most = v[i];
            at = i;
        }
    assert_int_equal(at, 700);
    for (int i = 110; i < 590; i++)
        assert_true(fabsf(v[i]) < 0.01f);
}

static void
test_silent_ends(void **state)
{
    auto_sound struct sound *s = sound_open(1000, 0, 40);
    size_t from, n;

    (void)state;
    for (size_t i = 0; i < s->levels; i++)
        s->level[i].loudness = i < 8 || i >= 30 ? SOUND_SILENT : -20;
    shape_ends(s, &from, &n);
    assert_int_equal(from, 8 * 25 - 12);
    assert_int_equal(from + n, 30 * 25 + 12);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fft),
        cmocka_unit_test(test_good_sizes),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_empty_is_kept),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_shape),
        cmocka_unit_test(test_silent_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
