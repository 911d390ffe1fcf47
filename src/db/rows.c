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

int
cursor_parse(const char *text, struct cursor *ret, struct err *err)
{
    size_t digits;

    if (text == NULL) {
        *ret = (struct cursor){0};
        return 0;
    }
    digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || text[digits] != '.' ||
        !id_valid(text + digits + 1))
        return err_field(err, "cursor",
                         "cursor must be the nextCursor of an earlier page");
    ret->micros = xstrndup(text, digits);
    ret->id = xstrdup(text + digits + 1);
    return 0;
}

void
cursor_release(struct cursor *c)
{
    free(c->micros);
    free(c->id);
    *c = (struct cursor){0};
}
