/* Whether what sounds follows the set's tempo; see follow.h. */
#include "als/follow.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "als/summary_parts.h"
#include "base/mem.h"
#include "music/tempo.h"
#include "music/words.h"

#define SAME 0.01      /* beats between onsets that are one */
#define EXACT 0.005    /* beats from a line: drawn or quantized */
#define PHASES 480     /* of one beat, that are told apart */
#define ONSETS_MIN 8   /* fewer are on a grid, or off it, by chance */
#define ONSETS_LIVE 16 /* and with the tempo that Live begins with, too */
#define PLAYED_MIN 8   /* different phases, if none is exact */
#define PLAYED_MANY 16
#define ALIKE 0.02 /* share by which two tempos are the same */
#define PINNED 0.1 /* seconds: markers that are nearer pin nothing */
#define SLOWEST 50 /* BPM that a file is brought from, if anybody looked */
#define FASTEST 220
#define TAKE_MIN 16 /* beats: a shorter recording has no pulse */
#define LOOP_MAX 64 /* beats; a longer file is no loop */
#define MOSTLY 0.5  /* of the music: notes in less do not tell its tempo */
#define FOLDED 0.1  /* of the music: what may be felt at half or twice of it */

enum verdict { NOTHING, FOLLOWS, FREE };

/* ---- notes ---- */

/* From the nearest line. */
static double
distance(double beat, double grid)
{
    double off = fmod(beat, grid);

    return fmin(off, grid - off);
}

/* What the mean distance of these phases is, of what chance would make it. */
static double
by_chance(const bool phases[PHASES], size_t n, double grid)
{
    double sum = 0;

    for (int i = 0; i < PHASES; i++)
        if (phases[i])
            sum += distance((double)i / PHASES, grid);
    return sum / (double)n / (grid / 4);
}

/* Lines of what people play, in beats. */
static const double grids[] = {1, 0.5, 1.0 / 3, 0.25, 1.0 / 6};

/* Whether the phases are nearer to the lines of a grid than chance allows: the
 * fewer they are, the nearer. Repeated ones show nothing, so each counts
 * once. */
static bool
is_played_to(const bool phases[PHASES])
{
    size_t n = 0;

    for (int i = 0; i < PHASES; i++)
        n += phases[i];
    if (n < PLAYED_MIN)
        return false;
    for (size_t g = 0; g < sizeof grids / sizeof grids[0]; g++)
        if (by_chance(phases, n, grids[g]) <= (n < PLAYED_MANY ? 0.35 : 0.6))
            return true;
    return false;
}

/* Whether a set counts too fast to be felt. Its tempo is then halved, which
 * only whole beats can show: it may as well be a third. */
static bool
is_halved(double bpm)
{
    return tempo_felt(bpm, NULL, NULL) < bpm - 1;
}

static bool
is_exact(double beat, double bpm)
{
    if (is_halved(bpm))
        return distance(beat, 1) <= EXACT;
    return distance(beat, 0.25) <= EXACT || distance(beat, 1.0 / 3) <= EXACT ||
           distance(beat, 1.0 / 6) <= EXACT;
}

static enum verdict
judge_onsets(const struct als_hit *hits, size_t n, double bpm,
             size_t *ret_onsets)
{
    bool phases[PHASES] = {false};
    double last = -1;
    size_t onsets = 0, exact = 0;

    for (size_t i = 0; i < n; i++) {
        double beat = hits[i].time;

        if (beat - last < SAME)
            continue;
        last = beat;
        onsets++;
        exact += is_exact(beat, bpm);
        phases[lrint(fmod(beat, 1) * PHASES) % PHASES] = true;
    }
    *ret_onsets = onsets;
    if (onsets < ONSETS_MIN)
        return NOTHING;
    if (exact * 3 >= onsets * 2)
        return FOLLOWS;
    return !is_halved(bpm) && is_played_to(phases) ? FOLLOWS : FREE;
}

/* Of all tracks, by their onsets. ret_share: of the music, at most, that the
 * tracks on its grid are there. */
static enum verdict
judge_notes(const struct als_whole *w, double bpm, double *ret_share)
{
    size_t enough = bpm == ALS_LIVE_BPM ? ONSETS_LIVE : ONSETS_MIN;
    size_t on = 0, off = 0;

    for (size_t t = 0; t < w->set->tracks.n; t++) {
        const struct als_part *part = &w->play.parts[t];
        size_t onsets;

        if (part->state != ALS_SOUNDS || part->hit_count == 0 ||
            part->retimed || part->doubtful)
            continue;
        switch (judge_onsets(&w->play.hits.at[part->hit_first], part->hit_count,
                             bpm, &onsets)) {
        case FOLLOWS:
            on += onsets;
            *ret_share += als_coverage(&w->play, t, 0, w->play.end);
            break;
        case FREE:
            off += onsets;
            break;
        case NOTHING:
            break;
        }
    }
    return on >= enough && 2 * on >= off ? FOLLOWS : off > 0 ? FREE : NOTHING;
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
hear_clip(struct tape *t, const struct als_whole *w, size_t at)
{
    const struct als_audio *a = &w->play.audio.at[at];

    listen_to(t, &w->set->clips.at[a->clip], a->to - a->from);
}

static void
judge_audio(const struct als_whole *w, struct tape *tape)
{
    for (size_t t = 0; t < w->set->tracks.n; t++) {
        const struct als_part *part = &w->play.parts[t];

        if (part->state != ALS_SOUNDS || part->doubtful)
            continue;
        for (size_t i = 0; i < part->audio_count; i++)
            hear_clip(tape, w, part->audio_first + i);
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
    double share = 0;
    enum verdict notes = judge_notes(w, bpm, &share);
    auto_cleanup(tape_release) struct tape tape = {.bpm = bpm};

    if (scenes_differ(w, bpm))
        return false;
    if (notes == FOLLOWS && share >= MOSTLY)
        return true;
    judge_audio(w, &tape);
    if (notes == FOLLOWS && tape.all <= 0)
        return true;
    if (tape.contradicted || tape.named)
        return !tape.contradicted && tape.folded <= FOLDED * tape.all;
    if (tape.folded > 0)
        return false;
    /* Long sounds at Live's own tempo have no pulse that notes could miss. */
    return is_typed(bpm) &&
           ((2 * tape.warped >= fmax(tape.all, 1) &&
             (notes != FREE || bpm != ALS_LIVE_BPM)) ||
            (tape.recorded >= TAKE_MIN && tape.takes && notes == NOTHING));
}
