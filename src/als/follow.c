/* Whether what sounds follows the set's tempo; see follow.h. */
#include "als/follow.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "als/covered.h"
#include "als/onsets.h"
#include "als/summary_parts.h"
#include "base/mem.h"
#include "music/words.h"

#define ONSETS_LIVE 16 /* with the tempo that Live begins with */
#define ALIKE 0.02     /* share by which two tempos are the same */
#define PINNED 0.1     /* seconds: markers that are nearer pin nothing */
#define SLOWEST 50     /* BPM that a file is brought from, if anybody looked */
#define FASTEST 220
#define TAKE_MIN 16    /* beats: a shorter recording has no pulse */
#define LOOP_MAX 64    /* beats; a longer file is no loop */
#define THROUGHOUT 0.8 /* of the music must follow */
#define SHOT 4         /* beats: a shorter file is a hit, which has no tempo */
#define FOLDED 0.1 /* of the music: what may be felt at half or twice of it */

/* ---- notes ---- */

static void
cover_notes(struct als_covered *c, const struct als_play *play,
            const struct als_part *part, bool follow)
{
    for (size_t i = 0; part->hit_count > 0 && i < part->span_count; i++) {
        const struct als_span *s = &play->spans.at[part->span_first + i];

        als_covered_add(c, s->from, s->to, follow);
    }
}

/* Of all tracks, by their onsets. */
static enum als_onsets
judge_notes(const struct als_whole *w, double bpm, struct als_covered *c)
{
    size_t enough = bpm == ALS_LIVE_BPM ? ONSETS_LIVE : ALS_ONSETS_MIN;
    size_t on = 0, off = 0;

    for (size_t t = 0; t < w->set->tracks.n; t++) {
        const struct als_part *part = &w->play.parts[t];
        enum als_onsets verdict = ALS_ONSETS_FEW;
        size_t onsets = 0;

        if (part->state != ALS_SOUNDS || part->doubtful)
            continue;
        if (part->hit_count > 0 && !part->retimed)
            verdict = als_onsets_judge(&w->play.hits.at[part->hit_first],
                                       part->hit_count, bpm, &onsets);
        on += verdict == ALS_ONSETS_FOLLOW ? onsets : 0;
        off += verdict == ALS_ONSETS_FREE ? onsets : 0;
        cover_notes(c, &w->play, part, verdict != ALS_ONSETS_FREE);
    }
    return on >= enough && 2 * on >= off ? ALS_ONSETS_FOLLOW
           : off > 0                     ? ALS_ONSETS_FREE
                                         : ALS_ONSETS_FEW;
}

/* ---- recordings ---- */

static bool
alike(double a, double b)
{
    return fabs(a - b) <= ALIKE * b;
}

/* The same, or twice or half as fast. */
static bool
alike_folded(double a, double b)
{
    return alike(a, b) || alike(2 * a, b) || alike(a, 2 * b);
}

/* The tempo in a name, "Break 125bpm.wav", "130 BPM"; 0: none. */
static double
bpm_in(const char *name)
{
    const char *at = name != NULL ? strcasestr(name, "bpm") : NULL;
    const char *from = at;

    if (at == NULL)
        return 0;
    while (from > name && (from[-1] == ' ' || from[-1] == '_'))
        from--;
    while (from > name && (isdigit((unsigned char)from[-1]) || from[-1] == '.'))
        from--;
    return from < at ? strtod(from + strspn(from, ". _"), NULL) : 0;
}

/* A number in a name, "SC_RS_80_drum_loop", that is half or twice this tempo.
 */
static bool
names_fold_of(const char *name, double bpm)
{
    for (const char *at = name; *at != '\0'; at++) {
        size_t n = strspn(at, "0123456789");
        double number = n == 2 || n == 3 ? strtod(at, NULL) : 0;

        if (n > 0 && (at == name || !isalnum((unsigned char)at[-1])) &&
            !isalnum((unsigned char)at[n]) && number >= SLOWEST &&
            number <= FASTEST && !alike(bpm, number) &&
            alike_folded(bpm, number))
            return true;
        at += n > 0 ? n - 1 : 0;
    }
    return false;
}

/* Whether Live made and named it, "0002 1-Audio.wav" or "1-Audio 0002
 * [2022-05-29 114906].wav". */
static bool
is_recording(const char *sample)
{
    return words_recorded(sample) || strstr(sample, " [20") != NULL;
}

/* The tempo that the warp markers give to the file, 0: none. Two markers side
 * by side are what Live writes for a file that it did not look at. */
static double
warped_at(const struct als_clip *c)
{
    double sec = c->warp_to_sec - c->warp_from_sec;
    double beats = c->warp_to_beat - c->warp_from_beat;

    return c->warped && sec > 0 && beats > 0 ? 60 * beats / sec : 0;
}

static bool
is_pinned(const struct als_clip *c)
{
    return c->warp_to_sec - c->warp_from_sec >= PINNED;
}

/* Whether it plays at the set's tempo, as far as its markers tell. */
static bool
is_brought(const struct als_clip *c, double bpm)
{
    double own = warped_at(c);

    return own > 0 && c->sample != NULL &&
           (is_pinned(c) || fabs(own - bpm) < 0.5);
}

struct tape {   /* what the recordings show */
    double bpm; /* of the set */
    /* Beats of all files, of those of another tempo that were brought to it,
     * and of those that Live recorded at it. */
    double all, warped, recorded;
    bool named;       /* a file has it in its name */
    double folded;    /* beats of files with half or twice of theirs in it */
    const char *take; /* one that Live recorded at it... */
    bool takes;       /* ...and is not the only one */
    bool contradicted;
    ALS_LIST(const struct als_clip *) pinned;
};

static void
tape_release(struct tape *t)
{
    free(t->pinned.at);
}

/* By the tempo in its name; false: it was brought to twice or half of that, and
 * nobody knows which one is felt. */
static bool
read_name(struct tape *t, const struct als_clip *c, double beats)
{
    double named = bpm_in(c->sample);
    double own = is_pinned(c) ? warped_at(c) : t->bpm;
    bool same = alike(own, named);
    bool folded = alike_folded(own, named);

    if (named <= 0 ? names_fold_of(c->sample, own) : folded && !same)
        t->folded += beats;
    if (named <= 0)
        return t->folded <= 0;
    t->named |= same;
    t->contradicted |= !folded && is_pinned(c);
    return same || !folded;
}

static void
listen_to(struct tape *t, const struct als_clip *c, double beats)
{
    double own = warped_at(c);

    t->all += beats;
    if (own <= 0 || c->sample == NULL || strncmp(c->sample, "Freeze ", 7) == 0)
        return;
    if (is_recording(c->sample)) {
        if (t->bpm != ALS_LIVE_BPM && fabs(own - t->bpm) < 0.5) {
            t->recorded += beats;
            t->takes |= t->take != NULL && strcmp(t->take, c->sample) != 0;
            t->take = c->sample;
        }
        return;
    }
    if (!read_name(t, c, beats) || !is_pinned(c))
        return;
    *als_push(&t->pinned) = c;
    /* If a file's tempo is the set's, the set may have it from the file, which
     * Live guessed; and whoever only plays a song need not look at the tempo
     * that Live begins with. */
    if (fabs(own - t->bpm) >= 0.001 && own >= SLOWEST && own <= FASTEST &&
        (t->bpm != ALS_LIVE_BPM ||
         c->warp_to_beat - c->warp_from_beat <= LOOP_MAX))
        t->warped += beats;
}

static int
by_sample(const void *a, const void *b)
{
    const struct als_clip *const *x = a;
    const struct als_clip *const *y = b;

    return strcmp((*x)->sample, (*y)->sample);
}

/* If a file has another tempo in another clip, nobody looked. */
static void
compare(struct tape *t)
{
    if (t->pinned.n > 0)
        qsort(t->pinned.at, t->pinned.n, sizeof t->pinned.at[0], by_sample);
    for (size_t i = 1; i < t->pinned.n; i++)
        t->contradicted |=
            by_sample(&t->pinned.at[i - 1], &t->pinned.at[i]) == 0 &&
            !alike_folded(warped_at(t->pinned.at[i - 1]),
                          warped_at(t->pinned.at[i]));
}

static void
hear_clip(struct tape *t, const struct als_whole *w, size_t at,
          struct als_covered *c)
{
    const struct als_audio *a = &w->play.audio.at[at];
    const struct als_clip *clip = &w->set->clips.at[a->clip];

    listen_to(t, clip, a->to - a->from);
    if (a->to - a->from > SHOT)
        als_covered_add(c, a->from, a->to, is_brought(clip, t->bpm));
}

static void
judge_audio(const struct als_whole *w, struct tape *tape, struct als_covered *c)
{
    for (size_t t = 0; t < w->set->tracks.n; t++) {
        const struct als_part *part = &w->play.parts[t];

        if (part->state != ALS_SOUNDS || part->doubtful)
            continue;
        for (size_t i = 0; i < part->audio_count; i++)
            hear_clip(tape, w, part->audio_first + i, c);
    }
    compare(tape);
}

/* A tempo with more digits than anybody types is Live's guess for a file, or
 * where a knob was left. */
static bool
is_typed(double bpm)
{
    return fabs(bpm * 100 - round(bpm * 100)) < 0.001;
}

/* ---- scenes ---- */

/* Whether scenes that are played have tempos of their own, by their settings
 * or, before Live 11, by their names. */
static bool
scenes_differ(const struct als_whole *w, double bpm)
{
    for (size_t i = 0; i < w->play.turns.n; i++) {
        size_t at = (size_t)w->play.turns.at[i].scene;
        const struct als_scene *s =
            at < w->set->scenes.n ? &w->set->scenes.at[at] : NULL;
        double own = s == NULL ? 0 : s->tempo_on ? s->tempo : bpm_in(s->name);

        if (own > 0 && !alike_folded(own, bpm))
            return true;
    }
    return false;
}

/* That of most of the music, with all its digits if it is the first one. */
static double
set_tempo(const struct als_whole *w)
{
    double first = als_bpm_at(&w->timeline, 0);
    double most = als_bpm_main(&w->timeline, w->play.end);

    return fabs(first - most) < 0.01 ? first : most;
}

bool
als_tempo_followed(const struct als_whole *w)
{
    double bpm = set_tempo(w);
    auto_als_covered struct als_covered covered = {0};
    enum als_onsets notes = judge_notes(w, bpm, &covered);
    auto_cleanup(tape_release) struct tape tape = {.bpm = bpm};

    if (scenes_differ(w, bpm))
        return false;
    judge_audio(w, &tape, &covered);
    if (als_covered_share(&covered) < THROUGHOUT)
        return false;
    if (notes == ALS_ONSETS_FOLLOW)
        return true;
    if (tape.all < SHOT)
        return false;
    if (tape.contradicted || tape.named)
        return !tape.contradicted && tape.folded <= FOLDED * tape.all;
    if (tape.folded > 0)
        return false;
    /* Long sounds at Live's own tempo have no pulse that notes could miss. */
    return is_typed(bpm) &&
           ((2 * tape.warped >= fmax(tape.all, 1) &&
             (notes != ALS_ONSETS_FREE || bpm != ALS_LIVE_BPM)) ||
            (tape.recorded >= TAKE_MIN && tape.takes &&
             notes == ALS_ONSETS_FEW));
}
