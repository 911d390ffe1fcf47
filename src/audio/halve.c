/* A half-band filter: every other tap is 0, the middle one is a half. */
#include "audio/halve.h"

#include <string.h>

#include "base/lanes.h"

#define SIDE 8 /* taps on a side that are not 0 */
#define PAST (HALVE_TAPS / 2)

/* A sinc under a Hamming window, summing to a half with the middle tap. */
static const float taps[SIDE] = {
    0.31638837f, -0.09815446f, 0.05079026f, -0.02871710f,
    0.01596966f, -0.00825412f, 0.00386794f, -0.00189055f,
};

#define TAP(k) ((lanes_from(odd - (k)) + lanes_from(odd + (k) + 1)) * taps[k])

/* Deal samples alternately after what is left of earlier ones; returns the
 * number of pairs. */
static size_t
part(struct halve *h, const float *samples, size_t n)
{
    size_t pairs = 0, i = 0;

    if (h->has_left && n > 0) {
        h->even[PAST] = h->left;
        h->odd[PAST + pairs++] = samples[i++];
    }
    for (; i + 2 * LANES <= n; i += 2 * LANES, pairs += LANES) {
        lanes a = lanes_from(samples + i), b = lanes_from(samples + i + LANES);

        lanes_to(h->even + PAST + pairs, lanes_even(a, b));
        lanes_to(h->odd + PAST + pairs, lanes_odd(a, b));
    }
    for (; i + 1 < n; i += 2) {
        h->even[PAST + pairs] = samples[i];
        h->odd[PAST + pairs++] = samples[i + 1];
    }
    if (n > 0) {
        h->has_left = i < n;
        h->left = samples[n - 1];
    }
    return pairs;
}

size_t
halve_add(struct halve *h, float *samples, size_t n)
{
    size_t pairs = part(h, samples, n);

    for (size_t i = 0; i < pairs; i += LANES) {
        const float *odd = h->odd + i + SIDE - 1;
        lanes sum = lanes_from(h->even + i + SIDE) * 0.5f;

        /* Written out, since GCC unrolls a loop only at -O3. */
        sum = sum + TAP(0) + TAP(1) + TAP(2) + TAP(3);
        sum = sum + TAP(4) + TAP(5) + TAP(6) + TAP(7);
        if (i + LANES <= pairs)
            lanes_to(samples + i, sum);
        else
            for (size_t k = 0; i + k < pairs; k++)
                samples[i + k] = sum[k];
    }
    memmove(h->even, h->even + pairs, PAST * sizeof(*h->even));
    memmove(h->odd, h->odd + pairs, PAST * sizeof(*h->odd));
    return pairs;
}
