/*
 * Turns samples of one channel into a struct sound: log-magnitude flux of 22
 * bands summed to three, pitch classes, levels. Fourier transforms run 50 times
 * a second over windows of 46 ms (middle, high) and 93 ms (low), and 6.25 times
 * a second over 372 ms (pitch); low and pitch run at a quarter of the rate.
 */
#ifndef AUDIO_LISTEN_H
#define AUDIO_LISTEN_H

#include <stdint.h>

#include "music/sound.h"

#define LISTEN_ROOM 2048

struct listen;

/* rate: samples per second, 8000 to 50000; 22050 is enough. */
struct listen *listen_open(int rate);
void listen_close(struct listen *l);

void listen_add(struct listen *l, const float *mono, size_t n);
/* What the samples of the last listen_add, LISTEN_ROOM at most, were made at
 * half their rate, for others who want them so: from 22050 a second on there
 * are any. Borrowed until the next one. */
const float *listen_half(const struct listen *l, size_t *ret_n);
/* The loudness of the next SOUND_LEVEL_SEC, LUFS. */
void listen_loudness(struct listen *l, double lufs);
/* The complete sound; call once. The caller closes it. */
struct sound *listen_result(struct listen *l);

AUTO_DEFINE(auto_listen_p, struct listen *, listen_close)
#define auto_listen auto_cleanup(auto_listen_p)

#endif
