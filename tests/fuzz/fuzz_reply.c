/* A model's answers, as events or as one body, cut anywhere; and the events
 * alone: the cuts must not change what is passed on whole. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "caption/reply.h"

static void
hold(bool truth)
{
    if (!truth)
        abort();
}

static int
delta(void *ctx, const char *text, struct err *err)
{
    (void)err;
    *(size_t *)ctx += strlen(text);
    return 0;
}

static int
restart(void *ctx, const char *reason, struct err *err)
{
    (void)ctx;
    (void)err;
    hold(reason != NULL);
    return 0;
}

static bool
gone(void *ctx)
{
    (void)ctx;
    return false;
}

static void
feed(int (*take)(void *, const char *, size_t), void *ctx, const char *data,
     size_t len, size_t step)
{
    for (size_t at = 0; at < len; at += step)
        if (take(ctx, data + at, len - at < step ? len - at : step) == -1)
            return;
}

static int
take_reply(void *ctx, const char *data, size_t len)
{
    struct reply *r = ctx;

    return reply_take(r, 200, data, len);
}

static void
try_reply(const char *data, size_t len, size_t step, size_t windows)
{
    size_t told = 0;
    struct model_hooks hooks = {delta, restart, gone, &told};
    struct err err = ERR_INIT;
    struct reply r;

    reply_init(&r, &hooks, windows, &err);
    feed(take_reply, &r, data, len, step);
    (void)reply_close(&r, 200);
    hold(r.received <= (int64_t)len);
    hold(strlen(r.message) < sizeof(r.message));
    reply_release(&r);
}

static int
collect(void *ctx, const char *data, size_t len, bool whole)
{
    if (!whole)
        return SSE_MORE;
    (void)buf_add(ctx, data, len);
    return SSE_TAKEN;
}

static int
take_events(void *ctx, const char *data, size_t len)
{
    return sse_feed(ctx, data, len);
}

static void
read_events(const char *data, size_t len, size_t step, struct buf *ret)
{
    struct sse s = SSE_INIT(collect, ret);

    feed(take_events, &s, data, len, step);
    (void)sse_end(&s);
    sse_release(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    auto_buf struct buf one = BUF_INIT(1 << 20);
    auto_buf struct buf cut = BUF_INIT(1 << 20);
    const char *text = (const char *)data + 1;

    if (len < 2)
        return 0;
    try_reply(text, len - 1, len, data[0] % 3);
    try_reply(text, len - 1, 1 + data[0] % 64, data[0] % 3);
    read_events(text, len - 1, len, &one);
    read_events(text, len - 1, 1 + data[0] % 64, &cut);
    hold(one.len == cut.len);
    hold(one.len == 0 || memcmp(one.data, cut.data, one.len) == 0);
    return 0;
}
