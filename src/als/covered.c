/* How much of the music it is; see covered.h. */
#include "als/covered.h"

#include <math.h>
#include <stdlib.h>

void
als_covered_add(struct als_covered *c, double from, double to, bool certain)
{
    struct als_span span = {from, to};

    *als_push(&c->all) = span;
    if (certain)
        *als_push(&c->certain) = span;
}

/* Beats, those of spans that overlap once. */
static double
length(struct als_span *spans, size_t n)
{
    double beats = 0, until = -INFINITY;

    if (n > 0)
        qsort(spans, n, sizeof(*spans), als_span_order);
    for (size_t i = 0; i < n; i++) {
        beats += fmax(spans[i].to - fmax(spans[i].from, until), 0);
        until = fmax(until, spans[i].to);
    }
    return beats;
}

double
als_covered_share(struct als_covered *c)
{
    double all = length(c->all.at, c->all.n);

    return all > 0 ? length(c->certain.at, c->certain.n) / all : 1;
}

void
als_covered_release(struct als_covered *c)
{
    free(c->all.at);
    free(c->certain.at);
    *c = (struct als_covered){0};
}
