/*
 * The last samples of a stream, as far as windows still need them.
 */
#ifndef AUDIO_STRIP_H
#define AUDIO_STRIP_H

#include <stdint.h>
#include <stdlib.h>

/* They start at buf + gone, and are moved to its beginning only when its end is
 * reached. */
struct strip {
    float *buf;
    size_t room, gone, have;
    int64_t base; /* the sample at buf + gone */
};

/* Room for a window and `more` samples after it, with half a window of silence
 * before the beginning. The caller frees buf. */
void strip_init(struct strip *s, size_t window, size_t more);
void strip_add(struct strip *s, const float *v, size_t n);
/* Samples before `at` are no longer needed. */
void strip_drop(struct strip *s, int64_t at);

static inline const float *
strip_at(const struct strip *s, int64_t at)
{
    return s->buf + s->gone + (at - s->base);
}

#endif
