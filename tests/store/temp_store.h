/*
 * A local store in a temporary folder, for tests.
 */
#ifndef TESTS_STORE_TEMP_STORE_H
#define TESTS_STORE_TEMP_STORE_H

#include "store/store.h"

struct temp_store {
    char dir[64]; /* "" if it is not ours to remove */
    struct conf conf;
    struct store *store;
};

/* In a new folder. -1 if that is impossible. */
int temp_store_open(struct temp_store *t, bool durable);
/* In a folder that is there. */
int temp_store_open_in(struct temp_store *t, const char *dir, bool durable);
/* Its folder goes with all that is in it. */
void temp_store_close(struct temp_store *t);

/* Remove a folder with all that is in it; none is fine. */
void temp_tree_remove(const char *dir);

#endif
