/* The names that objects may have; store_path_* of store.h makes them. */
#ifndef STORE_PATH_H
#define STORE_PATH_H

#include <stdbool.h>

/* "artists/" and segments of ASCII letters, digits, ".", "_" and "-" that do
 * not begin with a dot: no name that leads elsewhere, is hidden, or would have
 * to be escaped in a URL. */
bool path_valid(const char *path);

#endif
