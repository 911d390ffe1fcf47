/* The key, declared or estimated from the notes; see key.h. */
#include "als/key.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTES_MIN 50 /* fewer say too little */
#define CLASSES_MIN 5

/* Live 12's numbers. */
static const char *const scales[] = {
    "major",            "minor",           "dorian",
    "mixolydian",       "lydian",          "phrygian",
    "locrian",          "whole tone",      "half-whole dim.",
    "whole-half dim.",  "minor blues",     "minor pentatonic",
    "major pentatonic", "harmonic minor",  "harmonic major",
    "dorian #4",        "phrygian dominant", "melodic minor",
    "lydian augmented", "lydian dominant", "super locrian",
    "8-tone spanish",   "bhairav",         "hungarian minor",
    "hirajoshi",        "in-sen",          "iwato",
    "kumoi",            "pelog selisir",   "pelog tembung",
    "messiaen 3",       "messiaen 4",      "messiaen 5",
    "messiaen 6",       "messiaen 7",
};

/* Krumhansl and Kessler 1982: how well each step fits a key. */
static const double profiles[2][12] = {
    {6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88},
    {6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17},
};

const char *
als_pitch_class(int root)
{
    static const char *const names[] = {"C",  "C#", "D",  "D#", "E",  "F",
                                        "F#", "G",  "G#", "A",  "A#", "B"};

    return names[(root % 12 + 12) % 12];
}

/* The scale's name from what the file has, lower case; false for none. */
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

/* C major is what a set has that nobody gave a key. */
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
    key->confidence = 1;
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
           declare(key, ALS_KEY_CLIPS, candidate->scale_root,
                   candidate->scale);
}

/* How long each pitch class sounds; returns the notes counted. A track of one
 * or two pitches is a trigger or a drone more than it is harmony. */
static size_t
histogram(const struct als_set *set, const struct als_play *play,
          const bool *drums, double ret_sums[12])
{
    size_t notes = 0;

    memset(ret_sums, 0, 12 * sizeof ret_sums[0]);
    for (size_t t = 0; t < set->tracks.n; t++) {
        const struct als_part *part = &play->parts[t];
        const struct als_hit *hits = als_from(play->hits, part->hit_first);
        bool seen[128] = {false};
        int pitches = 0;

        if (part->state != ALS_SOUNDS || drums[t] || part->hit_count == 0)
            continue;
        for (size_t i = 0; i < part->hit_count; i++) {
            pitches += !seen[hits[i].pitch];
            seen[hits[i].pitch] = true;
        }
        if (pitches < 3)
            continue;
        for (size_t i = 0; i < part->hit_count; i++)
            ret_sums[hits[i].pitch % 12] += fmin(hits[i].length, 8);
        notes += part->hit_count;
    }
    return notes;
}

/* Pearson's correlation of the sums with a profile that begins at root. */
static double
correlate(const double sums[12], const double profile[12], int root)
{
    double mean_x = 0, mean_y = 0, xy = 0, xx = 0, yy = 0;

    for (int i = 0; i < 12; i++) {
        mean_x += sums[i] / 12;
        mean_y += profile[i] / 12;
    }
    for (int i = 0; i < 12; i++) {
        double x = sums[(i + root) % 12] - mean_x;
        double y = profile[i] - mean_y;

        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    return xx > 0 ? xy / sqrt(xx * yy) : 0;
}

static void
estimate(struct als_key *key, const double sums[12])
{
    double best = -2, second = -2;
    int best_at = 0, second_at = 0;

    for (int i = 0; i < 24; i++) {
        double r = correlate(sums, profiles[i % 2], i / 2);

        if (r > best) {
            second = best;
            second_at = best_at;
            best = r;
            best_at = i;
        } else if (r > second) {
            second = r;
            second_at = i;
        }
    }
    if (best <= 0)
        return;
    key->source = ALS_KEY_NOTES;
    key->root = best_at / 2;
    snprintf(key->scale, sizeof key->scale, "%s",
             best_at % 2 == 0 ? "major" : "minor");
    key->confidence = fmin(best, 1);
    key->margin = best - second;
    snprintf(key->runner_up, sizeof key->runner_up, "%s %s",
             als_pitch_class(second_at / 2),
             second_at % 2 == 0 ? "major" : "minor");
}

void
als_key_find(const struct als_set *set, const struct als_play *play,
             const bool *drums, struct als_key *ret_key)
{
    double sums[12];
    int classes = 0;

    *ret_key = (struct als_key){0};
    if (declare(ret_key, ALS_KEY_SET, set->scale_root, set->scale) ||
        declare_by_clips(set, ret_key))
        return;
    ret_key->notes = histogram(set, play, drums, sums);
    for (int i = 0; i < 12; i++)
        classes += sums[i] > 0;
    if (ret_key->notes >= NOTES_MIN && classes >= CLASSES_MIN)
        estimate(ret_key, sums);
}

void
als_key_text(const struct als_key *key, char ret_text[ALS_KEY_TEXT])
{
    ret_text[0] = '\0';
    if (key->source != ALS_KEY_NONE)
        snprintf(ret_text, ALS_KEY_TEXT, "%s %s", als_pitch_class(key->root),
                 key->scale);
}
