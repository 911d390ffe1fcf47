/*
 * Before an export's first byte: each whole file that its layout wants in
 * another format, found among those that are kept, else made now, several at
 * once. For export.c only.
 */
#ifndef DATASET_PREPARE_H
#define DATASET_PREPARE_H

#include "dataset/pack.h"

/*
 * Fill x->kept, of a job with a database. What only the audio itself can tell
 * (a WAV that must be decoded before it is cut) is found where it is kept, and
 * else left to the walk. Where an item's audio is not as it was saved, no more
 * is made and x->doomed is set: the walk says which. Calls job->progress every
 * tenth of a second; what is made when the export ends early stays for the
 * next one.
 */
int prepare_run(struct pack *x, struct err *err);

#endif
