/*
 * Bytes as text for a JSON member: deflated (zlib), then base64.
 */
#ifndef BASE_PACKED_H
#define BASE_PACKED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* The caller frees it. */
char *packed_text(const void *data, size_t len);

/* Append the bytes that a text holds to a buffer. False if the text is not of
 * this form or unpacks to more than the buffer may hold; the buffer has failed
 * then. */
bool packed_open(const char *text, struct buf *out);

#endif
