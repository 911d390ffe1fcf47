/*
 * Meters on passing samples.
 */
#include "audio/meters.h"

#include <math.h>

#define FULL_SCALE 0.9999f
#define CLIP_RUN 3 /* one sample at full scale is chance */

/* The first sample behind a bin of the waveform; the last one has no end. */
static int64_t
bin_end(const struct meters *m)
{
    if (m->bin == METERS_PEAKS - 1)
        return INT64_MAX;
    return ((int64_t)(m->bin + 1) * m->total + METERS_PEAKS - 1) / METERS_PEAKS;
}

void
meters_init(struct meters *m, int rate, int channels, int64_t total)
{
    *m = (struct meters){.rate = rate,
                         .channels = channels,
                         .total = total > 0 ? total : 1,
                         .first_loud = -1,
                         .last_loud = -1,
                         .tenth_left = rate / 10};
    m->bin_end = bin_end(m);
}

static void
count_clip(struct meters *m, int channel, float level)
{
    if (level < FULL_SCALE) {
        m->run[channel] = 0;
        return;
    }
    m->run[channel]++;
    if (m->run[channel] == CLIP_RUN)
        m->clipped += CLIP_RUN;
    else if (m->run[channel] > CLIP_RUN)
        m->clipped++;
}

/* The loudest channel at one moment. */
static float
level_of(struct meters *m, const float *frame)
{
    float peak = 0;

    for (int c = 0; c < m->channels; c++) {
        float level = fabsf(frame[c]);

        count_clip(m, c, level);
        if (level > peak) /* false for NaN, which stays out */
            peak = level;
    }
    return peak;
}

static void
count_silence(struct meters *m, float peak)
{
    if (peak > METERS_SILENCE) {
        if (m->first_loud == -1)
            m->first_loud = m->done;
        m->last_loud = m->done;
    }
    if (peak > m->tenth_peak)
        m->tenth_peak = peak;
    if (--m->tenth_left > 0)
        return;
    if (m->tenth_peak <= METERS_SILENCE)
        m->silent += m->rate / 10;
    m->tenth_left = m->rate / 10;
    m->tenth_peak = 0;
}

void
meters_add(struct meters *m, const float *buf, size_t frames)
{
    for (size_t i = 0; i < frames; i++) {
        float peak = level_of(m, buf + i * (size_t)m->channels);

        count_silence(m, peak);
        while (m->done >= m->bin_end) {
            m->bin++;
            m->bin_end = bin_end(m);
        }
        if (peak > m->peaks[m->bin])
            m->peaks[m->bin] = peak > 1 ? 1 : peak;
        m->done++;
    }
}

double
meters_silence_start(const struct meters *m)
{
    int64_t n = m->first_loud == -1 ? m->done : m->first_loud;

    return (double)n / m->rate;
}

double
meters_silence_end(const struct meters *m)
{
    return (double)(m->done - 1 - m->last_loud) / m->rate;
}

double
meters_silent_fraction(const struct meters *m)
{
    return m->done == 0 ? 1 : (double)m->silent / (double)m->done;
}
