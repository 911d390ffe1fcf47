/*
 * Folders below one root, walked one segment at a time without following links,
 * so that nothing that someone puts there leads out of it.
 */
#ifndef STORE_TREE_H
#define STORE_TREE_H

#include <fcntl.h>

#include "store/store.h"

#define TREE_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

enum tree_mode {
    TREE_LOOK,         /* a missing folder is an error */
    TREE_MAKE,         /* a missing folder is made */
    TREE_MAKE_DURABLE, /* and made durable, to survive a power failure */
};

/* A descriptor of the folder that holds the object, which the caller closes,
 * and the object's name in it, borrowed from path. -1 with errno. */
int tree_open(int root, const char *path, enum tree_mode mode,
              const char **ret_name);
/* Make all folders from the root to the object's survive a power failure. -1
 * with errno. */
int tree_sync(int root, const char *path);
/* Errors that mean "no such object", including those that a link or a file in
 * place of a folder gives: no object of ours is there. */
bool tree_is_missing(int error);
/* Each file below the folder; path is the folder's own, "" for the root. Takes
 * over fd. */
int tree_list(int fd, const char *path, store_visit *fn, void *ctx,
              struct err *err);

#endif
