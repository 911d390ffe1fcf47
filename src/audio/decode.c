/*
 * Two decoders behind one interface.
 */
#include "audio/decode.h"

#include <errno.h>
#include <mpg123.h>
#include <pthread.h>
#include <sndfile.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

/* How far mpg123 looks for the next frame after damage. This is the probe's
 * limit; mpg123's default of one KiB gives up too early. */
#define RESYNC_BYTES (1 << 20)

/* A part of a file with its own read offset. */
struct source {
    int fd;
    int64_t start, end, at;
    int64_t mend_at; /* four bytes here are replaced by these; 0: none */
    uint8_t mend[4];
};

struct decoder {
    struct source source;
    int rate, channels;
    mpg123_handle *mpg; /* this one */
    SNDFILE *snd;       /* or that one */
};

static int64_t
source_read(struct source *s, void *buf, int64_t size)
{
    ssize_t n;

    if (size > s->end - s->at)
        size = s->end - s->at;
    if (size <= 0)
        return 0;
    do
        n = pread(s->fd, buf, (size_t)size, s->at);
    while (n == -1 && errno == EINTR);
    for (int64_t i = 0; i < 4 && s->mend_at != 0; i++)
        if (s->mend_at + i >= s->at && s->mend_at + i < s->at + n)
            ((uint8_t *)buf)[s->mend_at + i - s->at] = s->mend[i];
    if (n > 0)
        s->at += n;
    return n;
}

static int64_t
source_seek(struct source *s, int64_t offset, int whence)
{
    int64_t base = whence == SEEK_SET   ? s->start
                   : whence == SEEK_END ? s->end
                                        : s->at;

    if (base + offset < s->start || base + offset > s->end)
        return -1;
    s->at = base + offset;
    return s->at - s->start;
}

static ssize_t
mpg_read(void *s, void *buf, size_t size)
{
    return source_read(s, buf, (int64_t)size);
}

static off_t
mpg_seek(void *s, off_t offset, int whence)
{
    return source_seek(s, offset, whence);
}

static sf_count_t
snd_read(void *buf, sf_count_t size, void *s)
{
    int64_t n = source_read(s, buf, size);

    return n < 0 ? 0 : n;
}

static sf_count_t
snd_seek(sf_count_t offset, int whence, void *s)
{
    return source_seek(s, offset, whence);
}

static sf_count_t
snd_tell(void *ctx)
{
    struct source *s = ctx;

    return s->at - s->start;
}

static sf_count_t
snd_length(void *ctx)
{
    struct source *s = ctx;

    return s->end - s->start;
}

static pthread_once_t mpg_once = PTHREAD_ONCE_INIT;

static void
mpg_init(void)
{
    mpg123_init();
}

/* One output format only, the file's own, so that nothing is resampled. */
static bool
mpg_settings(mpg123_handle *m, int rate, int channels)
{
    long flags =
        MPG123_QUIET | MPG123_SKIP_ID3V2 | MPG123_GAPLESS | MPG123_FORCE_FLOAT;

    return mpg123_param(m, MPG123_FLAGS, flags, 0) == MPG123_OK &&
           mpg123_param(m, MPG123_RESYNC_LIMIT, RESYNC_BYTES, 0) == MPG123_OK &&
           mpg123_format_none(m) == MPG123_OK &&
           mpg123_format(m, rate, channels == 1 ? MPG123_MONO : MPG123_STEREO,
                         MPG123_ENC_FLOAT_32) == MPG123_OK;
}

static int
open_mpg(struct decoder *d, const struct audio_probe *p, struct err *err)
{
    d->source.start = d->source.at = p->audio_start;
    d->source.end = p->audio_end;
    pthread_once(&mpg_once, mpg_init);
    d->mpg = mpg123_new(NULL, NULL);
    if (d->mpg == NULL || !mpg_settings(d->mpg, d->rate, d->channels) ||
        mpg123_replace_reader_handle(d->mpg, mpg_read, mpg_seek, NULL) !=
            MPG123_OK)
        return err_set(err, ERR_INTERNAL, "mpg123 does not start");
    if (mpg123_open_handle(d->mpg, &d->source) != MPG123_OK)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the MP3 cannot be played (%s); bounce it again",
                       mpg123_strerror(d->mpg));
    return 0;
}

/* Fill in the size that the header lacks; libsndfile would find no sound. */
static void
mend_size(struct source *s, const struct audio_probe *p)
{
    bool big = strcmp(p->format, "aiff") == 0;
    int64_t size = p->audio_end - (p->size_at + 4);

    s->mend_at = size <= UINT32_MAX ? p->size_at : 0;
    for (int i = 0; i < 4; i++)
        s->mend[i] = (uint8_t)(size >> 8 * (big ? 3 - i : i));
}

static int
open_snd(struct decoder *d, const struct audio_probe *p, struct err *err)
{
    static SF_VIRTUAL_IO io = {.get_filelen = snd_length,
                               .seek = snd_seek,
                               .read = snd_read,
                               .tell = snd_tell};
    SF_INFO info = {0};

    d->source.start = d->source.at = p->file_start;
    d->source.end = p->bytes;
    mend_size(&d->source, p);
    d->snd = sf_open_virtual(&io, SFM_READ, &info, &d->source);
    if (d->snd == NULL)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the %s file cannot be played (%s); bounce it again",
                       p->format, sf_strerror(NULL));
    if (info.channels != d->channels || info.samplerate != d->rate)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the %s file plays as %d channels at %d Hz, and says %d "
                       "at %d; bounce it again",
                       p->format, info.channels, info.samplerate, d->channels,
                       d->rate);
    return 0;
}

struct decoder *
decoder_open(int fd, const struct audio_probe *p, struct err *err)
{
    auto_decoder struct decoder *d = xcalloc(1, sizeof(*d));
    int rc;

    d->source.fd = fd;
    d->rate = p->sample_rate;
    d->channels = p->channels;
    rc = strcmp(p->format, "mp3") == 0 ? open_mpg(d, p, err)
                                       : open_snd(d, p, err);
    return rc == 0 ? steal(&d) : NULL;
}

static ssize_t
read_mpg(struct decoder *d, float *buf, size_t frames, struct err *err)
{
    size_t frame = sizeof(float) * (size_t)d->channels, done = 0;
    int rc;

    do
        rc = mpg123_read(d->mpg, buf, frames * frame, &done);
    while (rc == MPG123_NEW_FORMAT && done == 0);
    if (done == 0 && rc != MPG123_DONE)
        return err_set(err, ERR_AUDIO_DAMAGED, "the MP3 stops decoding: %s",
                       rc == MPG123_OK ? "no samples"
                                       : mpg123_strerror(d->mpg));
    return (ssize_t)(done / frame);
}

ssize_t
decoder_read(struct decoder *d, float *buf, size_t frames, struct err *err)
{
    sf_count_t n;

    if (d->mpg != NULL)
        return read_mpg(d, buf, frames, err);
    n = sf_readf_float(d->snd, buf, (sf_count_t)frames);
    if (n <= 0 && sf_error(d->snd) != SF_ERR_NO_ERROR)
        return err_set(err, ERR_AUDIO_DAMAGED, "the file stops decoding: %s",
                       sf_strerror(d->snd));
    return n < 0 ? 0 : n;
}

void
decoder_close(struct decoder *d)
{
    if (d->mpg != NULL)
        mpg123_delete(d->mpg);
    if (d->snd != NULL)
        sf_close(d->snd);
    free(d);
}
