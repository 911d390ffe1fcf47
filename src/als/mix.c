/*
 * Faders and switches over the song; see mix.h. A fader moves in straight lines
 * from event to event, a switch in steps.
 */
#include "als/mix.h"

#include <math.h>
#include <stdlib.h>

#define BOTTOM 0.01 /* of a fader: 40 dB below 0 is not heard in a mix */

static const struct als_envelope *
envelope_of(const struct als_set *set, int track, bool volume)
{
    const struct als_track *t = &set->tracks.at[track];
    int target = volume ? t->volume_target : t->on_target;
    int own = volume ? ALS_ENVELOPE_VOLUME : ALS_ENVELOPE_ON;
    struct als_run run = als_envelopes_of(set, (size_t)track);

    for (size_t i = run.first; i < run.end; i++) {
        const struct als_envelope *e = &set->envelopes.at[i];

        if (e->count > 0 &&
            (e->target == own || (target >= 0 && e->target == target)))
            return e;
    }
    return NULL;
}

static double
value_at(const struct als_set *set, const struct als_envelope *e, double beat)
{
    const struct als_event *events = &set->events.at[e->first];
    size_t low = 0;
    size_t high = e->count;

    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;

        if (events[mid].time <= beat)
            low = mid;
        else
            high = mid;
    }
    if (low + 1 >= e->count || events[low].time > beat ||
        events[low + 1].time <= events[low].time)
        return events[low].value;
    return events[low].value + (events[low + 1].value - events[low].value) *
                                   (beat - events[low].time) /
                                   (events[low + 1].time - events[low].time);
}

double
als_mix_fader(const struct als_mix *m, double beat)
{
    double fader = 1;

    for (int i = 0; i < m->lane_count; i++)
        fader *= fmax(0, m->lanes[i].moves != NULL
                             ? value_at(m->set, m->lanes[i].moves, beat)
                             : m->lanes[i].stands);
    return fader;
}

/* ---- stretches that cannot be heard ---- */

static void
add_silence(struct als_mix *m, double from, double to)
{
    from = fmax(from, 0);
    if (to > from)
        *als_push(&m->silences) = (struct als_span){from, to};
}

/* Between two events: the part in which the line is at the bottom. */
static void
add_below(struct als_mix *m, const struct als_event *a,
          const struct als_event *b, bool line)
{
    double cross = a->time;

    if (!line) {
        if (a->value < BOTTOM)
            add_silence(m, a->time, b->time);
        return;
    }
    if ((a->value < BOTTOM) != (b->value < BOTTOM))
        cross +=
            (b->time - a->time) * (BOTTOM - a->value) / (b->value - a->value);
    if (a->value < BOTTOM)
        add_silence(m, a->time, b->value < BOTTOM ? b->time : cross);
    else if (b->value < BOTTOM)
        add_silence(m, cross, b->time);
}

static void
add_envelope(struct als_mix *m, const struct als_envelope *e, bool line)
{
    const struct als_event *events = &m->set->events.at[e->first];
    size_t last = e->count - 1;

    if (events[0].value < BOTTOM)
        add_silence(m, 0, events[0].time);
    for (size_t i = 0; i < last; i++)
        add_below(m, &events[i], &events[i + 1], line);
    if (events[last].value < BOTTOM)
        add_silence(m, events[last].time, INFINITY);
}

static void
join(struct als_mix *m)
{
    size_t kept = 0;

    if (m->silences.n == 0)
        return;
    qsort(m->silences.at, m->silences.n, sizeof(m->silences.at[0]),
          als_span_order);
    for (size_t i = 1; i < m->silences.n; i++) {
        struct als_span *last = &m->silences.at[kept];

        if (m->silences.at[i].from <= last->to)
            last->to = fmax(last->to, m->silences.at[i].to);
        else
            m->silences.at[++kept] = m->silences.at[i];
    }
    m->silences.n = kept + 1;
}

static bool
never_up(const struct als_set *set, const struct als_envelope *e)
{
    for (size_t i = 0; i < e->count; i++)
        if (set->events.at[e->first + i].value >= BOTTOM)
            return false;
    return true;
}

static void
add_lane(struct als_mix *m, int track, bool automated)
{
    const struct als_envelope *on =
        automated ? envelope_of(m->set, track, false) : NULL;
    const struct als_envelope *volume =
        automated ? envelope_of(m->set, track, true) : NULL;
    double stands = m->set->tracks.at[track].volume;

    /* Nobody makes a song for silence: what moves the main fader was put out
     * of action, and it stays where it stands. */
    if (volume != NULL && stands >= BOTTOM && never_up(m->set, volume) &&
        m->set->tracks.at[track].type == ALS_MAIN)
        volume = NULL;

    m->lanes[m->lane_count].moves = volume;
    m->lanes[m->lane_count++].stands = stands;
    if (on != NULL)
        add_envelope(m, on, false);
    if (volume != NULL)
        add_envelope(m, volume, true);
    else if (stands < BOTTOM)
        add_silence(m, 0, INFINITY);
}

void
als_mix_init(struct als_mix *m, const struct als_set *set, size_t track,
             bool automated)
{
    int at = (int)track;

    *m = (struct als_mix){.set = set};
    /* The main track gets the last lane, however deep the groups nest. */
    for (; at >= 0 && m->lane_count < ALS_MIX_LANES - 1;
         at = als_track_by_id(set, set->tracks.at[at].group))
        add_lane(m, at, automated);
    for (size_t i = set->tracks.n; i-- > 0;)
        if (set->tracks.at[i].type == ALS_MAIN) {
            add_lane(m, (int)i, automated);
            break;
        }
    join(m);
}

void
als_mix_release(struct als_mix *m)
{
    free(m->silences.at);
    *m = (struct als_mix){0};
}
