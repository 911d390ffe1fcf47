/*
 * Audio files that were just uploaded to a remote storage and are still open
 * here: their analysis, which follows at once, need not fetch them again. The
 * few files are unlinked, so nothing is left of them however the process ends.
 * A file that is not taken within minutes, or is displaced, is fetched as
 * usual. Memory of this process only. Thread-safe.
 */
#ifndef APP_HANDED_H
#define APP_HANDED_H

#include "base/hash.h"

/* Takes over fd, a file with this SHA-256. */
void handed_put(const char sha256[HASH_HEX_LEN + 1], int fd);
/* That file, at its beginning, now owned by the caller; -1: there is none. */
int handed_take(const char *sha256);

#endif
