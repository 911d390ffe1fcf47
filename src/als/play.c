/* What sounds: clips played through their loop windows; see play.h. */
#include "als/play.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "als/device.h"
#include "als/heard.h"
#include "als/tones.h"
#include "base/mem.h"

/* Rests up to this many beats do not end a stretch in which a track sounds. */
#define REST 4.0
#define LOOP_MIN 1e-4 /* beats; nothing sensible is shorter */
#define BEATS_MAX 1e7 /* 30 days at 200 BPM */

struct player {
    struct als_play *play;
    const struct als_set *set;
    const struct als_timeline *timeline;
    const struct als_limits *limits;
    struct err *err;
};

/* A clip and its place in the song. */
struct placing {
    const struct als_clip *clip;
    double from;
    double to;
};

/* Beats of a clip's loop window; for unwarped audio the window is in
 * seconds. */
static double
window_beats(const struct player *pl, const struct als_clip *clip, double at)
{
    double window = clip->loop_end - clip->loop_start;

    if (clip->audio && !clip->warped)
        window = window * als_bpm_at(pl->timeline, at) / 60;
    return fmin(fmax(window, 0), BEATS_MAX);
}

static int
add_hit(struct player *pl, const struct als_note *note, double time,
        double stop)
{
    if (pl->play->hits.n >= pl->limits->notes)
        return err_set(pl->err, ERR_NOT_ALS,
                       "the set's loops sound more than %zu notes",
                       pl->limits->notes);
    *als_push(&pl->play->hits) =
        (struct als_hit){.time = time,
                         .length = fmax(fmin(note->length, stop - time), 0),
                         .velocity = note->velocity,
                         .pitch = note->pitch};
    return 0;
}

/* One note of a clip, as often as the window repeats it. */
static int
play_note(struct player *pl, const struct placing *at,
          const struct als_note *note)
{
    const struct als_clip *clip = at->clip;
    double window = clip->loop_end - clip->loop_start;
    double begin = clip->loop_start + clip->start_relative;
    double time = at->from + note->time - begin; /* in the first round */
    bool loops = clip->loop_on && window > LOOP_MIN;
    double stop, round;

    if (note->time >= begin && note->time < clip->loop_end && time < at->to) {
        stop = fmin(at->to, time + clip->loop_end - note->time);
        if (add_hit(pl, note, time, stop) == -1)
            return -1;
    }
    if (!loops || note->time < clip->loop_start || note->time >= clip->loop_end)
        return 0;
    /* Each later round begins at loop_start; the first one may not. Rounds
     * before the clip are skipped at once: if it starts far outside its loop,
     * there are too many to count. */
    round = at->from + clip->loop_end - begin;
    if (round < at->from)
        round += ceil((at->from - round) / window) * window;
    for (; round < at->to; round += window) {
        time = round + note->time - clip->loop_start;
        if (round < at->from || time < at->from || time >= at->to)
            continue;
        stop = fmin(at->to, round + window);
        if (add_hit(pl, note, time, stop) == -1)
            return -1;
    }
    return 0;
}

/* The rounds of a window are limited before they are played. */
static int
check_rounds(struct player *pl, const struct placing *at)
{
    double window = at->clip->loop_end - at->clip->loop_start;

    if (!at->clip->loop_on || at->clip->note_count == 0 || window <= LOOP_MIN ||
        (at->to - at->from) / window <= (double)pl->limits->notes)
        return 0;
    return err_set(pl->err, ERR_NOT_ALS, "a clip of the set loops %g times",
                   (at->to - at->from) / window);
}

static int
play_clip(struct player *pl, const struct placing *at)
{
    const struct als_clip *clip = at->clip;

    if (clip->audio) {
        if (at->to <= at->from)
            return 0;
        *als_push(&pl->play->spans) = (struct als_span){at->from, at->to};
        *als_push(&pl->play->audio) = (struct als_audio){
            (int)(clip - pl->set->clips.at), at->from, at->to};
        return 0;
    }
    if (check_rounds(pl, at) == -1)
        return -1;
    for (size_t i = 0; i < clip->note_count; i++) {
        const struct als_note *note = &pl->set->notes.at[clip->note_first + i];

        if (!note->off && play_note(pl, at, note) == -1)
            return -1;
    }
    return 0;
}

static int
by_hit_time(const void *a, const void *b)
{
    const struct als_hit *x = a;
    const struct als_hit *y = b;

    if (x->time != y->time)
        return x->time < y->time ? -1 : 1;
    return (int)x->pitch - (int)y->pitch;
}

static int
by_from(const void *a, const void *b)
{
    double x = ((const struct als_span *)a)->from;
    double y = ((const struct als_span *)b)->from;

    return (x > y) - (x < y);
}

/* The track's spans so far, sorted and joined over short rests. */
static void
join_spans(struct als_play *play, struct als_part *part)
{
    struct als_span *spans = als_from(play->spans, part->span_first);
    size_t n = play->spans.n - part->span_first;
    size_t kept = 0;

    if (n > 0) {
        qsort(spans, n, sizeof spans[0], by_from);
        kept = 1;
    }
    for (size_t i = 1; i < n; i++) {
        if (spans[i].from <= spans[kept - 1].to + REST)
            spans[kept - 1].to = fmax(spans[kept - 1].to, spans[i].to);
        else
            spans[kept++] = spans[i];
    }
    play->spans.n = part->span_first + kept;
    part->span_count = kept;
}

/* Whether a MIDI track has something that turns notes into sound. */
static bool
has_voice(const struct als_set *set, size_t track)
{
    const char *out = set->tracks.at[track].midi_out;
    struct als_run run = als_devices_of(set, track);

    if (out != NULL && strcmp(out, "MidiOut/None") != 0)
        return true;
    for (size_t i = run.first; i < run.end; i++) {
        enum als_device_kind kind = als_device_kind(set, i);

        /* A tool may have its own sound. */
        if ((kind == ALS_INSTRUMENT || kind == ALS_TOOL) &&
            als_device_heard(set, i))
            return true;
    }
    return false;
}

static enum als_state
judge(const struct player *pl, size_t track)
{
    const struct als_part *part = &pl->play->parts[track];
    const struct als_track *t = &pl->set->tracks.at[track];

    if (t->type != ALS_MIDI && t->type != ALS_AUDIO)
        return ALS_EMPTY;
    if (part->clips + part->clips_off + part->clips_left == 0)
        return ALS_EMPTY;
    if (part->span_count == 0)
        return ALS_SILENT;
    if (!als_track_heard(pl->set, track))
        return ALS_MUTED;
    if (t->type == ALS_MIDI && !has_voice(pl->set, track))
        return ALS_UNVOICED;
    return ALS_SOUNDS;
}

/* Play the placings of one track, which are consecutive. */
static int
play_track(struct player *pl, const struct placing *placings, size_t n)
{
    size_t track = (size_t)placings[0].clip->track;
    struct als_play *play = pl->play;
    struct als_part *part = &play->parts[track];

    part->hit_first = play->hits.n;
    part->span_first = play->spans.n;
    part->audio_first = play->audio.n;
    for (size_t i = 0; i < n; i++) {
        if (play_clip(pl, &placings[i]) == -1)
            return -1;
        part->clips++;
        part->stored += placings[i].clip->note_count;
    }
    if (als_tones(pl->set, track, play, pl->limits->notes, pl->err) == -1)
        return -1;
    part->hit_count = play->hits.n - part->hit_first;
    part->audio_count = play->audio.n - part->audio_first;
    if (part->hit_count > 0)
        qsort(play->hits.at + part->hit_first, part->hit_count,
              sizeof play->hits.at[0], by_hit_time);
    for (size_t i = 0; i < part->hit_count; i++) {
        const struct als_hit *h = &play->hits.at[part->hit_first + i];

        *als_push(&play->spans) =
            (struct als_span){h->time, h->time + h->length};
    }
    join_spans(play, part);
    als_leave_heard(pl->set, track, play);
    part->state = judge(pl, track);
    if (part->state == ALS_SOUNDS) {
        for (size_t i = 0; i < n; i++)
            play->end = fmax(play->end, placings[i].to);
    }
    return 0;
}

/* How long each scene plays, by its row; returns the number of rows. */
static size_t
scene_lengths(const struct player *pl, double **ret_lengths)
{
    size_t rows = 0;

    for (size_t i = 0; i < pl->set->clips.n; i++) {
        int slot = pl->set->clips.at[i].slot;

        if (slot >= 0 && (size_t)slot >= rows)
            rows = (size_t)slot + 1;
    }
    *ret_lengths = xcalloc(rows + 1, sizeof **ret_lengths);
    for (size_t i = 0; i < pl->set->clips.n; i++) {
        const struct als_clip *c = &pl->set->clips.at[i];

        if (c->slot >= 0 && !als_clip_off(c))
            (*ret_lengths)[c->slot] =
                fmax((*ret_lengths)[c->slot], window_beats(pl, c, 0));
    }
    return rows;
}

/* Lay the scenes out, one after the other; *ret_from is the start of each. A
 * scene begins on a bar line, as Live launches it unless told otherwise. */
static void
lay_scenes(struct player *pl, double **ret_from)
{
    auto_free double *lengths = NULL;
    const struct als_meter *meter = &pl->timeline->meters.at[0];
    double bar = 4.0 * meter->numerator / meter->denominator;
    size_t rows = scene_lengths(pl, &lengths);
    double at = 0;

    *ret_from = xcalloc(rows + 1, sizeof **ret_from);
    for (size_t i = 0; i < rows; i++) {
        lengths[i] = ceil(lengths[i] / bar - 1e-3) * bar;
        (*ret_from)[i] = at;
        if (lengths[i] > 0)
            *als_push(&pl->play->turns) =
                (struct als_turn){(int)i, at, at + lengths[i]};
        at = fmin(at + lengths[i], BEATS_MAX);
    }
    (*ret_from)[rows] = at;
}

static struct placing
place(const struct player *pl, const struct als_clip *clip,
      const double *scene_from)
{
    double from;
    double window;

    if (clip->slot < 0)
        return (struct placing){clip, fmax(clip->start, 0),
                                fmin(fmax(clip->end, 0), BEATS_MAX)};
    from = scene_from[clip->slot];
    window = window_beats(pl, clip, from);
    return (struct placing){
        clip, from, clip->loop_on ? scene_from[clip->slot + 1] : from + window};
}

/* Play all clips, track by track: a track's clips are consecutive in the set,
 * as in the file. */
static int
play_all(struct player *pl, const double *scene_from)
{
    bool grid = pl->play->arrangement_clips == 0;
    auto_free struct placing *list =
        xcalloc(pl->set->clips.n + 1, sizeof *list);
    size_t n = 0;

    for (size_t i = 0; i < pl->set->clips.n; i++) {
        const struct als_clip *c = &pl->set->clips.at[i];
        struct als_part *part = &pl->play->parts[c->track];

        if ((c->slot >= 0) != grid)
            part->clips_left++;
        else if (als_clip_off(c))
            part->clips_off++;
        else
            list[n++] = place(pl, c, scene_from);
        if (i + 1 < pl->set->clips.n && c[1].track == c->track)
            continue;
        if (n > 0 && play_track(pl, list, n) == -1)
            return -1;
        if (n == 0)
            part->state = judge(pl, (size_t)c->track);
        n = 0;
    }
    return 0;
}

int
als_play_init(struct als_play *p, const struct als_set *set,
              const struct als_timeline *t, const struct als_limits *limits,
              struct err *err)
{
    struct player pl = {p, set, t, limits, err};
    auto_free double *scene_from = NULL;

    *p = (struct als_play){0};
    p->parts = xcalloc(set->tracks.n + 1, sizeof *p->parts);
    for (size_t i = 0; i < set->tracks.n; i++)
        p->parts[i].state = ALS_EMPTY;
    for (size_t i = 0; i < set->clips.n; i++) {
        if (set->clips.at[i].slot < 0)
            p->arrangement_clips++;
        else
            p->grid_clips++;
    }
    als_find_doubtful(set, p);
    if (p->arrangement_clips == 0)
        lay_scenes(&pl, &scene_from);
    return play_all(&pl, scene_from);
}

void
als_play_release(struct als_play *p)
{
    free(p->parts);
    free(p->hits.at);
    free(p->spans.at);
    free(p->turns.at);
    free(p->audio.at);
    *p = (struct als_play){0};
}

double
als_coverage(const struct als_play *p, size_t track, double from, double to)
{
    const struct als_part *part = &p->parts[track];
    double sum = 0;

    if (to <= from)
        return 0;
    for (size_t i = 0; i < part->span_count; i++) {
        const struct als_span *s = &p->spans.at[part->span_first + i];

        if (s->from >= to) /* they are sorted */
            break;
        sum += fmax(0, fmin(s->to, to) - fmax(s->from, from));
    }
    return fmin(sum / (to - from), 1);
}
