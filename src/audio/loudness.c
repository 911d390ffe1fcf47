/*
 * K-weighting by two filters of second order, energies of tenths of a second,
 * blocks of four of them, and the gates. Blocks are counted by their loudness
 * in tenths of a LU.
 */
#include "audio/loudness.h"

#include <math.h>
#include <stdint.h>

#include "base/mem.h"

#define TENTHS 4       /* of a second, in a block */
#define LEVEL_TENTHS 5 /* between two levels */
#define STEPS 1000     /* of a tenth of a LU, from GATE on */
#define GATE (-70.0)   /* LUFS; anything less loud does not count */
#define RELATIVE 0.1   /* nor anything 10 LU below the mean */
#define OFFSET 0.691   /* of the scale, so that 1 kHz keeps its level */
#define NOTHING 1e-30  /* a filter state that counts as none */

typedef double pair __attribute__((vector_size(2 * sizeof(double))));

struct filter {
    double b0, b1, b2, a1, a2;
};

/* The filters' state for two channels. */
struct memory {
    pair shelf1, shelf2, pass1, pass2, rise;
};

struct loudness {
    int rate, channels;
    struct filter shelf, pass;
    struct memory *memory; /* per pair of channels */
    pair *weight;
    int64_t done, tenths;
    double energy;         /* of the current tenth of a second */
    double last[TENTHS];   /* mean squares of those before */
    uint32_t count[STEPS]; /* blocks */
    double *level;
    size_t level_n, level_room;
};

/* The two filters of BS.1770 at any rate: a shelf for the head, and a high
 * pass. At 48 kHz they equal the tables there. */
static void
make_filters(struct loudness *l)
{
    double k = tan(M_PI * 1681.974450955533 / l->rate), q = 0.7071752369554196;
    double high = pow(10, 3.999843853973347 / 20);
    double band = pow(high, 0.4996667741545416), a0 = 1 + k / q + k * k;

    l->shelf = (struct filter){.b0 = (high + band * k / q + k * k) / a0,
                               .b1 = 2 * (k * k - high) / a0,
                               .b2 = (high - band * k / q + k * k) / a0,
                               .a1 = 2 * (k * k - 1) / a0,
                               .a2 = (1 - k / q + k * k) / a0};
    k = tan(M_PI * 38.13547087602444 / l->rate);
    q = 0.5003270373238773;
    a0 = 1 + k / q + k * k;
    l->pass = (struct filter){.b0 = 1,
                              .b1 = -2,
                              .b2 = 1,
                              .a1 = 2 * (k * k - 1) / a0,
                              .a2 = (1 - k / q + k * k) / a0};
}

/* Left, right and center count once, surround channels 1.41 times, low effects
 * (the fourth of six) and further channels not at all. */
static double
weight_of(int channel, int channels)
{
    static const double usual[] = {1, 1, 1, 0, 1.41, 1.41};

    if (channels == 4 || channels == 5)
        return channel < channels - 2 ? 1 : 1.41;
    return channel < 6 ? usual[channel] : 0;
}

struct loudness *
loudness_open(int rate, int channels)
{
    struct loudness *l = xcalloc(1, sizeof(*l));
    int pairs = (channels + 1) / 2;

    l->rate = rate;
    l->channels = channels;
    l->memory = xcalloc((size_t)pairs, sizeof(*l->memory));
    l->weight = xcalloc((size_t)pairs, sizeof(*l->weight));
    for (int c = 0; c < channels; c++)
        l->weight[c / 2][c % 2] = weight_of(c, channels);
    make_filters(l);
    return l;
}

void
loudness_close(struct loudness *l)
{
    free(l->memory);
    free(l->weight);
    free(l->level);
    free(l);
}

/* Denormal numbers are slow, and silence would cause them. */
static void
forget(struct memory *m)
{
    pair *all[] = {&m->shelf1, &m->shelf2, &m->pass1, &m->pass2, &m->rise};

    for (size_t i = 0; i < 5; i++)
        for (int c = 0; c < 2; c++)
            if (fabs((*all[i])[c]) < NOTHING)
                (*all[i])[c] = 0;
}

/* The sums of squares of two channels, from `buf` on each `step` floats; the
 * second one is `other` floats later. Both filters keep what they fed back, so
 * that each result waits for few others. */
static inline pair
squares(const struct loudness *l, struct memory *m, const float *buf,
        size_t step, size_t other, size_t n)
{
    const struct filter s = l->shelf, p = l->pass;
    struct memory now = *m;
    pair sum = {0};

    for (size_t i = 0; i < n; i++, buf += step) {
        pair x = {(double)buf[0], (double)buf[other]};
        pair v = x - s.a2 * now.shelf2 - s.a1 * now.shelf1;
        pair y = s.b0 * v + s.b1 * now.shelf1 + s.b2 * now.shelf2;
        pair w = y - p.a2 * now.pass2 - p.a1 * now.pass1;
        pair rise = w - now.pass1, z = rise - now.rise;

        now.shelf2 = now.shelf1;
        now.shelf1 = v;
        now.pass2 = now.pass1;
        now.pass1 = w;
        now.rise = rise;
        sum += z * z;
    }
    forget(&now);
    *m = now;
    return sum;
}

/* Two channels by themselves, since constant steps are quicker. */
static pair
squares_of(const struct loudness *l, struct memory *m, const float *buf,
           int left, size_t n)
{
    if (l->channels == 2)
        return squares(l, m, buf, 2, 1, n);
    return squares(l, m, buf, (size_t)l->channels, left > 1, n);
}

static double
lufs(double energy)
{
    return energy > 0 ? 10 * log10(energy) - OFFSET : -HUGE_VAL;
}

static double
energy_of(double loudness)
{
    return pow(10, (loudness + OFFSET) / 10);
}

static void
add_level(struct loudness *l, double energy)
{
    if (l->level_n == l->level_room) {
        l->level_room = 2 * l->level_room + 512;
        l->level = xreallocarray(l->level, l->level_room, sizeof(*l->level));
    }
    l->level[l->level_n++] = lufs(energy);
}

/* The sample at the end of a tenth of a second. */
static int64_t
tenth_end(const struct loudness *l)
{
    return (l->tenths + 1) * l->rate / 10;
}

static void
end_tenth(struct loudness *l)
{
    int64_t n = tenth_end(l) - l->tenths * l->rate / 10;
    double block = 0, step;

    l->last[l->tenths % TENTHS] = l->energy / (double)n;
    l->energy = 0;
    l->tenths++;
    for (int i = 0; i < TENTHS; i++)
        block += l->last[i] / TENTHS;
    if (l->tenths % LEVEL_TENTHS == 0)
        add_level(l, block);
    step = (lufs(block) - GATE) * 10;
    if (l->tenths >= TENTHS && step >= 0)
        l->count[step < STEPS ? (int)step : STEPS - 1]++;
}

void
loudness_add(struct loudness *l, const float *buf, size_t frames)
{
    size_t n;

    for (; frames > 0; frames -= n, buf += n * (size_t)l->channels) {
        int64_t left = tenth_end(l) - l->done;

        n = (int64_t)frames < left ? frames : (size_t)left;
        for (int c = 0; c < l->channels; c += 2) {
            pair sum =
                squares_of(l, &l->memory[c / 2], buf + c, l->channels - c, n) *
                l->weight[c / 2];

            l->energy += sum[0] + sum[1];
        }
        l->done += (int64_t)n;
        if ((int64_t)n == left)
            end_tenth(l);
    }
}

/* The mean energy of the blocks from a step on, each as loud as the middle
 * of its step; 0: none. */
static double
mean_from(const struct loudness *l, int step)
{
    double sum = 0, n = 0;

    for (; step < STEPS; step++) {
        sum += l->count[step] * energy_of(GATE + 0.05 + step / 10.0);
        n += l->count[step];
    }
    return n > 0 ? sum / n : 0;
}

double
loudness_integrated(const struct loudness *l)
{
    double gate = mean_from(l, 0) * RELATIVE;
    int step = 0;

    while (step < STEPS && energy_of(GATE + 0.05 + step / 10.0) < gate)
        step++;
    return lufs(mean_from(l, step));
}

const double *
loudness_levels(const struct loudness *l, size_t *ret_n)
{
    *ret_n = l->level_n;
    return l->level;
}
