/*
 * What a file really is and how long, from its frames, at the speed of memory:
 * the gate before anything is stored. It decodes nothing and trusts no header:
 * an MP3's Xing or Info header is checked against the frames that are there.
 *
 * The rule, explained in docs/audio.md:
 *
 *  refused, ERR_NOT_AUDIO     another kind of file (the message names it), an
 *                             unsupported codec, or no three MP3 frames in a
 * row within 64 KiB after the tags; refused, ERR_AUDIO_DAMAGED more than one
 * second of sound is missing: fewer frames than the header counts, bytes
 *                             between frames that belong to none, or over
 *                             64 KiB of them at the end of a file whose
 *                             header does not prove it whole;
 *  accepted with a warning    any smaller damage; it is listed in `damage`.
 *
 * A file is what its bytes say, whatever its name: a WAV named .mp3 is "wav".
 * The caller decides whether to accept that.
 */
#ifndef AUDIO_PROBE_H
#define AUDIO_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/setting.h"

extern const struct settings audio_settings; /* settings.c */

#define AUDIO_DAMAGE_MAX 16

struct audio_damage {
    int64_t offset;   /* in the file */
    int64_t bytes;    /* that are useless; 0 if that does not apply */
    const char *what; /* a constant, "bytes that are no MP3 frame" */
};

struct audio_probe {
    char format[8];        /* "mp3", "wav", "flac", "aiff", "ogg" */
    const char *codec;     /* a constant: "MPEG-1 Layer III", "PCM", ... */
    const char *mime;      /* a constant: "audio/mpeg" */
    const char *extension; /* a constant, no dot: "mp3" */
    int64_t bytes;         /* of the file */
    int64_t samples;       /* per channel, as a gapless decoder gives */
    double duration_sec;   /* samples / sample_rate */
    int sample_rate;       /* Hz */
    int channels;
    int bits;    /* per sample; 0 if the codec has none */
    int bitrate; /* bit/s; the mean if it varies */

    int64_t file_start;    /* offset of the actual file, after tags that only
                            * MP3 knows; else 0 */
    int64_t size_at;       /* offset of four bytes of a WAV or AIFF that
                            * should give the length of the sound and do not;
                            * 0: none */
    int64_t audio_start;   /* offset of the first frame or sample */
    int64_t audio_end;     /* offset after the last one */
    int64_t leading_junk;  /* bytes before the audio that are not a tag */
    int64_t trailing_junk; /* bytes after it that are not a tag */
    bool has_art;          /* a picture in the tags */

    /* MP3 only. */
    int64_t frames;         /* MPEG frames with sound, without the header
                             * frame */
    int64_t claimed_frames; /* by the Xing, Info or VBRI header; 0: none */
    int frame_samples;      /* per channel in a frame */
    bool vbr, has_xing;
    int free_bytes;     /* of a free format frame, without padding; 0: none */
    int delay, padding; /* samples that the encoder added before and after */

    /* Damage that is too small to refuse the file. */
    struct audio_damage damage[AUDIO_DAMAGE_MAX];
    size_t damage_count; /* may exceed AUDIO_DAMAGE_MAX */
    double lost_sec;     /* approximate seconds of sound that are missing */
};

/* Time is linear in the file's size, memory is one window of 64 KiB. Errors:
 * ERR_NOT_AUDIO, ERR_AUDIO_DAMAGED (the message says what and where),
 * ERR_INTERNAL if the file cannot be read. */
int audio_probe_file(const char *path, struct audio_probe *ret,
                     struct err *err);
/* The same; the caller keeps fd, and its offset is unchanged. */
int audio_probe_fd(int fd, struct audio_probe *ret, struct err *err);

/* Whether it starts with a tag that its format does not know, or its head does
 * not give the length of the sound. Many readers then take it for another kind
 * of file, or read hours of silence after the sound. */
bool audio_odd_head(const struct audio_probe *p);

#endif
