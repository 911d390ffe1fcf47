/*
 * Samples of one channel become a struct sound: log-magnitude flux of 22
 * bands summed to three, pitch classes, levels. Fourier transforms 50 times a
 * second, over windows of 46 ms (middle, high), 93 ms (low) and 6.25 times
 * over 372 ms (pitch); what is low, and pitch, at a quarter of the rate.
 */
#ifndef AUDIO_LISTEN_H
#define AUDIO_LISTEN_H

#include <stdint.h>

#include "music/sound.h"

struct listen;

/* rate: samples a second, 8000 to 50000; 22050 is enough. */
struct listen *listen_open(int rate);
void listen_close(struct listen *l);

void listen_add(struct listen *l, const float *mono, size_t n);
/* The loudness of the next SOUND_LEVEL_SEC, LUFS. */
void listen_loudness(struct listen *l, double lufs);
/* All of it; call once. The caller closes. */
struct sound *listen_result(struct listen *l);

AUTO_DEFINE(auto_listen_p, struct listen *, listen_close)
#define auto_listen auto_cleanup(auto_listen_p)

#endif
