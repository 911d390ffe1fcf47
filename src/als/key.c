/* The key, declared or found from the notes; see key.h. */
#include "als/key.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define SLOT 0.25       /* beats between two samples of the lowest note */
#define SLOTS_MAX 16384 /* longer songs are sampled less often */
#define PHRASE 16.0     /* beats: four bars */
#define LENGTH_MAX 8    /* beats: longer notes count no more */
#define GUESS_FIT 0.8   /* a worse fit is not even a guess */
#define GUESS_NOTES 16
#define DECLARED_NOTES 3 /* fewer show no scale */
#define DECLARED_TONES 4
#define DECLARED_STEP 0.03 /* the least share of its tonic */
#define LOW_MAX 60         /* notes above middle C are not bass */
#define LARGE 0.25         /* of the notes, or of their length: a large part */
#define ALONE_FIT 0.8      /* the least fit of each large part */

/* Live 12's numbers. */
static const char *const scales[] = {
    "major",
    "minor",
    "dorian",
    "mixolydian",
    "lydian",
    "phrygian",
    "locrian",
    "whole tone",
    "half-whole dim.",
    "whole-half dim.",
    "minor blues",
    "minor pentatonic",
    "major pentatonic",
    "harmonic minor",
    "harmonic major",
    "dorian #4",
    "phrygian dominant",
    "melodic minor",
    "lydian augmented",
    "lydian dominant",
    "super locrian",
    "8-tone spanish",
    "bhairav",
    "hungarian minor",
    "hirajoshi",
    "in-sen",
    "iwato",
    "kumoi",
    "pelog selisir",
    "pelog tembung",
    "messiaen 3",
    "messiaen 4",
    "messiaen 5",
    "messiaen 6",
    "messiaen 7",
};

/* ---- the declared key ---- */

/* The scale's name from the file's value, in lower case; false if there is
 * none. */
static bool
scale_name(const char *scale, char *ret_name, size_t size)
{
    char *end;
    long number;

    if (scale == NULL)
        return false;
    number = strtol(scale, &end, 10);
    if (*end == '\0') {
        if (number < 0 || number >= (long)(sizeof scales / sizeof scales[0]))
            return false;
        snprintf(ret_name, size, "%s", scales[number]);
        return true;
    }
    snprintf(ret_name, size, "%.*s", (int)size - 1, scale);
    for (char *p = ret_name; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    return true;
}

/* C major is Live's default for a set without a key. */
static bool
declare(struct als_key *key, enum als_key_source source, int root,
        const char *scale)
{
    char name[sizeof key->scale];

    if (root < 0 || root > 11 || !scale_name(scale, name, sizeof name) ||
        (root == 0 && strcmp(name, "major") == 0))
        return false;
    key->source = source;
    key->root = root;
    memcpy(key->scale, name, sizeof name);
    return true;
}

/* The scale that more than half of the clips in key share. */
static bool
declare_by_clips(const struct als_set *set, struct als_key *key)
{
    const struct als_clip *candidate = NULL;
    size_t votes = 0;
    size_t in_key = 0;
    size_t same = 0;

    /* Boyer and Moore's vote, then a count of the winner. */
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < set->clips.n; i++) {
            const struct als_clip *c = &set->clips.at[i];
            bool agrees;

            if (!c->in_key || c->scale == NULL)
                continue;
            agrees = candidate != NULL &&
                     c->scale_root == candidate->scale_root &&
                     strcmp(c->scale, candidate->scale) == 0;
            if (pass == 1) {
                in_key++;
                same += agrees;
            } else if (votes == 0) {
                candidate = c;
                votes = 1;
            } else {
                votes += agrees ? 1 : (size_t)-1;
            }
        }
    }
    return candidate != NULL && same * 2 > in_key &&
           declare(key, ALS_KEY_CLIPS, candidate->scale_root, candidate->scale);
}

/* ---- the key of the notes ---- */

struct floor {      /* the lowest note, slot by slot */
    uint8_t *pitch; /* 255: nothing */
    size_t n;
    double beats; /* of one slot */
};

static void
lay(struct floor *f, const struct als_hit *hit)
{
    double to = hit->time + fmin(hit->length, LENGTH_MAX);
    size_t i = (size_t)(fmax(hit->time, 0) / f->beats + 0.01);

    for (; i < f->n && ((double)i + 0.5) * f->beats < to + f->beats / 2; i++)
        if (hit->pitch < f->pitch[i])
            f->pitch[i] = hit->pitch;
}

/* Tracks with a single pitch are triggers rather than harmony, unless they are
 * the bass; at middle C, where samplers play a sample as it is, it need not
 * sound as that. */
static bool
harmonic(const struct als_play *play, size_t track, const struct part *part)
{
    const struct als_part *p = &play->parts[track];
    bool seen[128] = {false};
    int pitches = 0;
    int lowest = 127;

    if (p->state != ALS_SOUNDS || !part->tones || p->unsure)
        return false;
    for (size_t i = 0; i < p->hit_count; i++) {
        uint8_t pitch = play->hits.at[p->hit_first + i].pitch & 127;

        pitches += !seen[pitch];
        seen[pitch] = true;
        lowest = pitch < lowest ? pitch : lowest;
    }
    return pitches > 2 ||
           (lowest < LOW_MAX && strcmp(part->role, "bass") == 0 &&
            part->evidence >= EVIDENCE_HEARD);
}

static void
read_floor(const struct floor *f, struct key_heard *h)
{
    size_t phrase = (size_t)(PHRASE / f->beats);
    size_t last = f->n;

    for (size_t i = 0; i < f->n; i++) {
        int pitch = f->pitch[i];

        if (pitch > LOW_MAX)
            continue;
        h->bass[pitch % 12] += f->beats;
        if (phrase > 0 && i % phrase == 0)
            h->phrases[pitch % 12] += 1;
        last = i;
    }
    if (last < f->n)
        h->last[f->pitch[last] % 12] = 1;
}

static void
add_part(const struct als_play *play, size_t track, struct key_heard *h)
{
    const struct als_part *p = &play->parts[track];

    for (size_t i = 0; i < p->hit_count; i++) {
        const struct als_hit *hit = &play->hits.at[p->hit_first + i];

        h->all[hit->pitch % 12] += fmin(hit->length, LENGTH_MAX);
    }
    h->notes += p->hit_count;
}

/* Whether the bounce may lack the track's notes. */
static bool
may_lack(const struct als_play *play, size_t track)
{
    return play->parts[track].doubtful && !play->parts[track].faint;
}

/* To all tracks, or to those alone that are in the bounce for certain. */
static void
listen(const struct als_set *set, const struct als_play *play,
       const struct part *parts, bool certain, struct key_heard *h)
{
    struct floor f = {.beats = fmax(SLOT, play->end / SLOTS_MAX)};

    f.n = (size_t)(play->end / f.beats) + 1;
    auto_free uint8_t *pitch = xmalloc(f.n);
    memset(pitch, 255, f.n);
    f.pitch = pitch;
    for (size_t t = 0; t < set->tracks.n; t++) {
        const struct als_part *p = &play->parts[t];

        if (!harmonic(play, t, &parts[t]) || (certain && may_lack(play, t)))
            continue;
        add_part(play, t, h);
        for (size_t i = 0; i < p->hit_count; i++)
            lay(&f, &play->hits.at[p->hit_first + i]);
    }
    read_floor(&f, h);
}

/* Whether the key is also that of the tracks which the bounce has for
 * certain. */
static bool
stays(struct key key, const struct als_set *set, const struct als_play *play,
      const struct part *parts)
{
    struct key_heard heard = {0};
    struct key_told told;

    listen(set, play, parts, true, &heard);
    key_tell(&heard, &told);
    return told.clear && told.key.root == key.root && told.key.mode == key.mode;
}

/* Whether the key fits each part that is large by itself: a melody with one
 * other tone beside long white keys is in another key than these, though
 * together they resemble one. */
static bool
fits_each(struct key key, const struct key_heard *all,
          const struct als_set *set, const struct als_play *play,
          const struct part *parts)
{
    double beats = 0;

    for (int i = 0; i < 12; i++)
        beats += all->all[i];
    for (size_t t = 0; t < set->tracks.n; t++) {
        struct key_heard own = {0};
        double own_beats = 0;

        if (!harmonic(play, t, &parts[t]))
            continue;
        add_part(play, t, &own);
        for (int i = 0; i < 12; i++)
            own_beats += own.all[i];
        if (((double)own.notes >= LARGE * (double)all->notes ||
             own_beats >= LARGE * beats) &&
            key_fit(key, own.all) < ALONE_FIT)
            return false;
    }
    return true;
}

static struct key
as_key(const struct als_key *k)
{
    struct key key = KEY_UNKNOWN;
    char name[KEY_TEXT];
    char text[sizeof(name) + sizeof(k->scale)];

    key_text((struct key){k->root, KEY_ANY}, name);
    snprintf(text, sizeof(text), "%s %s", name, k->scale);
    (void)key_read(text, &key);
    return key;
}

/* Whether a declared key is that of what sounds. Otherwise it was declared for
 * something else, as before Live 12 that of Push was: its scale must fit, its
 * tonic must sound if several tones do, and they may not tell another scale. */
static bool
is_shown(struct key key, const struct key_heard *h, const struct key_told *told)
{
    double beats = 0;
    int tones = 0;

    if (h->notes < DECLARED_NOTES || key_fit(key, h->all) < KEY_FIT ||
        key.root < 0)
        return false;
    for (int i = 0; i < 12; i++) {
        beats += h->all[i];
        tones += h->all[i] > 0;
    }
    return (tones < DECLARED_TONES ||
            h->all[key.root] >= DECLARED_STEP * beats) &&
           !(told->clear && key_parent(told->key) != key_parent(key));
}

void
als_key_find(const struct als_set *set, const struct als_play *play,
             const struct part *parts, struct als_key *ret_key)
{
    struct key_heard heard = {0};
    struct als_key *k = ret_key;

    *k = (struct als_key){0};
    listen(set, play, parts, false, &heard);
    k->notes = heard.notes;
    key_tell(&heard, &k->told);
    if (declare(k, ALS_KEY_SET, set->scale_root, set->scale) ||
        declare_by_clips(set, k)) {
        if (is_shown(as_key(k), &heard, &k->told))
            k->evidence = EVIDENCE_STATED;
        else
            k->source = ALS_KEY_NONE;
        return;
    }
    if (k->told.fit < GUESS_FIT || k->notes < GUESS_NOTES)
        return;
    k->source = ALS_KEY_NOTES;
    k->evidence = k->told.clear && stays(k->told.key, set, play, parts) &&
                          fits_each(k->told.key, &heard, set, play, parts)
                      ? EVIDENCE_HEARD
                      : EVIDENCE_GUESSED;
    k->root = k->told.key.root;
    snprintf(k->scale, sizeof k->scale, "%s",
             k->told.key.mode == KEY_MINOR ? "minor" : "major");
}
