/*
 * The parts of the probe, for the probe only: tags, and one reader per kind
 * of file. Each reader fills what it knows of *p, which starts zeroed, and
 * says ERR_NOT_AUDIO or ERR_AUDIO_DAMAGED by the rule in probe.h.
 */
#ifndef AUDIO_PARTS_H
#define AUDIO_PARTS_H

#include "audio/input.h"
#include "audio/probe.h"

/* More of this than one second is refused. */
#define LOST_SEC_MAX 1.0
/* What audio has: telephones to what the best converters do, Hz. */
#define RATE_MIN 4000
#define RATE_MAX 768000
/* Bytes that belong to nothing: before the audio, or behind it. */
#define JUNK_MAX 65536

/* Size of the ID3v2 or APE tag that begins at `at`, 0 where there is none;
 * may reach past the end of the file. *art becomes true where it holds a
 * picture. */
int64_t tag_at_start(struct input *in, int64_t at, bool *art);
/* Size of the ID3v1, Lyrics3, APE or ID3v2 tag that ends at `end`. */
int64_t tag_at_end(struct input *in, int64_t end, bool *art);

/* Told of a walk over frames with sound: before the first what is known by
 * then (rate, samples of a frame, delay and padding), then each frame. */
struct mp3_visit {
    void (*begin)(void *ctx, struct input *in, const struct audio_probe *p);
    void (*frame)(void *ctx, int64_t at, int64_t length);
    void *ctx;
};

/* at: behind the tags; end: before the tags at the end; visit: or NULL. */
int probe_mp3(struct input *in, int64_t at, int64_t end,
              const struct mp3_visit *visit, struct audio_probe *p,
              struct err *err);
/* audio_probe_fd, telling `visit` if it is an MP3; before it is known whether
 * the probe accepts the file. */
int probe_visited(int fd, const struct mp3_visit *visit,
                  struct audio_probe *ret, struct err *err);
/* Tell of each frame with sound in a file that probe_mp3 has accepted. */
int probe_mp3_frames(struct input *in, const struct audio_probe *p,
                     const struct mp3_visit *visit, struct err *err);
/* The file is all of the input; end: before the tags at its end, which lie
 * outside of what its own sizes say. */
int probe_wav(struct input *in, int64_t end, struct audio_probe *p,
              struct err *err);
int probe_aiff(struct input *in, int64_t end, struct audio_probe *p,
               struct err *err);
int probe_flac(struct input *in, int64_t end, struct audio_probe *p,
               struct err *err);
int probe_ogg(struct input *in, int64_t end, struct audio_probe *p,
              struct err *err);

void probe_damage(struct audio_probe *p, int64_t offset, int64_t bytes,
                  const char *what);
/* A number of samples should be there and `missing` are not: note it, or
 * refuse it where that is more than LOST_SEC_MAX. */
int probe_missing(struct audio_probe *p, int64_t missing, int64_t offset,
                  struct err *err);

#endif
