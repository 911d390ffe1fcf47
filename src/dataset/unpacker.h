/*
 * Unpacks an archive in a process of its own, trainmode-unpack: without keys,
 * files or network, in bounded memory, time and space, so that a stranger's
 * file can harm nothing else.
 */
#ifndef DATASET_UNPACKER_H
#define DATASET_UNPACKER_H

#include "base/child.h"
#include "dataset/unpack.h"

/* How trainmode-unpack refuses. */
extern const struct child_word unpacker_words[];

/* The helper next to this program; see child_find. */
char *unpacker_find(struct err *err);

/*
 * fd: the archive, a regular file; out: an empty one, open for writing; both
 * borrowed. stop(ctx), or NULL, is called every tenth of a second; true ends
 * the run with ERR_BUSY. Returns unpack()'s list; the caller puts it. NULL with
 * ERR_NOT_ARCHIVE, ERR_TOO_LARGE, ERR_DISK_FULL, ERR_BUSY.
 */
json_object *unpacker_run(const char *program, int fd, int out,
                          const struct unpack_limits *limits,
                          bool (*stop)(void *ctx), void *ctx, struct err *err);

#endif
