/*
 * Reads a JSON object as it passes: fields are kept, the file's base64 is
 * decoded and passed on, everything else is only checked.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "ingest/base64.h"
#include "ingest/fields.h"
#include "ingest/json_lex.h"

#define OUT_SIZE (48 * 1024)
#define NAME_MAX_BYTES 64
#define HEAD_MAX 2048 /* of a data URL; it may contain a file name */

struct stream {
    struct reader r;
    struct fields fields;
    const char *file_member;
    const struct ingest_sink *sink;
    struct ingest_result result;
};

/* The file's member while it passes. */
struct decoder {
    struct stream *s;
    struct base64 base64;
    unsigned char *out; /* OUT_SIZE */
    size_t out_len;
    int64_t chars;       /* of the text so far, for messages */
    char head[HEAD_MAX]; /* what may be a data URL's beginning */
    size_t head_len;
    bool head_done;
    bool quoted; /* inside of a parameter's quotes */
};

/* ---- base64 ---- */

static int
flush(struct decoder *d, struct err *err)
{
    const struct ingest_sink *sink = d->s->sink;

    if (d->out_len > 0 && sink->write(sink->ctx, d->out, d->out_len, err) == -1)
        return -1;
    d->s->result.file_bytes += (int64_t)d->out_len;
    d->out_len = 0;
    return 0;
}

static int
bad_base64(const struct decoder *d, struct err *err)
{
    const char *name = d->s->file_member;

    return err_field(err, name, "%s is not base64 at character %lld", name,
                     (long long)d->chars);
}

/* Decode digits out of len characters, as many as there is room for. Returns
 * the characters taken, -1 on failure. */
static ssize_t
digits(struct decoder *d, const unsigned char *in, size_t len, struct err *err)
{
    size_t room = (OUT_SIZE - d->out_len) / 3 * 4;
    size_t got;
    size_t n;

    if (room < 64) {
        if (flush(d, err) == -1)
            return -1;
        room = OUT_SIZE / 3 * 4;
    }
    /* One character less, since digits kept from before need room too. */
    if (len > room - 4)
        len = room - 4;
    n = base64_digits(&d->base64, in, len, d->out + d->out_len, &got);
    d->out_len += got;
    d->chars += (int64_t)n;
    return (ssize_t)n;
}

/* One character of the text, digit or not. */
static int
one(struct decoder *d, const char *c, int len, struct err *err)
{
    ssize_t n;

    if (len == 1 && strchr(" \t\r\n", *c) != NULL && *c != '\0') {
        d->chars++;
        return 0;
    }
    if (len == 1 && *c == '=' && base64_pad(&d->base64)) {
        d->chars++;
        return 0;
    }
    n = len == 1 ? digits(d, (const unsigned char *)c, 1, err) : 0;
    if (n == 0)
        return bad_base64(d, err);
    return n == -1 ? -1 : 0;
}

/* ---- data: URLs ---- */

/* The text is not a data URL: what was held back is base64. */
static int
release_head(struct decoder *d, struct err *err)
{
    d->head_done = true;
    for (size_t i = 0; i < d->head_len; i++)
        if (one(d, &d->head[i], 1, err) == -1)
            return -1;
    return 0;
}

/* The place of ";base64" at the end, with or without blanks around it; or
 * NULL. */
static char *
find_mark(char *head, size_t len)
{
    static const char word[] = "base64";

    while (len > 0 && head[len - 1] == ' ')
        len--;
    if (len < sizeof(word) - 1 || strncasecmp(head + len - (sizeof(word) - 1),
                                              word, sizeof(word) - 1) != 0)
        return NULL;
    len -= sizeof(word) - 1;
    while (len > 0 && head[len - 1] == ' ')
        len--;
    return len > 0 && head[len - 1] == ';' ? head + len - 1 : NULL;
}

/* "data:audio/mpeg;base64" came, and a comma. */
static int
finish_head(struct decoder *d, struct err *err)
{
    const char *type = d->head + 5 + strspn(d->head + 5, " ");
    char *mark = find_mark(d->head + 5, d->head_len - 5);
    size_t len;

    if (mark == NULL)
        return err_field(err, d->s->file_member,
                         "%s is a data URL that is not base64",
                         d->s->file_member);
    d->chars += (int64_t)d->head_len + 1;
    d->head_done = true;
    *mark = '\0';
    len = strcspn(type, "; ");
    if (len > 0)
        d->s->result.file_type = xstrndup(type, len);
    return 0;
}

/* For "data:", in any case and after any blanks. */
static bool
begins_url(struct decoder *d, const char *c, int len)
{
    static const char start[] = "data:";

    return len == 1 && tolower((unsigned char)*c) == start[d->head_len];
}

/* One character while it is unclear what the text is. */
static int
head_char(struct decoder *d, const char *c, int len, struct err *err)
{
    size_t n = d->head_len;

    if (n == 0 && len == 1 && *c != '\0' && strchr(" \t\r\n", *c) != NULL) {
        d->chars++;
        return 0;
    }
    if (n < 5 && !begins_url(d, c, len)) {
        if (release_head(d, err) == -1)
            return -1;
        return one(d, c, len, err);
    }
    if (len == 1 && *c == ',' && !d->quoted)
        return finish_head(d, err);
    if (len == 1 && *c == '"')
        d->quoted = !d->quoted;
    if ((unsigned char)*c < 0x20 || n + (size_t)len > HEAD_MAX - 1)
        return err_field(err, d->s->file_member,
                         "%s has a bad data URL before its base64",
                         d->s->file_member);
    memcpy(d->head + n, c, (size_t)len);
    d->head_len += (size_t)len;
    return 0;
}

/* ---- the file's member ---- */

static int
decode_string(struct decoder *d, struct err *err)
{
    struct reader *r = &d->s->r;
    char c[4];
    int len;

    for (;;) {
        /* Nearly everything is a run of plain digits, handled here. */
        while (d->head_done && reader_avail(r) > 0) {
            ssize_t n = digits(d, reader_at(r), reader_avail(r), err);

            if (n == -1)
                return -1;
            if (n == 0)
                break;
            r->pos += (size_t)n;
        }
        if (d->head_done && reader_avail(r) == 0) {
            int rc = reader_more(r, err);

            if (rc == -1)
                return -1;
            if (rc == 1)
                continue;
        }
        if ((len = lex_char(r, c, err)) <= 0)
            return len;
        if ((d->head_done ? one(d, c, len, err) : head_char(d, c, len, err)) ==
            -1)
            return -1;
    }
}

static int
decode(struct decoder *d, struct err *err)
{
    const char *name = d->s->file_member;
    size_t got;

    if (decode_string(d, err) == -1)
        return -1;
    if (!d->head_done) {
        if (d->head_len >= 5)
            return err_field(err, name, "%s is a data URL without data", name);
        if (release_head(d, err) == -1)
            return -1;
    }
    if (d->out_len > OUT_SIZE - 3 && flush(d, err) == -1)
        return -1;
    if (!base64_end(&d->base64, d->out + d->out_len, &got))
        return err_field(err, name, "%s ends in the middle of its base64",
                         name);
    d->out_len += got;
    return flush(d, err);
}

static int
file_value(struct stream *s, struct err *err)
{
    auto_free unsigned char *out = xmalloc(OUT_SIZE);
    struct decoder d = {.s = s, .out = out};
    int c = lex_next(&s->r, err);

    if (s->result.file_seen)
        return err_field(err, s->file_member, "%s occurs twice",
                         s->file_member);
    if (c != '"' && c >= 0)
        return err_field(err, s->file_member, "%s must be a text in base64",
                         s->file_member);
    if (lex_take(&s->r, '"', err) == -1)
        return -1;
    s->result.file_seen = true;
    reader_file_begin(&s->r);
    if (decode(&d, err) == -1)
        return -1;
    reader_file_end(&s->r);
    return 0;
}

/* ---- fields ---- */

/* A string into buf; what does not fit is skipped, and buf has failed. */
static int
string_into(struct reader *r, struct buf *buf, struct err *err)
{
    char c[4];
    int n;

    if (lex_take(r, '"', err) == -1)
        return -1;
    while ((n = lex_char(r, c, err)) > 0)
        (void)buf_add(buf, c, (size_t)n);
    return n;
}

static int
field_value(struct stream *s, struct ingest_field *field, struct err *err)
{
    auto_buf struct buf value = BUF_INIT(field->max);
    int c = lex_next(&s->r, err);

    if (c == 'n')
        return lex_skip(&s->r, err); /* null is as good as absent */
    if (c != '"' && c >= 0)
        return err_field(err, field->name, "%s must be a text", field->name);
    if (string_into(&s->r, &value, err) == -1)
        return -1;
    return fields_set(field, &value, err);
}

/* ---- the object ---- */

static int
member(struct stream *s, struct err *err)
{
    /* A name longer than any that we know need not be kept. */
    auto_buf struct buf name = BUF_INIT(NAME_MAX_BYTES);
    struct ingest_field *field = NULL;
    bool known;

    if (string_into(&s->r, &name, err) == -1 || lex_take(&s->r, ':', err) == -1)
        return -1;
    /* A name that contains a NUL is not the name that it begins with. */
    known = !name.failed && strlen(buf_str(&name)) == name.len;
    if (known && strcmp(buf_str(&name), s->file_member) == 0)
        return file_value(s, err);
    if (known)
        field = fields_find(&s->fields, buf_str(&name));
    return field != NULL ? field_value(s, field, err) : lex_skip(&s->r, err);
}

static int
members(struct stream *s, struct err *err)
{
    for (;;) {
        int c;

        if (member(s, err) == -1)
            return -1;
        c = lex_next(&s->r, err);
        if (c != ',')
            return lex_take(&s->r, '}', err);
        s->r.pos++;
    }
}

static int
object(struct stream *s, struct err *err)
{
    int c = lex_begin(&s->r, err);

    if (c == READER_END)
        return err_set(err, ERR_INVALID_JSON,
                       "the body is empty: send a JSON object");
    if (c != '{' && c >= 0)
        return lex_fail(&s->r, "it must be one object", err);
    if (lex_take(&s->r, '{', err) == -1)
        return -1;
    if (lex_next(&s->r, err) == '}')
        s->r.pos++;
    else if (members(s, err) == -1)
        return -1;
    if ((c = lex_next(&s->r, err)) == READER_FAILED)
        return -1;
    if (c != READER_END)
        return lex_fail(&s->r, "something follows the object", err);
    return ingest_fields_complete(s->fields.v, s->fields.n, err);
}

int
ingest_json(const struct ingest_source *source, struct ingest_field *fields,
            size_t n, const char *file_member, const struct ingest_sink *sink,
            struct ingest_result *ret, struct err *err)
{
    struct stream s = {
        .fields = {fields, n}, .file_member = file_member, .sink = sink};
    int rc;

    reader_init(&s.r, source);
    rc = object(&s, err);
    reader_release(&s.r);
    if (rc == -1) {
        ingest_fields_release(fields, n);
        ingest_result_release(&s.result);
        return -1;
    }
    *ret = s.result;
    return 0;
}
