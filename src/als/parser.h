/*
 * A set read by a process of its own, trainmode-parse: without keys, files
 * or network, in bounded memory and time. What a stranger's file does there it
 * does to nobody else. At most as many at once as there are processors; more
 * wait for their turn.
 */
#ifndef ALS_PARSER_H
#define ALS_PARSER_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"

/* The helper beside this program; see child_find. */
char *als_parser_find(struct err *err);

/*
 * fd: the set, a regular file; borrowed. als_filename: the name that people
 * know it by. stop(ctx), or NULL, is asked every tenth of a second and ends it
 * with ERR_BUSY. ERR_NOT_ALS says what is wrong with the file. The caller
 * puts the summary.
 */
json_object *als_parser_run(const char *program, int fd,
                            const char *als_filename, bool (*stop)(void *ctx),
                            void *ctx, struct err *err);

#endif
