/* A song of sections, each with patterns of its own. */
#include "song.h"

#include <json-c/json.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"

#define HITS_MAX 20000
#define SECTION 8 /* bars */

enum { KICK, SNARE, HAT, BASS, CHORDS, LEAD, TRACKS };

struct maker {
    const struct song *song;
    uint32_t seed;
    struct timeline_track tracks[TRACKS];
};

static double
any(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return (double)(*seed >> 8) / (1 << 24);
}

static void
add(struct maker *m, int track, double beat, double len, int kind, int pitch)
{
    struct timeline_track *t = &m->tracks[track];
    bool pitched = kind == TIMELINE_BASS || kind == TIMELINE_PITCHED;

    assert_true(t->hit_count < HITS_MAX);
    t->hits[t->hit_count++] =
        (struct timeline_hit){.beat = beat,
                              .end = pitched ? beat + len : beat,
                              .kind = (uint8_t)kind,
                              .pitch = pitched ? (uint8_t)pitch : 0,
                              .weight = (float)(0.5 + 0.5 * any(&m->seed))};
}

/* One bar's sixteenths of a track, the same in all bars of the section. */
static uint32_t
pattern(struct maker *m, double density, uint32_t always)
{
    uint32_t bits = always;

    for (int i = 0; i < 16; i++)
        if (any(&m->seed) < density)
            bits |= 1u << i;
    return bits;
}

static void
add_section(struct maker *m, double from, int bars)
{
    static const int scale[] = {0, 2, 3, 5, 7, 8, 10};
    static const int kinds[] = {TIMELINE_KICK, TIMELINE_SNARE, TIMELINE_HAT};
    uint32_t drums[3] = {pattern(m, 0.12, 1), pattern(m, 0.06, 1u << 4),
                         pattern(m, 0.4, 0)};
    uint32_t bass = pattern(m, 0.25, 1), lead = pattern(m, 0.3, 0);
    int key = (int)(any(&m->seed) * 12), roots[4], melody[16];
    uint32_t on = (uint32_t)(any(&m->seed) * 64) | 1u << BASS;

    for (int i = 0; i < 4; i++)
        roots[i] = key + scale[(int)(any(&m->seed) * 7)];
    for (int i = 0; i < 16; i++)
        melody[i] = key + scale[(int)(any(&m->seed) * 7)];
    for (int bar = 0; bar < bars; bar++) {
        int root = roots[bar % 4];

        for (int i = 0; i < 16; i++) {
            double beat = from + bar * 4 + i / 4.0;

            for (int d = 0; d < 3; d++)
                if (drums[d] >> i & 1 && (on >> d & 1 || m->song->drums_only))
                    add(m, d, beat, 0, kinds[d], 0);
            if (m->song->drums_only)
                continue;
            if (bass >> i & 1)
                add(m, BASS, beat, 0.4, TIMELINE_BASS, 36 + root % 12);
            if (lead >> i & 1 && on >> LEAD & 1)
                add(m, LEAD, beat, 0.3, TIMELINE_PITCHED,
                    72 + melody[(i + bar) % 16] % 12);
            if (i == 0)
                for (int k = 0; k < 3; k++)
                    add(m, CHORDS, beat, 3.5, TIMELINE_PITCHED,
                        60 + root % 12 +
                            (k == 0   ? 0
                             : k == 1 ? 3
                                      : 7));
        }
    }
}

static json_object *
summary_of(struct timeline *t)
{
    static const char *const roles[] = {"kick", "snare",  "hat",
                                        "bass", "chords", "lead"};
    json_object *s = json_object_new_object();
    json_object *tracks = json_object_new_array();

    for (int i = 0; i < TRACKS; i++) {
        json_object *one = json_object_new_object();

        json_add_int(one, "index", i);
        json_add_str(one, "name", roles[i]);
        json_add_str(one, "role", roles[i]);
        json_add_num(one, "roleConfidence", 0.9);
        json_object_array_add(tracks, one);
    }
    json_add(s, "tracks", tracks);
    json_add(s, "timeline", timeline_json(t));
    return s;
}

struct timeline *
song_timeline(const struct song *song)
{
    struct timeline_tempo tempo[2] = {{0, 0, song->bpm, song->bpm}};
    struct timeline_meter meter = {0, 0, 4, 4};
    struct timeline_span span = {song->pause * 4, song->bars * 4, 0, 0};
    struct maker m = {.song = song, .seed = song->seed * 7919 + 1};
    struct timeline t = {.ticks = 48,
                         .end_beat = song->bars * 4,
                         .tempo = tempo,
                         .tempo_count = 1,
                         .meters = &meter,
                         .meter_count = 1,
                         .tracks = m.tracks,
                         .track_count = TRACKS};
    auto_json json_object *summary = NULL;
    struct timeline *back;

    if (song->bpm2 > 0) {
        double beat = song->bars * 2;

        tempo[1] = (struct timeline_tempo){beat, beat * 60 / song->bpm,
                                           song->bpm2, song->bpm2};
        t.tempo_count = 2;
    }
    for (int i = 0; i < TRACKS; i++) {
        m.tracks[i].index = i;
        m.tracks[i].hits = xcalloc(HITS_MAX, sizeof(struct timeline_hit));
        m.tracks[i].spans = &span;
        m.tracks[i].span_count = 1;
    }
    for (int bar = song->pause, i = 0; bar < song->bars; bar += SECTION, i++) {
        m.seed = (song->seed + (i >= 2 ? song->changed : 0)) * 7919 +
                 (uint32_t)i * 104729 + 1;
        add_section(&m, bar * 4,
                    song->bars - bar < SECTION ? song->bars - bar : SECTION);
    }
    summary = summary_of(&t);
    for (int i = 0; i < TRACKS; i++)
        free(m.tracks[i].hits);
    back = timeline_open(summary);
    assert_non_null(back);
    return back;
}

static double
voice(int kind, double hz, double t, uint32_t *noise)
{
    double hiss = 2 * any(noise) - 1;

    switch (kind) {
    case TIMELINE_KICK:
        return 0.9 * exp(-t * 12) * sin(2 * M_PI * (50 * t - 4 * exp(-t * 40)));
    case TIMELINE_SNARE:
        return exp(-t * 20) * (0.3 * sin(2 * M_PI * 190 * t) + 0.3 * hiss);
    case TIMELINE_HAT:
        return 0.2 * exp(-t * 60) * hiss;
    case TIMELINE_BASS:
        return 0.4 * exp(-t * 4) *
               (sin(2 * M_PI * hz * t) + 0.5 * sin(4 * M_PI * hz * t));
    default:
        return 0.12 * exp(-t * 2) *
               (sin(2 * M_PI * hz * t) + 0.6 * sin(4 * M_PI * hz * t) +
                0.3 * sin(6 * M_PI * hz * t));
    }
}

float *
song_play(const struct timeline *t, int rate, size_t *ret_n)
{
    size_t n = (size_t)((t->end + 2) * rate);
    float *v = xcalloc(n, sizeof(*v)), most = 0;
    uint32_t noise = 99;

    for (size_t i = 0; i < t->track_count; i++)
        for (size_t k = 0; k < t->tracks[i].hit_count; k++) {
            const struct timeline_hit *h = &t->tracks[i].hits[k];
            double hz = 440 * pow(2, (h->pitch - 69) / 12.0);
            double len = fmax(h->end - h->sec, 0.15);
            size_t from = (size_t)(h->sec * rate);

            for (size_t s = 0; s < (size_t)(len * rate) && from + s < n; s++)
                v[from + s] +=
                    h->weight *
                    (float)voice(h->kind, hz, (double)s / rate, &noise);
        }
    for (size_t i = 0; i < n; i++)
        most = fmaxf(most, fabsf(v[i]));
    for (size_t i = 0; i < n && most > 0; i++)
        v[i] *= 0.9f / most;
    *ret_n = n;
    return v;
}
