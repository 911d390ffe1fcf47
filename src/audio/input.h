/*
 * A file read through one window of 64 KiB. Not mapped: pages of a map count as
 * resident memory, and a file that shrinks under a map is a SIGBUS.
 *
 * After a read error every later look comes back empty; input_check, called
 * once at the end, tells an error from the end of the file.
 */
#ifndef AUDIO_INPUT_H
#define AUDIO_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"

#define INPUT_WINDOW 65536

struct input {
    int fd;        /* borrowed; read with pread, its offset is unchanged */
    int64_t base;  /* place of offset 0 in the file: possibly after tags */
    int64_t size;  /* from base on */
    int64_t start; /* of the window in the file */
    size_t len;    /* bytes in the window */
    uint8_t *window;
    int error; /* errno of the first read that failed */
};

int input_init(struct input *in, int fd, struct err *err);
void input_release(struct input *in);
#define auto_input auto_cleanup(input_release)

/* Count offsets from `base` of the file on. */
void input_rebase(struct input *in, int64_t base);

/* At least n bytes at offset `at`, NULL if the file has fewer; n at most
 * INPUT_WINDOW. Valid until the next call. */
const uint8_t *input_at(struct input *in, int64_t at, size_t n);

/* The bytes at offset `at`: at least min(want, rest of the file), their number
 * in *ret_len. NULL at the end. */
const uint8_t *input_span(struct input *in, int64_t at, size_t want,
                          size_t *ret_len);

/* The number of zero bytes from `at` on, not past `end`. */
int64_t input_zeros(struct input *in, int64_t at, int64_t end);

/* Whether the bytes at `at` are this text. */
bool input_is(struct input *in, int64_t at, const char *text);

/* -1 with ERR_INTERNAL if a read failed. */
int input_check(const struct input *in, struct err *err);

static inline uint32_t
be16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t
be32(const uint8_t *p)
{
    return be16(p) << 16 | be16(p + 2);
}

static inline uint32_t
le16(const uint8_t *p)
{
    return (uint32_t)p[1] << 8 | p[0];
}

static inline uint32_t
le32(const uint8_t *p)
{
    return le16(p + 2) << 16 | le16(p);
}

static inline uint64_t
le64(const uint8_t *p)
{
    return (uint64_t)le32(p + 4) << 32 | le32(p);
}

#endif
