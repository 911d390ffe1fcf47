/*
 * The folder of incoming files: private, on this machine's disk whatever the
 * driver, swept by age.
 */
#ifndef STORE_SPOOLDIR_H
#define STORE_SPOOLDIR_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Make a folder and its missing parents, mode 0750. */
int spooldir_make(const char *dir, struct err *err);
/* A new, empty file of mode 0640, open for reading and writing. Returns its
 * descriptor; the caller closes it, frees the path and unlinks the file. */
int spooldir_file(const char *dir, char **ret_path, struct err *err);
/* Write everything, at the file's current offset. */
int spooldir_write(int fd, const void *data, size_t len, struct err *err);
/* Remove the files not touched since `before`. Returns how many, or -1. */
int spooldir_sweep(const char *dir, int64_t before, struct err *err);

#endif
