/*
 * The decoding pass.
 */
#include "audio/analysis.h"

#include <chromaprint.h>
#include <ebur128.h>
#include <math.h>
#include <stdio.h>

#include "audio/decode.h"
#include "audio/tempo.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"

#define BLOCK 2048          /* samples of every channel */
#define MONO_RATE 44100     /* about; tempo and fingerprint are made for it */
#define FINGERPRINT_SEC 120 /* as the AcoustID service takes them */

struct pass {
    int rate, channels;
    struct meters meters;
    ebur128_state *loud;
    struct tempo *tempo;
    ChromaprintContext *print;
    int64_t print_left; /* mono samples that it still takes */
    bool printed;

    /* Mono at about MONO_RATE: the mean of `factor` samples. */
    int factor, in_sum;
    float sum;
    float *block, *mono;
    int16_t *mono16;
};

static void
pass_release(struct pass *s)
{
    if (s->loud != NULL)
        ebur128_destroy(&s->loud);
    if (s->tempo != NULL)
        tempo_close(s->tempo);
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
    int mode = EBUR128_MODE_I | EBUR128_MODE_TRUE_PEAK | EBUR128_MODE_HISTOGRAM;
    int mono_rate;

    if (p->channels > METERS_CHANNELS)
        return err_set(err, ERR_AUDIO_DAMAGED, "%d channels are too many",
                       p->channels);
    s->rate = p->sample_rate;
    s->channels = p->channels;
    s->factor = s->rate / MONO_RATE > 1 ? s->rate / MONO_RATE : 1;
    mono_rate = s->rate / s->factor;
    meters_init(&s->meters, s->rate, s->channels, p->samples);
    s->block = xcalloc((size_t)s->channels * BLOCK, sizeof(float));
    s->mono = xcalloc(BLOCK, sizeof(float));
    s->mono16 = xcalloc(BLOCK, sizeof(int16_t));
    s->loud = ebur128_init((unsigned)s->channels, (unsigned long)s->rate, mode);
    s->tempo = tempo_open(mono_rate);
    s->print = chromaprint_new(CHROMAPRINT_ALGORITHM_DEFAULT);
    s->print_left = (int64_t)FINGERPRINT_SEC * mono_rate;
    if (s->loud == NULL || s->print == NULL)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "%d channels at %d Hz cannot be analyzed", s->channels,
                       s->rate);
    s->printed = chromaprint_start(s->print, mono_rate, 1) == 1;
    return 0;
}

/* Mix s->block to s->mono; returns how many samples it became. */
static size_t
mix_down(struct pass *s, size_t frames)
{
    size_t n = 0;

    for (size_t i = 0; i < frames; i++) {
        const float *frame = s->block + i * (size_t)s->channels;

        for (int c = 0; c < s->channels; c++)
            s->sum += frame[c];
        if (++s->in_sum < s->factor)
            continue;
        s->mono[n] = s->sum / (float)(s->factor * s->channels);
        if (!isfinite(s->mono[n]))
            s->mono[n] = 0;
        n++;
        s->sum = 0;
        s->in_sum = 0;
    }
    return n;
}

static void
add_print(struct pass *s, size_t n)
{
    if ((int64_t)n > s->print_left)
        n = (size_t)s->print_left;
    if (n == 0 || !s->printed)
        return;
    s->print_left -= (int64_t)n;
    for (size_t i = 0; i < n; i++) {
        float v = fmaxf(-1, fminf(1, s->mono[i]));

        s->mono16[i] = (int16_t)lrintf(v * 32767);
    }
    s->printed = chromaprint_feed(s->print, s->mono16, (int)n) == 1;
}

static int
pass_add(struct pass *s, size_t frames, struct err *err)
{
    size_t n;

    meters_add(&s->meters, s->block, frames);
    if (ebur128_add_frames_float(s->loud, s->block, frames) != EBUR128_SUCCESS)
        return err_set(err, ERR_INTERNAL, "no memory for the loudness");
    n = mix_down(s, frames);
    if (s->tempo != NULL)
        tempo_add(s->tempo, s->mono, n);
    add_print(s, n);
    return 0;
}

static double
true_peak(struct pass *s)
{
    double best = 0, one;

    for (unsigned c = 0; c < (unsigned)s->channels; c++)
        if (ebur128_true_peak(s->loud, c, &one) == EBUR128_SUCCESS)
            best = fmax(best, one);
    return best > 0 ? 20 * log10(best) : -HUGE_VAL;
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
    if (ebur128_loudness_global(s->loud, &ret->loudness) != EBUR128_SUCCESS)
        ret->loudness = -HUGE_VAL;
    ret->true_peak = true_peak(s);
    for (int i = 0; i < METERS_PEAKS; i++)
        ret->peaks[i] = s->meters.peaks[i];
    ret->silence_start = meters_silence_start(&s->meters);
    ret->silence_end = meters_silence_end(&s->meters);
    ret->silent_fraction = meters_silent_fraction(&s->meters);
    ret->clipped = s->meters.clipped;
    ret->decoded_sec = (double)s->meters.done / s->rate;
    if (s->tempo != NULL)
        tempo_result(s->tempo, &ret->bpm, &ret->bpm_confidence);
    ret->fingerprint = fingerprint_text(s);
}

/* Decode to the end, the cap, or where the decoder breaks off. */
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
        if (pass_add(s, (size_t)n, err) == -1)
            return -1;
        left -= n;
    }
    *ret_capped = left <= 0;
    if (s->meters.done > 0)
        return 0;
    return err_set(err, ERR_AUDIO_DAMAGED, "%s",
                   broken.msg[0] != '\0' ? broken.msg : "nothing decodes");
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
    *a = (struct audio_analysis){0};
}

/* A number with so many digits behind the point, as short as that. */
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
    json_add(o, "peaks", peaks);
    return o;
}
