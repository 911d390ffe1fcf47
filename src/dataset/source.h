/*
 * An item's audio in the form that a layout takes, as pieces of bytes whose
 * sizes are known: the object as it is, or converted, or cut, or both.
 */
#ifndef DATASET_SOURCE_H
#define DATASET_SOURCE_H

#include "audio/segment.h"
#include "dataset/layout.h"
#include "store/store.h"

struct source {
    int fd;                     /* of the bytes that the pieces speak of */
    struct audio_pieces pieces; /* at least one */
};

#define SOURCE_INIT ((struct source){.fd = -1})

/* The format in which the item goes into the zip. */
const char *source_format(const struct layout *l, const struct item *it);

/* Does it go as it is, in one piece? Then nothing has to be opened to know
 * its size. */
bool source_is_plain(const struct layout *l, const struct item *it,
                     int segment_sec);

/* segment_sec 0: not cut. A conversion lies in the spool until the release. */
int source_open(struct store *store, const struct layout *l,
                const struct item *it, int segment_sec, struct source *ret,
                struct err *err);
void source_release(struct source *s);
#define auto_source auto_cleanup(source_release)

#endif
