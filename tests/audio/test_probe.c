/*
 * Goal: the probe is right about every file that we can make, about what it
 * refuses and where the damage is, and it always ends in time.
 */
#include <math.h>
#include <setjmp.h>
#include <sndfile.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "audio/decode.h"
#include "base/auto.h"
#include "make.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct mp3_make plain = {
    .rate = 44100, .channels = 2, .kbit = 192, .sec = 12};
static const struct mp3_make bare = {
    .rate = 44100, .channels = 2, .kbit = 192, .sec = 12, .no_xing = true};

static void
test_mp3_lengths(void **state)
{
    static const struct mp3_make all[] = {
        {44100, 2, 192, 0, false, false, false, 12.3},
        {44100, 2, 128, 4, false, false, false, 12.3},
        {44100, 2, 128, 4, true, false, false, 12.3},
        {44100, 2, 320, 0, true, false, false, 12.3},
        {48000, 2, 320, 0, false, false, false, 7.7},
        {48000, 1, 64, 0, false, true, false, 7.7},
        {32000, 2, 128, 2, false, false, false, 7.7},
        {22050, 1, 48, 0, true, false, false, 7.7},
        {24000, 2, 64, 0, true, true, false, 7.7},
        {8000, 1, 16, 0, true, false, false, 7.7},
        {11025, 2, 32, 5, false, false, false, 7.7},
        {44100, 2, 400, 0, true, false, true, 7.7},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(all); i++) {
        auto_bytes struct bytes b = {0};
        struct audio_probe p;

        make_mp3(&all[i], &b);
        p = probe_ok(&b);
        assert_string_equal(p.format, "mp3");
        assert_string_equal(p.mime, "audio/mpeg");
        assert_int_equal(p.sample_rate, all[i].rate);
        assert_int_equal(p.channels, all[i].channels);
        assert_int_equal(p.vbr, all[i].vbr != 0);
        assert_int_equal(p.has_xing, !all[i].no_xing);
        assert_int_equal(p.free_bytes != 0, all[i].free_format);
        assert_int_equal(p.damage_count, 0);
        assert_int_equal(p.samples, mpg123_samples(&b));
        if (!all[i].no_xing)
            assert_int_equal(p.samples, llround(all[i].sec * all[i].rate));
        if (all[i].vbr == 0)
            assert_true(abs(p.bitrate - all[i].kbit * 1000) < 2000);
    }
}

static void
test_fixtures(void **state)
{
    static const struct {
        const char *name, *format;
        double sec;
        int rate, channels;
        bool vbr, art;
    } all[] = {
        {"gold-rush-48k-id3v22-art.mp3", "mp3", 47.8, 48000, 2, false, true},
        {"country-cbr128.mp3", "mp3", 93.6, 44100, 2, false, false},
        {"vibe-ace-vbr-v4.mp3", "mp3", 61.5, 44100, 2, true, false},
        {"trumpet-mono-64k.mp3", "mp3", 5.3, 44100, 1, false, false},
        {"alice-speech-mono-22k.mp3", "mp3", 75.0, 22050, 1, false, false},
        {"epic-orchestra.ogg", "ogg", 23.0, 192000, 2, false, false},
        {"acoustic-guitar.ogg", "ogg", 8.3, 192000, 2, false, false},
        {"target-short.flac", "flac", 2.0, 22050, 2, false, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(all); i++) {
        const char *path = fixture(all[i].name);
        auto_bytes struct bytes b = {0};
        struct audio_probe p;
        struct err err = ERR_INIT;

        if (path == NULL)
            continue;
        assert_int_equal(audio_probe_file(path, &p, &err), 0);
        assert_string_equal(p.format, all[i].format);
        assert_true(fabs(p.duration_sec - all[i].sec) < 0.06);
        assert_int_equal(p.sample_rate, all[i].rate);
        assert_int_equal(p.channels, all[i].channels);
        assert_int_equal(p.vbr, all[i].vbr);
        assert_int_equal(p.has_art, all[i].art);
        assert_int_equal(p.damage_count, 0);
        read_all(path, &b);
        assert_int_equal(p.bytes, b.n);
        /* Within a frame: mpg123 knows iTunes' gapless comment, we do not. */
        if (strcmp(p.format, "mp3") == 0)
            assert_true(llabs(p.samples - mpg123_samples(&b)) <= 1152);
    }
}

static void
test_tags(void **state)
{
    auto_bytes struct bytes plain_mp3 = {0};
    int64_t samples;

    (void)state;
    make_mp3(&plain, &plain_mp3);
    samples = probe_ok(&plain_mp3).samples;
    for (int version = 2; version <= 4; version++) {
        auto_bytes struct bytes b = {0};
        struct audio_probe p;
        char ape[32] = "APETAGEX\xd0\x07\0\0\x20\0\0\0";
        uint8_t id3v1[128] = "TAG";

        make_id3(version, "TIT2", 300, false, &b);
        make_id3(version, version == 2 ? "PIC" : "APIC", 10 << 20, version == 4,
                 &b);
        bytes_fill(&b, 0, 5000);
        bytes_add(&b, plain_mp3.v, plain_mp3.n);
        bytes_add(&b, ape, sizeof(ape)); /* a tag of its footer only */
        bytes_add(&b, id3v1, sizeof(id3v1));
        p = probe_ok(&b);
        assert_int_equal(p.samples, samples);
        assert_true(p.has_art);
        assert_int_equal(p.damage_count, 0);
        assert_int_equal(p.trailing_junk, 0);
        assert_int_equal(p.audio_end - p.audio_start, plain_mp3.n);
    }
}

/* A tag that promises more than the file has, and one at the very end. */
static void
test_tag_edges(void **state)
{
    auto_bytes struct bytes b = {0}, at_end = {0};
    struct audio_probe p;
    struct err err;

    (void)state;
    make_id3(3, "APIC", 100000, false, &b);
    b.n -= 5000;
    probe_refused(&b, ERR_AUDIO_DAMAGED, &err);

    make_mp3(&plain, &at_end);
    make_id3(4, "TIT2", 777, true, &at_end);
    p = probe_ok(&at_end);
    assert_int_equal(p.damage_count, 0);
    assert_int_equal(p.samples, 12 * 44100);
}

static void
test_joined(void **state)
{
    auto_bytes struct bytes b = {0}, other = {0};
    struct audio_probe p;

    (void)state;
    make_mp3(&bare, &b);
    p = probe_ok(&b);
    make_id3(3, "TIT2", 50, false, &other);
    bytes_add(&other, b.v, b.n);
    bytes_add(&b, other.v, other.n);
    assert_int_equal(probe_ok(&b).samples, p.samples * 2);
    assert_int_equal(probe_ok(&b).damage_count, 0);
}

static void
test_cut(void **state)
{
    auto_bytes struct bytes with = {0}, without = {0};
    struct audio_probe p;
    struct err err;

    (void)state;
    make_mp3(&plain, &with);
    with.n /= 2;
    probe_refused(&with, ERR_AUDIO_DAMAGED, &err);
    assert_non_null(strstr(err.msg, "cut"));
    assert_non_null(strstr(err.msg, "12.0"));

    /* Nothing says how long it was; only the last frame shows that it was
     * cut. */
    make_mp3(&bare, &without);
    without.n = without.n / 2 + 13;
    p = probe_ok(&without);
    assert_int_equal(p.damage_count, 1);
    assert_int_equal(p.damage[0].offset + p.damage[0].bytes, without.n);
    assert_non_null(strstr(p.damage[0].what, "cut short"));
}

/* Less than a second is missing: said, not refused. */
static void
test_cut_a_little(void **state)
{
    auto_bytes struct bytes b = {0};
    struct audio_probe p;

    (void)state;
    make_mp3(&plain, &b);
    b.n -= 12000; /* half a second of 192 kbit/s */
    p = probe_ok(&b);
    assert_int_equal(p.damage_count, 2); /* the frame, and the count */
    assert_true(p.lost_sec > 0.3 && p.lost_sec < 0.7);
}

/* The first frame after `at`: a header, and another one a frame of 192 kbit/s
 * later. */
static size_t
frame_near(const struct bytes *b, size_t at)
{
    while (b->v[at] != 0xff || (b->v[at + 1] & 0xfe) != 0xfa ||
           b->v[at + 626 + (b->v[at + 2] >> 1 & 1)] != 0xff)
        at++;
    return at;
}

static void
test_gap(void **state)
{
    auto_bytes struct bytes b = {0}, junk = {0};
    struct audio_probe whole, p;
    struct err err;
    size_t at;
    char where[32];

    (void)state;
    make_mp3(&bare, &b);
    whole = probe_ok(&b);
    at = frame_near(&b, 10000);
    bytes_random(&junk, 5000, 1);
    bytes_insert(&b, at, junk.v, junk.n);
    p = probe_ok(&b);
    assert_int_equal(p.damage_count, 1);
    assert_int_equal(p.damage[0].offset, at);
    assert_int_equal(p.damage[0].bytes, 5000);
    assert_int_equal(p.samples, whole.samples);

    bytes_cut(&b, at, 5000);
    junk.n = 0;
    bytes_random(&junk, 40000, 2);
    bytes_insert(&b, at, junk.v, junk.n);
    probe_refused(&b, ERR_AUDIO_DAMAGED, &err);
    snprintf(where, sizeof(where), "byte %zu", at);
    assert_non_null(strstr(err.msg, where));
    assert_non_null(strstr(err.msg, "40000"));

    bytes_cut(&b, at, 40000);
    junk.n = 0;
    bytes_fill(&junk, 0, 4096);
    bytes_insert(&b, at, junk.v, junk.n);
    p = probe_ok(&b);
    assert_string_equal(p.damage[0].what, "zero bytes");
    assert_int_equal(p.damage[0].bytes, 4096);
}

/* Two hundred spots of random bytes: each header that is hit is a gap, and each
 * gap is at a spot. */
static void
test_spots(void **state)
{
    struct mp3_make m = bare;
    auto_bytes struct bytes b = {0}, noise = {0};
    size_t spots[200];
    struct audio_probe p;

    (void)state;
    m.sec = 120;
    make_mp3(&m, &b);
    bytes_random(&noise, 200 * 40, 3);
    for (size_t i = 0; i < 200; i++) {
        spots[i] = (i + 1) * (b.n / 202) + i % 7;
        memcpy(b.v + spots[i], noise.v + i * 40, 40);
    }
    p = probe_ok(&b);
    assert_in_range(p.damage_count, 5, 40);
    assert_true(p.lost_sec > 0.05 && p.lost_sec <= 1.0);
    for (size_t i = 0; i < p.damage_count && i < AUDIO_DAMAGE_MAX; i++) {
        bool hit = false;

        for (size_t k = 0; k < 200; k++)
            hit |= llabs((int64_t)spots[k] - p.damage[i].offset) < 700;
        assert_true(hit);
    }
}

static void
test_trailing(void **state)
{
    auto_bytes struct bytes with = {0}, without = {0}, zeros = {0};
    struct audio_probe p;
    struct err err;

    (void)state;
    make_mp3(&bare, &without);
    bytes_random(&without, 1000, 4);
    p = probe_ok(&without);
    assert_int_equal(p.trailing_junk, 1000);
    assert_int_equal(p.damage_count, 1);
    bytes_random(&without, 100000, 5);
    probe_refused(&without, ERR_AUDIO_DAMAGED, &err);

    /* The header proves that everything is there, whatever follows. */
    make_mp3(&plain, &with);
    bytes_random(&with, 200000, 4);
    p = probe_ok(&with);
    assert_int_equal(p.trailing_junk, 200000);
    assert_int_equal(p.samples, 12 * 44100);

    make_mp3(&bare, &zeros);
    bytes_fill(&zeros, 0, 10000);
    assert_int_equal(probe_ok(&zeros).damage_count, 0);
}

static void
test_leading(void **state)
{
    auto_bytes struct bytes b = {0}, mp3 = {0};
    struct audio_probe p;
    struct err err;

    (void)state;
    make_mp3(&plain, &mp3);
    bytes_random(&b, 2000, 6);
    bytes_add(&b, mp3.v, mp3.n);
    p = probe_ok(&b);
    assert_int_equal(p.leading_junk, 2000);
    assert_int_equal(p.damage[0].bytes, 2000);
    assert_int_equal(p.samples, 12 * 44100);
    b.n = 0;
    bytes_random(&b, 70000, 6);
    bytes_add(&b, mp3.v, mp3.n);
    probe_refused(&b, ERR_NOT_AUDIO, &err);
}

static void
test_crc(void **state)
{
    struct mp3_make m = plain;
    auto_bytes struct bytes b = {0};
    struct audio_probe p;
    size_t at;

    (void)state;
    m.crc = true;
    make_mp3(&m, &b);
    assert_int_equal(probe_ok(&b).damage_count, 0);
    at = frame_near(&b, 50000);
    b.v[at + 10] ^= 4; /* in the side information */
    p = probe_ok(&b);
    assert_int_equal(p.damage_count, 1);
    assert_int_equal(p.damage[0].offset, at);
    assert_non_null(strstr(p.damage[0].what, "checksum"));
}

static void
test_not_audio(void **state)
{
    static const struct {
        const char *head, *said;
    } all[] = {
        {"%PDF-1.7\n%\xe2\xe3\n", "PDF"},
        {"\x89PNG\r\n\x1a\n", "PNG"},
        {"PK\x03\x04\x14", "zip"},
        {"<!DOCTYPE html><html>", "HTML"},
        {"  \n<HTML><head>", "HTML"},
        {"\x1f\x8b\x08", "Live set"},
        {"....ftypM4A ", "MP4"},
        {"RIFF....AVI LIST", "AVI"},
        {"MThd....", "MIDI"},
        {"just some words, and then some more words, and so on and on and on "
         "and on",
         "text"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(all); i++) {
        auto_bytes struct bytes b = {0}, mp3 = {0};
        struct err err;

        /* Even with MP3 inside: it is the archive that was sent. */
        make_mp3(&bare, &mp3);
        bytes_add(&b, all[i].head, strlen(all[i].head));
        bytes_add(&b, mp3.v, 20000);
        probe_refused(&b, ERR_NOT_AUDIO, &err);
        assert_non_null(strstr(err.msg, all[i].said));
    }
}

static void
test_nothing(void **state)
{
    auto_bytes struct bytes empty = {0}, zeros = {0}, random = {0}, two = {0};
    struct err err;

    (void)state;
    bytes_add(&empty, "", 0);
    probe_refused(&empty, ERR_NOT_AUDIO, &err);
    bytes_fill(&zeros, 0, 3 << 20);
    probe_refused(&zeros, ERR_NOT_AUDIO, &err);
    assert_non_null(strstr(err.msg, "zero bytes"));
    bytes_random(&random, 3 << 20, 8);
    probe_refused(&random, ERR_NOT_AUDIO, &err);
    for (size_t n = 1; n < 40; n++) {
        random.n = n;
        probe_refused(&random, ERR_NOT_AUDIO, &err);
    }
    make_mp3(&bare, &two);
    two.n = 1254; /* two frames */
    probe_refused(&two, ERR_NOT_AUDIO, &err);
}

static void
test_layer_two(void **state)
{
    auto_bytes struct bytes b = {0};
    static const uint8_t head[4] = {0xff, 0xfd, 0x80, 0x00};
    struct err err;

    (void)state;
    for (int i = 0; i < 50; i++) {
        bytes_add(&b, head, sizeof(head));
        bytes_fill(&b, 0x11, 144 * 128000 / 44100 - sizeof(head));
    }
    probe_refused(&b, ERR_NOT_AUDIO, &err);
    assert_non_null(strstr(err.msg, "Layer II"));
}

static void
test_wav(void **state)
{
    static const int bits[] = {8, 16, 24, 32, -32};

    (void)state;
    for (size_t i = 0; i < COUNT(bits); i++) {
        auto_bytes struct bytes b = {0};
        struct audio_probe p;
        struct err err;

        make_wav(44100, 2, bits[i], 6.5, &b);
        p = probe_ok(&b);
        assert_string_equal(p.format, "wav");
        assert_int_equal(p.samples, 6.5 * 44100);
        assert_int_equal(p.bits, abs(bits[i]));
        assert_int_equal(p.damage_count, 0);
        assert_int_equal(p.bitrate, 44100 * 2 * abs(bits[i]));
        b.n -= 1000;
        p = probe_ok(&b);
        assert_int_equal(p.damage_count, 1);
        b.n /= 2;
        probe_refused(&b, ERR_AUDIO_DAMAGED, &err);
        b.n = 44;
        probe_refused(&b, ERR_AUDIO_DAMAGED, &err);
    }
}

/* A length that was never filled in; RF64; MP3 in WAV; nonsense. */
static void
test_wav_edges(void **state)
{
    auto_bytes struct bytes b = {0}, rf64 = {0};
    struct err err;

    (void)state;
    make_wav(44100, 1, 16, 6, &b);
    memset(b.v + 40, 0xff, 4);
    assert_int_equal(probe_ok(&b).samples, 6 * 44100);
    assert_int_equal(probe_ok(&b).damage_count, 1);

    make_snd(SF_FORMAT_RF64 | SF_FORMAT_PCM_24, 48000, 2, 6, &rf64);
    assert_int_equal(probe_ok(&rf64).samples, 6 * 48000);
    assert_int_equal(probe_ok(&rf64).damage_count, 0);

    b.v[20] = 0x55;
    probe_refused(&b, ERR_NOT_AUDIO, &err);
    assert_non_null(strstr(err.msg, "MP3 inside"));
    b.v[20] = 1;
    b.v[22] = 0;
    probe_refused(&b, ERR_NOT_AUDIO, &err);
}

static void
test_others(void **state)
{
    static const struct {
        int format;
        const char *name, *codec;
        int rate;
    } all[] = {
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "aiff", "PCM", 44100},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_24, "aiff", "PCM", 96000},
        {SF_FORMAT_AIFF | SF_FORMAT_FLOAT, "aiff", "float PCM", 48000},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16 | SF_ENDIAN_LITTLE, "aiff", "PCM",
         44100},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "flac", "FLAC", 44100},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_24, "flac", "FLAC", 96000},
        {SF_FORMAT_OGG | SF_FORMAT_VORBIS, "ogg", "Vorbis", 44100},
        {SF_FORMAT_OGG | SF_FORMAT_OPUS, "ogg", "Opus", 48000},
        {SF_FORMAT_WAVEX | SF_FORMAT_PCM_24, "wav", "PCM", 48000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(all); i++) {
        auto_bytes struct bytes b = {0};
        struct audio_probe p;
        struct err err;

        make_snd(all[i].format, all[i].rate, 2, 8.25, &b);
        p = probe_ok(&b);
        assert_string_equal(p.format, all[i].name);
        assert_string_equal(p.codec, all[i].codec);
        assert_int_equal(p.sample_rate, all[i].rate);
        assert_int_equal(p.channels, 2);
        assert_int_equal(p.damage_count, 0);
        assert_true(fabs(p.duration_sec - 8.25) < 0.001);
        b.n = b.n / 2;
        probe_refused(&b, ERR_AUDIO_DAMAGED, &err);
    }
}

static void
test_ogg_hole(void **state)
{
    auto_bytes struct bytes b = {0};
    struct audio_probe p;

    (void)state;
    make_snd(SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 2, 30, &b);
    memset(b.v + b.n / 2, 0x55, 300);
    p = probe_ok(&b);
    assert_true(p.damage_count <= 2);
    bytes_cut(&b, b.n / 3, 1000);
    p = probe_ok(&b);
    assert_true(p.damage_count >= 1);
}

/* Accepted files decode to their end. */
static void
assert_decodes(const struct bytes *b)
{
    struct audio_probe p = probe_ok(b);
    auto_fd int fd = make_file(b);
    struct err err = ERR_INIT;
    auto_decoder struct decoder *d = decoder_open(fd, &p, &err);
    float block[4096 * 2];
    int64_t frames = 0;
    ssize_t n = 0;

    if (d == NULL)
        fail_msg("%s", err.msg);
    while ((n = decoder_read(d, block, 4096, &err)) > 0)
        frames += n;
    assert_int_equal(n, 0);
    assert_in_range(frames, p.samples - 2000, p.samples + 2000);
}

/* Let the pages of sound begin `shift` samples later, as a stream copied out
 * of the middle of something does. Checksums are nobody's business here. */
static void
shift_pages(struct bytes *b, uint64_t shift)
{
    for (size_t at = 0; at + 27 < b->n; at++) {
        uint64_t granule = 0;

        if (memcmp(b->v + at, "OggS", 4) != 0)
            continue;
        for (int i = 7; i >= 0; i--)
            granule = granule << 8 | b->v[at + 6 + (size_t)i];
        if (granule == 0 || granule == UINT64_MAX)
            continue;
        granule += shift;
        for (size_t i = 0; i < 8; i++)
            b->v[at + 6 + i] = (uint8_t)(granule >> 8 * i);
    }
}

static void
test_ogg_offset(void **state)
{
    static const int codecs[] = {SF_FORMAT_VORBIS, SF_FORMAT_OPUS};

    (void)state;
    for (size_t i = 0; i < COUNT(codecs); i++) {
        auto_bytes struct bytes b = {0};
        struct audio_probe p;

        make_snd(SF_FORMAT_OGG | codecs[i], 48000, 2, 20, &b);
        shift_pages(&b, 600 * 48000);
        p = probe_ok(&b);
        /* The short packets of Vorbis' first page cannot be distinguished. */
        assert_true(fabs(p.duration_sec - 20) < (i == 0 ? 0.5 : 0.001));
    }
}

static void
test_ogg_chained(void **state)
{
    static const int codecs[] = {SF_FORMAT_VORBIS, SF_FORMAT_OPUS};

    (void)state;
    for (size_t i = 0; i < COUNT(codecs); i++) {
        auto_bytes struct bytes b = {0};
        struct err err = ERR_INIT;
        size_t n;

        make_snd(SF_FORMAT_OGG | codecs[i], 48000, 2, 12, &b);
        n = b.n;
        bytes_fill(&b, 0, n);
        memcpy(b.v + n, b.v, n);
        probe_refused(&b, ERR_NOT_AUDIO, &err);
        assert_non_null(strstr(err.msg, "several recordings"));
        assert_non_null(strstr(err.msg, "after 12.0 s"));
        b.v[n + 14] ^= 0x55; /* of another serial number */
        for (size_t at = n + 1; at + 27 < b.n; at++)
            if (memcmp(b.v + at, "OggS", 4) == 0)
                b.v[at + 14] ^= 0x55;
        err_clear(&err);
        probe_refused(&b, ERR_NOT_AUDIO, &err);
    }
}

/* Programs that write into a pipe cannot say how long it will be. */
static void
test_placeholder_lengths(void **state)
{
    static const uint32_t sizes[] = {
        0,          0x7fffffff, 0x7ffff000, 0x7fffffdb, 0x80000000,
        0x7fffffe0, 0x80000024, 0xffffffff, 0xffffffdb, 0x7f000000};

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        auto_bytes struct bytes b = {0}, a = {0};
        struct audio_probe p;

        make_wav(44100, 2, 16, 3, &b);
        for (int k = 0; k < 4; k++)
            b.v[40 + k] = (uint8_t)(sizes[i] >> 8 * k);
        p = probe_ok(&b);
        assert_int_equal(p.samples, 3 * 44100);
        assert_decodes(&b);
        /* A tag after it is not sound. */
        bytes_add(&b, "TAG", 3);
        bytes_fill(&b, 'x', 125);
        assert_int_equal(probe_ok(&b).samples, 3 * 44100);

        make_snd(SF_FORMAT_AIFF | SF_FORMAT_PCM_16, 44100, 2, 3, &a);
        for (size_t at = 0; at + 8 < a.n; at++)
            if (memcmp(a.v + at, "SSND", 4) == 0)
                for (size_t k = 0; k < 4; k++)
                    a.v[at + 4 + k] = (uint8_t)(sizes[i] >> 8 * (3 - k));
        if (sizes[i] == 0)
            continue;
        assert_int_equal(probe_ok(&a).samples, 3 * 44100);
        assert_decodes(&a);
    }
}

/* A tag before a format that knows none, and after each of them. */
static void
test_tags_around_all(void **state)
{
    static const int formats[] = {
        SF_FORMAT_WAV | SF_FORMAT_PCM_16, SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
        SF_FORMAT_FLAC | SF_FORMAT_PCM_16, SF_FORMAT_OGG | SF_FORMAT_VORBIS,
        SF_FORMAT_OGG | SF_FORMAT_OPUS};

    (void)state;
    for (size_t i = 0; i < COUNT(formats) + 1; i++) {
        auto_bytes struct bytes b = {0}, tag = {0};
        struct audio_probe alone, p;

        make_id3(3, "APIC", 70000, false, &tag);
        if (i < COUNT(formats))
            make_snd(formats[i], 48000, 2, 5, &b);
        else
            make_mp3(&bare, &b);
        alone = probe_ok(&b);
        bytes_add(&b, tag.v, tag.n);
        p = probe_ok(&b);
        assert_int_equal(p.samples, alone.samples);
        assert_int_equal(p.damage_count, alone.damage_count);
        bytes_insert(&b, 0, tag.v, tag.n);
        p = probe_ok(&b);
        assert_int_equal(p.samples, alone.samples);
        assert_int_equal(p.damage_count, alone.damage_count);
        assert_int_equal(p.audio_start, alone.audio_start + (int64_t)tag.n);
        assert_true(p.has_art);
        assert_decodes(&b);
        bytes_add(&b, "LYRICSBEGINla la laLYRICSEND", 28);
        bytes_add(&b, "TAG", 3);
        bytes_fill(&b, 'x', 125);
        p = probe_ok(&b);
        assert_int_equal(p.samples, alone.samples);
        assert_int_equal(p.damage_count, alone.damage_count);
    }
}

/* What costs most: every byte looks like the start of a frame. */
static void
test_hostile_time(void **state)
{
    static const char *const patterns[] = {"\xff\xfb\x90\x64",
                                           "\xff\xff\xff\xff",
                                           "\xff\xfb\x00\x64",
                                           "\xff\xe3\x10\xc4\xff\xfb\x90\x64",
                                           "OggS",
                                           "ID3\x03"};

    (void)state;
    for (size_t i = 0; i < COUNT(patterns); i++) {
        auto_bytes struct bytes b = {0};
        auto_fd int fd = -1;
        struct audio_probe p;
        struct err err = ERR_INIT;
        clock_t start;
        size_t n = strlen(patterns[i]);

        make_mp3(&bare, &b);
        b.n = 4000;
        bytes_fill(&b, 0, 32 << 20);
        for (size_t at = 4000; at + n <= b.n; at += n)
            memcpy(b.v + at, patterns[i], n);
        fd = make_file(&b);
        start = clock();
        audio_probe_fd(fd, &p, &err); /* either answer is fine */
        assert_true(clock() - start < 4 * CLOCKS_PER_SEC);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mp3_lengths),
        cmocka_unit_test(test_fixtures),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_tag_edges),
        cmocka_unit_test(test_joined),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_cut_a_little),
        cmocka_unit_test(test_gap),
        cmocka_unit_test(test_spots),
        cmocka_unit_test(test_trailing),
        cmocka_unit_test(test_leading),
        cmocka_unit_test(test_crc),
        cmocka_unit_test(test_not_audio),
        cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_layer_two),
        cmocka_unit_test(test_wav),
        cmocka_unit_test(test_wav_edges),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_ogg_hole),
        cmocka_unit_test(test_ogg_offset),
        cmocka_unit_test(test_ogg_chained),
        cmocka_unit_test(test_placeholder_lengths),
        cmocka_unit_test(test_tags_around_all),
        cmocka_unit_test(test_hostile_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
