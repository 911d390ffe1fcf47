/*
 * Tempo and meter as a listener counts them: sets are also written on grids
 * that are twice as fast or half as fast as the music.
 */
#ifndef MUSIC_TEMPO_H
#define MUSIC_TEMPO_H

/* A tempo that may be meant, 0 for any other number. */
double tempo_plausible(double bpm);

/*
 * The tempo doubled or halved into 60 to 200 BPM and rounded to whole ones; 0
 * stays 0. The meter is folded with it (beats and unit may be NULL): at half
 * the tempo a bar has half as many beats of the same unit, if that is a whole
 * number, else as many of half the value. 12/4 at 400 BPM is 6/4 at 200.
 */
double tempo_felt(double bpm, int *beats, int *unit);

#endif
