/*
 * Base64 (RFC 4648), decoded in pieces of any length. Reads both alphabets, the
 * standard one and the URL-safe one; padding may be missing. Encodes with the
 * standard alphabet.
 */
#ifndef INGEST_BASE64_H
#define INGEST_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct base64 {
    uint32_t bits;   /* digits that do not make three bytes yet */
    unsigned digits; /* 0 to 3 of them */
    unsigned padding;
};

/* Room that out needs for len characters. */
#define BASE64_ROOM(len) ((len) / 4 * 3 + 3)

/* Decode up to the first character that is not a digit, or all len. Returns the
 * number of characters taken; *ret_len gets the number of bytes put into out.
 * Takes nothing after padding. */
size_t base64_digits(struct base64 *b, const unsigned char *in, size_t len,
                     unsigned char *out, size_t *ret_len);
/* Take one "="; false if none is allowed here. */
bool base64_pad(struct base64 *b);
/* The last bytes (at most 2), at the end of the text. False if the text cannot
 * end here. */
bool base64_end(struct base64 *b, unsigned char *out, size_t *ret_len);

/* The number of characters that len bytes become, with padding. */
#define BASE64_LEN(len) (((len) + 2) / 3 * 4)

/* Encode into out, without a final NUL; returns the number of characters. All
 * but the last piece of a text must be a multiple of three bytes. */
size_t base64_encode(const unsigned char *in, size_t len, char *out);

#endif
