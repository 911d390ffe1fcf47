/*
 * Reads a set in a process of its own, trainmode-parse: without keys, files or
 * network, in bounded memory and time, so that a stranger's file can harm
 * nothing else. At most one runs per processor; more wait for their turn.
 */
#ifndef ALS_PARSER_H
#define ALS_PARSER_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"

/* The helper next to this program; see child_find. */
char *als_parser_find(struct err *err);

/*
 * fd: the set, a regular file; borrowed. als_filename: the name that the user
 * knows it by. stop(ctx), or NULL, is called every tenth of a second; if it
 * returns true, the run ends with ERR_BUSY. ERR_NOT_ALS says what is wrong with
 * the file. The caller puts the summary.
 */
json_object *als_parser_run(const char *program, int fd,
                            const char *als_filename, bool (*stop)(void *ctx),
                            void *ctx, struct err *err);

#endif
