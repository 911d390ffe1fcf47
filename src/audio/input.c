/*
 * One window on a file.
 */
#include "audio/input.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

int
input_init(struct input *in, int fd, struct err *err)
{
    struct stat st;

    if (fstat(fd, &st) == -1)
        return err_errno(err, ERR_INTERNAL, "cannot look at the audio file");
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_INTERNAL, "the audio is not a regular file");
    *in = (struct input){.fd = fd, .size = st.st_size};
    in->window = xmalloc(INPUT_WINDOW);
    return 0;
}

void
input_release(struct input *in)
{
    free(in->window);
    *in = (struct input){.fd = -1};
}

void
input_rebase(struct input *in, int64_t base)
{
    in->size += in->base - base;
    in->base = base;
    in->len = 0;
}

/* Fill the window from `at` on. */
static void
load(struct input *in, int64_t at)
{
    in->start = at;
    in->len = 0;
    while (in->len < INPUT_WINDOW && in->error == 0) {
        ssize_t n = pread(in->fd, in->window + in->len, INPUT_WINDOW - in->len,
                          in->base + at + (int64_t)in->len);
        if (n == -1 && errno != EINTR)
            in->error = errno;
        if (n == 0)
            break;
        if (n > 0)
            in->len += (size_t)n;
    }
}

const uint8_t *
input_span(struct input *in, int64_t at, size_t want, size_t *ret_len)
{
    if (at < 0 || at >= in->size)
        return NULL;
    if ((int64_t)want > in->size - at)
        want = (size_t)(in->size - at);
    if (at < in->start || at + (int64_t)want > in->start + (int64_t)in->len)
        load(in, at);
    if (at + (int64_t)want > in->start + (int64_t)in->len || in->error != 0)
        return NULL;

    *ret_len = in->len - (size_t)(at - in->start);
    return in->window + (at - in->start);
}

const uint8_t *
input_at(struct input *in, int64_t at, size_t n)
{
    size_t len = 0;
    const uint8_t *p = input_span(in, at, n, &len);

    return p != NULL && len >= n ? p : NULL;
}

int64_t
input_zeros(struct input *in, int64_t at, int64_t end)
{
    int64_t from = at;

    while (at < end) {
        size_t len = 0, i = 0;
        const uint8_t *p = input_span(in, at, 1, &len);

        if (p == NULL)
            break;
        if ((int64_t)len > end - at)
            len = (size_t)(end - at);
        /* Equal to itself shifted by one: all bytes are the same. */
        if (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0) {
            at += (int64_t)len;
            continue;
        }
        while (i < len && p[i] == 0)
            i++;
        at += (int64_t)i;
        break;
    }
    return at - from;
}

bool
input_is(struct input *in, int64_t at, const char *text)
{
    size_t n = strlen(text);
    const uint8_t *p = input_at(in, at, n);

    return p != NULL && memcmp(p, text, n) == 0;
}

int
input_check(const struct input *in, struct err *err)
{
    if (in->error == 0)
        return 0;
    errno = in->error;
    return err_errno(err, ERR_INTERNAL, "cannot read the audio file");
}
