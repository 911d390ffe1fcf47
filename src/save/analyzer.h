/*
 * Runs trainmode-analyze on a file: one process per file, without our
 * environment, descriptors or signals, with limits on time and output.
 */
#ifndef SAVE_ANALYZER_H
#define SAVE_ANALYZER_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"

/* The program next to this one. The caller frees it; NULL if there is no such
 * executable. */
char *analyzer_find(struct err *err);

/* fd: a regular file, read from its start; borrowed. stop(ctx) is called every
 * tenth of a second. *ret is what audio_analysis_json made; the caller puts it.
 * ERR_AUDIO_DAMAGED: the file does not decode, or crashed the program;
 * ERR_BUSY: stopped; ERR_INTERNAL: the program cannot be run. */
int analyzer_run(const char *program, int fd, bool (*stop)(void *ctx),
                 void *ctx, json_object **ret, struct err *err);

#endif
