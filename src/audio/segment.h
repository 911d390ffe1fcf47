/*
 * Cutting audio into pieces without decoding it: MP3 at frames, WAV at
 * samples. A piece is a head (WAV only) and a range of the file's own bytes,
 * so its size is known before anything is written.
 *
 * An MP3 frame may lean on bytes of the frames before it, so the first one or
 * two frames of a piece (26 ms each) may be muted by a decoder; at 320 kbit/s
 * none are.
 */
#ifndef AUDIO_SEGMENT_H
#define AUDIO_SEGMENT_H

#include "audio/probe.h"
#include "audio/wav_head.h"
#include "base/auto.h"

struct audio_piece {
    uint8_t head[WAV_HEAD];
    size_t head_len;       /* WAV_HEAD or 0 */
    int64_t offset, bytes; /* of the file, to stand behind the head */
    double start_sec, duration_sec;
};

struct audio_pieces {
    struct audio_piece *v;
    size_t n;
};

void audio_pieces_release(struct audio_pieces *ps);
#define auto_audio_pieces auto_cleanup(audio_pieces_release)

/* A rest shorter than this is left out (unless it is all there is): trainers
 * cannot use it. */
#define AUDIO_REST_SEC 5.0

/* Can it be cut as it is, without a conversion to "mp3" or "wav" first? */
bool audio_segment_possible(const struct audio_probe *p);

/* Pieces of `seconds` (at least 1) each, at least one. fd: the file that p
 * speaks of, borrowed. ERR_INTERNAL where it cannot be cut or read. */
int audio_segment(int fd, const struct audio_probe *p, double seconds,
                  struct audio_pieces *ret, struct err *err);

#endif
