/* What a mix leaves of a track; see heard.h. */
#include "als/heard.h"

#include <math.h>
#include <string.h>

#include "als/mix.h"

/* Push the parts of a stretch outside of the silences to the spans; *at is the
 * first silence that may touch it, since both are sorted. */
static void
push_audible(struct als_play *play, const struct als_mix *m,
             struct als_span span, size_t *at)
{
    while (*at < m->silences.n && m->silences.at[*at].to <= span.from)
        ++*at;
    for (size_t i = *at; i < m->silences.n && span.to > span.from; i++) {
        const struct als_span *s = &m->silences.at[i];

        if (s->from >= span.to)
            break;
        if (s->from > span.from)
            *als_push(&play->spans) = (struct als_span){span.from, s->from};
        span.from = fmax(span.from, s->to);
    }
    if (span.to > span.from)
        *als_push(&play->spans) = span;
}

/* Keep the part's notes, sorted by time, that no silence hides. */
static void
keep_audible(struct als_play *play, struct als_part *part,
             const struct als_mix *m)
{
    size_t kept = 0, at = 0;

    for (size_t i = 0; i < part->hit_count; i++) {
        struct als_hit hit = play->hits.at[part->hit_first + i];

        while (at < m->silences.n && m->silences.at[at].to <= hit.time)
            at++;
        if (at == m->silences.n || m->silences.at[at].from > hit.time)
            play->hits.at[part->hit_first + kept++] = hit;
    }
    part->hit_count = kept;
}

/* Faders at the bottom, and outputs that lead nowhere, silence a track,
 * permanently or by automation. */
void
als_leave_heard(const struct als_set *set, size_t track, struct als_play *play)
{
    struct als_part *part = &play->parts[track];
    auto_als_mix struct als_mix mix = {0};
    size_t spans = part->span_count;
    size_t at = 0;

    if (!als_track_routed(set, track)) {
        part->span_count = 0;
        part->hit_count = 0;
        return;
    }
    als_mix_init(&mix, set, track, play->arrangement_clips > 0);
    if (mix.silences.n == 0)
        return;
    keep_audible(play, part, &mix);
    for (size_t i = 0; i < spans; i++)
        push_audible(play, &mix, play->spans.at[part->span_first + i], &at);
    part->span_first += spans;
    part->span_count = play->spans.n - part->span_first;
}

/* ---- what may not be in the bounce ---- */

/* A return plays what others send to it. */
static bool
any_solo(const struct als_set *set)
{
    for (size_t i = 0; i < set->tracks.n; i++)
        if (set->tracks.at[i].solo && set->tracks.at[i].type < ALS_RETURN)
            return true;
    return false;
}

static bool
in_solo(const struct als_set *set, size_t track)
{
    int at = (int)track;

    for (int depth = 0; at >= 0 && depth < 32; depth++) {
        if (set->tracks.at[at].solo)
            return true;
        at = als_track_by_id(set, set->tracks.at[at].group);
    }
    return false;
}

static bool
leaves_live(const struct als_track *t)
{
    return t->type == ALS_MIDI && t->midi_out != NULL &&
           strcmp(t->midi_out, "MidiOut/None") != 0 &&
           strncmp(t->midi_out, "MidiOut/Track.", 14) != 0;
}

void
als_find_doubtful(const struct als_set *set, struct als_play *play)
{
    bool solo = any_solo(set);

    for (size_t i = 0; i < set->tracks.n; i++)
        play->parts[i].doubtful =
            leaves_live(&set->tracks.at[i]) || (solo && !in_solo(set, i));
}
