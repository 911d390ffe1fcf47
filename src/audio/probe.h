/*
 * What a file really is and how long, from its frames, at the speed of
 * memory: the gate before anything is stored. It decodes nothing and trusts
 * no header: what an MP3's Xing or Info header says is held against the
 * frames that are there.
 *
 * The rule, in full in docs/audio.md:
 *   refused, ERR_NOT_AUDIO     another kind of file (the message names it), a
 *                              codec that is not taken, or no three MP3
 *                              frames in a row within 64 KiB after the tags;
 *   refused, ERR_AUDIO_DAMAGED more than one second of sound is missing:
 *                              fewer frames than the header counts, bytes
 *                              between frames that belong to none, or over
 *                              64 KiB of them at the end of a file whose
 *                              header does not prove it whole;
 *   accepted with a warning    any smaller damage; it is listed in `damage`.
 *
 * A file is taken for what its bytes say, whatever its name: a WAV named
 * .mp3 is "wav". Whether that is welcome is the caller's decision.
 */
#ifndef AUDIO_PROBE_H
#define AUDIO_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define AUDIO_DAMAGE_MAX 16

struct audio_damage {
    int64_t offset;   /* in the file */
    int64_t bytes;    /* that are of no use; 0 where that is not the point */
    const char *what; /* a constant, "bytes that are no MP3 frame" */
};

struct audio_probe {
    char format[8];        /* "mp3", "wav", "flac", "aiff", "ogg" */
    const char *codec;     /* a constant: "MPEG-1 Layer III", "PCM", ... */
    const char *mime;      /* a constant: "audio/mpeg" */
    const char *extension; /* a constant, no dot: "mp3" */
    int64_t bytes;         /* of the file */
    int64_t samples;       /* per channel, as a decoder without gaps gives */
    double duration_sec;   /* samples / sample_rate */
    int sample_rate;       /* Hz */
    int channels;
    int bits;    /* per sample; 0 where the codec has none */
    int bitrate; /* bit/s; the mean where it varies */

    int64_t file_start;    /* offset of what is the file itself, behind tags
                              that only MP3 knows; else 0 */
    int64_t size_at;       /* offset of four bytes of WAV or AIFF that should
                              say how long the sound is and do not; 0: none */
    int64_t audio_start;   /* offset of the first frame or sample */
    int64_t audio_end;     /* offset behind the last one */
    int64_t leading_junk;  /* bytes before the audio that are no tag */
    int64_t trailing_junk; /* bytes behind it that are no tag */
    bool has_art;          /* a picture in the tags */

    /* MP3 only. */
    int64_t frames;         /* MPEG frames with sound, header frame not */
    int64_t claimed_frames; /* by the Xing, Info or VBRI header; 0 none */
    int frame_samples;      /* per channel in a frame */
    bool vbr, has_xing;
    int free_bytes;     /* of a free format frame, without padding; 0 none */
    int delay, padding; /* samples that the encoder put before and behind */

    /* What is wrong, but not so much that it is refused. */
    struct audio_damage damage[AUDIO_DAMAGE_MAX];
    size_t damage_count; /* may be more than AUDIO_DAMAGE_MAX */
    double lost_sec;     /* seconds of sound that are missing, about */
};

/* Time is linear in the file's size, memory is one window of 64 KiB. Errors:
 * ERR_NOT_AUDIO, ERR_AUDIO_DAMAGED (the message says what and where),
 * ERR_INTERNAL where the file cannot be read. */
int audio_probe_file(const char *path, struct audio_probe *ret,
                     struct err *err);
/* The same; fd stays the caller's, its offset stays as it is. */
int audio_probe_fd(int fd, struct audio_probe *ret, struct err *err);

/* Does it have a tag in front that its format does not know, or a head that
 * does not say how long the sound is? Many readers then take it for another
 * kind of file, or for its whole and hours of silence. */
bool audio_odd_head(const struct audio_probe *p);

#endif
