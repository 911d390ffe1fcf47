/*
 * The files about all items: tables and MANIFEST.json. Each consists of one
 * piece per item. The pieces are first counted, so that the entry's size is
 * known, and made again to be written: the file is never in memory as a whole.
 */
#ifndef DATASET_SHEET_H
#define DATASET_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json_writer.h"
#include "db/db.h"

struct pack;

enum sheet_kind { SHEET_TABLE, SHEET_MANIFEST };

struct sheet {
    enum sheet_kind kind;
    char *name;
    int64_t bytes;   /* counted so far; finally the total */
    uint32_t crc;    /* of these */
    bool one_side;   /* a table of only training or only validation */
    bool validation; /* of which */
    bool beside;     /* not in the zip, but a separate object */
    const struct table *table;
    size_t rows; /* so far */
    struct json_writer json;
};

struct sheets {
    struct sheet v[6];
    size_t n;
};

/* The sheets of the layout, with their sizes without items. */
void sheets_init(struct sheets *ss, const struct pack *x);
void sheets_release(struct sheets *ss);

/* Add item i's piece to the sizes. */
int sheets_count(struct sheets *ss, const struct pack *x, size_t i,
                 const struct item *it, struct err *err);
/* Add what follows the last item. */
void sheets_counted(struct sheets *ss);
/* Once all are counted: add the sheets of this kind that belong in the zip. */
int sheets_pack(struct sheets *ss, enum sheet_kind kind, struct pack *x,
                struct err *err);
/* Put the sheet that belongs next to the zip into the store, if there is
 * one. */
int sheets_put_beside(struct sheets *ss, struct pack *x, struct err *err);

#endif
