/*
 * Sliding windows of samples, at the original rate and at a lower one, around
 * each frame's moment. The bands' magnitudes of all frames are kept until the
 * end (4.4 kB per second), because only then it is known what is loud in a
 * band.
 */
#include "audio/listen.h"

#include <math.h>
#include <string.h>

#include "audio/flux.h"
#include "audio/halve.h"
#include "audio/strip.h"
#include "audio/view.h"
#include "base/mem.h"

#define LOW 3 /* bands of each stream */
#define MID 15
#define HIGH 3
#define BANDS (LOW + MID + HIGH)
#define ROOM LISTEN_ROOM /* samples that are taken at once, at most */
#define LEVEL_FRAMES ((size_t)(SOUND_FPS * SOUND_LEVEL_SEC))
#define PITCH_LOW 60.0
#define PITCH_HIGH 2000.0
#define SLOW_ENOUGH 5000.0 /* samples per second, for low frequencies */
#define HALVES 2           /* times at most, to get there */

struct growing {
    float *at;
    size_t n, room;
};

struct listen {
    int rate;
    struct strip fast, slow;
    struct halve halves[HALVES];
    float half[ROOM]; /* the latest output of the first halver */
    size_t half_n;
    int64_t step;                /* fast samples for a slow one */
    int64_t late;                /* fast ones that those come late by */
    struct view low, mid, pitch; /* the middle one is of the fast strip */
    size_t low_edges[LOW + 1], mid_edges[MID + 1], high_edges[HIGH + 1];
    uint8_t *pitch_class; /* by bin; 12: none */
    float *roots;         /* of the magnitudes of its bins */
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
set_edges(struct listen *l)
{
    static const double low[] = {30, 60, 90, 130};
    static const double high[] = {5000, 6500, 8500, 11000};

    for (int i = 0; i <= LOW; i++)
        l->low_edges[i] = view_bin(&l->low, low[i]);
    for (int i = 0; i <= HIGH; i++)
        l->high_edges[i] = view_bin(&l->mid, high[i]);
    for (int i = 0; i <= MID; i++)
        l->mid_edges[i] =
            view_bin(&l->mid, 130 * pow(4000.0 / 130, (double)i / MID));
}

static void
set_pitch_classes(struct listen *l)
{
    l->pitch_class = xcalloc(l->pitch.n / 2 + 1, 1);
    l->roots = xcalloc(l->pitch.n / 2 + 1, sizeof(*l->roots));
    for (size_t i = 0; i <= l->pitch.n / 2; i++) {
        double hz = (double)i * l->pitch.rate / (double)l->pitch.n;

        l->pitch_class[i] = 12;
        if (hz > PITCH_LOW && hz < PITCH_HIGH)
            l->pitch_class[i] =
                (uint8_t)(lround(12 * log2(hz / 440) + 69) % 12);
    }
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
    free(l->roots);
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

static void
add_bands(struct listen *l, int64_t at)
{
    float *band = grow(&l->bands, BANDS), squares[SOUND_BANDS] = {0};
    const float complex *bins = view_look(&l->low, &l->slow, slow_at(l, at));
    float *level, gap;

    for (int i = 0; i < LOW; i++)
        band[i] = view_magnitudes(bins, l->low_edges[i], l->low_edges[i + 1],
                                  &squares[SOUND_LOW]);
    bins = view_look(&l->mid, &l->fast, at);
    for (int i = 0; i < MID; i++)
        band[LOW + i] = view_magnitudes(
            bins, l->mid_edges[i], l->mid_edges[i + 1], &squares[SOUND_MID]);
    for (int i = 0; i < HIGH; i++)
        band[LOW + MID + i] = view_magnitudes(
            bins, l->high_edges[i], l->high_edges[i + 1], &squares[SOUND_HIGH]);
    gap = 0;
    (void)view_magnitudes(bins, l->mid_edges[MID], l->high_edges[0], &gap);
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
    const float complex *bins = view_look(&l->pitch, &l->slow, slow_at(l, at));
    float *to = grow(&l->chroma, 12), sum[13] = {0}, most = 0;
    size_t last = view_bin(&l->pitch, PITCH_HIGH);

    view_roots(bins, last, l->roots);
    for (size_t i = 0; i < last; i++)
        sum[l->pitch_class[i]] += l->roots[i];
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

/* All frames up to a sample whose windows are complete. */
static void
look_on(struct listen *l, int64_t until)
{
    int64_t at = moment(l, l->frames);

    while (at < until && view_has(&l->mid, &l->fast, at) &&
           view_has(&l->pitch, &l->slow, slow_at(l, at))) {
        add_bands(l, at);
        if (l->frames % SOUND_CHROMA_HOP == 0)
            add_chroma(l, at);
        at = moment(l, ++l->frames);
    }
    strip_drop(&l->fast, at - (int64_t)(l->mid.n / 2));
    strip_drop(&l->slow, slow_at(l, at) - (int64_t)(l->pitch.n / 2));
}

/* ROOM samples at most. */
static void
take(struct listen *l, const float *mono, size_t n, int64_t until)
{
    float slow[ROOM];

    strip_add(&l->fast, mono, n);
    memcpy(slow, mono, n * sizeof(*mono));
    for (int i = 0; 1 << i < l->step; i++) {
        n = halve_add(&l->halves[i], slow, n);
        if (i == 0) {
            memcpy(l->half, slow, n * sizeof(*slow));
            l->half_n = n;
        }
    }
    strip_add(&l->slow, slow, n);
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

const float *
listen_half(const struct listen *l, size_t *ret_n)
{
    *ret_n = l->half_n;
    return l->half;
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
    static const float count[] = {
        [SOUND_LOW] = LOW, [SOUND_MID] = MID, [SOUND_HIGH] = HIGH};
    int64_t end = l->fast.base + (int64_t)l->fast.have;
    int64_t left = (int64_t)l->pitch.n * l->step + l->late;
    struct sound *s;

    for (; left > 0; left -= ROOM)
        take(l, silence, ROOM, end);
    s = sound_open(l->frames, l->chroma.n / 12, l->levels.n / SOUND_BANDS);
    for (size_t b = 0; b < BANDS && l->frames > 0; b++) {
        int stream = b < LOW         ? SOUND_LOW
                     : b < LOW + MID ? SOUND_MID
                                     : SOUND_HIGH;

        flux_add(l->bands.at + b, BANDS, l->frames, 1.0f / count[stream],
                 s->onset[stream]);
    }
    if (s->chroma_frames > 0)
        memcpy(s->chroma, l->chroma.at, l->chroma.n * sizeof(float));
    fill_levels(l, s);
    return s;
}
