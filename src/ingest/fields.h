/* The fields that a caller asks for; inside ingest/ only. */
#ifndef INGEST_FIELDS_H
#define INGEST_FIELDS_H

#include "base/buf.h"
#include "ingest/ingest.h"

struct fields {
    struct ingest_field *v;
    size_t n;
};

/* NULL if the caller did not ask for it. */
struct ingest_field *fields_find(const struct fields *f, const char *name);
/* Give a field its value: buf's text, which is moved out of buf. */
int fields_set(struct ingest_field *field, struct buf *value, struct err *err);

#endif
