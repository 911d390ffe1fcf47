/*
 * An item's audio in the form that a layout accepts, as pieces of bytes whose
 * sizes are known: the object as it is, or converted, or cut, or both.
 */
#ifndef DATASET_SOURCE_H
#define DATASET_SOURCE_H

#include "audio/segment.h"
#include "db/conversions.h"
#include "dataset/export.h"
#include "dataset/object.h"
#include "dataset/outcome.h"

struct source {
    int fd;                     /* of the file that the pieces refer to */
    struct audio_pieces pieces; /* at least one */
    bool spoiled; /* the kept conversion did not match its row and was
                   * dropped: no pieces */
};

#define SOURCE_INIT ((struct source){.fd = -1})

/* What the outcome says, from `kept` if a conversion is kept, or NULL. If it
 * has to be converted first, the result is kept if the job has a database,
 * otherwise it is in the spool until the release. If the audio is not as it was
 * saved, *ret_state says so and there are no pieces. */
int source_open(const struct export_job *job, const struct outcome *o,
                const struct item *it, const struct conversion *kept,
                enum object_state *ret_state, struct source *ret,
                struct err *err);
void source_release(struct source *s);
#define auto_source auto_cleanup(source_release)

#endif
