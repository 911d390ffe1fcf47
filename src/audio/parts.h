/*
 * The parts of the probe, for the probe only: tags, and one reader per kind of
 * file. Each reader fills in what it knows of *p, which starts zeroed, and
 * returns ERR_NOT_AUDIO or ERR_AUDIO_DAMAGED by the rule in probe.h.
 */
#ifndef AUDIO_PARTS_H
#define AUDIO_PARTS_H

#include "audio/input.h"
#include "audio/probe.h"

/* A file that lost more than this many seconds is refused. */
#define LOST_SEC_MAX 1.0
/* Sample rates from telephones to the best converters, Hz. */
#define RATE_MIN 4000
#define RATE_MAX 768000
/* Most stray bytes before or after the audio. */
#define JUNK_MAX 65536

/* Size of the ID3v2 or APE tag that begins at `at`, 0 if there is none; may
 * reach past the end of the file. Sets *art if it holds a picture. */
int64_t tag_at_start(struct input *in, int64_t at, bool *art);
/* Size of the ID3v1, Lyrics3, APE or ID3v2 tag that ends at `end`. */
int64_t tag_at_end(struct input *in, int64_t end, bool *art);

/* Receives a walk over the frames with sound: `begin` before the first, with
 * what is known by then (rate, samples of a frame, delay and padding), then
 * each frame. */
struct mp3_visit {
    void (*begin)(void *ctx, struct input *in, const struct audio_probe *p);
    void (*frame)(void *ctx, int64_t at, int64_t length);
    void *ctx;
};

/* at: after the tags; end: before the tags at the end; visit: or NULL. */
int probe_mp3(struct input *in, int64_t at, int64_t end,
              const struct mp3_visit *visit, struct audio_probe *p,
              struct err *err);
/* audio_probe_fd that also calls `visit` if the file is an MP3, before it is
 * known whether the probe accepts the file. */
int probe_visited(int fd, const struct mp3_visit *visit,
                  struct audio_probe *ret, struct err *err);
/* Visit each frame with sound in a file that probe_mp3 has accepted. */
int probe_mp3_frames(struct input *in, const struct audio_probe *p,
                     const struct mp3_visit *visit, struct err *err);
/* The file is all of the input; end: before the tags at its end, which its own
 * sizes do not include. */
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
/* `missing` of the expected samples are not there: note it, or refuse the file
 * if that is more than LOST_SEC_MAX. */
int probe_missing(struct audio_probe *p, int64_t missing, int64_t offset,
                  struct err *err);

#endif
