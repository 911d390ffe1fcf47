/*
 * Four floats at once, as any compiler of ours does them on any machine.
 */
#ifndef AUDIO_LANES_H
#define AUDIO_LANES_H

#include <string.h>

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
lanes_larger(lanes a, lanes b)
{
    lanes_mask m = a > b;

    return (lanes)(((lanes_mask)a & m) | ((lanes_mask)b & ~m));
}

#endif
