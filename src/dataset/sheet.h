/*
 * The files about all items: tables and MANIFEST.json. Each is made of a piece
 * for each item, which is counted first, so that its entry's size is known,
 * and made once more to be written: it never lies in memory as a whole.
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
    int64_t bytes;   /* counted so far; in the end, in all */
    uint32_t crc;    /* of these */
    bool one_side;   /* a table of training or of validation only */
    bool validation; /* of which */
    bool beside;     /* not in the zip, but an object of its own */
    const struct table *table;
    size_t rows; /* so far */
    struct json_writer json;
};

struct sheets {
    struct sheet v[6];
    size_t n;
};

/* Those of the layout, all as long as they are without items. */
void sheets_init(struct sheets *ss, const struct pack *x);
void sheets_release(struct sheets *ss);

/* Add item i's piece to the sizes. */
int sheets_count(struct sheets *ss, const struct pack *x, size_t i,
                 const struct item *it, struct err *err);
/* Add what stands behind the last one. */
void sheets_counted(struct sheets *ss);
/* Once all are counted: those of this kind that lie in the zip go there (into
 * its size only, while measuring). */
int sheets_pack(struct sheets *ss, enum sheet_kind kind, struct pack *x,
                struct err *err);
/* What lies beside it goes into the store, if there is anything. */
int sheets_put_beside(struct sheets *ss, struct pack *x, struct err *err);

#endif
