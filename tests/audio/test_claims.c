/*
 * Goal: a header's claims are compared with what the bytes can hold, so that a
 * file of 61 bytes does not last 2,000 years and 400 KB do not fill a disk.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sndfile.h>

#include "audio/segment.h"
#include "make.h"

static uint8_t
crc8(const uint8_t *p, size_t n)
{
    uint8_t crc = 0;

    while (n-- > 0) {
        crc ^= *p++;
        for (int bit = 0; bit < 8; bit++)
            crc = (uint8_t)(crc & 0x80 ? crc << 1 ^ 0x07 : crc << 1);
    }
    return crc;
}

static uint16_t
crc16(const uint8_t *p, size_t n)
{
    uint16_t crc = 0;

    while (n-- > 0) {
        crc ^= (uint16_t)(*p++ << 8);
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x8005 : crc << 1);
    }
    return crc;
}

/* STREAMINFO: mono, 16 bits, frames of 65,535 samples. */
static void
flac_head(struct bytes *b, uint32_t rate, uint64_t total)
{
    uint8_t head[42] = "fLaC\x80\0\0\x22\xff\xff\xff\xff";

    head[18] = (uint8_t)(rate >> 12);
    head[19] = (uint8_t)(rate >> 4);
    head[20] = (uint8_t)(rate << 4);
    head[21] = (uint8_t)(15 << 4 | total >> 32);
    for (int i = 0; i < 4; i++)
        head[22 + i] = (uint8_t)(total >> (24 - 8 * i));
    bytes_add(b, head, sizeof(head));
}

/* A constant frame of 65,535 samples with this number, as UTF-8 writes one. */
static void
flac_frame(struct bytes *b, uint64_t number)
{
    uint8_t f[32] = {0xff, 0xf8, 0x70, 0x08};
    size_t n = 4;
    uint16_t sum;

    if (number < 0x80) {
        f[n++] = (uint8_t)number;
    } else {
        int more = number < 0x800 ? 1 : number < 0x10000 ? 2 : 5;

        f[n++] = (uint8_t)((0xff00 >> (more + 1)) | number >> (6 * more));
        while (more-- > 0)
            f[n++] = (uint8_t)(0x80 | (number >> (6 * more) & 0x3f));
    }
    f[n++] = 0xff; /* 65,534 + 1 */
    f[n++] = 0xfe;
    f[n] = crc8(f, n);
    n++;
    f[n++] = 0; /* constant, 16 bits */
    f[n++] = 0;
    f[n++] = 1;
    sum = crc16(f, n);
    f[n++] = (uint8_t)(sum >> 8);
    f[n++] = (uint8_t)sum;
    bytes_add(b, f, n);
}

static void
a_flac_that_lasts_2000_years(void **state)
{
    static const uint32_t rates[] = {1, 4000, 8000, 44100};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        auto_bytes struct bytes b = {0};
        struct err err;
        uint64_t total = (uint64_t)65535 * 1048575;

        flac_head(&b, rates[i], total);
        flac_frame(&b, 1048574);
        assert_true(b.n < 70);
        probe_refused(&b, ERR_AUDIO_DAMAGED, &err);
    }
}

static void
a_flac_without_a_total_lasts_what_it_holds(void **state)
{
    auto_bytes struct bytes b = {0};
    struct audio_probe p;

    (void)state;
    flac_head(&b, 8000, 0);
    flac_frame(&b, 1048574);
    p = probe_ok(&b);
    assert_true(p.samples <= 3 * 65535);
}

/* 4.5 GB of sound in 400 KB: each frame is true, and none says anything. */
static void
a_flac_that_unpacks_to_a_disk_full(void **state)
{
    auto_bytes struct bytes b = {0};
    struct err err;

    (void)state;
    flac_head(&b, 44100, 0);
    for (uint64_t i = 0; i < 30000; i++)
        flac_frame(&b, i);
    probe_refused(&b, ERR_AUDIO_DAMAGED, &err);
    assert_non_null(strstr(err.msg, "hours"));
}

/* Ten minutes of silence are a stem like any other. */
static void
silence_is_taken(void **state)
{
    auto_bytes struct bytes b = {0};

    (void)state;
    flac_head(&b, 44100, 0);
    for (uint64_t i = 0; i < 400; i++)
        flac_frame(&b, i);
    assert_true(probe_ok(&b).samples >= 399 * 65535);
}

static void
rates_that_no_audio_has(void **state)
{
    static const int bad[] = {1, 100, 3999, 768001, 2000000000};
    static const int good[] = {4000, 8000, 44100, 768000};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        auto_bytes struct bytes b = {0};
        struct err err;

        make_wav(8000, 1, 16, 1, &b);
        for (int k = 0; k < 4; k++)
            b.v[24 + k] = (uint8_t)(bad[i] >> (8 * k));
        probe_refused(&b, ERR_NOT_AUDIO, &err);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        auto_bytes struct bytes b = {0};

        make_wav(8000, 1, 16, 1, &b);
        for (int k = 0; k < 4; k++)
            b.v[24 + k] = (uint8_t)(good[i] >> (8 * k));
        assert_int_equal(probe_ok(&b).sample_rate, good[i]);
    }
}

/* The granule position of an Ogg page says when, not how much is there. */
static void
an_ogg_that_lasts_what_it_holds(void **state)
{
    auto_bytes struct bytes b = {0};
    int64_t before;
    size_t last = 0;

    (void)state;
    make_snd(SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 2, 2, &b);
    before = probe_ok(&b).samples;
    for (size_t i = 0; i + 4 < b.n; i++)
        if (memcmp(b.v + i, "OggS", 4) == 0)
            last = i;
    b.v[last + 6 + 4] = 1; /* 2^32 samples later: 27 hours */
    auto_fd int fd = make_file(&b);
    struct audio_probe p;
    struct err err = ERR_INIT;
    if (audio_probe_fd(fd, &p, &err) == 0)
        assert_true(p.samples < before * 100);
    else
        assert_int_equal(err.code, ERR_AUDIO_DAMAGED);
}

static void
pieces_are_bounded_before_they_are_cut(void **state)
{
    auto_bytes struct bytes b = {0};
    auto_audio_pieces struct audio_pieces ps = {0};
    struct audio_probe p;
    struct err err = ERR_INIT;

    (void)state;
    make_wav(8000, 1, 16, 2, &b);
    auto_fd int fd = make_file(&b);
    p = probe_ok(&b);
    p.samples = INT64_C(1) << 40;
    p.duration_sec = (double)p.samples / p.sample_rate;
    assert_int_equal(audio_segment(fd, &p, 1, LONG_MAX, &ps, &err), -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flac_that_lasts_2000_years),
        cmocka_unit_test(a_flac_without_a_total_lasts_what_it_holds),
        cmocka_unit_test(a_flac_that_unpacks_to_a_disk_full),
        cmocka_unit_test(silence_is_taken),
        cmocka_unit_test(rates_that_no_audio_has),
        cmocka_unit_test(an_ogg_that_lasts_what_it_holds),
        cmocka_unit_test(pieces_are_bounded_before_they_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
