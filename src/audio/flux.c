/* The rise of a band, once its loud level is known. */
#include "audio/flux.h"

#include <math.h>

#include "base/auto.h"
#include "base/mem.h"

#define LAG 2         /* frames back to which a rise is compared */
#define LOUD 0.99     /* this share of a band's magnitudes is smaller */
#define STRETCH 200.f /* scales the loud level before the logarithm */
#define REST 1e-6f    /* keeps silence from being loud */

/* The k-th smallest of n values, which are reordered. */
static float
smallest(float *v, size_t n, size_t k)
{
    size_t from = 0, to = n - 1;

    while (from < to) {
        float pivot = v[from + (to - from) / 2];
        size_t i = from, j = to;

        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j) {
                float swap = v[i];

                v[i++] = v[j];
                v[j] = swap;
                if (j == 0)
                    break;
                j--;
            }
        }
        if (k <= j)
            to = j;
        else if (k >= i)
            from = i;
        else
            break;
    }
    return v[k];
}

void
flux_add(const float *band, size_t step, size_t n, float share, float *to)
{
    auto_free float *v = xcalloc(n, sizeof(*v));
    float scale;

    for (size_t i = 0; i < n; i++)
        v[i] = band[i * step];
    scale = STRETCH / (smallest(v, n, (size_t)(LOUD * (double)(n - 1))) + REST);
    for (size_t i = 0; i < n; i++)
        v[i] = log1pf(band[i * step] * scale);
    for (size_t i = LAG; i < n; i++)
        to[i] += share * fmaxf(v[i] - v[i - LAG], 0);
}
