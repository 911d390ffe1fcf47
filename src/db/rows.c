/* Results, numbers as parameters, and cursors; see pg.h. */
#include "db/rows.h"

#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"

struct rows *
rows_make(PGresult *res)
{
    struct rows *r = xcalloc(1, sizeof(*r));

    r->res = res;
    return r;
}

size_t
rows_count(const struct rows *r)
{
    return (size_t)PQntuples(r->res);
}

size_t
rows_changed(const struct rows *r)
{
    return strtoul(PQcmdTuples(r->res), NULL, 10);
}

void
rows_free(struct rows *r)
{
    PQclear(r->res);
    free(r);
}

const char *
rows_peek(const struct rows *r, size_t row, int col)
{
    return PQgetisnull(r->res, (int)row, col)
               ? NULL
               : PQgetvalue(r->res, (int)row, col);
}

char *
rows_text(const struct rows *r, size_t row, int col)
{
    return xstrdup(rows_peek(r, row, col));
}

int64_t
rows_int(const struct rows *r, size_t row, int col)
{
    const char *s = rows_peek(r, row, col);

    return s != NULL ? strtoll(s, NULL, 10) : 0;
}

double
rows_num(const struct rows *r, size_t row, int col)
{
    const char *s = rows_peek(r, row, col);

    return s != NULL ? strtod(s, NULL) : 0; /* no program sets a locale */
}

bool
rows_bool(const struct rows *r, size_t row, int col)
{
    const char *s = rows_peek(r, row, col);

    return s != NULL && s[0] == 't';
}

json_object *
rows_json(const struct rows *r, size_t row, int col)
{
    const char *s = rows_peek(r, row, col);
    struct err err = ERR_INIT;

    return s != NULL ? json_parse(s, strlen(s), &err) : NULL;
}

const char *
pg_json(json_object *o)
{
    return o != NULL ? json_out(o) : NULL;
}

struct pg_num
pg_int(int64_t n)
{
    struct pg_num p;

    (void)snprintf(p.text, sizeof(p.text), "%lld", (long long)n);
    return p;
}

struct pg_num
pg_double(double n)
{
    struct pg_num p;

    (void)snprintf(p.text, sizeof(p.text), "%.17g", n);
    return p;
}

static int
bad_cursor(struct err *err)
{
    return err_field(err, "cursor",
                     "cursor must be the nextCursor of an earlier page");
}

/* "microseconds.uuid" */
static bool
row_parse(const char *text, char **ret_micros, char **ret_id)
{
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || digits > 18 || text[digits] != '.' ||
        !id_valid(text + digits + 1))
        return false;
    *ret_micros = xstrndup(text, digits);
    *ret_id = xstrdup(text + digits + 1);
    return true;
}

int
cursor_parse(const char *text, struct cursor *ret, struct err *err)
{
    const char *last = text != NULL ? strchr(text, '~') : NULL;
    auto_free char *first = NULL;

    *ret = (struct cursor){0};
    if (text == NULL)
        return 0;
    first = xstrndup(text, last != NULL ? (size_t)(last - text) : strlen(text));
    if (!row_parse(first, &ret->micros, &ret->id))
        return bad_cursor(err);
    if (last != NULL && !row_parse(last + 1, &ret->last_micros, &ret->last_id))
        return bad_cursor(err);
    return 0;
}

char *
cursor_after(const struct cursor *c, const char *micros, const char *id)
{
    if (c->last_id == NULL)
        return xasprintf("%s.%s", micros, id);
    return xasprintf("%s.%s~%s.%s", micros, id, c->last_micros, c->last_id);
}

void
cursor_release(struct cursor *c)
{
    free(c->micros);
    free(c->id);
    free(c->last_micros);
    free(c->last_id);
    *c = (struct cursor){0};
}
