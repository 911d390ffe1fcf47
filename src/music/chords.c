/* The chords that notes state; see chords.h. */
#include "music/chords.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/sound.h"

#define FIT 0.85     /* of what sounds in a bar is its chord's... */
#define LEAD 0.05    /* ...and that much more than any other triad's */
#define TONE 0.06    /* of what sounds is each of its tones */
#define SOUNDS 0.25  /* of a bar must, or it is a rest */
#define TOLD 0.6     /* of a stretch's music has a chord */
#define MOST 0.5     /* of a stretch is music */
#define PASSING 0.12 /* of a stretch's music; less is not worth telling */
#define PICKED 0.8   /* of what has a chord has one that is told */
#define ALONE 0.9    /* of the music has the only one */
#define LINE 0.02    /* bars by which a stretch may miss a bar line */
#define SLOTS 16     /* of a bar, to find its bass */

/* What sounds in a bar or in a part of one. */
struct harmony {
    double all[12];  /* seconds, louder notes more */
    int bass[12];    /* slots in which it is lowest */
    double covered;  /* slots in which anything sounds, 0 to 1 */
    double from, to; /* seconds */
};

struct telling {
    const struct timeline *t;
    const struct timeline_hit **notes; /* that reach into the stretch */
    size_t n_notes;
    double music, told; /* seconds that sound, and that have a chord */
    double all[12];     /* over the whole stretch */
    double of[24];      /* seconds by chord: root, 12 + root of minor ones */
    int order[24], n;   /* in which they come */
};

/* ---- one bar ---- */

static void
add_note(const struct timeline_hit *note, struct harmony *h, int lowest[SLOTS])
{
    double both = fmin(note->end, h->to) - fmax(note->sec, h->from);
    double slot = (h->to - h->from) / SLOTS;

    if (both <= 0)
        return;
    h->all[note->pitch % 12] += both * (double)note->weight;
    for (int s = 0; s < SLOTS; s++) {
        double mid = h->from + (s + 0.5) * slot;

        if (note->sec <= mid && mid < note->end && note->pitch < lowest[s])
            lowest[s] = note->pitch;
    }
}

static void
listen(const struct telling *w, struct harmony *h)
{
    int lowest[SLOTS];
    int sounding = 0;

    for (int i = 0; i < SLOTS; i++)
        lowest[i] = 128;
    for (size_t i = 0; i < w->n_notes; i++)
        add_note(w->notes[i], h, lowest);
    for (int i = 0; i < SLOTS; i++)
        if (lowest[i] < 128) {
            h->bass[lowest[i] % 12]++;
            sounding++;
        }
    h->covered = (double)sounding / SLOTS;
}

static double
share_of(const struct harmony *h, int chord, double sum, double *ret_least)
{
    int root = chord % 12;
    double a = h->all[root], b = h->all[(root + (chord < 12 ? 4 : 3)) % 12],
           c = h->all[(root + 7) % 12];

    *ret_least = fmin(a, fmin(b, c)) / sum;
    return (a + b + c) / sum;
}

static bool
is_tone(int chord, int pitch)
{
    int by = (pitch - chord % 12 + 12) % 12;

    return by == 0 || by == 7 || by == (chord < 12 ? 4 : 3);
}

/* Four tones make two chords: A C E G over A is A minor with a seventh, over C
 * it is C major with a sixth. So it counts only over its root, and is named by
 * its triad. */
static int
best_seventh(const struct harmony *h, double sum, int bass)
{
    static const struct {
        int chord, seventh;
    } kinds[] = {{12, 10}, {0, 11}, {0, 10}};

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        double seventh = h->all[(bass + kinds[i].seventh) % 12] / sum;
        double least;
        double share = share_of(h, kinds[i].chord + bass, sum, &least);

        if (share + seventh >= FIT && fmin(least, seventh) >= TONE)
            return kinds[i].chord + bass;
    }
    return -1;
}

static int
best_chord(const struct harmony *h)
{
    double best = 0, second = 0, least, sum = 0;
    int which = -1, bass = 0;

    for (int i = 0; i < 12; i++) {
        sum += h->all[i];
        if (h->bass[i] > h->bass[bass])
            bass = i;
    }
    for (int chord = 0; sum > 0 && chord < 24; chord++) {
        double share = share_of(h, chord, sum, &least);

        if (share > best) {
            second = best;
            best = share;
            which = chord;
        } else {
            second = fmax(second, share);
        }
    }
    if (which < 0)
        return -1;
    (void)share_of(h, which, sum, &least);
    if (best >= FIT && best - second >= LEAD && least >= TONE &&
        is_tone(which, bass))
        return which;
    return best_seventh(h, sum, bass);
}

static void
note_chord(struct telling *w, int chord, double sec)
{
    if (w->of[chord] <= 0)
        w->order[w->n++] = chord;
    w->of[chord] += sec;
    w->told += sec;
}

static int
chord_of(const struct telling *w, double from, double to, struct harmony *h)
{
    *h = (struct harmony){.from = from, .to = to};
    listen(w, h);
    return h->covered >= SOUNDS ? best_chord(h) : -1;
}

/* The chord of a stretch of which no part, of so many, has another one: A minor
 * and then F major together look like F major with a seventh. */
static int
chord_throughout(const struct telling *w, double from, double to, int parts,
                 struct harmony *h)
{
    double part = (to - from) / parts;
    int chord = chord_of(w, from, to, h);

    for (int i = 0; chord >= 0 && i < parts; i++) {
        struct harmony inner;
        int other = chord_of(w, from + i * part, from + (i + 1) * part, &inner);

        if (other >= 0 && other != chord)
            return -1;
    }
    return chord;
}

/* A bar as one chord, otherwise each half of it as one. */
static void
tell_bar(struct telling *w, double from, double to)
{
    double half = (to - from) / 2;
    struct harmony h, inner;
    int chord = chord_throughout(w, from, to, 4, &h);

    if (h.covered < SOUNDS)
        return;
    w->music += to - from;
    for (int i = 0; i < 12; i++)
        w->all[i] += h.all[i];
    if (chord >= 0) {
        note_chord(w, chord, to - from);
        return;
    }
    for (int i = 0; i < 2; i++) {
        chord = chord_throughout(w, from + i * half, from + (i + 1) * half, 2,
                                 &inner);
        if (chord >= 0)
            note_chord(w, chord, half);
    }
}

/* ---- the audio ---- */

/* Whether the pitch classes of the audio match those of the notes; true if they
 * are unknown. */
static bool
audio_agrees(const struct telling *w, const struct sound *heard, double from,
             double to)
{
    const double fps = (double)SOUND_FPS / SOUND_CHROMA_HOP;
    double chroma[12] = {0}, like[12] = {0};
    size_t first = (size_t)fmax(from * fps, 0);
    size_t last = (size_t)fmax(to * fps, 0);
    double mean = 0;

    if (heard == NULL || first >= heard->chroma_frames)
        return true;
    for (size_t i = first; i < last && i < heard->chroma_frames; i++)
        for (int k = 0; k < 12; k++) {
            chroma[k] += (double)heard->chroma[i][k];
            mean += (double)heard->chroma[i][k] / 12;
        }
    if (mean <= 0)
        return true;
    for (int by = 0; by < 12; by++)
        for (int k = 0; k < 12; k++)
            like[by] += w->all[k] * (chroma[(k + by) % 12] - mean);
    for (int by = 1; by < 12; by++)
        if (like[by] >= like[0])
            return false;
    return true;
}

/* ---- the whole ---- */

static bool
counts(json_object *tracks, int index)
{
    size_t n = json_object_is_type(tracks, json_type_array)
                   ? json_object_array_length(tracks)
                   : 0;

    for (size_t i = 0; i < n; i++) {
        json_object *one = json_object_array_get_idx(tracks, i);

        if (json_number_int(one, "index", -1) == index)
            return json_object_get_boolean(
                json_at(json_at(one, "midi"), "tones"));
    }
    return false;
}

static void
gather(struct telling *w, json_object *tracks, double from, double to)
{
    size_t room = 0;

    for (size_t k = 0; k < w->t->track_count; k++) {
        const struct timeline_track *track = &w->t->tracks[k];

        if (!counts(tracks, track->index))
            continue;
        for (size_t i = 0; i < track->hit_count; i++) {
            const struct timeline_hit *hit = &track->hits[i];

            if (hit->sec >= to)
                break;
            if (hit->end <= from ||
                (hit->kind != TIMELINE_PITCHED && hit->kind != TIMELINE_BASS))
                continue;
            if (w->n_notes == room) {
                room = room == 0 ? 256 : room * 2;
                w->notes = xreallocarray(w->notes, room, sizeof(*w->notes));
            }
            w->notes[w->n_notes++] = hit;
        }
    }
}

/* Those that are more than passing, if they are few and make up the music. */
static size_t
pick(const struct telling *w, struct key ret[CHORDS_MAX])
{
    double sum = 0;
    size_t n = 0;

    for (int i = 0; i < w->n; i++) {
        int chord = w->order[i];

        if (w->of[chord] < PASSING * w->music)
            continue;
        if (n == CHORDS_MAX)
            return 0;
        ret[n++] = (struct key){chord % 12, chord < 12 ? KEY_MAJOR : KEY_MINOR};
        sum += w->of[chord];
    }
    if (n == 1 && sum < ALONE * w->music)
        return 0;
    return sum >= PICKED * w->told ? n : 0;
}

size_t
chords_tell(const struct timeline *t, json_object *tracks, double from,
            double to, const struct sound *heard, double at, double pace,
            struct key ret[CHORDS_MAX])
{
    struct telling w = {.t = t};
    double bar = timeline_bar(t, timeline_beat(t, from));
    double end = timeline_bar(t, timeline_beat(t, to));
    double begin = from;
    size_t n = 0;

    if (t->cut || !(to > from))
        return 0;
    gather(&w, tracks, from, to);
    for (bar = floor(bar + LINE) + 1; w.n_notes > 0 && begin < to; bar++) {
        double line = timeline_seconds(t, timeline_bar_beat(t, bar));
        double until = bar >= end - LINE ? to : fmin(line, to);

        if (until <= begin)
            continue;
        tell_bar(&w, begin, until);
        begin = until;
    }
    if (w.music >= MOST * (to - from) && w.told >= TOLD * w.music &&
        audio_agrees(&w, heard, at, at + (to - from) * pace))
        n = pick(&w, ret);
    free(w.notes);
    return n;
}

json_object *
chords_json(const struct key *chords, size_t n)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < n; i++) {
        char name[KEY_TEXT];

        key_text(chords[i], name);
        json_object_array_add(list, json_object_new_string(name));
    }
    return list;
}
