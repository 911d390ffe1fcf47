/* What a mix leaves of a track; see heard.h. */
#include "als/heard.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "als/device.h"
#include "als/mix.h"
#include "base/mem.h"

#define FAINT 0.1 /* 20 dB */
#define SOFTEST 8 /* velocity: what is never hit harder is not noticed */

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

/* The track that its notes go to, by "MidiOut/Track.24/DeviceIn.0.0"; -1: none
 * of Live's. */
static int
notes_go_to(const struct als_set *set, const struct als_track *t)
{
    int id;

    if (sscanf(t->midi_out, "MidiOut/Track.%9d", &id) != 1)
        return -1;
    for (size_t i = 0; i < set->tracks.n; i++)
        if (set->tracks.at[i].id == id)
            return (int)i;
    return -1;
}

/* Whether it has an instrument. What a Max device does with notes only its
 * patch knows. */
static bool
has_instrument(const struct als_set *set, int track)
{
    struct als_run run = als_devices_of(set, (size_t)track);

    for (size_t i = run.first; i < run.end; i++)
        if (als_device_kind(set, i) == ALS_INSTRUMENT &&
            set->devices.at[i].format != ALS_MAX && als_device_heard(set, i))
            return true;
    return false;
}

static bool
leaves_live(const struct als_set *set, const struct als_track *t)
{
    int to;

    if (t->type != ALS_MIDI || t->midi_out == NULL ||
        strcmp(t->midi_out, "MidiOut/None") == 0)
        return false;
    to = notes_go_to(set, t);
    return to < 0 || !has_instrument(set, to);
}

/* Whether its sound goes to an output of its own, not to the main track. */
static bool
goes_elsewhere(const struct als_set *set, size_t track)
{
    const struct als_track *t = &set->tracks.at[track];

    for (int depth = 0; depth < 32; depth++) {
        int group = als_track_by_id(set, t->group);

        if (t->audio_out != NULL &&
            strncmp(t->audio_out, "AudioOut/External/", 18) == 0)
            return true;
        if (group < 0 || t->audio_out == NULL ||
            strcmp(t->audio_out, "AudioOut/GroupTrack") != 0)
            return false;
        t = &set->tracks.at[group];
    }
    return false;
}

/* Whether some tracks that may sound go to the main track. */
static bool
has_main_mix(const struct als_set *set)
{
    for (size_t i = 0; i < set->tracks.n; i++)
        if (set->tracks.at[i].type < ALS_GROUP &&
            als_clips_of(set, i).end > als_clips_of(set, i).first &&
            als_track_heard(set, i) && !goes_elsewhere(set, i))
            return true;
    return false;
}

void
als_find_doubtful(const struct als_set *set, struct als_play *play)
{
    bool solo = any_solo(set);
    bool mix = has_main_mix(set);

    for (size_t i = 0; i < set->tracks.n; i++)
        play->parts[i].doubtful = set->tracks.at[i].monitor == 0 ||
                                  leaves_live(set, &set->tracks.at[i]) ||
                                  (solo && !in_solo(set, i)) ||
                                  (mix && goes_elsewhere(set, i));
}

/* The highest that a fader goes. */
static double
highest(const struct als_set *set, const struct als_envelope *e)
{
    double most = 0;

    for (size_t i = 0; i < e->count; i++)
        most = fmax(most, set->events.at[e->first + i].value);
    return most;
}

/* The gain of the loudest of a track's files, at most 1; 1 if it has none. */
static double
gain_of(const struct als_set *set, const struct als_play *play,
        const struct als_part *part)
{
    double most = part->audio_count > 0 ? 0 : 1;

    for (size_t i = 0; i < part->audio_count; i++) {
        int clip = play->audio.at[part->audio_first + i].clip;

        most = fmax(most, fmin(set->clips.at[clip].gain, 1));
    }
    return most;
}

/* How loud a track is at most by its faders, multiplied, and by its files.
 * ret_moves: only at most. */
static double
level_of(const struct als_set *set, const struct als_play *play, size_t track,
         bool *ret_moves)
{
    auto_als_mix struct als_mix mix = {0};
    double level = gain_of(set, play, &play->parts[track]);

    *ret_moves = false;
    als_mix_init(&mix, set, track, play->arrangement_clips > 0);
    for (int i = 0; i < mix.lane_count; i++) {
        const struct als_envelope *moves = mix.lanes[i].moves;

        *ret_moves |= moves != NULL;
        level *= moves != NULL ? highest(set, moves) : mix.lanes[i].stands;
    }
    return level;
}

static bool
is_soft(const struct als_play *play, const struct als_part *part)
{
    for (size_t i = 0; i < part->hit_count; i++)
        if (play->hits.at[part->hit_first + i].velocity >= SOFTEST)
            return false;
    return part->hit_count > 0 && part->audio_count == 0;
}

/* A track so far below the loudest one is not noticed by a listener. */
void
als_find_faint(const struct als_set *set, struct als_play *play)
{
    auto_free double *levels = xcalloc(set->tracks.n + 1, sizeof(*levels));
    double most = 0;

    for (size_t i = 0; i < set->tracks.n; i++) {
        const struct als_part *part = &play->parts[i];
        bool moves = false;

        levels[i] = part->hit_count > 0 || part->audio_count > 0
                        ? level_of(set, play, i, &moves)
                        : -1;
        if (part->state == ALS_SOUNDS && !part->doubtful && !moves)
            most = fmax(most, levels[i]);
    }
    for (size_t i = 0; i < set->tracks.n; i++) {
        play->parts[i].faint = (levels[i] >= 0 && levels[i] < FAINT * most) ||
                               is_soft(play, &play->parts[i]);
        play->parts[i].doubtful |= play->parts[i].faint;
    }
}
