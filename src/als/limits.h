/*
 * Limits on what a file may cost us. Real sets reach 48 MB of XML, 842,000
 * elements, depth 50, 26,000 notes, 500 devices and a compression ratio of 61.
 */
#ifndef ALS_LIMITS_H
#define ALS_LIMITS_H

#include <stddef.h>
#include <stdint.h>

struct als_limits {
    int64_t file_bytes; /* as stored */
    int64_t xml_bytes;  /* unpacked */
    int64_t free_bytes; /* the ratio is not checked up to this much XML */
    int ratio;          /* XML bytes per byte of the file */
    int depth;          /* nested elements, at most ALS_DEPTH_MAX */
    int64_t elements;
    size_t parser_bytes; /* memory of the XML parser */
    size_t tracks;
    size_t clips;
    size_t notes;   /* stored notes, and separately sounding notes */
    size_t devices; /* and separately chains of racks */
    size_t events;  /* automation events of the main track */
    size_t marks;   /* scenes, and separately locators */
};

#define ALS_DEPTH_MAX 256

extern const struct als_limits als_limits_default;

#endif
