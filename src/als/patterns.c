/* Rhythm as a listener hears it; see patterns.h. */
#include "als/patterns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/spacing.h"
#include "music/words.h"

#define NEAR 0.06  /* beats: a hit this close to a line is on it */
#define MOST 0.6   /* share of the drum's bars that must have its pattern */
#define FLOOR 0.75 /* the same for hats, and for a kick on each beat... */
#define FEW 0.25   /* ...with no more kicks than that between them */
#define SOME 0.4   /* share of kicks between the beats that breaks a rhythm */
#define PLAYED 0.1 /* share of the music from which a drum is part of it */
#define ONE_DRUM 2 /* pitches */
#define BARS_MIN 4 /* fewer show no pattern */
#define THROUGHOUT 0.4 /* of the song's bars: a pattern in fewer is not its */
#define BAR 4.0        /* beats; other meters are not judged */
#define BARS_MAX 100000
#define SOFT 20        /* velocity: below it, a hit is a ghost */
#define TRIPLET 0.03   /* beats: a hit this close to one is one */
#define SWUNG_BARS 8   /* fewer show no swing */
#define ROLL 0.25      /* beats: hits of a roll are closer than that */
#define ROLL_EVEN 0.03 /* and their distances differ by no more */

enum drum { KICK, SNARE, HAT, DRUMS, ANY /* of them */ };

struct bar { /* what is hit in it, by sixteenths */
    uint16_t grid[DRUMS];
    uint8_t hits[DRUMS];
    uint8_t free[DRUMS]; /* hits on no sixteenth */
    bool swung;          /* a hit between eighths comes late */
};

struct beats {
    struct bar *bars;
    size_t n;
    size_t all, on;       /* hits; those on eighths */
    size_t late, between; /* hits between eighths; and those that swing */
    size_t triplets;      /* hits that triplets have and a swing has not */
    bool hidden[DRUMS];   /* others play it, and nobody knows when */
};

static enum drum
drum_of(int row)
{
    if (row < 0)
        return DRUMS;
    if (words_is(row, "kick"))
        return KICK;
    if (words_is(row, "snare") || words_is(row, "clap") ||
        words_is(row, "snap"))
        return SNARE;
    return words_is(row, "hat") ? HAT : DRUMS;
}

/* The drum that each pitch of a track hits. */
static void
map_pitches(const struct als_whole *w, size_t track, enum drum map[128])
{
    const struct part *p = &w->parts[track];
    struct als_run run = als_branches_of(w->set, track);
    enum drum all = DRUMS;

    /* A single drum on its own track; of many pitches it is a kit. */
    if (p->n == 1 && p->words[0].evidence >= EVIDENCE_HEARD &&
        w->stats[track].pitches <= ONE_DRUM)
        all = drum_of(p->words[0].row);
    for (int i = 0; i < 128; i++)
        map[i] = all;
    for (size_t i = run.first; i < run.end; i++) {
        const struct als_branch *b = &w->set->branches.at[i];
        const char *name = b->user_name != NULL ? b->user_name : b->name;
        int pitch = 128 - b->receiving;
        int row = name != NULL ? words_pad(name) : -1;

        if (pitch < 0 || pitch > 127)
            continue;
        if (!b->on)
            map[pitch] = DRUMS;
        else if (row >= 0)
            map[pitch] = words_is(row, "drums") || words_is(row, "loop")
                             ? ANY
                             : drum_of(row);
    }
}

/* Whether a drum swings shows in its hits between eighths. */
static void
add_swing(struct beats *b, double time)
{
    double eighth = fmod(time, 0.5);
    size_t bar = (size_t)(time / BAR);
    bool late = eighth > 0.25 + 0.025 && eighth < 0.375 - 0.01;

    b->all++;
    b->triplets += fabs(eighth - 1.0 / 6) <= TRIPLET;
    b->on += eighth <= NEAR || eighth >= 0.5 - NEAR;
    if (eighth <= 0.2 || eighth >= 0.42)
        return;
    b->between++;
    b->late += late;
    if (bar < b->n)
        b->bars[bar].swung |= late;
}

static void
add_hit(struct beats *b, double time, enum drum drum)
{
    double at = fmod(time, BAR);
    size_t bar = (size_t)(time / BAR);
    int line = (int)lrint(at * 4);
    bool near = fabs(at - line * 0.25) <= NEAR;

    if (line == 16) { /* just ahead of the next bar */
        line = 0;
        bar++;
    }
    if (bar >= b->n)
        return;
    if (b->bars[bar].hits[drum] < 255)
        b->bars[bar].hits[drum]++;
    if (near)
        b->bars[bar].grid[drum] |= (uint16_t)(1u << line);
    else if (b->bars[bar].free[drum] < 255)
        b->bars[bar].free[drum]++;
}

/* A track whose drums cannot be told apart hides when each of them plays. */
static void
hide(const struct als_whole *w, size_t track, struct beats *b)
{
    const struct part *p = &w->parts[track];

    if (als_coverage(&w->play, track, 0, w->play.end) < PLAYED)
        return;
    for (size_t i = 0; i < p->n; i++) {
        int row = p->words[i].row;

        for (int d = 0; d < DRUMS; d++)
            b->hidden[d] |= words_is(row, "drums") || (int)drum_of(row) == d;
    }
}

/* Mark the hits of rolls: three or more of a pitch, evenly close, which are on
 * no line of any beat. */
static void
find_rolls(const struct als_hit *hits, size_t n, bool *rolled)
{
    size_t last[128][2]; /* of each pitch: the hit before, and the one before
                          * that, as index + 1 */

    memset(last, 0, sizeof(last));
    for (size_t i = 0; i < n; i++) {
        size_t *before = last[hits[i].pitch & 127];

        if (before[0] > 0 && before[1] > 0) {
            double middle = hits[before[0] - 1].time;
            double one = middle - hits[before[1] - 1].time;
            double two = hits[i].time - middle;

            if (one < ROLL && two < ROLL && fabs(one - two) <= ROLL_EVEN)
                rolled[i] = rolled[before[0] - 1] = rolled[before[1] - 1] =
                    true;
        }
        before[1] = before[0];
        before[0] = i + 1;
    }
}

static void
add_hits(const struct als_hit *hits, size_t n, const enum drum map[128],
         struct beats *b)
{
    auto_free bool *rolled = xcalloc(n, sizeof(*rolled));

    find_rolls(hits, n, rolled);
    for (size_t i = 0; i < n; i++) {
        enum drum drum = map[hits[i].pitch & 127];

        for (int d = 0; d < DRUMS; d++)
            b->hidden[d] |= drum == ANY;
        if (drum >= DRUMS || hits[i].time < 0)
            continue;
        add_hit(b, hits[i].time, drum);
        if (hits[i].velocity >= SOFT && !rolled[i])
            add_swing(b, hits[i].time);
    }
}

static bool
knows_none(const enum drum map[128])
{
    for (int i = 0; i < 128; i++)
        if (map[i] < DRUMS)
            return false;
    return true;
}

static void
listen(const struct als_whole *w, struct beats *b)
{
    for (size_t t = 0; t < w->set->tracks.n; t++) {
        const struct als_part *part = &w->play.parts[t];
        enum drum map[128];

        if (part->state != ALS_SOUNDS || w->parts[t].click)
            continue;
        map_pitches(w, t, map);
        if (part->hit_count == 0 || part->retimed || knows_none(map) ||
            part->doubtful) {
            hide(w, t, b);
            continue;
        }
        add_hits(als_from(w->play.hits, part->hit_first), part->hit_count, map,
                 b);
    }
}

static size_t
bars_with(const struct beats *b, enum drum drum)
{
    size_t n = 0;

    for (size_t i = 0; i < b->n; i++)
        n += b->bars[i].hits[drum] > 0;
    return n;
}

/* Whether so few bars show no pattern, or none of the song. */
static bool
are_few(const struct beats *b, size_t bars)
{
    return bars < BARS_MIN || (double)bars < THROUGHOUT * (double)(b->n - 1);
}

/* The share of the bars with the drum in which exactly these lines of `asked`
 * are hit. */
static double
share(const struct beats *b, enum drum drum, unsigned asked, unsigned want)
{
    size_t same = 0, with = bars_with(b, drum);

    for (size_t i = 0; i < b->n; i++)
        same += b->bars[i].hits[drum] > 0 &&
                (b->bars[i].grid[drum] & asked) == want;
    return are_few(b, with) ? 0 : (double)same / (double)with;
}

/* Whether the drum's hits are on sixteenths, apart from a few. */
static bool
is_gridded(const struct beats *b, enum drum drum)
{
    size_t hits = 0, off = 0;

    for (size_t i = 0; i < b->n; i++) {
        hits += b->bars[i].hits[drum];
        off += b->bars[i].free[drum];
    }
    return off * 10 <= hits;
}

/* The share of hits that are not on the beats. */
static double
off_beats(const struct beats *b, enum drum drum)
{
    size_t hits = 0, off = 0;

    for (size_t i = 0; i < b->n; i++)
        for (int line = 0; line < 16; line++) {
            bool hit = (b->bars[i].grid[drum] >> line & 1) != 0;

            hits += hit;
            off += hit && line % 4 != 0;
        }
    return hits > 0 ? (double)off / (double)hits : 0;
}

#define LINE(i) (1u << (i))
#define BEATS (LINE(0) | LINE(4) | LINE(8) | LINE(12))
#define BETWEEN (LINE(2) | LINE(6) | LINE(10) | LINE(14))
#define EIGHTHS (BEATS | BETWEEN)
#define ALL 0xffffu

/* The share of the bars with a kick in which half of the kicks or more are
 * between the beats, and not all as far from each other. */
static double
broken_bars(const struct beats *b)
{
    size_t broken = 0;

    for (size_t i = 0; i < b->n; i++) {
        uint16_t grid = b->bars[i].grid[KICK];
        int between = __builtin_popcount(grid & ~BEATS);
        int hits = __builtin_popcount(grid);

        broken += hits > 0 && 2 * between >= hits && !spacing_even(grid);
    }
    return (double)broken / (double)bars_with(b, KICK);
}

static const char *
hats_of(const struct beats *b)
{
    if (are_few(b, bars_with(b, HAT)) || b->hidden[HAT] || !is_gridded(b, HAT))
        return NULL;
    if (share(b, HAT, ALL, BETWEEN) >= FLOOR)
        return "off-beat";
    if (share(b, HAT, ALL, BEATS) >= FLOOR)
        return "quarter";
    if (share(b, HAT, ALL, EIGHTHS) >= FLOOR)
        return "eighth";
    return share(b, HAT, ALL, ALL) >= FLOOR ? "sixteenth" : NULL;
}

/* A backbeat under even hats is a plain rock beat, whatever the kick does. */
static bool
is_straight(const struct beats *b)
{
    const char *hats = hats_of(b);

    return share(b, SNARE, BEATS, LINE(4) | LINE(12)) >= MOST && hats != NULL &&
           strcmp(hats, "sixteenth") != 0;
}

static const char *
kick_of(const struct beats *b)
{
    double beats = share(b, KICK, BEATS, BEATS);

    if (are_few(b, bars_with(b, KICK)))
        return NULL;
    if (beats >= FLOOR && off_beats(b, KICK) <= FEW)
        return "four on the floor";
    if (share(b, SNARE, BEATS, LINE(8)) >= MOST && !b->hidden[SNARE])
        return "half-time";
    if (beats < SOME && !is_straight(b) && !b->hidden[KICK] &&
        is_gridded(b, KICK) && off_beats(b, KICK) >= SOME &&
        broken_bars(b) >= MOST)
        return "broken";
    return NULL;
}

/* What is played freely has hits between eighths too, and everywhere else; what
 * swings does so in most bars. */
static bool
swings(const struct beats *b)
{
    size_t with = 0, swung = 0;

    for (size_t i = 0; i < b->n; i++) {
        with += b->bars[i].hits[KICK] > 0 || b->bars[i].hits[SNARE] > 0 ||
                b->bars[i].hits[HAT] > 0;
        swung += b->bars[i].swung;
    }
    return swung >= SWUNG_BARS && swung * 2 >= with && !are_few(b, with) &&
           b->between >= 16 && b->late > 0.7 * (double)b->between &&
           b->triplets * 4 <= b->late &&
           b->on >= 0.8 * (double)(b->all - b->between);
}

json_object *
als_drums_json(const struct als_whole *w)
{
    struct beats b = {
        .n = (size_t)fmin(w->play.end / BAR, BARS_MAX) + 1,
    };
    auto_free struct bar *bars = xcalloc(b.n, sizeof(*bars));
    const struct als_meter *meter = &w->timeline.meters.at[0];
    json_object *o;

    b.bars = bars;
    if (w->timeline.meters.n > 1 || meter->numerator != 4 ||
        meter->denominator != 4)
        return NULL;
    listen(w, &b);
    if (bars_with(&b, KICK) + bars_with(&b, SNARE) + bars_with(&b, HAT) == 0)
        return NULL;
    o = json_object_new_object();
    json_add_str(o, "kick", kick_of(&b));
    json_add_str(o, "snare",
                 share(&b, SNARE, BEATS, LINE(4) | LINE(12)) >= MOST
                     ? "backbeat"
                     : NULL);
    json_add_str(o, "hats", hats_of(&b));
    json_add_bool(o, "swing", swings(&b));
    return o;
}
