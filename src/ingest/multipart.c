/*
 * Streams multipart/form-data: fields are kept, the file is passed on.
 *
 * A delimiter is CRLF, two dashes and the boundary. Reads may cut it anywhere,
 * so what could be its beginning stays in the window. The body is read as if a
 * CRLF preceded it, so that the first delimiter is like the others.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ingest/fields.h"
#include "ingest/part_head.h"
#include "ingest/reader.h"

#define BOUNDARY_MAX 70
#define HEAD_MAX 8192
#define PADDING_MAX 64 /* blanks that may follow a boundary */

struct form {
    struct reader r;
    char delimiter[4 + BOUNDARY_MAX + 1];
    size_t delimiter_len;
    struct fields fields;
    const char *file_part;
    const struct ingest_sink *sink;
    struct ingest_result result;
};

static int
bad(struct err *err, const char *what)
{
    return err_set(err, ERR_BAD_REQUEST,
                   "this is not a valid multipart body: %s", what);
}

/* ---- delimiters ---- */

static int
find_boundary(struct form *f, const char *content_type, struct err *err)
{
    char boundary[BOUNDARY_MAX + 1];
    size_t len;

    if (!part_param(content_type, "boundary", boundary, sizeof(boundary)) ||
        boundary[0] == '\0')
        return bad(err, "its Content-Type needs a boundary of 1 to 70 "
                        "characters");
    len = strlen(boundary);
    memcpy(f->delimiter, "\r\n--", 4);
    memcpy(f->delimiter + 4, boundary, len + 1);
    f->delimiter_len = 4 + len;
    return 0;
}

enum after { AFTER_PART, AFTER_LAST, AFTER_NOTHING, AFTER_FAILED };

/*
 * What follows the delimiter at the window's beginning: the next part, or the
 * end, which are taken; or it only looks like one and belongs to the data.
 */
static enum after
after_delimiter(struct form *f, struct err *err)
{
    struct reader *r = &f->r;
    const unsigned char *p;
    size_t len;
    size_t blanks = 0;

    if (reader_need(r, f->delimiter_len + PADDING_MAX + 2, err) == -1)
        return AFTER_FAILED;
    p = reader_at(r) + f->delimiter_len;
    len = reader_avail(r) - f->delimiter_len;
    if (len >= 2 && memcmp(p, "--", 2) == 0) {
        r->pos += f->delimiter_len + 2;
        return AFTER_LAST;
    }
    while (blanks < len && blanks < PADDING_MAX &&
           (p[blanks] == ' ' || p[blanks] == '\t'))
        blanks++;
    if (len - blanks >= 2 && memcmp(p + blanks, "\r\n", 2) == 0) {
        r->pos += f->delimiter_len + blanks + 2;
        return AFTER_PART;
    }
    if (len > blanks && p[blanks] == '\n') {
        bad(err, "its lines end in LF alone, they must end in CR LF");
        return AFTER_FAILED;
    }
    return AFTER_NOTHING;
}

/* ---- data up to the next delimiter ---- */

/* Where a part's bytes go. */
struct target {
    int (*put)(struct form *f, void *ctx, const void *data, size_t len,
               struct err *err);
    void *ctx;
};

static int
put(struct form *f, const struct target *to, size_t len, struct err *err)
{
    if (len > 0 && to->put(f, to->ctx, reader_at(&f->r), len, err) == -1)
        return -1;
    f->r.pos += len;
    return 0;
}

/* Bring the window to the next thing that looks like a delimiter. */
static int
seek_delimiter(struct form *f, const struct target *to, struct err *err)
{
    struct reader *r = &f->r;

    for (;;) {
        size_t len = reader_avail(r);
        const unsigned char *at =
            memmem(reader_at(r), len, f->delimiter, f->delimiter_len);
        size_t keep = f->delimiter_len - 1;
        int rc;

        if (at != NULL)
            return put(f, to, (size_t)(at - reader_at(r)), err);
        if (len > keep && put(f, to, len - keep, err) == -1)
            return -1;
        if ((rc = reader_more(r, err)) == -1)
            return -1;
        if (rc == 0)
            return bad(err, "it ends before its last boundary");
    }
}

/* Pass on data up to the next delimiter, and take that. 1 if a part follows, 0
 * after the last. */
static int
data(struct form *f, const struct target *to, struct err *err)
{
    for (;;) {
        if (seek_delimiter(f, to, err) == -1)
            return -1;
        switch (after_delimiter(f, err)) {
        case AFTER_PART:
            return 1;
        case AFTER_LAST:
            return 0;
        case AFTER_FAILED:
            return -1;
        case AFTER_NOTHING:
            if (put(f, to, f->delimiter_len, err) == -1)
                return -1;
        }
    }
}

/* ---- the three things that data can be ---- */

static int
put_nowhere(struct form *f, void *ctx, const void *data_, size_t len,
            struct err *err)
{
    (void)f;
    (void)ctx;
    (void)data_;
    (void)len;
    (void)err;
    return 0;
}

static const struct target nowhere = {put_nowhere, NULL};

static int
put_field(struct form *f, void *ctx, const void *data_, size_t len,
          struct err *err)
{
    (void)f;
    (void)err;
    (void)buf_add(ctx, data_, len); /* excess length is reported at the end */
    return 0;
}

static int
put_file(struct form *f, void *ctx, const void *data_, size_t len,
         struct err *err)
{
    (void)ctx;
    f->result.file_bytes += (int64_t)len;
    return f->sink->write(f->sink->ctx, data_, len, err);
}

static int
field_part(struct form *f, struct ingest_field *field, struct err *err)
{
    auto_buf struct buf value = BUF_INIT(field->max);
    struct target to = {put_field, &value};
    int more = data(f, &to, err);

    if (more == -1 || fields_set(field, &value, err) == -1)
        return -1;
    return more;
}

static int
file_part(struct form *f, const struct part_head *head, struct err *err)
{
    static const struct target to = {put_file, NULL};
    int more;

    if (f->result.file_seen)
        return err_field(err, head->name, "%s occurs twice", head->name);
    f->result.file_seen = true;
    if (head->file_name[0] != '\0')
        f->result.file_name = xstrdup(head->file_name);
    if (head->type[0] != '\0')
        f->result.file_type = xstrdup(head->type);
    reader_file_begin(&f->r);
    if ((more = data(f, &to, err)) == -1)
        return -1;
    reader_file_end(&f->r);
    return more;
}

/* ---- a part's head ---- */

/* The length of the head at the window's beginning, including its last line
 * end; the empty line follows it. -1 on failure. */
static ssize_t
head_len(struct form *f, struct err *err)
{
    struct reader *r = &f->r;
    size_t want = 4;

    for (;;) {
        const unsigned char *p;
        const unsigned char *end;

        if (reader_need(r, want, err) == -1)
            return -1;
        p = reader_at(r);
        if (reader_avail(r) >= 2 && memcmp(p, "\r\n", 2) == 0)
            return bad(err, "a part has no headers");
        end = memmem(p, reader_avail(r), "\r\n\r\n", 4);
        if (end != NULL && end - p <= HEAD_MAX)
            return end - p + 2;
        if (end != NULL || reader_avail(r) > HEAD_MAX)
            return bad(err, "a part's headers are longer than 8 KiB");
        if (reader_avail(r) < want)
            return bad(err, "it ends within a part's headers");
        want = reader_avail(r) + 1;
    }
}

/* Read a part's head and bring the window to its data. */
static int
take_head(struct form *f, struct part_head *ret, struct err *err)
{
    auto_free char *lines = NULL;
    ssize_t len = head_len(f, err);

    if (len == -1)
        return -1;
    lines = xstrndup((const char *)reader_at(&f->r), (size_t)len);
    f->r.pos += (size_t)len;
    if (strlen(lines) != (size_t)len)
        return bad(err, "a part's headers have a NUL in them");
    if (part_head_parse(lines, ret, err) == -1)
        return -1;
    /* The empty line's end may already begin the next delimiter. */
    if (reader_need(&f->r, f->delimiter_len, err) == -1)
        return -1;
    if (reader_avail(&f->r) < f->delimiter_len ||
        memcmp(reader_at(&f->r), f->delimiter, f->delimiter_len) != 0)
        f->r.pos += 2;
    return 0;
}

/* ---- the whole ---- */

/* 1 if another part follows, 0 after the last. */
static int
part(struct form *f, struct err *err)
{
    struct part_head head;
    struct ingest_field *field;

    if (take_head(f, &head, err) == -1)
        return -1;
    if (f->file_part != NULL ? strcmp(head.name, f->file_part) == 0
                             : head.file_name[0] != '\0')
        return file_part(f, &head, err);
    field = fields_find(&f->fields, head.name);
    return field != NULL ? field_part(f, field, err) : data(f, &nowhere, err);
}

/* What follows the last boundary has no meaning, but it is read: only then is
 * it known that the body is complete. */
static int
epilogue(struct form *f, struct err *err)
{
    int rc;

    do {
        f->r.pos = f->r.len;
        rc = reader_more(&f->r, err);
    } while (rc == 1);
    return rc;
}

static int
form(struct form *f, struct err *err)
{
    int more;

    if (reader_need(&f->r, 3, err) == -1)
        return -1;
    if (reader_avail(&f->r) == 2)
        return bad(err, "it is empty");
    more = data(f, &nowhere, err);
    while (more == 1)
        more = part(f, err);
    if (more == -1 || epilogue(f, err) == -1)
        return -1;
    return ingest_fields_complete(f->fields.v, f->fields.n, err);
}

int
ingest_multipart(const struct ingest_source *source, const char *content_type,
                 struct ingest_field *fields, size_t n, const char *file,
                 const struct ingest_sink *sink, struct ingest_result *ret,
                 struct err *err)
{
    struct form f = {.fields = {fields, n}, .file_part = file, .sink = sink};
    int rc;

    if (find_boundary(&f, content_type, err) == -1)
        return -1;
    reader_init(&f.r, source);
    memcpy(f.r.data, "\r\n", 2);
    f.r.len = 2;
    rc = form(&f, err);
    reader_release(&f.r);
    if (rc == -1) {
        ingest_fields_release(fields, n);
        ingest_result_release(&f.result);
        return -1;
    }
    *ret = f.result;
    return 0;
}
