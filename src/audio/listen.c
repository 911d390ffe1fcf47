/*
 * Sliding stretches of samples, at the rate they come in and at a lower one,
 * looked at around each frame's moment. The bands' magnitudes of all frames
 * are kept until the end (4.4 kB for each second), since what is much in a
 * band is known only then.
 */
#include "audio/listen.h"

#include <math.h>
#include <string.h>

#include "audio/flux.h"
#include "audio/halve.h"
#include "audio/lanes.h"
#include "base/mem.h"
#include "music/fft.h"

#define LOW 3 /* bands of each stream */
#define MID 15
#define HIGH 3
#define BANDS (LOW + MID + HIGH)
#define ROOM 2048 /* samples that are taken at once, at most */
#define LEVEL_FRAMES ((size_t)(SOUND_FPS * SOUND_LEVEL_SEC))
#define PITCH_LOW 60.0
#define PITCH_HIGH 2000.0
#define SLOW_ENOUGH 5000.0 /* samples a second, for what is below that */
#define HALVES 2           /* times at most, to get there */

/* A transform with its window, and where the bands lie among its bins. */
struct view {
    struct fft *fft;
    float *window;
    size_t n;
    double rate;
    float power; /* of a band: the sum of its bins' squares times this */
};

/* What the windows still need of the samples. */
struct strip {
    float *buf;
    size_t have;
    int64_t base; /* the sample that buf begins with */
};

struct growing {
    float *at;
    size_t n, room;
};

struct listen {
    int rate;
    struct strip fast, slow;
    struct halve halves[HALVES];
    int64_t step;                /* fast samples for a slow one */
    int64_t late;                /* fast ones that those come late by */
    struct view low, mid, pitch; /* the middle one is of the fast strip */
    size_t low_edges[LOW + 1], mid_edges[MID + 1], high_edges[HIGH + 1];
    uint8_t *pitch_class; /* by bin; 12: none */
    size_t frames;
    struct growing bands;  /* BANDS of each frame */
    struct growing chroma; /* 12 of each */
    struct growing levels; /* SOUND_BANDS of each, sums of squares */
    struct growing loud;
};

static float *
grow(struct growing *g, size_t n)
{
    if (g->n + n > g->room) {
        g->room = 2 * g->room + n + 1024;
        g->at = xreallocarray(g->at, g->room, sizeof(*g->at));
    }
    memset(g->at + g->n, 0, n * sizeof(*g->at));
    g->n += n;
    return g->at + g->n - n;
}

static void
view_init(struct view *v, double rate, double sec)
{
    double squares = 0;

    v->rate = rate;
    v->n = fft_good_size((size_t)lround(rate * sec));
    v->fft = fft_open(v->n);
    v->window = xcalloc(v->n, sizeof(*v->window));
    for (size_t i = 0; i < v->n; i++) {
        double w = 0.5 - 0.5 * cos(2 * M_PI * (double)i / (double)(v->n - 1));

        v->window[i] = (float)w;
        squares += w * w;
    }
    v->power = (float)(2 / ((double)v->n * squares));
}

static void
view_release(struct view *v)
{
    if (v->fft != NULL)
        fft_close(v->fft);
    free(v->window);
}

/* The first bin from a frequency on; the last one at most. */
static size_t
bin_of(const struct view *v, double hz)
{
    double bin = ceil(hz * (double)v->n / v->rate);

    return bin > (double)(v->n / 2) ? v->n / 2 : (size_t)bin;
}

static void
set_edges(struct listen *l)
{
    static const double low[] = {30, 60, 90, 130};
    static const double high[] = {5000, 6500, 8500, 11000};

    for (int i = 0; i <= LOW; i++)
        l->low_edges[i] = bin_of(&l->low, low[i]);
    for (int i = 0; i <= HIGH; i++)
        l->high_edges[i] = bin_of(&l->mid, high[i]);
    for (int i = 0; i <= MID; i++)
        l->mid_edges[i] =
            bin_of(&l->mid, 130 * pow(4000.0 / 130, (double)i / MID));
}

static void
set_pitch_classes(struct listen *l)
{
    l->pitch_class = xcalloc(l->pitch.n / 2 + 1, 1);
    for (size_t i = 0; i <= l->pitch.n / 2; i++) {
        double hz = (double)i * l->pitch.rate / (double)l->pitch.n;

        l->pitch_class[i] = 12;
        if (hz > PITCH_LOW && hz < PITCH_HIGH)
            l->pitch_class[i] =
                (uint8_t)(lround(12 * log2(hz / 440) + 69) % 12);
    }
}

/* Room for what the views need, with silence before the beginning. */
static void
strip_init(struct strip *s, size_t window, size_t room)
{
    s->buf = xcalloc(window + room, sizeof(*s->buf));
    s->have = window / 2;
    s->base = -(int64_t)s->have;
}

static void
set_slow(struct listen *l)
{
    l->step = 1;
    for (int i = 0;
         i < HALVES && l->rate / (2.0 * (double)l->step) > SLOW_ENOUGH; i++) {
        l->late += l->step * HALVE_LATE;
        l->step *= 2;
    }
}

struct listen *
listen_open(int rate)
{
    struct listen *l = xcalloc(1, sizeof(*l));
    double slow;

    l->rate = rate;
    set_slow(l);
    slow = (double)rate / (double)l->step;
    view_init(&l->mid, rate, 1024 / 22050.0);
    view_init(&l->low, slow, 2048 / 22050.0);
    view_init(&l->pitch, slow, 8192 / 22050.0);
    set_edges(l);
    set_pitch_classes(l);
    strip_init(&l->slow, l->pitch.n, 2 * ROOM);
    strip_init(&l->fast, l->mid.n, l->pitch.n * (size_t)l->step + 2 * ROOM);
    return l;
}

void
listen_close(struct listen *l)
{
    view_release(&l->low);
    view_release(&l->mid);
    view_release(&l->pitch);
    free(l->pitch_class);
    free(l->fast.buf);
    free(l->slow.buf);
    free(l->bands.at);
    free(l->chroma.at);
    free(l->levels.at);
    free(l->loud.at);
    free(l);
}

/* The slow strip's sample at a moment, which is one of the fast strip. */
static int64_t
slow_at(const struct listen *l, int64_t at)
{
    return (at + l->late + l->step / 2) / l->step;
}

/* The bins of the window around a sample. */
static const float complex *
look(const struct strip *s, struct view *v, int64_t at)
{
    const float *from = s->buf + (at - (int64_t)(v->n / 2) - s->base);
    float *to = fft_samples(v->fft);
    size_t i = 0;

    for (; i + LANES <= v->n; i += LANES)
        lanes_to(to + i, lanes_from(from + i) * lanes_from(v->window + i));
    for (; i < v->n; i++)
        to[i] = from[i] * v->window[i];
    fft_forward(v->fft);
    return fft_bins(v->fft);
}

/* Magnitudes from one bin to another, summed; and their squares. */
static float
magnitudes(const float complex *bins, size_t from, size_t to, float *squares)
{
    float sum = 0;

    for (size_t i = from; i < to; i++) {
        float re = crealf(bins[i]), im = cimagf(bins[i]);
        float square = re * re + im * im;

        *squares += square;
        sum += sqrtf(square);
    }
    return sum;
}

static void
add_bands(struct listen *l, int64_t at)
{
    float *band = grow(&l->bands, BANDS), squares[SOUND_BANDS] = {0};
    const float complex *bins = look(&l->slow, &l->low, slow_at(l, at));
    float *level, gap;

    for (int i = 0; i < LOW; i++)
        band[i] = magnitudes(bins, l->low_edges[i], l->low_edges[i + 1],
                             &squares[SOUND_LOW]);
    bins = look(&l->fast, &l->mid, at);
    for (int i = 0; i < MID; i++)
        band[LOW + i] = magnitudes(bins, l->mid_edges[i], l->mid_edges[i + 1],
                                   &squares[SOUND_MID]);
    for (int i = 0; i < HIGH; i++)
        band[LOW + MID + i] = magnitudes(
            bins, l->high_edges[i], l->high_edges[i + 1], &squares[SOUND_HIGH]);
    gap = 0;
    (void)magnitudes(bins, l->mid_edges[MID], l->high_edges[0], &gap);
    squares[SOUND_MID] += gap;
    if (l->frames % LEVEL_FRAMES == 0)
        grow(&l->levels, SOUND_BANDS);
    level = l->levels.at + l->levels.n - SOUND_BANDS;
    level[SOUND_LOW] += squares[SOUND_LOW] * l->low.power;
    level[SOUND_MID] += squares[SOUND_MID] * l->mid.power;
    level[SOUND_HIGH] += squares[SOUND_HIGH] * l->mid.power;
}

static void
add_chroma(struct listen *l, int64_t at)
{
    const float complex *bins = look(&l->slow, &l->pitch, slow_at(l, at));
    float *to = grow(&l->chroma, 12), sum[13] = {0}, most = 0;
    size_t last = bin_of(&l->pitch, PITCH_HIGH);

    for (size_t i = 1; i < last; i++) {
        float re = crealf(bins[i]), im = cimagf(bins[i]);

        sum[l->pitch_class[i]] += sqrtf(sqrtf(re * re + im * im));
    }
    for (int p = 0; p < 12; p++)
        most = fmaxf(most, sum[p]);
    for (int p = 0; p < 12 && most > 0; p++)
        to[p] = sum[p] / most;
}

static int64_t
moment(const struct listen *l, size_t frame)
{
    return (int64_t)frame * l->rate / SOUND_FPS;
}

/* Whether all of a window around a sample has come. */
static bool
has(const struct strip *s, const struct view *v, int64_t at)
{
    return at + (int64_t)(v->n - v->n / 2) <= s->base + (int64_t)s->have;
}

static void
drop_before(struct strip *s, int64_t at)
{
    size_t drop = (size_t)(at - s->base);

    s->have -= drop;
    s->base = at;
    memmove(s->buf, s->buf + drop, s->have * sizeof(*s->buf));
}

/* All frames up to a sample whose windows are there. */
static void
look_on(struct listen *l, int64_t until)
{
    int64_t at = moment(l, l->frames);

    while (at < until && has(&l->fast, &l->mid, at) &&
           has(&l->slow, &l->pitch, slow_at(l, at))) {
        add_bands(l, at);
        if (l->frames % SOUND_CHROMA_HOP == 0)
            add_chroma(l, at);
        at = moment(l, ++l->frames);
    }
    drop_before(&l->fast, at - (int64_t)(l->mid.n / 2));
    drop_before(&l->slow, slow_at(l, at) - (int64_t)(l->pitch.n / 2));
}

/* ROOM samples at most. */
static void
take(struct listen *l, const float *mono, size_t n, int64_t until)
{
    float slow[ROOM];

    memcpy(l->fast.buf + l->fast.have, mono, n * sizeof(*mono));
    l->fast.have += n;
    memcpy(slow, mono, n * sizeof(*mono));
    for (int i = 0; 1 << i < l->step; i++)
        n = halve_add(&l->halves[i], slow, n);
    memcpy(l->slow.buf + l->slow.have, slow, n * sizeof(*slow));
    l->slow.have += n;
    look_on(l, until);
}

void
listen_add(struct listen *l, const float *mono, size_t n)
{
    for (size_t some; n > 0; mono += some, n -= some) {
        some = n < ROOM ? n : ROOM;
        take(l, mono, some, INT64_MAX);
    }
}

void
listen_loudness(struct listen *l, double lufs)
{
    *grow(&l->loud, 1) =
        isfinite(lufs) ? (float)fmax(lufs, SOUND_SILENT) : SOUND_SILENT;
}

static void
fill_levels(const struct listen *l, struct sound *s)
{
    for (size_t i = 0; i < s->levels; i++) {
        size_t left = l->frames - i * LEVEL_FRAMES;
        float n = (float)(left < LEVEL_FRAMES ? left : LEVEL_FRAMES);

        s->level[i].loudness = i < l->loud.n   ? l->loud.at[i]
                               : l->loud.n > 0 ? l->loud.at[l->loud.n - 1]
                                               : SOUND_SILENT;
        for (size_t b = 0; b < SOUND_BANDS; b++)
            s->level[i].band[b] = fmaxf(
                SOUND_SILENT,
                10 * log10f(l->levels.at[i * SOUND_BANDS + b] / n + 1e-12f));
    }
}

struct sound *
listen_result(struct listen *l)
{
    static const float silence[ROOM];
    int64_t end = l->fast.base + (int64_t)l->fast.have;
    int64_t left = (int64_t)l->pitch.n * l->step + l->late;
    struct sound *s;

    for (; left > 0; left -= ROOM)
        take(l, silence, ROOM, end);
    s = sound_open(l->frames, l->chroma.n / 12, l->levels.n / SOUND_BANDS);
    for (size_t b = 0; b < BANDS && l->frames > 0; b++) {
        if (b < LOW)
            flux_add(l->bands.at + b, BANDS, l->frames, 1.0f / LOW,
                     s->onset[SOUND_LOW]);
        else if (b < LOW + MID)
            flux_add(l->bands.at + b, BANDS, l->frames, 1.0f / MID,
                     s->onset[SOUND_MID]);
        else
            flux_add(l->bands.at + b, BANDS, l->frames, 1.0f / HIGH,
                     s->onset[SOUND_HIGH]);
    }
    if (s->chroma_frames > 0)
        memcpy(s->chroma, l->chroma.at, l->chroma.n * sizeof(float));
    fill_levels(l, s);
    return s;
}
