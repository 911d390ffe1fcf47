/* Samples that pass; see strip.h. */
#include "audio/strip.h"

#include <string.h>

#include "base/mem.h"

#define LENGTHS 4 /* of what is needed: moved once per so many */

void
strip_init(struct strip *s, size_t window, size_t more)
{
    s->room = LENGTHS * (window + more);
    s->buf = xcalloc(s->room, sizeof(*s->buf));
    s->gone = 0;
    s->have = window / 2;
    s->base = -(int64_t)s->have;
}

void
strip_add(struct strip *s, const float *v, size_t n)
{
    if (s->gone + s->have + n > s->room) {
        memmove(s->buf, s->buf + s->gone, s->have * sizeof(*s->buf));
        s->gone = 0;
    }
    memcpy(s->buf + s->gone + s->have, v, n * sizeof(*v));
    s->have += n;
}

void
strip_drop(struct strip *s, int64_t at)
{
    size_t drop = (size_t)(at - s->base);

    s->have -= drop;
    s->gone += drop;
    s->base = at;
}
