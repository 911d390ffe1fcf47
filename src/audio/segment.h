/*
 * Cuts audio into pieces without decoding it: MP3 at frames, WAV at samples. A
 * piece is a head and a range of the file's own bytes, so its size is known
 * before anything is written.
 *
 * An MP3 frame may depend on bytes of the frames before it, so a decoder may
 * mute the first one or two frames of a piece (26 ms each); at 320 kbit/s it
 * mutes none.
 */
#ifndef AUDIO_SEGMENT_H
#define AUDIO_SEGMENT_H

#include "audio/mp3_info.h"
#include "audio/probe.h"
#include "audio/wav_head.h"
#include "base/auto.h"

struct audio_piece {
    uint8_t head[MP3_INFO_MAX]; /* or a WAV's, which is shorter */
    size_t head_len;
    int64_t offset, bytes; /* of the file, to follow the head */
    double start_sec, duration_sec;
    int fade_bytes, frame_bytes; /* see audio_piece_fade; 0: none */
    bool has_crc32;              /* of head and bytes, set by whoever read
                                  * them */
    uint32_t crc32;
};

struct audio_pieces {
    struct audio_piece *v;
    size_t n;
};

struct audio_span {
    double start_sec, end_sec; /* of the sound; the end is excluded */
};

void audio_pieces_release(struct audio_pieces *ps);
#define auto_audio_pieces auto_cleanup(audio_pieces_release)

/* A rest shorter than this is left out (unless it is everything): trainers
 * cannot use it. */
#define AUDIO_REST_SEC 5.0

/*
 * The number of pieces of `seconds` (at least 1) that a file of this duration
 * is cut into; used by all code that counts or makes them. *ret_last: seconds
 * of the last one.
 */
long audio_pieces_count(double duration, double seconds, double *ret_last);

/* Whether it can be cut as it is, without a conversion to "mp3" or "wav"
 * first. */
bool audio_segment_possible(const struct audio_probe *p);

/* `count` pieces of `seconds` (at least 1) each; the last one takes the rest if
 * that is no longer. Anything after it is dropped. fd: the file that p
 * describes, borrowed. ERR_INTERNAL if it cannot be cut or read. */
int audio_segment(int fd, const struct audio_probe *p, double seconds,
                  long count, struct audio_pieces *ret, struct err *err);

/*
 * A piece for each span; spans are in order and do not overlap. A WAV is cut at
 * the exact sample, an MP3 at the nearest frame (13 ms at most), and each frame
 * goes to one span. fade: the pieces of a 16-bit WAV that was just decoded, and
 * so is nobody's original, fade in and out for 5 ms. ERR_INTERNAL also if a
 * span holds no sound.
 */
int audio_segment_at(int fd, const struct audio_probe *p,
                     const struct audio_span *spans, size_t n, bool fade,
                     struct audio_pieces *ret, struct err *err);

struct audio_cutting { /* as for the two above */
    double seconds;
    long count;
    const struct audio_span *spans; /* n of them; NULL: by seconds */
    size_t n;
};

/*
 * audio_probe_fd and one of the above in one walk over the frames of an MP3
 * whose duration is known. Returns no pieces (and no error) if it is not an
 * MP3, or has another duration: then cut it with *ret_p.
 */
int audio_probe_cut(int fd, const struct audio_cutting *how, double duration,
                    struct audio_probe *ret_p, struct audio_pieces *ret,
                    struct err *err);

/* Fade bytes read from a piece: len bytes of whole frames, `at` bytes after its
 * head. */
void audio_piece_fade(const struct audio_piece *piece, int64_t at, void *data,
                      size_t len);

#endif
