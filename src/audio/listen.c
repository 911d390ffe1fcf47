/*
 * One sliding stretch of samples, looked at around each frame's moment. The
 * bands' magnitudes of all frames are kept until the end (4.4 kB for each
 * second), since what is much in a band is known only then.
 */
#include "audio/listen.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "music/fft.h"

#define LOW 3 /* bands of each stream */
#define MID 15
#define HIGH 3
#define BANDS (LOW + MID + HIGH)
#define LAG 2         /* frames back that a rise is measured against */
#define LOUD 0.99     /* of a band's magnitudes, this share is smaller */
#define STRETCH 200.f /* what is loud, before the logarithm */
#define REST 1e-6f    /* keeps silence from being loud */
#define ROOM 4096     /* samples that come at once, at most */
#define LEVEL_FRAMES ((size_t)(SOUND_FPS * SOUND_LEVEL_SEC))
#define PITCH_LOW 60.0
#define PITCH_HIGH 2000.0

/* A transform with its window, and where the bands lie among its bins. */
struct view {
    struct fft *fft;
    float *window;
    size_t n;
    double rate;
    float power; /* of a band: the sum of its bins' squares times this */
};

struct growing {
    float *at;
    size_t n, room;
};

struct listen {
    int rate;
    struct view low, mid, pitch;
    size_t low_edges[LOW + 1], mid_edges[MID + 1], high_edges[HIGH + 1];
    uint8_t *pitch_class; /* by bin; 12: none */
    float *buf;           /* what the windows still need */
    size_t have;
    int64_t base; /* the sample that buf begins with */
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
view_init(struct view *v, int rate, double sec)
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

struct listen *
listen_open(int rate)
{
    struct listen *l = xcalloc(1, sizeof(*l));

    l->rate = rate;
    view_init(&l->mid, rate, 1024 / 22050.0);
    view_init(&l->low, rate, 2048 / 22050.0);
    view_init(&l->pitch, rate, 8192 / 22050.0);
    set_edges(l);
    set_pitch_classes(l);
    l->buf = xcalloc(l->pitch.n + 2 * ROOM, sizeof(*l->buf));
    l->have = l->pitch.n / 2; /* silence before the beginning */
    l->base = -(int64_t)l->have;
    return l;
}

void
listen_close(struct listen *l)
{
    view_release(&l->low);
    view_release(&l->mid);
    view_release(&l->pitch);
    free(l->pitch_class);
    free(l->buf);
    free(l->bands.at);
    free(l->chroma.at);
    free(l->levels.at);
    free(l->loud.at);
    free(l);
}

/* The bins of the window around a sample. */
static const float complex *
look(struct listen *l, struct view *v, int64_t at)
{
    const float *from = l->buf + (at - (int64_t)(v->n / 2) - l->base);
    float *to = fft_samples(v->fft);

    for (size_t i = 0; i < v->n; i++)
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
    const float complex *bins = look(l, &l->low, at);
    float *level, gap;

    for (int i = 0; i < LOW; i++)
        band[i] = magnitudes(bins, l->low_edges[i], l->low_edges[i + 1],
                             &squares[SOUND_LOW]);
    bins = look(l, &l->mid, at);
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
    const float complex *bins = look(l, &l->pitch, at);
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

/* All frames up to a sample whose windows are there. */
static void
look_on(struct listen *l, int64_t until)
{
    int64_t reach = (int64_t)(l->pitch.n - l->pitch.n / 2);
    size_t drop;

    for (;; l->frames++) {
        int64_t at = moment(l, l->frames);

        if (at + reach > l->base + (int64_t)l->have || at >= until)
            break;
        add_bands(l, at);
        if (l->frames % SOUND_CHROMA_HOP == 0)
            add_chroma(l, at);
    }
    drop = (size_t)(moment(l, l->frames) - (int64_t)(l->pitch.n / 2) - l->base);
    memmove(l->buf, l->buf + drop, (l->have - drop) * sizeof(*l->buf));
    l->have -= drop;
    l->base += (int64_t)drop;
}

void
listen_add(struct listen *l, const float *mono, size_t n)
{
    while (n > 0) {
        size_t some = n < ROOM ? n : ROOM;

        memcpy(l->buf + l->have, mono, some * sizeof(*mono));
        l->have += some;
        look_on(l, INT64_MAX);
        mono += some;
        n -= some;
    }
}

void
listen_loudness(struct listen *l, double lufs)
{
    *grow(&l->loud, 1) =
        isfinite(lufs) ? (float)fmax(lufs, SOUND_SILENT) : SOUND_SILENT;
}

/* The k-th smallest of n values, which are moved about. */
static float
smallest(float *v, size_t n, size_t k)
{
    size_t from = 0, to = n - 1;

    while (from < to) {
        float pivot = v[from + (to - from) / 2];
        size_t i = from, j = to;

        while (i <= j) {
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i <= j) {
                float swap = v[i];

                v[i++] = v[j];
                v[j] = swap;
                if (j == 0)
                    break;
                j--;
            }
        }
        if (k <= j)
            to = j;
        else if (k >= i)
            from = i;
        else
            break;
    }
    return v[k];
}

/* Add how much a band rises in each frame, on a logarithmic scale on which
 * all bands' loud moments are the same. */
static void
add_flux(const struct listen *l, size_t band, float share, float *to)
{
    auto_free float *v = xcalloc(l->frames, sizeof(*v));
    float scale;

    for (size_t i = 0; i < l->frames; i++)
        v[i] = l->bands.at[i * BANDS + band];
    scale = STRETCH /
            (smallest(v, l->frames, (size_t)(LOUD * (double)(l->frames - 1))) +
             REST);
    for (size_t i = 0; i < l->frames; i++)
        v[i] = log1pf(l->bands.at[i * BANDS + band] * scale);
    for (size_t i = LAG; i < l->frames; i++)
        to[i] += share * fmaxf(v[i] - v[i - LAG], 0);
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
    int64_t end = l->base + (int64_t)l->have;
    size_t left = l->pitch.n;
    struct sound *s;

    while (left > 0) {
        size_t some = left < ROOM ? left : ROOM;

        memcpy(l->buf + l->have, silence, some * sizeof(*silence));
        l->have += some;
        left -= some;
        look_on(l, end);
    }
    s = sound_open(l->frames, l->chroma.n / 12, l->levels.n / SOUND_BANDS);
    for (size_t b = 0; b < BANDS && l->frames > 0; b++) {
        if (b < LOW)
            add_flux(l, b, 1.0f / LOW, s->onset[SOUND_LOW]);
        else if (b < LOW + MID)
            add_flux(l, b, 1.0f / MID, s->onset[SOUND_MID]);
        else
            add_flux(l, b, 1.0f / HIGH, s->onset[SOUND_HIGH]);
    }
    if (s->chroma_frames > 0)
        memcpy(s->chroma, l->chroma.at, l->chroma.n * sizeof(float));
    fill_levels(l, s);
    return s;
}
