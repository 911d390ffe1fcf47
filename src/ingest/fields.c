/* The table of fields, and what outlives a reading; see fields.h. */
#include "ingest/fields.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct ingest_field *
fields_find(const struct fields *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i].name, name) == 0)
            return &f->v[i];
    return NULL;
}

/* ERR_TOO_LARGE that names the field. */
static int
too_long(const struct ingest_field *field, struct err *err)
{
    err_set(err, ERR_TOO_LARGE, "%s is longer than %zu bytes", field->name,
            field->max);
    (void)snprintf(err->field, sizeof(err->field), "%s", field->name);
    return -1;
}

int
fields_set(struct ingest_field *field, struct buf *value, struct err *err)
{
    if (field->value != NULL)
        return err_field(err, field->name, "%s occurs twice", field->name);
    if (value->failed)
        return too_long(field, err);
    if (!text_valid(buf_str(value), value->len))
        return err_field(err, field->name,
                         "%s must be UTF-8 text without NUL characters",
                         field->name);
    field->value = value->len > 0 ? buf_steal(value) : xstrdup("");
    return 0;
}

int
ingest_fields_complete(const struct ingest_field *fields, size_t n,
                       struct err *err)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i].required && fields[i].value == NULL)
            return err_field(err, fields[i].name, "%s is missing",
                             fields[i].name);
    return 0;
}

void
ingest_fields_release(struct ingest_field *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(fields[i].value);
        fields[i].value = NULL;
    }
}

void
ingest_result_release(struct ingest_result *r)
{
    free(r->file_name);
    free(r->file_type);
    *r = (struct ingest_result){0};
}
