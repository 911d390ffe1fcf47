/*
 * Decode, encode, write.
 */
#include "audio/convert.h"

#include <errno.h>
#include <lame/lame.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "audio/decode.h"
#include "audio/wav_head.h"
#include "base/mem.h"

#define BLOCK 4096 /* samples of every channel */
/* The most that LAME may write for a block, by its own formula; 2 kHz and more
 * may have become 48 kHz. */
#define MP3_ROOM (BLOCK * 24 * 5 / 4 + 7200)
#define MP3_KBIT 320
#define MP3_QUALITY 2
#define SHORT_SEC 1.0 /* a decoder may stop this early; the probe's limit */

struct conversion {
    const struct audio_probe *p;
    int out;
    int channels;    /* of the output: 1 or 2 */
    int64_t samples; /* so far */
    int64_t at;      /* bytes written */
    float *block;
    lame_t lame;
    uint8_t *mp3;
    int16_t *pcm;
};

static void
conversion_release(struct conversion *c)
{
    if (c->lame != NULL)
        lame_close(c->lame);
    free(c->block);
    free(c->mp3);
    free(c->pcm);
}
#define auto_conversion auto_cleanup(conversion_release)

static int
write_at(int out, int64_t at, const void *data, size_t len, struct err *err)
{
    const uint8_t *b = data;

    while (len > 0) {
        ssize_t n = pwrite(out, b, len, at);

        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return err_errno(err, ERR_INTERNAL,
                             "cannot write the converted audio");
        b += n;
        at += n;
        len -= (size_t)n;
    }
    return 0;
}

static int
put(struct conversion *c, const void *data, size_t len, struct err *err)
{
    if (write_at(c->out, c->at, data, len, err) == -1)
        return -1;
    c->at += (int64_t)len;
    return 0;
}

/* Keep only the first two channels of the block, and replace invalid
 * numbers. */
static void
narrow(struct conversion *c, size_t frames)
{
    size_t have = (size_t)c->p->channels, keep = (size_t)c->channels;

    for (size_t i = 0; i < frames; i++)
        for (size_t k = 0; k < keep; k++) {
            float v = c->block[i * have + k];

            c->block[i * keep + k] = isfinite(v) ? v : 0;
        }
}

/* ---- MP3 ---- */

static int
mp3_rate(int rate)
{
    if (rate == 32000 || rate == 48000)
        return rate;
    return 44100 % rate == 0 || rate % 44100 == 0 ? 44100 : 48000;
}

static int
mp3_begin(struct conversion *c, struct err *err)
{
    c->mp3 = xmalloc(MP3_ROOM);
    c->lame = lame_init();
    if (c->lame == NULL)
        return err_set(err, ERR_INTERNAL, "LAME cannot be started");
    lame_set_in_samplerate(c->lame, c->p->sample_rate);
    lame_set_out_samplerate(c->lame, mp3_rate(c->p->sample_rate));
    lame_set_num_channels(c->lame, c->channels);
    lame_set_mode(c->lame, c->channels == 1 ? MONO : JOINT_STEREO);
    lame_set_brate(c->lame, MP3_KBIT);
    lame_set_quality(c->lame, MP3_QUALITY);
    lame_set_write_id3tag_automatic(c->lame, 0);
    if (c->p->samples < UINT32_MAX)
        lame_set_num_samples(c->lame, (unsigned long)c->p->samples);
    if (lame_init_params(c->lame) < 0)
        return err_set(err, ERR_INTERNAL, "LAME refuses %d channels at %d Hz",
                       c->channels, c->p->sample_rate);
    return 0;
}

static int
mp3_add(struct conversion *c, size_t frames, struct err *err)
{
    int n;

    if (c->channels == 1)
        n = lame_encode_buffer_ieee_float(c->lame, c->block, c->block,
                                          (int)frames, c->mp3, MP3_ROOM);
    else
        n = lame_encode_buffer_interleaved_ieee_float(
            c->lame, c->block, (int)frames, c->mp3, MP3_ROOM);
    if (n < 0)
        return err_set(err, ERR_INTERNAL, "LAME failed (%d)", n);
    return put(c, c->mp3, (size_t)n, err);
}

/* The rest, and the first frame, which LAME only knows at the end: it gives the
 * length of the file and the start of the sound. */
static int
mp3_end(struct conversion *c, struct err *err)
{
    int n = lame_encode_flush(c->lame, c->mp3, MP3_ROOM);
    size_t head;

    if (n < 0)
        return err_set(err, ERR_INTERNAL, "LAME failed (%d)", n);
    if (put(c, c->mp3, (size_t)n, err) == -1)
        return -1;
    head = lame_get_lametag_frame(c->lame, c->mp3, MP3_ROOM);
    if (head == 0 || head > MP3_ROOM || (int64_t)head > c->at)
        return err_set(err, ERR_INTERNAL, "LAME wrote no header");
    return write_at(c->out, 0, c->mp3, head, err);
}

/* ---- WAV ---- */

static int
wav_begin(struct conversion *c, struct err *err)
{
    (void)err;
    c->pcm = xcalloc(BLOCK, sizeof(int16_t) * (size_t)c->channels);
    c->at = WAV_HEAD; /* written at the end, when the length is known */
    return 0;
}

static int
wav_add(struct conversion *c, size_t frames, struct err *err)
{
    size_t n = frames * (size_t)c->channels;

    for (size_t i = 0; i < n; i++) {
        float v = fmaxf(-32768, fminf(32767, c->block[i] * 32768));
        uint16_t bits = (uint16_t)(int16_t)lrintf(v);
        uint8_t *b = (uint8_t *)(c->pcm + i);

        b[0] = (uint8_t)bits;
        b[1] = (uint8_t)(bits >> 8);
    }
    return put(c, c->pcm, n * sizeof(int16_t), err);
}

static int
wav_end(struct conversion *c, struct err *err)
{
    struct wav_form form = {
        .rate = c->p->sample_rate, .channels = c->channels, .bits = 16};
    uint8_t head[WAV_HEAD];

    if (!wav_head_write(&form, c->at - WAV_HEAD, head))
        return err_set(err, ERR_TOO_LARGE,
                       "too long for a WAV file, which ends at 4 GiB");
    return write_at(c->out, 0, head, sizeof(head), err);
}

/* ---- both ---- */

static const struct form {
    const char *name;
    const char *recipe; /* MP3_KBIT and MP3_QUALITY, 16 bits */
    int (*begin)(struct conversion *c, struct err *err);
    int (*add)(struct conversion *c, size_t frames, struct err *err);
    int (*end)(struct conversion *c, struct err *err);
} forms[] = {
    {"mp3", "mp3-320-q2", mp3_begin, mp3_add, mp3_end},
    {"wav", "wav-16", wav_begin, wav_add, wav_end},
};

static const struct form *
form_of(const char *name)
{
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (strcmp(forms[i].name, name) == 0)
            return &forms[i];
    return NULL;
}

const char *
audio_convert_recipe(const char *format)
{
    const struct form *form = form_of(format);

    return form != NULL ? form->recipe : NULL;
}

static int
run(struct conversion *c, struct decoder *d, const struct form *form,
    struct err *err)
{
    struct err broken = ERR_INIT;
    ssize_t n;

    while ((n = decoder_read(d, c->block, BLOCK, &broken)) > 0) {
        narrow(c, (size_t)n);
        /* More than the probe allows: stop writing. */
        if ((double)(c->samples + n - c->p->samples) >
            SHORT_SEC * c->p->sample_rate)
            return err_set(
                err, ERR_AUDIO_DAMAGED,
                "the file plays longer than the %.1f seconds that it "
                "says; bounce it again",
                c->p->duration_sec);
        if (form->add(c, (size_t)n, err) == -1)
            return -1;
        c->samples += n;
    }
    if ((double)(c->p->samples - c->samples) <= SHORT_SEC * c->p->sample_rate)
        return form->end(c, err);
    return err_set(
        err, ERR_AUDIO_DAMAGED,
        "only %.1f of %.1f seconds can be played%s%s; bounce it again",
        (double)c->samples / c->p->sample_rate, c->p->duration_sec,
        broken.msg[0] != '\0' ? ": " : "", broken.msg);
}

int
audio_convert_rate(const char *format, int rate)
{
    return strcmp(format, "mp3") == 0 ? mp3_rate(rate) : rate;
}

int
audio_convert(int fd, const struct audio_probe *p, const char *format, int out,
              struct err *err)
{
    auto_decoder struct decoder *d = NULL;
    auto_conversion struct conversion c = {.p = p, .out = out};
    const struct form *form = form_of(format);

    if (form == NULL)
        return err_set(err, ERR_INTERNAL, "no conversion to %s", format);
    d = decoder_open(fd, p, err);
    if (d == NULL)
        return -1;
    c.channels = p->channels > 2 ? 2 : p->channels;
    c.block = xcalloc(BLOCK, sizeof(float) * (size_t)p->channels);
    if (form->begin(&c, err) == -1)
        return -1;
    return run(&c, d, form, err);
}
