/* Two kinds of sink, as tables of functions; see sink.h. */
#include "dataset/sink.h"

#include "base/mem.h"

struct kind {
    int (*add)(struct sink *k, const char *name, int64_t size, sink_put *put,
               void *ctx, struct err *err);
    int (*make)(struct sink *k, sink_step *make, void *ctx, struct err *err);
    int (*tell)(sink_step *report, void *ctx, struct err *err);
};

struct sink {
    const struct kind *kind;
    struct zip *zip;      /* of the writing kind */
    struct zip_size size; /* of what was added */
    bool unsized;
};

/* ---- measuring ---- */

static int
measure_add(struct sink *k, const char *name, int64_t size, sink_put *put,
            void *ctx, struct err *err)
{
    (void)put;
    (void)ctx;
    (void)err;
    zip_size_add(&k->size, name, size);
    return 0;
}

static int
measure_make(struct sink *k, sink_step *make, void *ctx, struct err *err)
{
    (void)make;
    (void)ctx;
    (void)err;
    k->unsized = true;
    return 0;
}

static int
measure_tell(sink_step *report, void *ctx, struct err *err)
{
    (void)report;
    (void)ctx;
    (void)err;
    return 0;
}

static const struct kind measuring = {
    .add = measure_add, .make = measure_make, .tell = measure_tell};

/* ---- writing ---- */

static int
write_add(struct sink *k, const char *name, int64_t size, sink_put *put,
          void *ctx, struct err *err)
{
    zip_size_add(&k->size, name, size);
    return put(ctx, k->zip, err);
}

static int
write_make(struct sink *k, sink_step *make, void *ctx, struct err *err)
{
    (void)k;
    return make(ctx, err);
}

static int
write_tell(sink_step *report, void *ctx, struct err *err)
{
    return report(ctx, err);
}

static const struct kind writing = {
    .add = write_add, .make = write_make, .tell = write_tell};

/* ---- both ---- */

static struct sink *
make_sink(const struct kind *kind)
{
    struct sink *k = xcalloc(1, sizeof(*k));

    k->kind = kind;
    return k;
}

struct sink *
sink_measuring(void)
{
    return make_sink(&measuring);
}

struct sink *
sink_writing(zip_sink *out, void *ctx)
{
    struct sink *k = make_sink(&writing);

    k->zip = zip_open(out, ctx);
    return k;
}

void
sink_close(struct sink *k)
{
    if (k == NULL)
        return;
    zip_close(k->zip);
    free(k);
}

int
sink_add(struct sink *k, const char *name, int64_t size, sink_put *put,
         void *ctx, struct err *err)
{
    return k->kind->add(k, name, size, put, ctx, err);
}

struct bytes {
    const char *name;
    const void *data;
    size_t len;
};

static int
put_bytes(void *ctx, struct zip *zip, struct err *err)
{
    const struct bytes *b = ctx;

    return zip_add(zip, b->name, b->data, b->len, err);
}

int
sink_add_bytes(struct sink *k, const char *name, const void *data, size_t len,
               struct err *err)
{
    struct bytes b = {name, data, len};

    return sink_add(k, name, (int64_t)len, put_bytes, &b, err);
}

int
sink_make(struct sink *k, sink_step *make, void *ctx, struct err *err)
{
    return k->kind->make(k, make, ctx, err);
}

int
sink_tell(struct sink *k, sink_step *report, void *ctx, struct err *err)
{
    return k->kind->tell(report, ctx, err);
}

bool
sink_unsized(const struct sink *k)
{
    return k->unsized;
}

void
sink_size(const struct sink *k, struct zip_size *ret)
{
    *ret = k->size;
}

int
sink_finish(struct sink *k, int64_t *ret_bytes,
            char ret_sha256[HASH_HEX_LEN + 1], struct err *err)
{
    return zip_finish(k->zip, ret_bytes, ret_sha256, err);
}
