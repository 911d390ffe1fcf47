/*
 * Before an export's first byte: finds each whole file that its layout wants in
 * another format among the kept conversions, or makes it now, several at once.
 * For export.c only.
 */
#ifndef DATASET_PREPARE_H
#define DATASET_PREPARE_H

#include "dataset/pack.h"

/*
 * Fill in x->kept, for a job with a database. Whether a WAV must be decoded
 * before it is cut shows only in the audio itself; such a conversion is used if
 * it is kept, and otherwise left to the walk. If an item's audio is not as it
 * was saved, no more conversions are made and x->doomed is set: the walk says
 * which item. Calls job->progress every tenth of a second; if the export ends
 * early, finished conversions stay for the next one.
 */
int prepare_run(struct pack *x, struct err *err);

#endif
