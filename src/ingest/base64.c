/*
 * Base64 with a table, four digits at a time, and with AVX2, if the processor
 * has it, thirty-two at a time: a save spent most of its own time here. See
 * base64.h.
 */
#include "ingest/base64.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* A digit's value with DIGIT set; 0 for anything that is not a digit. */
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

#if defined(__x86_64__)
/* The same 16 bytes in both halves. */
#define TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)

/* Turn digits of the standard alphabet into their values. Two tables, for the
 * upper and the lower half of a character, judge it: their bits meet if it is
 * not a digit (W. Mula, D. Lemire, "Faster Base64 Encoding and Decoding Using
 * AVX2 Instructions", 2018). False if one of the 32 is not a digit. */
__attribute__((target("avx2"))) static inline bool
values_of_32(__m256i *v)
{
    const __m256i low_bad =
        TWICE(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13,
              0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
    const __m256i high_bad =
        TWICE(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10,
              0x10, 0x10, 0x10, 0x10, 0x10);
    const __m256i shift = TWICE(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0,
                                0, 0, 0); /* by the upper half; '/' is 1 */
    const __m256i slash = _mm256_set1_epi8(0x2f); /* also the halves' mask */
    __m256i high = _mm256_and_si256(_mm256_srli_epi32(*v, 4), slash);
    __m256i low = _mm256_and_si256(*v, slash);

    if (!_mm256_testz_si256(_mm256_shuffle_epi8(low_bad, low),
                            _mm256_shuffle_epi8(high_bad, high)))
        return false;
    high = _mm256_add_epi8(high, _mm256_cmpeq_epi8(*v, slash));
    *v = _mm256_add_epi8(*v, _mm256_shuffle_epi8(shift, high));
    return true;
}

/* Runs while there are 32 digits of the standard alphabet; the rest, and the
 * other alphabet, is left to the table. Each step writes 32 bytes, of which 24
 * count, so it stops when out has no room for that. */
__attribute__((target("avx2"))) static size_t
avx2_32s(const unsigned char *in, size_t len, unsigned char *out)
{
    const __m256i order =
        TWICE(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    const __m256i halves = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7);
    size_t n = 0;

    for (; n + 44 <= len; n += 32, out += 24) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(in + n));

        if (!values_of_32(&v))
            break;
        /* Four values of 6 bits each into 24 bits of each 32. */
        v = _mm256_maddubs_epi16(v, _mm256_set1_epi32(0x01400140));
        v = _mm256_madd_epi16(v, _mm256_set1_epi32(0x00011000));
        v = _mm256_shuffle_epi8(v, order);
        v = _mm256_permutevar8x32_epi32(v, halves);
        _mm256_storeu_si256((__m256i *)out, v);
    }
    return n;
}
static size_t
whole_32s(const unsigned char *in, size_t len, unsigned char *out)
{
    return __builtin_cpu_supports("avx2") ? avx2_32s(in, len, out) : 0;
}
#else
static size_t
whole_32s(const unsigned char *in, size_t len, unsigned char *out)
{
    (void)in;
    (void)len;
    (void)out;
    return 0;
}
#endif

/* As long as there are whole fours of digits. */
static size_t
whole_fours(const unsigned char *in, size_t len, unsigned char *out)
{
    size_t n = whole_32s(in, len, out);

    out += n / 4 * 3;
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

size_t
base64_encode(const unsigned char *in, size_t len, char *out)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *o = out;

    for (size_t i = 0; i < len; i += 3) {
        size_t n = len - i < 3 ? len - i : 3;
        uint32_t bits = (uint32_t)in[i] << 16;

        if (n > 1)
            bits |= (uint32_t)in[i + 1] << 8;
        if (n > 2)
            bits |= in[i + 2];
        o[0] = letters[bits >> 18];
        o[1] = letters[bits >> 12 & 63];
        o[2] = n > 1 ? letters[bits >> 6 & 63] : '=';
        o[3] = n > 2 ? letters[bits & 63] : '=';
        o += 4;
    }
    return (size_t)(o - out);
}
