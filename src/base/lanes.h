/*
 * Four floats at once, portable to every compiler and machine that we support.
 */
#ifndef BASE_LANES_H
#define BASE_LANES_H

#include <math.h>
#include <stddef.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define LANES 4

typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef int lanes_mask __attribute__((vector_size(LANES * sizeof(int))));

static inline lanes
lanes_from(const float *p)
{
    lanes v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static inline void
lanes_to(float *p, lanes v)
{
    memcpy(p, &v, sizeof(v));
}

static inline lanes
lanes_all(float v)
{
    return (lanes){v, v, v, v};
}

/* b if a is not a number. */
static inline lanes
lanes_larger(lanes a, lanes b)
{
#ifdef __SSE2__
    return (lanes)_mm_max_ps((__m128)a, (__m128)b);
#else
    lanes_mask m = a > b;

    return (lanes)(((lanes_mask)a & m) | ((lanes_mask)b & ~m));
#endif
}

static inline lanes
lanes_abs(lanes v)
{
    return (lanes)((lanes_mask)v & 0x7fffffff);
}

static inline lanes
lanes_root(lanes v)
{
#ifdef __SSE2__
    return (lanes)_mm_sqrt_ps((__m128)v);
#else
    for (size_t k = 0; k < LANES; k++)
        v[k] = sqrtf(v[k]);
    return v;
#endif
}

/* clang knows only the first of these, and GCC before 12 only the second. */
#ifdef __clang__
#define LANES_PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define LANES_PICK(a, b, ...) __builtin_shuffle(a, b, (lanes_mask){__VA_ARGS__})
#endif

/* The first, third, ... of eight consecutive floats; and those between. */
static inline lanes
lanes_even(lanes a, lanes b)
{
    return LANES_PICK(a, b, 0, 2, 4, 6);
}

static inline lanes
lanes_odd(lanes a, lanes b)
{
    return LANES_PICK(a, b, 1, 3, 5, 7);
}

/* The same, the last one first. */
static inline lanes
lanes_even_back(lanes a, lanes b)
{
    return LANES_PICK(a, b, 6, 4, 2, 0);
}

static inline lanes
lanes_odd_back(lanes a, lanes b)
{
    return LANES_PICK(a, b, 7, 5, 3, 1);
}

/* Alternately from both, eight floats; and the last ones first. */
static inline void
lanes_deal(float *p, lanes a, lanes b)
{
    lanes_to(p, LANES_PICK(a, b, 0, 4, 1, 5));
    lanes_to(p + LANES, LANES_PICK(a, b, 2, 6, 3, 7));
}

static inline void
lanes_deal_back(float *p, lanes a, lanes b)
{
    lanes_to(p, LANES_PICK(a, b, 3, 7, 2, 6));
    lanes_to(p + LANES, LANES_PICK(a, b, 1, 5, 0, 4));
}

/* The largest magnitude of n values, ignoring values that are not numbers. */
static inline float
lanes_peak(const float *v, size_t n)
{
    lanes most = {0};
    float peak = 0;
    size_t i = 0;

    for (; i + LANES <= n; i += LANES)
        most = lanes_larger(lanes_abs(lanes_from(v + i)), most);
    for (size_t k = 0; k < LANES; k++)
        peak = most[k] > peak ? most[k] : peak;
    for (; i < n; i++) {
        float level = v[i] < 0 ? -v[i] : v[i];

        peak = level > peak ? level : peak;
    }
    return peak;
}

#endif
