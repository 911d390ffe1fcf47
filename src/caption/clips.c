/* Excerpts of audio that accompany a question; see clips.h. */
#include "caption/clips.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ingest/base64.h"

enum { PIECE = 3 * 1024 }; /* of a file, read at once */

void
clips_add(struct clips *cs, const struct clip *c)
{
    cs->v = xrealloc(cs->v, (cs->n + 1) * sizeof(*cs->v));
    cs->v[cs->n++] = *c;
}

void
clips_release(struct clips *cs)
{
    for (size_t i = 0; i < cs->n; i++)
        (void)close(cs->v[i].fd);
    free(cs->v);
    *cs = (struct clips){0};
}

double
clips_seconds(const struct clips *cs)
{
    double sum = 0;

    for (size_t i = 0; i < cs->n; i++)
        sum += cs->v[i].seconds;
    return sum;
}

/* ---- the body ---- */

char *
clip_name(const char *marker, size_t i)
{
    return xasprintf("%s-%zu", marker, i);
}

/* Bytes of the text up to the next clip's name, or to its end. */
static size_t
text_left(const struct body *b)
{
    const char *from = b->text + b->at;
    auto_free char *name = NULL;
    const char *found;

    if (b->next == b->clips->n)
        return strlen(from);
    name = clip_name(b->marker, b->next);
    found = strstr(from, name);
    return found != NULL ? (size_t)(found - from) : strlen(from);
}

void
body_open(struct body *b, const char *text, const struct clips *clips,
          const char *marker)
{
    *b = (struct body){.text = text,
                       .clips = clips,
                       .marker = marker,
                       .clip_at = -1,
                       .len = (int64_t)strlen(text)};
    for (size_t i = 0; i < clips->n; i++) {
        auto_free char *name = clip_name(marker, i);

        b->len += (int64_t)BASE64_LEN((size_t)clips->v[i].bytes) -
                  (int64_t)strlen(name);
    }
}

static ssize_t
read_clip(struct body *b, char *buf, size_t size)
{
    const struct clip *c = &b->clips->v[b->next];
    unsigned char block[PIECE];
    size_t want = size / 4 * 3 < PIECE ? size / 4 * 3 : PIECE;
    size_t got = 0;

    if ((int64_t)want > c->bytes - b->clip_at)
        want = (size_t)(c->bytes - b->clip_at);
    while (got < want) {
        ssize_t n =
            pread(c->fd, block + got, want - got, b->clip_at + (int64_t)got);

        if (n == -1 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        got += (size_t)n;
    }
    b->clip_at += (int64_t)got;
    if (b->clip_at == c->bytes) {
        b->clip_at = -1;
        b->next++;
    }
    return (ssize_t)base64_encode(block, got, buf);
}

ssize_t
body_read(struct body *b, void *buf, size_t size)
{
    auto_free char *name = NULL;
    size_t left;

    if (b->clip_at >= 0)
        return read_clip(b, buf, size);
    left = text_left(b);
    if (left > 0) {
        size_t n = left < size ? left : size;

        memcpy(buf, b->text + b->at, n);
        b->at += n;
        return (ssize_t)n;
    }
    if (b->next == b->clips->n || b->clips->v[b->next].bytes == 0)
        return b->text[b->at] == '\0' ? 0 : -1;
    name = clip_name(b->marker, b->next);
    b->at += strlen(name);
    b->clip_at = 0;
    return read_clip(b, buf, size);
}
