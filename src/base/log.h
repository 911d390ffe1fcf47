/*
 * The log: lines on stderr, one per event, in UTF-8, with control characters
 * escaped. Every line passes through log_mask, which masks values that look
 * like keys, so a secret that slips into a message does not reach a file.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stddef.h>

/* Name the program in each line; the pointer must stay valid. */
void log_init(const char *program);

void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A failure that we detected ourselves. */
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The same, followed by the text of errno. */
void log_errno(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Mask in place what looks like a secret: `Bearer ...`, `sk-...`, `sb_...`,
 * `r8_...`, `tm_...`, JSON web tokens, the password in a
 * `scheme://user:password@`. */
void log_mask(char *line);

#endif
