/* A song of sections, each with its own patterns. */
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
#define SECTIONS_MAX 64

enum { KICK, SNARE, HAT, BASS, CHORDS, LEAD, TRACKS };

struct maker {
    const struct song *song;
    uint32_t seed;
    struct timeline_track tracks[TRACKS];
    struct timeline_span sections[SECTIONS_MAX];
    size_t section_count;
    struct timeline_span spans[TRACKS][SECTIONS_MAX];
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

/* A section's bars, each of so many sixteenths. */
static void
add_section(struct maker *m, double from, int bars, int sixteenths)
{
    static const int scale[] = {0, 2, 3, 5, 7, 8, 10};
    static const int kinds[] = {TIMELINE_KICK, TIMELINE_SNARE, TIMELINE_HAT};
    uint32_t drums[3] = {pattern(m, 0.12, 1), pattern(m, 0.06, 1u << 4),
                         pattern(m, 0.4, 0)};
    uint32_t bass = pattern(m, 0.25, 1), lead = pattern(m, 0.3, 0);
    int key = (int)(any(&m->seed) * 12), roots[4], melody[16];
    uint32_t on = (uint32_t)(any(&m->seed) * 64) | 1u << BASS;

    if (m->song->four) {
        drums[KICK] = 0x1111;
        drums[HAT] = 0x4444;
        on |= 1u << KICK | 1u << HAT;
    }
    for (int i = 0; i < 4; i++)
        roots[i] = key + scale[(int)(any(&m->seed) * 7)];
    for (int i = 0; i < 16; i++)
        melody[i] = key + scale[(int)(any(&m->seed) * 7)];
    for (int bar = 0; bar < bars; bar++) {
        int root = roots[bar % 4];

        for (int i = 0; i < sixteenths; i++) {
            double beat = from + (bar * sixteenths + i) / 4.0;

            for (int d = 0; d < 3; d++)
                if (drums[d] >> i % 16 & 1 &&
                    (on >> d & 1 || m->song->drums_only))
                    add(m, d, beat, 0, kinds[d], 0);
            if (m->song->drums_only)
                continue;
            if (bass >> i % 16 & 1)
                add(m, BASS, beat, 0.4, TIMELINE_BASS, 36 + root % 12);
            if (lead >> i % 16 & 1 && on >> LEAD & 1)
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

/* All sections and their meters; returns the beat after the last one. */
static double
add_sections(struct maker *m, struct timeline_meter *meters, size_t *ret_count)
{
    static const int lengths[] = {16, 14, 12, 20};
    const struct song *song = m->song;
    double beat = song->pause * 4, bars = song->pause;
    size_t n = 0;

    meters[n++] = (struct timeline_meter){0, 0, 4, 4};
    for (int bar = song->pause, i = 0; bar < song->bars; bar += SECTION, i++) {
        int some = song->bars - bar < SECTION ? song->bars - bar : SECTION;
        int sixteenths = song->meters ? lengths[i % 4] : 16;

        m->seed = (song->seed + (i >= 2 ? song->changed : 0)) * 7919 +
                  (uint32_t)i * 104729 + 1;
        if (song->meters && beat > 0)
            meters[n++] = (struct timeline_meter){
                beat, bars, sixteenths == 14 ? 7 : sixteenths / 4,
                sixteenths == 14 ? 8 : 4};
        add_section(m, beat, some, sixteenths);
        m->sections[m->section_count++] = (struct timeline_span){
            .beat = beat, .beat_end = beat + some * sixteenths / 4.0};
        beat += some * sixteenths / 4.0;
        bars += some;
    }
    if (song->behind)
        add_section(m, beat + song->behind * 4, SECTION, 16);
    *ret_count = n;
    return beat;
}

/* Each section in which a track has notes becomes one clip of audio. */
static void
make_clips(struct maker *m, int track)
{
    struct timeline_track *t = &m->tracks[track];
    size_t n = 0, clips = 0, spans = 0;

    for (size_t i = 0; i < m->section_count; i++) {
        const struct timeline_span *section = &m->sections[i];
        struct timeline_span *last = &m->spans[track][spans];
        size_t first = n;

        while (n < t->hit_count && t->hits[n].beat < section->beat_end)
            n++;
        if (n == first)
            continue;
        if (spans > 0 && last[-1].beat_end == section->beat)
            last[-1].beat_end = section->beat_end;
        else
            m->spans[track][spans++] = *section;
        t->hits[clips++] = (struct timeline_hit){.beat = section->beat,
                                                 .end = section->beat,
                                                 .kind = TIMELINE_AUDIO,
                                                 .weight = 1};
    }
    t->hit_count = clips;
    t->spans = m->spans[track];
    t->span_count = spans;
}

static size_t
set_tempo(const struct song *song, struct timeline_tempo *tempo, double end)
{
    tempo[0] = (struct timeline_tempo){0, 0, song->bpm, song->bpm};
    if (song->bpm2 <= 0)
        return 1;
    tempo[1] =
        (struct timeline_tempo){floor(end / 2), 0, song->bpm2, song->bpm2};
    if (!song->ramp)
        return 2;
    tempo[2] = tempo[1];
    tempo[1] =
        (struct timeline_tempo){floor(end / 4), 0, song->bpm, song->bpm2};
    return 3;
}

struct timeline *
song_timeline(const struct song *song)
{
    struct timeline_tempo tempo[3];
    struct timeline_meter meters[SECTIONS_MAX];
    struct timeline_span span = {song->pause * 4, 0, 0, 0};
    struct maker m = {.song = song, .seed = song->seed * 7919 + 1};
    struct timeline t = {
        .ticks = 48, .tempo = tempo, .meters = meters, .tracks = m.tracks};
    auto_json json_object *summary = NULL;
    struct timeline *back;

    for (int i = 0; i < TRACKS; i++) {
        m.tracks[i].index = i;
        m.tracks[i].hits = xcalloc(HITS_MAX, sizeof(struct timeline_hit));
        m.tracks[i].spans = &span;
        m.tracks[i].span_count = 1;
    }
    span.beat_end = add_sections(&m, meters, &t.meter_count);
    t.tempo_count = set_tempo(song, tempo, span.beat_end);
    if (song->behind)
        span.beat_end += (song->behind + SECTION) * 4;
    t.end_beat = span.beat_end;
    t.track_count = TRACKS;
    for (int i = 0; i < TRACKS; i++)
        if (song->missing >> i & 1)
            m.tracks[i].hit_count = 0;
    for (int i = 0; i < TRACKS && song->clips; i++)
        make_clips(&m, i);
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
