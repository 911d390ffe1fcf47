/* The clock of the audio and that of its set; see window_tell.h. */
#include "music/window_tell.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/chords.h"
#include "music/sound.h"
#include "music/window_summary.h"

#define NOTHING_LUFS (-60.f) /* all of a stretch is quieter: it is silent */

struct window_teller {
    json_object *summary; /* borrowed */
    json_object *whole;   /* what holds all the time; NULL if it is known
                           * what sounds when */
    struct timeline *timeline;
    struct sound *sound; /* NULL unknown */
    bool knows;
    double offset, pace; /* seconds of audio for one of the set */
    double audio_sec;
};

void
window_told_release(struct window_told *t)
{
    free(t->section);
    json_object_put(t->summary);
    json_object_put(t->first);
    json_object_put(t->last);
    json_object_put(t->contradicted);
    *t = (struct window_told){0};
}

struct window_teller *
window_teller_open(const struct window_track *track)
{
    struct window_teller *w = xcalloc(1, sizeof(*w));

    *w = (struct window_teller){
        .summary = track->summary,
        .timeline = timeline_open(track->summary),
        .sound = sound_read(track->sound),
        .offset = track->offset,
        .pace = 1 + track->drift,
        .audio_sec = track->audio_sec,
    };
    w->knows = track->placed && !track->foreign && w->timeline != NULL;
    if (!w->knows)
        w->whole = window_summary_throughout(
            track->foreign ? NULL : track->summary, w->timeline);
    return w;
}

void
window_teller_close(struct window_teller *w)
{
    if (w == NULL)
        return;
    timeline_close(w->timeline);
    sound_close(w->sound);
    json_object_put(w->whole);
    free(w);
}

bool
window_teller_knows(const struct window_teller *w)
{
    return w->knows;
}

/* ---- cutting ---- */

#define ON_LINE 0.02 /* bars; the place is known to some milliseconds */

static double
bar_line(double bar)
{
    return fabs(bar - round(bar)) < ON_LINE ? round(bar) : bar;
}

static void
name_bars(struct window_cut *cut)
{
    double end = bar_line(cut->start_bar + cut->bars);

    cut->start_bar = bar_line(cut->start_bar);
    if (end > cut->start_bar)
        cut->bars = end - cut->start_bar;
}

/* The beats at which sections begin, in order; the caller frees them. */
static double *
section_beats(const struct window_teller *w, size_t *ret_n)
{
    json_object *list = json_at(w->summary, "sections");
    size_t n = json_object_is_type(list, json_type_array)
                   ? json_object_array_length(list)
                   : 0;
    double *beats = xcalloc(n + 1, sizeof(*beats));

    *ret_n = 0;
    for (size_t i = 0; i < n; i++) {
        double sec =
            json_number(json_object_array_get_idx(list, i), "startSec", NAN);
        double beat = timeline_beat(w->timeline, sec);

        if (isfinite(beat) && (*ret_n == 0 || beat > beats[*ret_n - 1]))
            beats[(*ret_n)++] = beat;
    }
    return beats;
}

void
window_teller_cut(const struct window_teller *w, const struct window_rule *rule,
                  struct window_cuts *ret)
{
    struct window_rule of_set = *rule;
    auto_free double *sections = NULL;
    size_t n = 0;

    if (!w->knows) {
        window_cut(NULL, 0, w->audio_sec, NULL, 0, rule, ret);
        return;
    }
    of_set.max_sec /= w->pace;
    of_set.min_sec /= w->pace;
    sections = section_beats(w, &n);
    window_cut(w->timeline, w->offset, w->audio_sec / w->pace, sections, n,
               &of_set, ret);
    for (size_t i = 0; i < ret->n; i++) {
        name_bars(&ret->v[i]);
        ret->v[i].start_sec *= w->pace;
        ret->v[i].end_sec = fmin(ret->v[i].end_sec * w->pace, w->audio_sec);
    }
}

#define SLACK_SEC 0.05 /* that a bar may exceed an end of the audio */

static double
second_of(const struct window_teller *w, double bar)
{
    double beat = timeline_bar_beat(w->timeline, bar);

    return (timeline_seconds(w->timeline, beat) - w->offset) * w->pace;
}

bool
window_teller_place(const struct window_teller *w, double start_bar,
                    double bars, double *ret_from, double *ret_to)
{
    double from, to;

    if (!w->knows)
        return false;
    from = second_of(w, start_bar - 1);
    to = second_of(w, start_bar - 1 + bars);
    *ret_from = fmax(from, 0);
    *ret_to = fmin(to, w->audio_sec);
    return from >= -SLACK_SEC && to <= w->audio_sec + SLACK_SEC &&
           *ret_to > *ret_from;
}

/* ---- telling ---- */

/* Whether nothing can be heard in from..to, seconds of the audio. */
static bool
is_silent(const struct sound *s, double from, double to)
{
    size_t first = (size_t)ceil(from / SOUND_LEVEL_SEC);
    size_t last = (size_t)floor(to / SOUND_LEVEL_SEC);

    if (s == NULL || last > s->levels || first >= last)
        return false;
    for (size_t i = first; i < last; i++)
        if (s->level[i].loudness > NOTHING_LUFS)
            return false;
    return true;
}

/* The mean power of from..to in dB, ignoring silence; NaN: all is silent. */
static double
power_of(const struct sound *s, double from, double to)
{
    size_t first = (size_t)fmax(floor(from / SOUND_LEVEL_SEC), 0);
    size_t last = (size_t)fmax(ceil(to / SOUND_LEVEL_SEC), 0), n = 0;
    double sum = 0;

    for (size_t i = first; s != NULL && i < last && i < s->levels; i++)
        if (s->level[i].loudness > NOTHING_LUFS) {
            sum += pow(10, (double)s->level[i].loudness / 10);
            n++;
        }
    return n > 0 ? 10 * log10(sum / (double)n) : (double)NAN;
}

/* What sounds from..to, seconds of the audio. */
static json_object *
part_of(const struct window_teller *w, double from, double to)
{
    auto_json json_object *contradicted = NULL;

    return window_summary(w->summary, w->timeline, w->offset + from / w->pace,
                          w->offset + to / w->pace, w->sound, from,
                          &contradicted);
}

static double
bar_at(const struct window_teller *w, double sec)
{
    double bar = timeline_bar(
        w->timeline, timeline_beat(w->timeline, w->offset + sec / w->pace));

    return round(bar * 1000) / 1000;
}

/* The chords that the notes of all of the set's tracks state there; recorded
 * sound counts through the audio's own pitches. */
static void
add_chords(const struct window_teller *w, double from, double to,
           json_object *summary)
{
    struct key chords[CHORDS_MAX];
    size_t n = chords_tell(w->timeline, json_at(w->summary, "tracks"),
                           w->offset + from / w->pace, w->offset + to / w->pace,
                           w->sound, from, w->pace, chords);

    if (n > 0)
        json_add(summary, "chords", chords_json(chords, n));
}

void
window_teller_tell(const struct window_teller *w, double from, double to,
                   struct window_told *ret)
{
    json_object *section;
    const char *label;

    *ret = (struct window_told){
        .start_bar = NAN,
        .bars = NAN,
        .silent = is_silent(w->sound, from, to),
        .energy_db =
            power_of(w->sound, from, to) - power_of(w->sound, 0, w->audio_sec),
    };
    if (!w->knows) {
        ret->summary = json_object_get(w->whole);
        ret->contradicted = json_object_new_array();
        return;
    }
    ret->start_bar = bar_at(w, from) + 1;
    ret->bars = fmax(bar_at(w, to) - bar_at(w, from), 0.001);
    ret->summary = window_summary(
        w->summary, w->timeline, w->offset + from / w->pace,
        w->offset + to / w->pace, w->sound, from, &ret->contradicted);
    add_chords(w, from, to, ret->summary);
    ret->first = part_of(w, from, from + (to - from) / 4);
    ret->last = part_of(w, to - (to - from) / 4, to);
    section = json_object_array_get_idx(json_at(ret->summary, "sections"), 0);
    label = json_text(section, "label");
    ret->section = xstrdup(label != NULL ? label : json_text(section, "name"));
}
