/*
 * Roles from names, racks, presets, samples and notes; see role.h.
 *
 * Long, since the words that name a role stand here in one table.
 */
#include "als/role.h"

#include <stdio.h>
#include <string.h>

#include "als/device.h"

#define CLIPS_ASKED 64 /* of a track; the names repeat */

static const char *const role_names[ALS_ROLE_COUNT] = {
    [ALS_ROLE_NONE] = "other",   [ALS_KICK] = "kick",
    [ALS_SNARE] = "snare",       [ALS_HAT] = "hat",
    [ALS_PERCUSSION] = "percussion", [ALS_DRUMS] = "drums",
    [ALS_BASS] = "bass",         [ALS_LEAD] = "lead",
    [ALS_PAD] = "pad",           [ALS_CHORDS] = "chords",
    [ALS_KEYS] = "keys",         [ALS_PIANO] = "piano",
    [ALS_ORGAN] = "organ",       [ALS_GUITAR] = "guitar",
    [ALS_STRINGS] = "strings",   [ALS_BRASS] = "brass",
    [ALS_WIND] = "wind",         [ALS_VOCAL] = "vocal",
    [ALS_ARP] = "arp",           [ALS_PLUCK] = "pluck",
    [ALS_FX] = "fx",             [ALS_LOOP] = "loop",
};

const char *
als_role_name(enum als_role role)
{
    return role_names[role];
}

const char *
als_evidence_name(enum als_evidence from)
{
    static const char *const names[] = {
        [ALS_BY_NOTHING] = "nothing",      [ALS_BY_TRACK_NAME] = "trackName",
        [ALS_BY_DRUM_RACK] = "drumRack",   [ALS_BY_PRESET] = "preset",
        [ALS_BY_DEVICE] = "device",        [ALS_BY_SAMPLE] = "sample",
        [ALS_BY_CLIP_NAME] = "clipName",   [ALS_BY_GROUP_NAME] = "groupName",
        [ALS_BY_NOTES] = "notes",
    };

    return names[from];
}

bool
als_role_is_drums(enum als_role role)
{
    return role >= ALS_KICK && role <= ALS_DRUMS;
}

/* ---- evidence ---- */

struct looker {
    const struct als_set *set;
    const struct als_play *play;
    size_t track;
    struct als_role_guess *guess;
};

static bool
take(struct looker *l, enum als_role role, enum als_evidence evidence,
     double confidence, const char *said)
{
    if (role == ALS_ROLE_NONE)
        return false;
    l->guess->role = role;
    l->guess->evidence = evidence;
    l->guess->confidence = confidence;
    snprintf(l->guess->said, sizeof l->guess->said, "%s",
             said != NULL ? said : "");
    return true;
}

static bool
take_text(struct looker *l, const char *text, enum als_evidence evidence,
          double confidence)
{
    return text != NULL &&
           take(l, als_role_in(text), evidence, confidence, text);
}

/* A drum rack, unless its pads are the slices of one loop. */
static bool
by_drum_rack(struct looker *l)
{
    const struct als_set *set = l->set;
    size_t pads = 0, slices = 0;
    const struct als_device *rack = NULL;

    for (size_t i = 0; i < set->devices.n; i++) {
        const struct als_device *d = &set->devices.at[i];

        if (d->track == (int)l->track && als_device_is_drums(d) &&
            als_device_heard(set, i))
            rack = d;
    }
    if (rack == NULL)
        return false;
    for (size_t i = 0; i < set->branches.n; i++) {
        const struct als_branch *b = &set->branches.at[i];

        if (set->devices.at[b->device].track != (int)l->track ||
            b->receiving < 0)
            continue;
        pads++;
        slices += b->name != NULL && strncmp(b->name, "Slice ", 6) == 0;
    }
    if (slices * 2 > pads)
        return take(l, ALS_LOOP, ALS_BY_DRUM_RACK, 0.8, rack->user_name);
    return take(l, ALS_DRUMS, ALS_BY_DRUM_RACK, 0.9,
                rack->user_name != NULL ? rack->user_name
                                        : als_device_name(rack));
}

/* The instrument: its preset and where that is kept, the name a person gave
 * it, its own name. */
static bool
by_devices(struct looker *l)
{
    for (size_t i = 0; i < l->set->devices.n; i++) {
        const struct als_device *d = &l->set->devices.at[i];
        enum als_device_kind kind;

        if (d->track != (int)l->track || !als_device_heard(l->set, i))
            continue;
        kind = als_device_kind(l->set, i);
        if (kind != ALS_INSTRUMENT && kind != ALS_RACK)
            continue;
        if (strcmp(d->element, "AudioEffectGroupDevice") == 0)
            continue;
        if (take_text(l, d->user_name, ALS_BY_PRESET, 0.7) ||
            take_text(l, d->preset, ALS_BY_PRESET, 0.7) ||
            take_text(l, d->preset_folder, ALS_BY_PRESET, 0.7))
            return true;
        if (kind == ALS_INSTRUMENT &&
            (take_text(l, d->plug_name, ALS_BY_DEVICE, 0.6) ||
             take_text(l, d->sample, ALS_BY_SAMPLE, 0.6)))
            return true;
    }
    return false;
}

static bool
by_clips(struct looker *l, bool samples)
{
    size_t asked = 0;

    for (size_t i = 0; i < l->set->clips.n && asked < CLIPS_ASKED; i++) {
        const struct als_clip *c = &l->set->clips.at[i];

        if (c->track != (int)l->track || c->disabled)
            continue;
        asked++;
        if (samples ? take_text(l, c->sample, ALS_BY_SAMPLE, 0.7)
                    : take_text(l, c->name, ALS_BY_CLIP_NAME, 0.6))
            return true;
    }
    return false;
}

static bool
by_group(struct looker *l)
{
    int at = als_track_by_id(l->set, l->set->tracks.at[l->track].group);

    return at >= 0 && take_text(l, als_track_name(&l->set->tracks.at[at]),
                                ALS_BY_GROUP_NAME, 0.6);
}

static bool
by_notes(struct looker *l, const struct als_stats *s)
{
    bool even = strcmp(s->grid, "1/16") == 0 || strcmp(s->grid, "1/8") == 0;
    enum als_role role = ALS_ROLE_NONE;

    if (s->notes < 8)
        return false;
    if (s->pitches <= 2 && s->length_mean <= 0.5 && s->notes >= 16)
        role = ALS_PERCUSSION;
    else if (s->pitch_median < 48 && s->polyphony_mean < 1.3)
        role = ALS_BASS;
    else if (s->length_mean > 2 && s->polyphony_mean >= 2.5)
        role = ALS_PAD;
    else if (s->polyphony_mean >= 2.2)
        role = ALS_CHORDS;
    else if (even && s->polyphony_mean < 1.2 && s->length_mean <= 0.5 &&
             s->pitches >= 4 && s->pitch_max - s->pitch_min >= 12)
        role = ALS_ARP;
    else if (s->polyphony_mean < 1.4 && s->pitch_median >= 60)
        role = ALS_LEAD;
    return take(l, role, ALS_BY_NOTES, 0.4, NULL);
}

void
als_role_guess(const struct als_set *set, const struct als_play *play,
               size_t track, const struct als_stats *stats,
               struct als_role_guess *ret_guess)
{
    struct looker l = {set, play, track, ret_guess};
    const char *name = als_track_name(&set->tracks.at[track]);
    bool typed = set->tracks.at[track].user_name != NULL;

    *ret_guess = (struct als_role_guess){0};
    (void)(take_text(&l, name, ALS_BY_TRACK_NAME, typed ? 0.9 : 0.7) ||
           by_drum_rack(&l) || by_devices(&l) || by_clips(&l, true) ||
           by_group(&l) || by_clips(&l, false) || by_notes(&l, stats));
}
