/*
 * CRC-32 as zip, gzip and PNG use it; the only place that calls libdeflate,
 * which uses carry-less multiplication and is ten times as fast as zlib.
 */
#ifndef BASE_CRC_H
#define BASE_CRC_H

#include <stddef.h>
#include <stdint.h>

/* Extend `crc` (0 for no bytes yet) by len more bytes. */
uint32_t crc_add(uint32_t crc, const void *data, size_t len);

#endif
