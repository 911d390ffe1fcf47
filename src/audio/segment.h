/*
 * Cutting audio into pieces without decoding it: MP3 at frames, WAV at
 * samples. A piece is a head and a range of the file's own bytes, so its size
 * is known before anything is written.
 *
 * An MP3 frame may lean on bytes of the frames before it, so the first one or
 * two frames of a piece (26 ms each) may be muted by a decoder; at 320 kbit/s
 * none are.
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
    int64_t offset, bytes; /* of the file, to stand behind the head */
    double start_sec, duration_sec;
    int fade_bytes, frame_bytes; /* see audio_piece_fade; 0: none */
    bool has_crc32;              /* of head and bytes, by whoever read them */
    uint32_t crc32;
};

struct audio_pieces {
    struct audio_piece *v;
    size_t n;
};

struct audio_span {
    double start_sec, end_sec; /* of the sound; the end is not included */
};

void audio_pieces_release(struct audio_pieces *ps);
#define auto_audio_pieces auto_cleanup(audio_pieces_release)

/* A rest shorter than this is left out (unless it is all there is): trainers
 * cannot use it. */
#define AUDIO_REST_SEC 5.0

/*
 * Into how many pieces of `seconds` (at least 1) a file of so many seconds is
 * cut: by everyone who counts them or makes them. *ret_last: seconds of the
 * last one.
 */
long audio_pieces_count(double duration, double seconds, double *ret_last);

/* Can it be cut as it is, without a conversion to "mp3" or "wav" first? */
bool audio_segment_possible(const struct audio_probe *p);

/* `count` pieces of `seconds` (at least 1) each, the last one with the rest if
 * it is no more than that; what is behind them is dropped. fd: the file that p
 * speaks of, borrowed. ERR_INTERNAL where it cannot be cut or read. */
int audio_segment(int fd, const struct audio_probe *p, double seconds,
                  long count, struct audio_pieces *ret, struct err *err);

/*
 * A piece for each span; these are in order and apart from each other. A WAV
 * is cut at the very sample, an MP3 at the nearest frame (13 ms at most), each
 * frame going to one span. fade: the pieces of a WAV of 16 bits that was just
 * decoded, and so is nobody's original, fade in and out for 5 ms.
 * ERR_INTERNAL also where a span holds no sound.
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
 * whose duration is known. Without pieces (and without an error) where it is no
 * MP3, or the duration is not that: then cut it by what *ret_p says.
 */
int audio_probe_cut(int fd, const struct audio_cutting *how, double duration,
                    struct audio_probe *ret_p, struct audio_pieces *ret,
                    struct err *err);

/* Fade what is read of a piece: len whole frames, `at` bytes behind its
 * head. */
void audio_piece_fade(const struct audio_piece *piece, int64_t at, void *data,
                      size_t len);

#endif
