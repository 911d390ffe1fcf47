/*
 * The summary's timeline: what sounds when, in the form of music/timeline.h. It
 * contains only tracks that sound, and only what can be heard of them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "als/device.h"
#include "als/mix.h"
#include "als/summary_parts.h"
#include "base/mem.h"
#include "music/timeline.h"

#define CLIP_WEIGHT 0.6 /* of recorded sound, which has no velocity */
#define TRANSIENT_WEIGHT 0.3
/* Live itself puts a marker this close after the last one. */
#define OWN_MARKER (1.0 / 32 + 1e-6)
#define ROUND_MIN 1e-3           /* beats; shorter loops are not a rhythm */
#define MARKERS_MAX (200 * 1000) /* limit: a file may loop without end */

/* The kinds of a track's notes: if it is not a kit, all are pitches. */
struct kit {
    bool is_kit;
    enum timeline_kind kinds[128]; /* by pitch */
};

/* The onset kind of a dictionary row. */
static enum timeline_kind
kind_of(int row, enum timeline_kind fallback)
{
    static const struct {
        const char *row;
        enum timeline_kind kind;
    } kinds[] = {
        {"kick", TIMELINE_KICK},
        {"bass", TIMELINE_KICK}, /* a pad that is one is an 808 */
        {"snare", TIMELINE_SNARE},
        {"clap", TIMELINE_CLAP},
        {"snap", TIMELINE_PERCUSSION},
        {"hat", TIMELINE_HAT},
        {"cymbal", TIMELINE_CYMBAL},
        {"percussion", TIMELINE_PERCUSSION},
        {"loop", TIMELINE_AUDIO},
        {"voice", TIMELINE_AUDIO},
        {"fx", TIMELINE_AUDIO},
    };

    for (size_t i = 0; row >= 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (words_is(row, kinds[i].row))
            return kinds[i].kind;
    return fallback;
}

/* Named pads determine their kind; a kit without names follows General MIDI. */
static void
name_pads(const struct als_whole *w, size_t track, struct kit *kit)
{
    const struct als_set *set = w->set;
    struct als_run run = als_branches_of(set, track);

    for (size_t i = run.first; i < run.end; i++) {
        const struct als_branch *b = &set->branches.at[i];
        const char *name = b->user_name != NULL ? b->user_name : b->name;
        int pitch = 128 - b->receiving;

        if (b->receiving <= 0 || pitch < 0 || pitch > 127)
            continue;
        kit->is_kit = true;
        if (name == NULL)
            continue;
        kit->kinds[pitch] = strncmp(name, "Slice ", 6) == 0
                                ? TIMELINE_AUDIO
                                : kind_of(words_pad(name), kit->kinds[pitch]);
    }
}

static bool
is_kit(const struct part *p)
{
    static const char *const roles[] = {"kick", "snare",      "clap",
                                        "hat",  "percussion", "drums"};

    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        if (strcmp(p->role, roles[i]) == 0)
            return true;
    return !p->tones && strcmp(p->from, "drumRack") == 0;
}

static void
kit_of(const struct als_whole *w, size_t track, struct kit *kit)
{
    const struct part *p = &w->parts[track];

    *kit = (struct kit){.is_kit = is_kit(p)};
    for (int i = 0; i < 128; i++)
        kit->kinds[i] = kind_of(words_pad_pitch(i), TIMELINE_PERCUSSION);
    name_pads(w, track, kit);
    /* A track that is one drum has that kind, however it is pitched. */
    if (!kit->is_kit || strcmp(p->role, "drums") == 0 ||
        strcmp(p->from, "drumRack") == 0)
        return;
    for (int i = 0; i < 128; i++)
        kit->kinds[i] =
            kind_of(p->n > 0 ? p->words[0].row : -1, TIMELINE_PERCUSSION);
}

/* ---- one track ---- */

struct filling {
    const struct als_whole *w;
    const struct als_mix *mix;
    struct timeline_track *track;
    size_t room;  /* of its hits */
    size_t *left; /* rounds and markers that may still be looked at */
};

/* Of the silences that begin at or before a beat, the one that ends last,
 * otherwise the first one; NULL if there are none. */
static const struct als_span *
silence_near(const struct als_mix *m, double beat)
{
    size_t low = 0;
    size_t high = m->silences.n;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (m->silences.at[mid].from <= beat)
            low = mid;
        else
            high = mid;
    }
    return m->silences.n > 0 ? &m->silences.at[low] : NULL;
}

static void
add_hit(struct filling *f, struct timeline_hit hit)
{
    const struct als_span *s = silence_near(f->mix, hit.beat);
    const struct als_span *last =
        als_from(f->mix->silences, f->mix->silences.n);

    if (s != NULL && s->from <= hit.beat && hit.beat < s->to)
        return;
    for (; s != NULL && s < last && s->from <= hit.beat; s++)
        ;
    if (s != NULL && s < last && s->from < hit.end)
        hit.end = s->from;
    hit.weight *= (float)sqrt(fmin(1, als_mix_fader(f->mix, hit.beat)));
    if (f->track->hit_count == f->room) {
        f->room = f->room == 0 ? 64 : f->room * 2;
        f->track->hits =
            xreallocarray(f->track->hits, f->room, sizeof(*f->track->hits));
    }
    f->track->hits[f->track->hit_count++] = hit;
}

static void
add_notes(struct filling *f, size_t track)
{
    const struct als_part *part = &f->w->play.parts[track];
    struct kit kit;

    kit_of(f->w, track, &kit);
    for (size_t i = 0; i < part->hit_count; i++) {
        const struct als_hit *h = &f->w->play.hits.at[part->hit_first + i];
        struct timeline_hit hit = {.beat = h->time,
                                   .end = h->time + h->length,
                                   .weight = h->velocity / 127,
                                   .kind = TIMELINE_PITCHED,
                                   .pitch = h->pitch};

        if (kit.is_kit)
            hit.kind = (uint8_t)kit.kinds[h->pitch & 127];
        add_hit(f, hit);
    }
}

static void
add_sound(struct filling *f, double beat, enum timeline_kind kind,
          double weight)
{
    add_hit(f, (struct timeline_hit){.beat = beat,
                                     .end = beat,
                                     .kind = (uint8_t)kind,
                                     .weight = (float)weight});
}

/* The markers of a clip, wherever its loop window plays them, like notes. */
static void
add_markers(struct filling *f, const struct als_audio *a)
{
    const struct als_clip *c = &f->w->set->clips.at[a->clip];
    double begin = c->loop_start + c->start_relative;
    double window = c->loop_end - c->loop_start;
    bool loops = c->loop_on && window > ROUND_MIN;
    double round = a->from, from = begin;

    while (c->warped && round<a->to && * f->left> c->warp_count) {
        double before = -INFINITY;

        *f->left -= c->warp_count + 1;
        if (from != begin || round != a->from)
            add_sound(f, round, TIMELINE_TRANSIENT, TRANSIENT_WEIGHT);
        for (size_t i = 0; i < c->warp_count; i++) {
            double m = f->w->set->warps.at[c->warp_first + i];
            double beat = round + m - from;

            if (m > from + OWN_MARKER && m < c->loop_end && beat < a->to &&
                m > before + OWN_MARKER)
                add_sound(f, beat, TIMELINE_TRANSIENT, TRANSIENT_WEIGHT);
            before = m;
        }
        if (!loops)
            break;
        round += c->loop_end - from;
        from = c->loop_start;
        if (round <= a->from) /* it began outside of its loop */
            round += (floor((a->from - round) / window) + 1) * window;
    }
}

static int
by_beat(const void *a, const void *b)
{
    const struct timeline_hit *x = a;
    const struct timeline_hit *y = b;

    if (x->beat != y->beat)
        return x->beat < y->beat ? -1 : 1;
    return (int)x->kind - (int)y->kind;
}

static void
add_clips(struct filling *f, size_t track)
{
    const struct als_part *part = &f->w->play.parts[track];

    for (size_t i = 0; i < part->audio_count; i++) {
        const struct als_audio *a = &f->w->play.audio.at[part->audio_first + i];

        add_sound(f, a->from, TIMELINE_AUDIO, CLIP_WEIGHT);
        add_markers(f, a);
    }
    if (part->audio_count > 0)
        qsort(f->track->hits, f->track->hit_count, sizeof(*f->track->hits),
              by_beat);
}

/* The stretches in which it plays, less those in which nothing is heard. */
static void
add_spans(struct filling *f, size_t track)
{
    const struct als_part *part = &f->w->play.parts[track];
    const struct als_mix *m = f->mix;
    size_t most = part->span_count + m->silences.n + 1;
    size_t n = 0, s = 0;

    f->track->spans = xcalloc(most, sizeof(*f->track->spans));
    for (size_t i = 0; i < part->span_count; i++) {
        const struct als_span *span =
            &f->w->play.spans.at[part->span_first + i];
        double at = span->from;

        while (s < m->silences.n && m->silences.at[s].to <= at)
            s++;
        for (size_t k = s; at < span->to; k++) {
            bool more = k < m->silences.n;
            double to =
                more ? fmin(m->silences.at[k].from, span->to) : span->to;

            if (to > at)
                f->track->spans[n++] =
                    (struct timeline_span){.beat = at, .beat_end = to};
            at = more ? fmax(to, fmin(m->silences.at[k].to, span->to))
                      : span->to;
        }
    }
    f->track->span_count = n;
}

static void
fill_track(const struct als_whole *w, size_t track, size_t *left,
           struct timeline *t)
{
    auto_als_mix struct als_mix mix = {0};
    struct timeline_track *one = &t->tracks[t->track_count];
    struct filling f = {w, &mix, one, 0, left};

    one->index = (int)track;
    als_mix_init(&mix, w->set, track, !t->scenes);
    add_notes(&f, track);
    add_clips(&f, track);
    add_spans(&f, track);
    if (one->span_count > 0) {
        t->track_count++;
        return;
    }
    free(one->hits);
    free(one->spans);
    *one = (struct timeline_track){0};
}

/* ---- the whole ---- */

static void
fill_time(const struct als_timeline *from, struct timeline *t)
{
    t->tempo_count = from->tempo.n;
    t->tempo = xcalloc(from->tempo.n, sizeof(*t->tempo));
    for (size_t i = 0; i < from->tempo.n; i++) {
        const struct als_tempo_piece *p = &from->tempo.at[i];

        t->tempo[i] = (struct timeline_tempo){p->beat, p->sec, p->bpm, p->bpm2};
    }
    t->meter_count = from->meters.n;
    t->meters = xcalloc(from->meters.n, sizeof(*t->meters));
    for (size_t i = 0; i < from->meters.n; i++) {
        const struct als_meter *m = &from->meters.at[i];

        t->meters[i] = (struct timeline_meter){m->beat, m->bar, m->numerator,
                                               m->denominator};
    }
}

json_object *
als_timeline_json(const struct als_whole *w)
{
    auto_timeline struct timeline *t = xcalloc(1, sizeof(*t));
    size_t left = MARKERS_MAX;

    t->scenes = w->play.turns.n > 0;
    t->end_beat = fmax(w->play.end, 0);
    if (w->set->loop_length > 0) {
        t->loop_beat = w->set->loop_start;
        t->loop_beats = w->set->loop_length;
    }
    fill_time(&w->timeline, t);
    t->tracks = xcalloc(w->set->tracks.n, sizeof(*t->tracks));
    for (size_t i = 0; i < w->set->tracks.n; i++)
        if (w->play.parts[i].state == ALS_SOUNDS)
            fill_track(w, i, &left, t);
    return timeline_json(t);
}
