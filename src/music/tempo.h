/*
 * Tempo and meter as a listener counts them: sets are also written on grids
 * that are twice or half as fast as the music.
 */
#ifndef MUSIC_TEMPO_H
#define MUSIC_TEMPO_H

/* The tempo if it is plausible, 0 otherwise. */
double tempo_plausible(double bpm);

/*
 * The tempo doubled or halved into 60 to 200 BPM and rounded to a whole number;
 * 0 stays 0. The meter is folded with it (beats and unit may be NULL): at half
 * the tempo a bar has half as many beats of the same unit if that is a whole
 * number, otherwise the same number of beats of half the value. 12/4 at 400 BPM
 * is 6/4 at 200.
 */
double tempo_felt(double bpm, int *beats, int *unit);

#endif
