/* Tables and MANIFEST.json, piece by piece; see sheet.h. */
#include "dataset/sheet.h"

#include <string.h>

#include "base/crc.h"
#include "base/json.h"
#include "base/mem.h"
#include "dataset/pack.h"

#define FLUSH 32768 /* bytes that are collected before they are written */

/* ---- texts ---- */

static void
begin(struct sheet *s, const struct pack *x, struct buf *out)
{
    s->json = (struct json_writer){.out = out};
    s->rows = 0;
    if (s->kind == SHEET_MANIFEST)
        manifest_begin(&s->json, &x->job->opt);
    else
        buf_add_str(out, s->table->head);
}

static void
end(struct sheet *s, struct buf *out)
{
    if (s->kind != SHEET_MANIFEST) {
        if (s->table->tail != NULL)
            s->table->tail(s->rows, out);
        return;
    }
    s->json.out = out;
    manifest_end(&s->json);
    if (!s->beside)
        buf_add_str(out, "\n");
}

static void
add_rows(struct sheet *s, const struct pack *x, size_t i, const struct item *it,
         struct buf *out)
{
    for (int part = 1; part <= pack_parts_of(x, i); part++) {
        auto_cleanup(pack_sample_release) struct pack_sample o = {0};

        pack_sample(x, i, it, part, &o);
        if (s->one_side && o.s.validation != s->validation)
            continue;
        if (s->rows++ > 0 && s->table->comma != NULL)
            buf_add_str(out, s->table->comma);
        s->table->row(&o.s, out);
    }
}

static void
add_to_manifest(struct sheet *s, const struct pack *x, size_t i,
                const struct item *it, struct buf *out)
{
    json_object *files = json_object_new_array();

    for (int part = 1; part <= pack_parts_of(x, i); part++) {
        auto_cleanup(pack_sample_release) struct pack_sample o = {0};

        pack_sample(x, i, it, part, &o);
        json_object_array_add(files, json_object_new_string(o.name));
    }
    s->json.out = out;
    manifest_add(&s->json, it, files);
}

static void
add_piece(struct sheet *s, const struct pack *x, size_t i,
          const struct item *it, struct buf *out)
{
    if (s->kind == SHEET_MANIFEST)
        add_to_manifest(s, x, i, it, out);
    else
        add_rows(s, x, i, it, out);
}

/* ---- counting ---- */

static void
count(struct sheet *s, const struct buf *text)
{
    s->bytes += (int64_t)text->len;
    s->crc = crc_add(s->crc, buf_str(text), text->len);
}

static void
add_sheet(struct sheets *ss, const struct pack *x, struct sheet s)
{
    auto_buf struct buf text = BUF_INIT(TEXT_MAX);

    begin(&s, x, &text);
    count(&s, &text);
    s.json = (struct json_writer){0};
    ss->v[ss->n++] = s;
}

static void
add_table(struct sheets *ss, const struct pack *x, const struct table *t,
          bool one_side, bool validation)
{
    const struct layout *l = x->job->opt.layout;
    const struct sample any = {.validation = validation};

    add_sheet(ss, x,
              (struct sheet){.kind = SHEET_TABLE,
                             .table = t,
                             .name = layout_name(l, t->name, &any),
                             .one_side = one_side,
                             .validation = validation});
}

void
sheets_init(struct sheets *ss, const struct pack *x)
{
    const struct layout *l = x->job->opt.layout;

    *ss = (struct sheets){0};
    for (const struct table *t = l->tables; t->name != NULL; t++) {
        bool sides = strstr(t->name, "{split}") != NULL;

        add_table(ss, x, t, sides, false);
        if (sides && x->every > 0)
            add_table(ss, x, t, true, true);
    }
    add_sheet(ss, x,
              (struct sheet){.kind = SHEET_MANIFEST,
                             .name = l->manifest
                                         ? xstrdup("MANIFEST.json")
                                         : export_manifest_path(x->job->path),
                             .beside = !l->manifest});
}

void
sheets_release(struct sheets *ss)
{
    for (size_t i = 0; i < ss->n; i++)
        free(ss->v[i].name);
    *ss = (struct sheets){0};
}

int
sheets_count(struct sheets *ss, const struct pack *x, size_t i,
             const struct item *it, struct err *err)
{
    auto_buf struct buf text = BUF_INIT(TEXT_MAX);

    for (size_t k = 0; k < ss->n; k++) {
        struct sheet *s = &ss->v[k];

        buf_clear(&text);
        /* A comma precedes every item but the first. */
        s->json.comma = i > 0;
        add_piece(s, x, i, it, &text);
        if (text.failed)
            return err_set(err, ERR_TOO_LARGE, "its part of %s is over 1 MB",
                           s->name);
        count(s, &text);
    }
    return 0;
}

void
sheets_counted(struct sheets *ss)
{
    auto_buf struct buf text = BUF_INIT(TEXT_MAX);

    for (size_t k = 0; k < ss->n; k++) {
        buf_clear(&text);
        end(&ss->v[k], &text);
        count(&ss->v[k], &text);
    }
}

/* ---- writing ---- */

struct output {
    struct sheet *sheet;
    const struct pack *x;
    struct buf text;
    struct store_writer *w; /* NULL: into the zip */
    struct zip *zip;
    int64_t left; /* bytes that were counted but have not come yet */
};

static void
output_release(struct output *o)
{
    buf_release(&o->text);
    store_write_abort(o->w);
}

static int
flush(struct output *o, struct err *err)
{
    const char *text = buf_str(&o->text);
    size_t len = o->text.len;
    int rc;

    if (o->text.failed || (int64_t)len > o->left)
        return pack_changed(err);
    o->left -= (int64_t)len;
    rc = o->w != NULL ? store_write(o->w, text, len, err)
                      : zip_write(o->zip, text, len, err);
    buf_clear(&o->text);
    return rc;
}

static int
write_piece(void *ctx, size_t i, const struct item *it, struct err *err)
{
    struct output *o = ctx;

    add_piece(o->sheet, o->x, i, it, &o->text);
    return o->text.failed || o->text.len >= FLUSH ? flush(o, err) : 0;
}

static int
write_sheet(struct output *o, struct err *err)
{
    o->text = BUF_INIT(FLUSH + TEXT_MAX);
    o->left = o->sheet->bytes;
    begin(o->sheet, o->x, &o->text);
    if (roll_walk(o->x->job->roll, write_piece, o, err) == -1)
        return -1;
    end(o->sheet, &o->text);
    if (flush(o, err) == -1)
        return -1;
    return o->left == 0 ? 0 : pack_changed(err);
}

static int
put_sheet(void *ctx, struct zip *zip, struct err *err)
{
    struct output *o = ctx;
    const struct sheet *s = o->sheet;

    o->zip = zip;
    if (zip_begin(zip, s->name, s->bytes, s->crc, err) == -1 ||
        write_sheet(o, err) == -1)
        return -1;
    return zip_end(zip, err);
}

int
sheets_pack(struct sheets *ss, enum sheet_kind kind, struct pack *x,
            struct err *err)
{
    for (size_t k = 0; k < ss->n; k++) {
        struct sheet *s = &ss->v[k];
        auto_cleanup(output_release) struct output o = {.sheet = s, .x = x};

        if (s->kind != kind || s->beside)
            continue;
        if (sink_add(x->sink, s->name, s->bytes, put_sheet, &o, err) == -1)
            return -1;
    }
    return 0;
}

int
sheets_put_beside(struct sheets *ss, struct pack *x, struct err *err)
{
    for (size_t k = 0; k < ss->n; k++) {
        struct sheet *s = &ss->v[k];
        auto_cleanup(output_release) struct output o = {.sheet = s, .x = x};

        if (!s->beside)
            continue;
        o.w =
            store_write_open(x->job->store, s->name, STORE_TEXT, s->bytes, err);
        if (o.w == NULL || write_sheet(&o, err) == -1 ||
            store_write_commit(steal(&o.w), err) == -1)
            return -1;
    }
    return 0;
}
