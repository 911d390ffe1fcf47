/*
 * The decoding pass.
 */
#include "audio/analysis.h"

#include <chromaprint.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audio/decode.h"
#include "audio/halve.h"
#include "base/lanes.h"
#include "audio/listen.h"
#include "audio/loudness.h"
#include "audio/tempo.h"
#include "audio/true_peak.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

#define BLOCK LISTEN_ROOM   /* samples of every channel */
#define RATE_ENOUGH 44100   /* of the mono mix; more is halved */
#define PRINT_ENOUGH 22050  /* the same for the fingerprint's samples */
#define HALVES 5            /* times at most */
#define FINGERPRINT_SEC 120 /* as the AcoustID service takes them */
#define FINGERPRINT_MIN 2.5 /* seconds; less is too little for one item */
#define LOUDEST 1e6f        /* louder samples, and NaN, are not sound */

struct pass {
    int rate, channels;
    struct meters meters;
    struct loudness *loud;
    struct true_peak *peak;
    ChromaprintContext *print;
    int64_t print_left; /* mono samples that it still takes */
    bool printed;

    /* The mono mix at a rate that is enough for everything that listens to
     * it. */
    struct halve halves[HALVES];
    int halve_count, mono_rate, print_rate;
    struct listen *listen;
    float *block, *mono;
    int16_t *mono16;
};

static void
pass_release(struct pass *s)
{
    if (s->loud != NULL)
        loudness_close(s->loud);
    if (s->peak != NULL)
        true_peak_close(s->peak);
    if (s->listen != NULL)
        listen_close(s->listen);
    if (s->print != NULL)
        chromaprint_free(s->print);
    free(s->block);
    free(s->mono);
    free(s->mono16);
}
#define auto_pass auto_cleanup(pass_release)

static int
pass_init(struct pass *s, const struct audio_probe *p, struct err *err)
{
    if (p->channels > METERS_CHANNELS)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "%d channels are too many; bounce it in stereo",
                       p->channels);
    s->rate = p->sample_rate;
    s->channels = p->channels;
    s->mono_rate = s->rate;
    while (s->mono_rate >= RATE_ENOUGH && s->halve_count < HALVES) {
        s->mono_rate /= 2;
        s->halve_count++;
    }
    meters_init(&s->meters, s->rate, s->channels, p->samples);
    s->block = xcalloc((size_t)s->channels * BLOCK, sizeof(float));
    s->mono = xcalloc(BLOCK, sizeof(float));
    s->mono16 = xcalloc(BLOCK, sizeof(int16_t));
    s->loud = loudness_open(s->rate, s->channels);
    s->peak = true_peak_open(s->rate, s->channels);
    s->listen = listen_open(s->mono_rate);
    s->print_rate = s->mono_rate / (s->mono_rate >= PRINT_ENOUGH ? 2 : 1);
    s->print_left = (int64_t)FINGERPRINT_SEC * s->print_rate;
    if (p->duration_sec < FINGERPRINT_MIN)
        return 0;
    s->print = chromaprint_new(CHROMAPRINT_ALGORITHM_DEFAULT);
    if (s->print == NULL)
        return err_set(err, ERR_INTERNAL, "no memory for the fingerprint");
    s->printed = chromaprint_start(s->print, s->print_rate, 1) == 1;
    return 0;
}

/* Replace invalid samples with silence. */
static void
clean(struct pass *s, size_t frames)
{
    size_t n = frames * (size_t)s->channels, i = 0;
    lanes_mask fine = ~(lanes_mask){0};

    for (; i + LANES <= n; i += LANES)
        fine &= lanes_abs(lanes_from(s->block + i)) <= LOUDEST;
    if ((fine[0] & fine[1] & fine[2] & fine[3]) != 0)
        n -= i;
    else
        i = 0;
    for (float *v = s->block + i; n > 0; n--, v++)
        if (!(fabsf(*v) <= LOUDEST))
            *v = 0;
}

static void
mix_stereo(const float *from, size_t frames, float *to)
{
    size_t i = 0;

    for (; i + LANES <= frames; i += LANES) {
        lanes a = lanes_from(from + 2 * i);
        lanes b = lanes_from(from + 2 * i + LANES);

        lanes_to(to + i, (lanes_even(a, b) + lanes_odd(a, b)) * 0.5f);
    }
    for (; i < frames; i++)
        to[i] = (from[2 * i] + from[2 * i + 1]) * 0.5f;
}

static void
mix(const struct pass *s, size_t frames)
{
    float share = 1.0f / (float)s->channels;
    const float *from = s->block;

    if (s->channels == 1) {
        memcpy(s->mono, from, frames * sizeof(*from));
        return;
    }
    if (s->channels == 2) {
        mix_stereo(from, frames, s->mono);
        return;
    }
    for (size_t i = 0; i < frames; i++) {
        float sum = 0;

        for (int c = 0; c < s->channels; c++)
            sum += *from++;
        s->mono[i] = sum * share;
    }
}

/* Mix s->block to s->mono; returns the number of samples. */
static size_t
mix_down(struct pass *s, size_t frames)
{
    mix(s, frames);
    for (int i = 0; i < s->halve_count; i++)
        frames = halve_add(&s->halves[i], s->mono, frames);
    return frames;
}

/* As 16 bits, clipping what exceeds full scale. n is rounded up to whole lanes,
 * of which BLOCK is a multiple. */
static void
to_16_bits(const float *from, size_t n, int16_t *to)
{
    const lanes one = lanes_all(1), nearest = lanes_all(3 << 22);

    for (size_t i = 0; i < n; i += LANES) {
        lanes v = -lanes_larger(-lanes_from(from + i), -one);
        lanes_mask whole;

        /* Adding it leaves no room for a fraction. */
        v = lanes_larger(v, -one) * 32767 + nearest - nearest;
        whole = __builtin_convertvector(v, lanes_mask);
        for (size_t k = 0; k < LANES; k++)
            to[i + k] = (int16_t)whole[k];
    }
}

/* The fingerprint is made for half of that rate, after listen_add. */
static void
add_print(struct pass *s, size_t n)
{
    const float *mono = s->mono;

    if (s->print_left <= 0 || !s->printed)
        return;
    if (s->print_rate < s->mono_rate)
        mono = listen_half(s->listen, &n);
    if ((int64_t)n > s->print_left)
        n = (size_t)s->print_left;
    s->print_left -= (int64_t)n;
    to_16_bits(mono, n, s->mono16);
    s->printed = chromaprint_feed(s->print, s->mono16, (int)n) == 1;
}

static void
pass_add(struct pass *s, size_t frames)
{
    size_t n;

    clean(s, frames);
    meters_add(&s->meters, s->block, frames);
    true_peak_add(s->peak, s->block, frames);
    loudness_add(s->loud, s->block, frames);
    n = mix_down(s, frames);
    listen_add(s->listen, s->mono, n);
    add_print(s, n);
}

static double
decibels(double level)
{
    return level > 0 ? 20 * log10(level) : -HUGE_VAL;
}

static char *
fingerprint_text(struct pass *s)
{
    auto_buf struct buf text = BUF_INIT(1 << 20);
    uint32_t *items = NULL;
    int n = 0;

    if (!s->printed || chromaprint_finish(s->print) != 1 ||
        chromaprint_get_raw_fingerprint(s->print, &items, &n) != 1)
        return NULL;
    for (int i = 0; i < n; i++)
        buf_addf(&text, "%08x", items[i]);
    chromaprint_dealloc(items);
    return n == 0 ? NULL : buf_steal(&text);
}

static void
pass_result(struct pass *s, struct audio_analysis *ret)
{
    size_t n;
    const double *level = loudness_levels(s->loud, &n);

    for (size_t i = 0; i < n; i++)
        listen_loudness(s->listen, level[i]);
    ret->loudness = loudness_integrated(s->loud);
    ret->true_peak = decibels(true_peak_get(s->peak));
    for (int i = 0; i < METERS_PEAKS; i++)
        ret->peaks[i] = s->meters.peaks[i];
    ret->silence_start = meters_silence_start(&s->meters);
    ret->silence_end = meters_silence_end(&s->meters);
    ret->silent_fraction = meters_silent_fraction(&s->meters);
    ret->clipped = s->meters.clipped;
    ret->decoded_sec = (double)s->meters.done / s->rate;
    ret->sound = listen_result(s->listen);
    tempo_of(ret->sound, &ret->bpm, &ret->bpm_confidence);
    ret->fingerprint = fingerprint_text(s);
}

/* Decode to the end, to the cap, or until the decoder fails. */
static int
run(struct pass *s, struct decoder *d, bool (*stop)(void), bool *ret_capped,
    struct err *err)
{
    int64_t left = (int64_t)ANALYSIS_SEC_MAX * s->rate;
    struct err broken = ERR_INIT;
    ssize_t n;

    while (left > 0 && (n = decoder_read(d, s->block, BLOCK, &broken)) > 0) {
        if (stop != NULL && stop())
            return err_set(err, ERR_BUSY, "the analysis was stopped");
        pass_add(s, (size_t)n);
        left -= n;
    }
    *ret_capped = left <= 0;
    if (s->meters.done > 0)
        return 0;
    return err_set(err, ERR_AUDIO_DAMAGED, "%s",
                   broken.msg[0] != '\0'
                       ? broken.msg
                       : "nothing in the file can be played; bounce it again");
}

int
audio_analyze(int fd, const struct audio_probe *p, bool (*stop)(void),
              struct audio_analysis *ret, struct err *err)
{
    auto_decoder struct decoder *d = decoder_open(fd, p, err);
    auto_pass struct pass s = {0};
    bool capped = false;

    if (d == NULL || pass_init(&s, p, err) == -1 ||
        run(&s, d, stop, &capped, err) == -1)
        return -1;
    *ret = (struct audio_analysis){.capped = capped};
    pass_result(&s, ret);
    return 0;
}

void
audio_analysis_release(struct audio_analysis *a)
{
    free(a->fingerprint);
    if (a->sound != NULL)
        sound_close(a->sound);
    *a = (struct audio_analysis){0};
}

/* A number with this many decimal places, written as short as possible. */
static json_object *
rounded(double n, int digits)
{
    char text[64];

    if (!isfinite(n))
        return NULL;
    snprintf(text, sizeof(text), "%.*f", digits, n);
    return json_object_new_double_s(n, text);
}

json_object *
audio_analysis_json(const struct audio_analysis *a)
{
    json_object *o = json_object_new_object(), *tempo = NULL;
    json_object *peaks = json_object_new_array();

    for (int i = 0; i < METERS_PEAKS; i++)
        json_object_array_add(peaks, rounded(a->peaks[i], 3));
    if (a->bpm > 0) {
        tempo = json_object_new_object();
        json_add(tempo, "bpm", rounded(a->bpm, 2));
        json_add(tempo, "confidence", rounded(a->bpm_confidence, 2));
    }
    json_add(o, "loudnessLufs", rounded(a->loudness, 1));
    json_add(o, "truePeakDb", rounded(a->true_peak, 1));
    json_add(o, "silenceStartSec", rounded(a->silence_start, 3));
    json_add(o, "silenceEndSec", rounded(a->silence_end, 3));
    json_add(o, "silentFraction", rounded(a->silent_fraction, 3));
    json_add_int(o, "clippedSamples", a->clipped);
    json_add(o, "tempo", tempo);
    json_add_str(o, "fingerprint", a->fingerprint);
    json_add(o, "decodedSec", rounded(a->decoded_sec, 3));
    json_add_bool(o, "capped", a->capped);
    if (a->sound != NULL) {
        auto_free char *sound = sound_text(a->sound);

        json_add_str(o, "sound", sound);
    }
    json_add(o, "peaks", peaks);
    return o;
}
