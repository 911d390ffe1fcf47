/*
 * Runs trainmode-analyze on a file: a process of its own for each, without
 * our environment, descriptors or signals, bounded in time and output.
 */
#ifndef SAVE_ANALYZER_H
#define SAVE_ANALYZER_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/err.h"

/* The program beside this one. The caller frees it; NULL where there is none
 * that can be run. */
char *analyzer_find(struct err *err);

/* fd: a regular file, read from its start; borrowed. stop(ctx) is asked every
 * tenth of a second. *ret is what audio_analysis_json made; the caller puts
 * it. ERR_AUDIO_DAMAGED: the file does not decode, or broke the program;
 * ERR_BUSY: stopped; ERR_INTERNAL: it cannot be run. */
int analyzer_run(const char *program, int fd, bool (*stop)(void *ctx),
                 void *ctx, json_object **ret, struct err *err);

#endif
