/*
 * A Live set as the JSON object that docs/summary.md describes: what sounds, in
 * numbers and names. It contains nothing about the machine that made the set:
 * no folder and no user.
 */
#ifndef ALS_SUMMARY_H
#define ALS_SUMMARY_H

#include <json-c/json.h>

#include "als/limits.h"
#include "base/err.h"

#define ALS_SUMMARY_VERSION 7

/* The name of a set's project: the file name without its extension. The caller
 * frees it. */
char *als_project_name(const char *als_filename);

/*
 * als_filename is the name that the user knows the file by. limits NULL: the
 * defaults. ERR_NOT_ALS says what is wrong. The caller puts the object.
 */
json_object *als_summary_from_file(const char *path, const char *als_filename,
                                   const struct als_limits *limits,
                                   struct err *err);
/* The caller keeps fd. */
json_object *als_summary_from_fd(int fd, const char *als_filename,
                                 const struct als_limits *limits,
                                 struct err *err);

#endif
