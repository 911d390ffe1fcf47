/*
 * Meters on passing samples.
 */
#include "audio/meters.h"

#include <math.h>
#include <stdbool.h>

#include "base/lanes.h"

#define FULL_SCALE 0.9999f
#define CLIP_RUN 3 /* one sample at full scale is chance */
#define CHUNK 64   /* samples that are looked at together */

/* The first sample after a bin of the waveform; the last one has no end. */
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

/* Only if there is, or just was, something at full scale. */
static void
count_clips(struct meters *m, const float *buf, size_t frames, float peak)
{
    bool running = false;

    for (int c = 0; c < m->channels; c++)
        running |= m->run[c] > 0;
    if (peak < FULL_SCALE && !running)
        return;
    for (size_t i = 0; i < frames; i++)
        for (int c = 0; c < m->channels; c++)
            count_clip(m, c, fabsf(*buf++));
}

/* Where the first and the last loud samples are; there is one. */
static void
note_loud(struct meters *m, const float *buf, size_t frames)
{
    size_t channels = (size_t)m->channels, i = 0, n = frames * channels;

    if (m->first_loud == -1) {
        while (fabsf(buf[i]) <= METERS_SILENCE)
            i++;
        m->first_loud = m->done + (int64_t)(i / channels);
    }
    while (fabsf(buf[n - 1]) <= METERS_SILENCE)
        n--;
    m->last_loud = m->done + (int64_t)((n - 1) / channels);
}

static void
count_silence(struct meters *m, size_t frames, float peak)
{
    m->tenth_peak = fmaxf(m->tenth_peak, peak);
    m->tenth_left -= (int64_t)frames;
    if (m->tenth_left > 0)
        return;
    if (m->tenth_peak <= METERS_SILENCE)
        m->silent += m->rate / 10;
    m->tenth_left = m->rate / 10;
    m->tenth_peak = 0;
}

/* Samples within one bin and one tenth of a second. */
static void
add_chunk(struct meters *m, const float *buf, size_t frames)
{
    float peak = lanes_peak(buf, frames * (size_t)m->channels);

    count_clips(m, buf, frames, peak);
    if (peak > METERS_SILENCE)
        note_loud(m, buf, frames);
    count_silence(m, frames, peak);
    if (peak > m->peaks[m->bin])
        m->peaks[m->bin] = peak > 1 ? 1 : peak;
    m->done += (int64_t)frames;
}

void
meters_add(struct meters *m, const float *buf, size_t frames)
{
    size_t n;

    for (; frames > 0; frames -= n, buf += n * (size_t)m->channels) {
        int64_t most = m->tenth_left < CHUNK ? m->tenth_left : CHUNK;

        while (m->done >= m->bin_end) {
            m->bin++;
            m->bin_end = bin_end(m);
        }
        if (m->bin_end - m->done < most)
            most = m->bin_end - m->done;
        n = (int64_t)frames < most ? frames : (size_t)most;
        add_chunk(m, buf, n);
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
