/*
 * Where the entries of a dataset go: into a zip, or before that only into its
 * size. The walk over the items is the same for both and does not know which
 * one it fills. For export.c, pack*.c and sheet.c only.
 */
#ifndef DATASET_SINK_H
#define DATASET_SINK_H

#include <stdbool.h>

#include "dataset/zip.h"

struct sink;

/* Counts the entries. Nothing is read, made or reported. */
struct sink *sink_measuring(void);
/* Puts them into a zip; see zip_open. */
struct sink *sink_writing(zip_sink *out, void *ctx);
void sink_close(struct sink *k);

/* Puts precisely one entry into the zip, as it was announced. */
typedef int sink_put(void *ctx, struct zip *zip, struct err *err);
typedef int sink_step(void *ctx, struct err *err);

/* An entry whose size is known. put is called if there is a zip. */
int sink_add(struct sink *k, const char *name, int64_t size, sink_put *put,
             void *ctx, struct err *err);
int sink_add_bytes(struct sink *k, const char *name, const void *data,
                   size_t len, struct err *err);
/* Entries whose names or sizes are unknown until they are made: make adds them.
 * If they can only be counted, the sink becomes unsized. */
int sink_make(struct sink *k, sink_step *make, void *ctx, struct err *err);
/* Something worth reporting is done: calls report if there is a zip. */
int sink_tell(struct sink *k, sink_step *report, void *ctx, struct err *err);

/* Whether the size cannot be known; then further entries do not matter. */
bool sink_unsized(const struct sink *k);
/* The size of all entries so far. */
void sink_size(const struct sink *k, struct zip_size *ret);

/* As zip_finish, for a zip. */
int sink_finish(struct sink *k, int64_t *ret_bytes,
                char ret_sha256[HASH_HEX_LEN + 1], struct err *err);

#endif
