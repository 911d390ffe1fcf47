/*
 * Audio that has just come in and gone up to a storage elsewhere, open still:
 * its analysis, which follows at once, need not fetch it again. A few files
 * that have no name any more, so nothing is left of them however we end; what
 * is not taken within minutes, or is crowded out, is fetched as before.
 *
 * Memory of this process alone. Any thread may call.
 */
#ifndef APP_HANDED_H
#define APP_HANDED_H

#include "base/hash.h"

/* fd, which is ours from now on: of a file with this SHA-256. */
void handed_put(const char sha256[HASH_HEX_LEN + 1], int fd);
/* That file, from its beginning, now the caller's; -1: there is none. */
int handed_take(const char *sha256);

#endif
