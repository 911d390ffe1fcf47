/* A local store in a temporary folder; see temp_store.h. */
#include "temp_store.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

int
temp_store_open_in(struct temp_store *t, const char *dir, bool durable)
{
    struct err err = ERR_INIT;

    t->conf.storage = xstrdup("local");
    t->conf.store_dir = xasprintf("%s/store", dir);
    t->conf.spool_dir = xasprintf("%s/store/.spool", dir);
    t->conf.sign_key = xstrdup("00112233445566778899aabbccddeeff");
    t->conf.durable = durable;
    t->store = store_open(&t->conf, &err);
    return t->store != NULL ? 0 : -1;
}

int
temp_store_open(struct temp_store *t, bool durable)
{
    strcpy(t->dir, "/tmp/test_store.XXXXXX");
    if (mkdtemp(t->dir) == NULL)
        return -1;
    return temp_store_open_in(t, t->dir, durable);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

void
temp_tree_remove(const char *dir)
{
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
temp_store_close(struct temp_store *t)
{
    store_close(t->store);
    free(t->conf.storage);
    free(t->conf.store_dir);
    free(t->conf.spool_dir);
    free(t->conf.sign_key);
    if (t->dir[0] != '\0')
        temp_tree_remove(t->dir);
}
