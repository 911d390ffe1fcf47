/*
 * The head of a WAV file of PCM or float samples.
 */
#ifndef AUDIO_WAV_HEAD_H
#define AUDIO_WAV_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#define WAV_HEAD 44 /* bytes */

struct wav_form {
    int rate, channels, bits;
    bool is_float;
};

/* bytes: the size of the samples after the head. False if that exceeds what a
 * WAV can hold (4 GiB). */
bool wav_head_write(const struct wav_form *form, int64_t bytes,
                    uint8_t ret_head[WAV_HEAD]);

#endif
