/*
 * Compares an item's audio object with its row: others write to a store too,
 * and disks lose data. A dataset promises what the row says.
 */
#ifndef DATASET_OBJECT_H
#define DATASET_OBJECT_H

#include <json-c/json.h>
#include <stdint.h>

#include "audio/segment.h"
#include "db/db.h"
#include "store/store.h"

enum object_state {
    OBJECT_AS_SAVED,
    OBJECT_LOST,    /* the store holds no such object */
    OBJECT_CHANGED, /* it has other bytes, or fewer or more */
};

/* By its presence and its size alone. An item without audio is as saved. */
int object_look(struct store *store, const struct item *it,
                enum object_state *ret, struct err *err);

/* By all of its bytes: their SHA-256 must be the row's. *ret_crc: their CRC-32,
 * if they are as saved. */
int object_sum(struct store *store, const struct item *it,
               enum object_state *ret, uint32_t *ret_crc, struct err *err);

/* The same for an open file: by its CRC-32 if the row has one (a tenth of the
 * cost), else by its SHA-256. */
int object_compare(int fd, const struct item *it, enum object_state *ret,
                   struct err *err);

/* object_compare, plus the CRC-32 of each piece of the file (in order, not
 * overlapping, not faded) in the same pass. */
int object_compare_pieces(int fd, const struct item *it,
                          struct audio_pieces *ps, enum object_state *ret,
                          struct err *err);

/* The object as a file (store_file), which the caller closes; its bytes are not
 * checked. *ret_fd is -1 if there is none. */
int object_file(struct store *store, const struct item *it,
                enum object_state *ret_state, int *ret_fd, struct err *err);

/* The same, if it is as saved; see *ret_state. */
int object_open(struct store *store, const struct item *it,
                enum object_state *ret_state, int *ret_fd, struct err *err);

/* A block of the check, {itemId, code, detail, source}: "audio_lost" or
 * "audio_changed". */
json_object *object_block(const struct item *it, enum object_state state);

#endif
