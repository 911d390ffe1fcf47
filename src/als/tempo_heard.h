/*
 * The tempos at which something sounds. Automation also moves where nothing
 * plays, and nobody hears that.
 */
#ifndef ALS_TEMPO_HEARD_H
#define ALS_TEMPO_HEARD_H

struct als_whole;

/*
 * The slowest and the fastest, in BPM, of notes and audio clips that sound for
 * certain. Both are `bpm` if none do.
 */
void als_tempo_heard(const struct als_whole *w, double bpm, double *ret_low,
                     double *ret_high);

#endif
