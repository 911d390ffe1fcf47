/* The entries of a dataset, one item after the other; see pack.h. */
#include "dataset/pack.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "db/windows.h"
#include "dataset/object.h"
#include "dataset/said.h"
#include "dataset/source.h"

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
    for (size_t i = 0; x->kept != NULL && i < x->job->roll->n; i++)
        conversion_release(&x->kept[i]);
    free(x->kept);
    sink_close(x->sink);
    buf_release(&x->named);
}

void
pack_reset(struct pack *x)
{
    free_parts(x);
    x->counted = false;
    sheets_release(&x->sheets);
    sheets_init(&x->sheets, x);
}

void
pack_into(struct pack *x, struct sink *sink)
{
    sink_close(x->sink);
    x->sink = sink;
}

void
pack_init(struct pack *x, const struct export_job *job)
{
    size_t n = job->roll->n;

    *x = (struct pack){.job = job,
                       .named = BUF_INIT(PACK_NAMED * (UUID_LEN + 2))};
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

/* ---- samples ---- */

void
pack_sample_release(struct pack_sample *o)
{
    free(o->name);
    free(o->raw);
    free(o->caption);
}

/* NULL for an item that went unchanged. */
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
    const struct window *w = NULL;
    const char *text;
    struct outcome o;

    outcome_of(opt->layout, it, opt->segment_sec, &o);
    *ret = (struct pack_sample){0};
    if (it->windows != NULL) {
        w = &it->windows->v[part - 1];
        said_window(it, w, &ret->window);
        it = &ret->window;
    }
    text = it->prompt_text != NULL ? it->prompt_text : "";
    ret->raw = opt->trigger != NULL ? xasprintf("%s, %s", opt->trigger, text)
                                    : xstrdup(text);
    ret->caption = text_one_line(ret->raw);
    ret->s = (struct sample){
        .item = it,
        .artist = x->job->artist,
        .number = i + 1,
        .count = x->job->roll->n,
        .part = part,
        .parts = p != NULL ? p->n : 1,
        .validation = x->every > 0 && (i + 1) % x->every == 0,
        .format = o.format,
        .raw = ret->raw,
        .caption = ret->caption,
        .trigger = opt->trigger,
        .rate = o.rate,
        .start = w != NULL ? w->start_sec : (part - 1) * o.file_sec,
        .window = w,
        .duration = p != NULL ? p->seconds[part - 1] : it->audio.duration_sec,
    };
    ret->name = layout_name(opt->layout, opt->layout->audio, &ret->s);
    ret->s.name = ret->name;
}

/* ---- entries ---- */

static int
add_text(struct pack *x, const char *name, const struct buf *text,
         struct err *err)
{
    if (text->failed)
        return err_set(err, ERR_TOO_LARGE, "%s would be over 1 MB", name);
    if (x->broken > 0)
        return 0;
    return sink_add_bytes(x->sink, name, buf_str(text), text->len, err);
}

static int
put_sidecars(struct pack *x, const struct sample *s, struct err *err)
{
    const struct layout *l = x->job->opt.layout;

    for (const struct sidecar *c = l->sidecars; c->name != NULL; c++) {
        auto_free char *name = layout_name(l, c->name, s);
        auto_buf struct buf text = BUF_INIT(TEXT_MAX);

        c->write(s, &text);
        if (text.len == 0 && !text.failed)
            continue; /* there is nothing to say */
        if (add_text(x, name, &text, err) == -1)
            return -1;
    }
    return 0;
}

/* ---- items ---- */

static struct pack_parts *
begin_parts(struct pack *x, size_t i, size_t n)
{
    struct pack_parts *p;

    if (x->parts == NULL)
        x->parts = xcalloc(x->job->roll->n, sizeof(*x->parts));
    p = &x->parts[i];
    free(p->seconds); /* of the walk that measured */
    p->n = (int)n;
    p->seconds = xcalloc(n, sizeof(*p->seconds));
    return p;
}

static void
keep_parts(struct pack *x, size_t i, const struct audio_pieces *pieces)
{
    struct pack_parts *p = begin_parts(x, i, pieces->n);

    for (size_t k = 0; k < pieces->n; k++)
        p->seconds[k] = pieces->v[k].duration_sec;
}

/* The stored conversion of item i, or NULL. */
static const struct conversion *
kept_of(const struct pack *x, size_t i)
{
    return x->kept != NULL && x->kept[i].path != NULL ? &x->kept[i] : NULL;
}

/* Whether it goes into the zip whole, so that its size is known. */
static bool
is_kept_whole(const struct pack *x, size_t i, const struct item *it,
              const struct outcome *o)
{
    return kept_of(x, i) != NULL && !o->cut &&
           strcmp(o->format, it->audio.format) != 0;
}

static int
add_plain(struct pack *x, size_t i, const struct item *it, struct err *err)
{
    auto_cleanup(pack_sample_release) struct pack_sample o = {0};

    pack_sample(x, i, it, 1, &o);
    if (pack_object(x, &o.s, err) == -1)
        return -1;
    return put_sidecars(x, &o.s, err);
}

static int
add_kept(struct pack *x, size_t i, const struct item *it, struct err *err)
{
    auto_cleanup(pack_sample_release) struct pack_sample o = {0};
    const struct conversion *c = kept_of(x, i);

    begin_parts(x, i, 1)->seconds[0] = c->duration_sec;
    pack_sample(x, i, it, 1, &o);
    if (pack_kept(x, &o.s, c, err) == -1)
        return -1;
    return put_sidecars(x, &o.s, err);
}

static int
add_parts(struct pack *x, size_t i, const struct item *it,
          const struct source *source, struct err *err)
{
    keep_parts(x, i, &source->pieces);
    for (int part = 1; part <= pack_parts_of(x, i); part++) {
        auto_cleanup(pack_sample_release) struct pack_sample o = {0};

        pack_sample(x, i, it, part, &o);
        if (pack_piece(x, &o.s, source->fd, &source->pieces.v[part - 1], err) ==
                -1 ||
            put_sidecars(x, &o.s, err) == -1)
            return -1;
    }
    return 0;
}

/* An item that is cut or converted on its way. */
struct made {
    struct pack *x;
    size_t i;
    const struct item *it;
    const struct outcome *o;
};

/* If there will be no zip, nothing is made for it. */
static int
add_made(void *ctx, struct err *err)
{
    const struct made *m = ctx;
    struct pack *x = m->x;
    const struct item *it = m->it;
    auto_source struct source source = SOURCE_INIT;
    enum object_state state;
    uint32_t crc;
    int rc;

    if (x->broken > 0 || x->doomed)
        rc = object_sum(x->job->store, it, &state, &crc, err);
    else
        rc = source_open(x->job, m->o, it, kept_of(x, m->i), &state, &source,
                         err);
    if (rc == -1)
        return -1;
    if (source.spoiled)
        return pack_spoiled(x, err);
    if (state != OBJECT_AS_SAVED && pack_broken(x, it, state, err) == -1)
        return -1;
    if (x->broken == 0 && !x->doomed &&
        add_parts(x, m->i, it, &source, err) == -1)
        return -1;
    return pack_copied(x, (size_t)it->audio.bytes, err);
}

static int
add_audio(struct pack *x, size_t i, const struct item *it, struct err *err)
{
    const struct export_options *opt = &x->job->opt;
    struct outcome o;
    struct made made = {x, i, it, &o};

    outcome_of(opt->layout, it, opt->segment_sec, &o);
    if (is_kept_whole(x, i, it, &o))
        return add_kept(x, i, it, err);
    if (o.made)
        return sink_make(x->sink, add_made, &made, err);
    return add_plain(x, i, it, err);
}

static int
add_item(void *ctx, size_t i, const struct item *it, struct err *err)
{
    struct pack *x = ctx;
    int rc = 0;

    x->progress.items_done++;
    if (!sink_unsized(x->sink))
        rc = add_audio(x, i, it, err);
    if (rc == 0 && !sink_unsized(x->sink) && !x->counted)
        rc = sheets_count(&x->sheets, x, i, it, err);
    if (rc == -1)
        return err_wrap(err, "item %zu of %zu", i + 1, x->job->roll->n);
    return sink_tell(x->sink, pack_report, x, err);
}

static bool
is_same(const struct zip_size *a, const struct zip_size *b)
{
    return a->data == b->data && a->directory == b->directory &&
           a->entries == b->entries;
}

static int
say_broken(const struct pack *x, struct err *err)
{
    return err_set(err, ERR_DATASET_BLOCKED,
                   "the audio of %zu %s not the file that was saved; add it "
                   "again: %s%s",
                   x->broken, x->broken == 1 ? "item is" : "items are",
                   buf_str(&x->named), x->broken > PACK_NAMED ? ", ..." : "");
}

/* The first time, the sheets are counted too. */
static int
add_items(struct pack *x, struct err *err)
{
    struct zip_size size;

    x->progress.items_done = 0;
    if (roll_walk(x->job->roll, add_item, x, err) == -1)
        return -1;
    if (x->broken > 0)
        return say_broken(x, err);
    sink_size(x->sink, &size);
    if (x->doomed || x->progress.items_done != x->job->roll->n ||
        (x->counted && !is_same(&size, &x->measured)))
        return pack_changed(err);
    if (!x->counted)
        sheets_counted(&x->sheets);
    x->measured = size;
    x->counted = true;
    return 0;
}

/* ---- all ---- */

static int
add_extra(struct pack *x, struct err *err)
{
    const struct layout *l = x->job->opt.layout;
    auto_buf struct buf text = BUF_INIT(TEXT_MAX);

    if (l->extra.name == NULL)
        return 0;
    l->extra.write(x->every > 0, &text);
    return add_text(x, l->extra.name, &text, err);
}

int
pack_all(struct pack *x, struct err *err)
{
    if (add_items(x, err) == -1)
        return -1;
    if (sink_unsized(x->sink))
        return 0;
    if (sheets_pack(&x->sheets, SHEET_TABLE, x, err) == -1 ||
        add_extra(x, err) == -1)
        return -1;
    return sheets_pack(&x->sheets, SHEET_MANIFEST, x, err);
}
