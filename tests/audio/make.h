/*
 * Audio made for the tests: samples by formula, WAV by hand, MP3 by LAME,
 * the rest by libsndfile; and files to put them in.
 */
#ifndef TESTS_AUDIO_MAKE_H
#define TESTS_AUDIO_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audio/probe.h"

struct bytes {
    uint8_t *v;
    size_t n;
    size_t room;
};

void bytes_add(struct bytes *b, const void *data, size_t n);
void bytes_fill(struct bytes *b, int c, size_t n);
/* Put n bytes in at offset `at`. */
void bytes_insert(struct bytes *b, size_t at, const void *data, size_t n);
void bytes_cut(struct bytes *b, size_t at, size_t n);
void bytes_release(struct bytes *b);
#define auto_bytes __attribute__((cleanup(bytes_release)))

/* The same every time, for the same seed. */
void bytes_random(struct bytes *b, size_t n, uint32_t seed);

/* Clicks at `bpm` over a chord: music enough for a tempo. Interleaved; the
 * caller frees it. */
float *make_music(int rate, int channels, double sec, double bpm);

struct mp3_make {
    int rate, channels, kbit;
    int vbr; /* quality 1 to 9, 0 constant */
    bool no_xing, crc, free_format;
    double sec;
};
void make_mp3(const struct mp3_make *m, struct bytes *ret);
/* bits: 8, 16, 24, 32; or -32 for float. */
void make_wav(int rate, int channels, int bits, double sec, struct bytes *ret);
/* By libsndfile; format is its SF_FORMAT_*. */
void make_snd(int format, int rate, int channels, double sec,
              struct bytes *ret);

/* An ID3v2 tag with one frame of `size` bytes in it ("APIC"/"PIC", "TIT2"). */
void make_id3(int version, const char *frame, size_t size, bool footer,
              struct bytes *ret);

/* A file in /tmp that is open and has no name. */
int make_file(const struct bytes *b);
void read_all(const char *path, struct bytes *ret);

/* Probe bytes; they must be accepted. */
struct audio_probe probe_ok(const struct bytes *b);
/* Probe bytes; they must be refused so. The message is in err. */
void probe_refused(const struct bytes *b, enum err_code code,
                   struct err *ret_err);

/* What mpg123 says the length is, after its own scan: samples. */
int64_t mpg123_samples(const struct bytes *b);

/* The fixtures, when they are there: NULL, said so on stderr, when not. */
const char *fixture(const char *name);

#endif
