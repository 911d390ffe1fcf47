/* Base64 by a table; see base64.h. */
#include "ingest/base64.h"

/* A digit's value with DIGIT set; 0 for all that is no digit. */
#define DIGIT 0x80
static const unsigned char digit[256] = {
    ['A'] = 0x80, ['B'] = 0x81, ['C'] = 0x82, ['D'] = 0x83, ['E'] = 0x84,
    ['F'] = 0x85, ['G'] = 0x86, ['H'] = 0x87, ['I'] = 0x88, ['J'] = 0x89,
    ['K'] = 0x8a, ['L'] = 0x8b, ['M'] = 0x8c, ['N'] = 0x8d, ['O'] = 0x8e,
    ['P'] = 0x8f, ['Q'] = 0x90, ['R'] = 0x91, ['S'] = 0x92, ['T'] = 0x93,
    ['U'] = 0x94, ['V'] = 0x95, ['W'] = 0x96, ['X'] = 0x97, ['Y'] = 0x98,
    ['Z'] = 0x99, ['a'] = 0x9a, ['b'] = 0x9b, ['c'] = 0x9c, ['d'] = 0x9d,
    ['e'] = 0x9e, ['f'] = 0x9f, ['g'] = 0xa0, ['h'] = 0xa1, ['i'] = 0xa2,
    ['j'] = 0xa3, ['k'] = 0xa4, ['l'] = 0xa5, ['m'] = 0xa6, ['n'] = 0xa7,
    ['o'] = 0xa8, ['p'] = 0xa9, ['q'] = 0xaa, ['r'] = 0xab, ['s'] = 0xac,
    ['t'] = 0xad, ['u'] = 0xae, ['v'] = 0xaf, ['w'] = 0xb0, ['x'] = 0xb1,
    ['y'] = 0xb2, ['z'] = 0xb3, ['0'] = 0xb4, ['1'] = 0xb5, ['2'] = 0xb6,
    ['3'] = 0xb7, ['4'] = 0xb8, ['5'] = 0xb9, ['6'] = 0xba, ['7'] = 0xbb,
    ['8'] = 0xbc, ['9'] = 0xbd, ['+'] = 0xbe, ['-'] = 0xbe, ['/'] = 0xbf,
    ['_'] = 0xbf,
};

/* Four digits at a time, as long as there are whole fours. */
static size_t
whole_fours(const unsigned char *in, size_t len, unsigned char *out)
{
    size_t n = 0;

    for (; n + 4 <= len; n += 4, out += 3) {
        uint32_t a = digit[in[n]];
        uint32_t b = digit[in[n + 1]];
        uint32_t c = digit[in[n + 2]];
        uint32_t d = digit[in[n + 3]];
        uint32_t v;

        if (!(a & b & c & d & DIGIT))
            break;
        v = (a & 63) << 18 | (b & 63) << 12 | (c & 63) << 6 | (d & 63);
        out[0] = (unsigned char)(v >> 16);
        out[1] = (unsigned char)(v >> 8);
        out[2] = (unsigned char)v;
    }
    return n;
}

size_t
base64_digits(struct base64 *b, const unsigned char *in, size_t len,
              unsigned char *out, size_t *ret_len)
{
    unsigned char *to = out;
    size_t n = 0;

    while (n < len && b->padding == 0) {
        unsigned v;

        if (b->digits == 0) {
            size_t fours = whole_fours(in + n, len - n, to);

            n += fours;
            to += fours / 4 * 3;
            if (n == len)
                break;
        }
        if ((v = digit[in[n]]) == 0)
            break;
        n++;
        b->bits = b->bits << 6 | (v & 63);
        if (++b->digits == 4) {
            *to++ = (unsigned char)(b->bits >> 16);
            *to++ = (unsigned char)(b->bits >> 8);
            *to++ = (unsigned char)b->bits;
            b->digits = 0;
        }
    }
    *ret_len = (size_t)(to - out);
    return n;
}

bool
base64_pad(struct base64 *b)
{
    if (b->digits < 2 || b->digits + b->padding == 4)
        return false;
    b->padding++;
    return true;
}

bool
base64_end(struct base64 *b, unsigned char *out, size_t *ret_len)
{
    *ret_len = 0;
    if (b->digits == 1 || (b->padding > 0 && b->digits + b->padding != 4))
        return false;
    if (b->digits == 2) {
        out[0] = (unsigned char)(b->bits >> 4);
        *ret_len = 1;
    } else if (b->digits == 3) {
        out[0] = (unsigned char)(b->bits >> 10);
        out[1] = (unsigned char)(b->bits >> 2);
        *ret_len = 2;
    }
    return true;
}
