/* Which names objects may have; they are made by store_path_* of store.h. */
#ifndef STORE_PATH_H
#define STORE_PATH_H

#include <stdbool.h>

/* "artists/" and segments of ASCII letters, digits, ".", "_" and "-" that do
 * not begin with a dot: nothing that leads elsewhere, is hidden, or would have
 * to be escaped in a URL. */
bool path_valid(const char *path);

#endif
