/* Header lines of parts, and their parameters; inside ingest/ only. */
#ifndef INGEST_PART_HEAD_H
#define INGEST_PART_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define PART_NAME_MAX 128
#define PART_FILE_MAX 1024

struct part_head {
    char name[PART_NAME_MAX];
    char file_name[PART_FILE_MAX]; /* without folders; "" if absent */
    char type[128];                /* "" if absent */
};

/* A parameter of a header's value ("form-data; name=x"), without its quotes.
 * False if it is absent or longer than size - 1. */
bool part_param(const char *value, const char *name, char *ret, size_t size);

/* head: the lines between boundary and data, each ended by CRLF, as a writable
 * text. ERR_BAD_REQUEST. */
int part_head_parse(char *head, struct part_head *ret, struct err *err);

#endif
