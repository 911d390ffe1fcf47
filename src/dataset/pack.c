/* The entries of a dataset, one item after the other; see pack.h. */
#include "dataset/pack.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "dataset/source.h"

#define REPORT_BYTES (8 << 20)

static void
free_parts(struct pack *x)
{
    if (x->parts == NULL)
        return;
    for (size_t i = 0; i < x->job->roll->n; i++)
        free(x->parts[i].seconds);
    free(steal(&x->parts));
}

void
pack_release(struct pack *x)
{
    sheets_release(&x->sheets);
    free_parts(x);
    zip_close(x->zip);
}

void
pack_reset(struct pack *x)
{
    free_parts(x);
    x->counted = false;
    x->unknown = false;
    sheets_release(&x->sheets);
    sheets_init(&x->sheets, x);
}

void
pack_init(struct pack *x, const struct export_job *job)
{
    size_t n = job->roll->n;

    *x = (struct pack){.job = job};
    if (job->opt.split > 0)
        x->every = (size_t)lround(1 / job->opt.split);
    if (x->every > n)
        x->every = 0; /* too few: nothing would be in it */
    x->progress.item_count = n;
    x->progress.bytes = job->roll->bytes;
    pack_reset(x);
}

int
pack_changed(struct err *err)
{
    return err_set(err, ERR_CONFLICT,
                   "an item was changed while it was exported; export again");
}

/* It goes as it is, and can be measured from its row. */
static bool
is_plain(const struct pack *x, const struct item *it)
{
    const struct export_options *opt = &x->job->opt;

    return source_is_plain(opt->layout, it, opt->segment_sec);
}

static int
report(struct pack *x, struct err *err)
{
    const struct export_job *job = x->job;

    x->reported = x->progress.bytes_done;
    if (x->zip == NULL || job->progress == NULL)
        return 0;
    return job->progress(job->ctx, &x->progress, err);
}

/* ---- samples ---- */

void
pack_sample_release(struct pack_sample *o)
{
    free(o->name);
    free(o->raw);
    free(o->caption);
}

/* NULL for an item that went as it is. */
static const struct pack_parts *
parts_of(const struct pack *x, size_t i)
{
    return x->parts != NULL && x->parts[i].n > 0 ? &x->parts[i] : NULL;
}

int
pack_parts_of(const struct pack *x, size_t i)
{
    const struct pack_parts *p = parts_of(x, i);

    return p != NULL ? p->n : 1;
}

void
pack_sample(const struct pack *x, size_t i, const struct item *it, int part,
            struct pack_sample *ret)
{
    const struct export_options *opt = &x->job->opt;
    const struct pack_parts *p = parts_of(x, i);

    *ret = (struct pack_sample){0};
    ret->raw = opt->trigger != NULL
                   ? xasprintf("%s, %s", opt->trigger, it->prompt_text)
                   : xstrdup(it->prompt_text);
    ret->caption = text_one_line(ret->raw);
    ret->s = (struct sample){
        .item = it,
        .artist = x->job->artist,
        .number = i + 1,
        .count = x->job->roll->n,
        .part = part,
        .parts = p != NULL ? p->n : 1,
        .validation = x->every > 0 && (i + 1) % x->every == 0,
        .format = source_format(opt->layout, it),
        .raw = ret->raw,
        .caption = ret->caption,
        .duration = p != NULL ? p->seconds[part - 1] : it->audio.duration_sec,
    };
    ret->name = layout_name(opt->layout, opt->layout->audio, &ret->s);
    ret->s.name = ret->name;
}

/* ---- entries ---- */

int
pack_text(struct pack *x, const char *name, const struct buf *text,
          struct err *err)
{
    if (text->failed)
        return err_set(err, ERR_TOO_LARGE, "%s would be over 1 MB", name);
    zip_size_add(&x->size, name, (int64_t)text->len);
    if (x->zip == NULL)
        return 0;
    return zip_add(x->zip, name, buf_str(text), text->len, err);
}

/* What the item's row says of its audio is what the dataset promises. */
static int
changed(const struct item *it, struct err *err)
{
    return err_set(err, ERR_DATASET_BLOCKED,
                   "the audio of item %s is not the file that was saved; save "
                   "it again",
                   it->id);
}

static int
copied(struct pack *x, size_t n, struct err *err)
{
    x->progress.bytes_done += (int64_t)n;
    if (x->progress.bytes_done - x->reported >= REPORT_BYTES)
        return report(x, err);
    return 0;
}

/* The object as it is. */
static int
put_object(struct pack *x, const struct sample *s, struct err *err)
{
    auto_store_reader struct store_reader *r = NULL;
    int64_t size = s->item->audio.bytes;
    int64_t found;
    ssize_t n;

    zip_size_add(&x->size, s->name, size);
    if (x->zip == NULL)
        return 0;
    r = store_read_open(x->job->store, s->item->audio_path, &found, err);
    if (r == NULL && err->code == ERR_OBJECT_NOT_FOUND)
        err_clear(err);
    else if (r == NULL)
        return -1;
    if (r == NULL || found != size)
        return changed(s->item, err);
    if (zip_begin(x->zip, s->name, size, err) == -1)
        return -1;
    do {
        size_t room;
        void *block = zip_room(x->zip, &room);

        n = store_read(r, block, room, err);
        if (n == -1 || zip_write(x->zip, block, (size_t)n, err) == -1 ||
            copied(x, (size_t)n, err) == -1)
            return -1;
    } while (n > 0);
    return zip_end(x->zip, err);
}

static int
put_range(struct pack *x, int fd, int64_t at, int64_t left, struct err *err)
{
    while (left > 0) {
        size_t room;
        void *block = zip_room(x->zip, &room);
        ssize_t n =
            pread(fd, block, left < (int64_t)room ? (size_t)left : room, at);

        if (n == -1 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_errno(err, ERR_STORAGE, "read a piece of audio");
        if (zip_write(x->zip, block, (size_t)n, err) == -1)
            return -1;
        at += n;
        left -= n;
    }
    return 0;
}

static int
put_piece(struct pack *x, const struct sample *s, int fd,
          const struct audio_piece *piece, struct err *err)
{
    int64_t size = (int64_t)piece->head_len + piece->bytes;

    zip_size_add(&x->size, s->name, size);
    if (zip_begin(x->zip, s->name, size, err) == -1 ||
        zip_write(x->zip, piece->head, piece->head_len, err) == -1 ||
        put_range(x, fd, piece->offset, piece->bytes, err) == -1)
        return -1;
    return zip_end(x->zip, err);
}

static int
put_sidecars(struct pack *x, const struct sample *s, struct err *err)
{
    const struct layout *l = x->job->opt.layout;

    for (const struct sidecar *c = l->sidecars; c->name != NULL; c++) {
        auto_free char *name = layout_name(l, c->name, s);
        auto_buf struct buf text = BUF_INIT(TEXT_MAX);

        c->write(s, &text);
        if (pack_text(x, name, &text, err) == -1)
            return -1;
    }
    return 0;
}

/* ---- items ---- */

static void
keep_parts(struct pack *x, size_t i, const struct audio_pieces *pieces)
{
    struct pack_parts *p;

    if (x->parts == NULL)
        x->parts = xcalloc(x->job->roll->n, sizeof(*x->parts));
    p = &x->parts[i];
    p->n = (int)pieces->n;
    p->seconds = xcalloc(pieces->n, sizeof(*p->seconds));
    for (size_t k = 0; k < pieces->n; k++)
        p->seconds[k] = pieces->v[k].duration_sec;
}

static int
add_plain(struct pack *x, size_t i, const struct item *it, struct err *err)
{
    auto_cleanup(pack_sample_release) struct pack_sample o;

    pack_sample(x, i, it, 1, &o);
    if (put_object(x, &o.s, err) == -1)
        return -1;
    return put_sidecars(x, &o.s, err);
}

static int
add_made(struct pack *x, size_t i, const struct item *it, struct err *err)
{
    const struct export_options *opt = &x->job->opt;
    auto_source struct source source = SOURCE_INIT;

    if (source_open(x->job->store, opt->layout, it, opt->segment_sec, &source,
                    err) == -1) {
        if (err->code != ERR_OBJECT_NOT_FOUND)
            return -1;
        err_clear(err);
        return changed(it, err);
    }
    keep_parts(x, i, &source.pieces);
    for (int part = 1; part <= pack_parts_of(x, i); part++) {
        auto_cleanup(pack_sample_release) struct pack_sample o;

        pack_sample(x, i, it, part, &o);
        if (put_piece(x, &o.s, source.fd, &source.pieces.v[part - 1], err) ==
                -1 ||
            put_sidecars(x, &o.s, err) == -1)
            return -1;
    }
    return copied(x, (size_t)it->audio.bytes, err);
}

static int
add_item(void *ctx, size_t i, const struct item *it, struct err *err)
{
    struct pack *x = ctx;
    bool plain = is_plain(x, it);
    int rc;

    x->progress.items_done++;
    x->unknown = x->unknown || (x->zip == NULL && !plain);
    if (x->unknown)
        return 0;
    rc = plain ? add_plain(x, i, it, err) : add_made(x, i, it, err);
    if (rc == 0 && !x->counted)
        rc = sheets_count(&x->sheets, x, i, it, err);
    if (rc == -1)
        return err_wrap(err, "item %zu of %zu", i + 1, x->job->roll->n);
    return report(x, err);
}

static bool
as_measured(const struct pack *x)
{
    return x->size.data == x->measured.data &&
           x->size.directory == x->measured.directory &&
           x->size.entries == x->measured.entries;
}

int
pack_items(struct pack *x, struct err *err)
{
    x->progress.items_done = 0;
    x->size = (struct zip_size){0};
    if (roll_walk(x->job->roll, add_item, x, err) == -1)
        return -1;
    if (x->progress.items_done != x->job->roll->n ||
        (x->counted && !as_measured(x)))
        return pack_changed(err);
    x->measured = x->size;
    x->counted = true;
    return 0;
}
