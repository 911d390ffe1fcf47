/* Collects everything known of a track, to judge its part; see role.h. */
#include "als/role.h"

#include <string.h>
#include <strings.h>

#include "als/device.h"
#include "base/mem.h"
#include "music/words.h"

#define CLIPS_ASKED 64 /* of a track; the names repeat */
#define RARE 0.1       /* of what a track plays */

struct looker {
    const struct als_set *set;
    const struct als_play *play;
    size_t track;
    struct part_hints *hints;
    struct strs inner; /* samples in racks that have names */
};

/* Whether anything on the pad is switched on. */
static bool
pad_sounds(const struct als_set *set, const struct als_branch *b)
{
    return b->on && als_device_heard(set, (size_t)b->device);
}

/* A pad's own name, otherwise that of its sample. */
static const char *
pad_name(const struct looker *l, size_t branch)
{
    const struct als_set *set = l->set;
    const struct als_branch *b = &set->branches.at[branch];
    struct als_run run = als_devices_of(set, l->track);
    const char *name = b->user_name != NULL ? b->user_name : b->name;

    if (name != NULL && words_pad(name) >= 0)
        return name;
    for (size_t i = run.first; i < run.end; i++) {
        const struct als_device *d = &set->devices.at[i];

        if (d->branch == (int)branch && d->sample != NULL)
            return d->sample;
    }
    return name;
}

/* A pad that takes all notes is a chain like another. */
static void
look_at_pads(struct looker *l)
{
    struct als_run run = als_branches_of(l->set, l->track);
    const struct als_part *part = &l->play->parts[l->track];
    struct part_hints *h = l->hints;
    int hits[128] = {0};

    for (size_t i = 0; i < part->hit_count; i++)
        hits[l->play->hits.at[part->hit_first + i].pitch & 127]++;
    h->pads = xcalloc(run.end - run.first + 1, sizeof(*h->pads));
    for (size_t i = run.first; i < run.end; i++) {
        const struct als_branch *b = &l->set->branches.at[i];
        int pitch = 128 - b->receiving;

        if (pitch >= 0 && pitch < 128 && hits[pitch] > 0 &&
            pad_sounds(l->set, b))
            h->pads[h->n_pads++] =
                (struct part_pad){pad_name(l, i), pitch, hits[pitch]};
    }
}

/* Whether a device is on a pad, or is a kit in another; then it counts for the
 * pads. */
static bool
on_pad(const struct als_set *set, const struct als_device *device)
{
    const struct als_device *d = device;

    while (d->branch >= 0) {
        if (set->branches.at[d->branch].receiving > 0)
            return true;
        d = &set->devices.at[set->branches.at[d->branch].device];
        if (als_device_is_drums(d) && als_device_is_drums(device))
            return true;
    }
    return false;
}

/* Whether it is in a rack that has a name. That says what the whole sounds
 * like; what its parts were made from, or the stops of an organ, do not. */
static bool
in_named_rack(const struct als_set *set, const struct als_device *d)
{
    while (d->branch >= 0) {
        d = &set->devices.at[set->branches.at[d->branch].device];
        if (strcmp(d->element, "InstrumentGroupDevice") == 0 &&
            (d->user_name != NULL || d->preset != NULL))
            return true;
    }
    return false;
}

static void
look_at_names(struct looker *l, const struct als_device *d)
{
    struct part_hints *h = l->hints;

    strs_add(&h->presets, d->user_name);
    if (d->user_name == NULL || d->preset == NULL ||
        strcasestr(d->preset, d->user_name) != NULL)
        strs_add(&h->presets, d->preset);
    strs_add(&h->folders, d->preset_folder);
}

static void
look_at_device(struct looker *l, size_t i)
{
    const struct als_device *d = &l->set->devices.at[i];
    enum als_device_kind kind = als_device_kind(l->set, i);
    bool drums = als_device_is_drums(d);
    bool inner = in_named_rack(l->set, d);
    struct part_hints *h = l->hints;

    if (!als_device_heard(l->set, i) || on_pad(l->set, d))
        return;
    h->vocoder |= strcmp(d->element, "Vocoder") == 0;
    if ((kind != ALS_INSTRUMENT && kind != ALS_RACK) ||
        strcmp(d->element, "AudioEffectGroupDevice") == 0 ||
        strcmp(d->element, "MidiEffectGroupDevice") == 0)
        return;
    h->kit |= drums;
    h->library |= d->preset_origin == ALS_PRESET_LIVE;
    if (!inner)
        look_at_names(l, d);
    if (kind == ALS_INSTRUMENT || drums)
        strs_add(&h->devices, als_device_name(d));
    if (!inner)
        strs_add(&h->samples, d->sample);
    else
        strs_add(&l->inner, d->sample);
}

/* Live calls a clip of notes after the track on which it was made, "3-Grand
 * Piano 2", "1 3-Grand Piano" or "1 Lead guitar", and it keeps that name
 * wherever it is copied. */
static bool
is_of_some_track(const char *clip)
{
    size_t n = strspn(clip, "0123456789");

    return (n > 0 && clip[n] == '-') || ((n == 1 || n == 2) && clip[n] == ' ');
}

/* How long a file plays on the track; NULL: all of them. */
static double
beats_of(const struct looker *l, const char *sample)
{
    const struct als_part *part = &l->play->parts[l->track];
    double beats = 0;

    for (size_t i = 0; i < part->audio_count; i++) {
        const struct als_audio *a = &l->play->audio.at[part->audio_first + i];
        const char *own = l->set->clips.at[a->clip].sample;

        if (sample == NULL || (own != NULL && strcmp(own, sample) == 0))
            beats += a->to - a->from;
    }
    return beats;
}

/* A file that hardly plays says nothing of a track, except that it may be a
 * voice. */
static bool
look_at_rare(struct looker *l, const char *sample, double all)
{
    struct word_names n;

    if (sample == NULL || beats_of(l, sample) >= RARE * all)
        return false;
    words_in_name(sample, &n);
    if (n.voice || n.known == 0)
        strs_add(&l->hints->samples, "?");
    return true;
}

/* Clips that play, of the arrangement or otherwise of the grid. */
static void
look_at_clips(struct looker *l)
{
    double all = beats_of(l, NULL);
    struct als_run run = als_clips_of(l->set, l->track);
    size_t asked = 0;

    for (size_t i = run.first; i < run.end && asked < CLIPS_ASKED; i++) {
        const struct als_clip *c = &l->set->clips.at[i];

        if (!als_clip_plays(l->play, c))
            continue;
        asked++;
        if (c->audio && look_at_rare(l, c->sample, all))
            continue;
        if (c->audio || c->name == NULL || !is_of_some_track(c->name))
            strs_add(&l->hints->clips, c->name);
        if (c->audio)
            strs_add(&l->hints->samples, c->sample);
    }
}

/* Whether a recorded track is called like this drum and nothing else. */
static bool
is_recorded(const struct als_set *set, size_t track, const char *drum)
{
    const struct als_track *t =
        track < set->tracks.n ? &set->tracks.at[track] : NULL;
    struct word_names n;

    if (t == NULL || t->type != ALS_AUDIO || t->user_name == NULL)
        return false;
    words_in_name(als_track_name(t), &n);
    return n.unknown == 0 && word_set_has_name(n.nouns, drum);
}

/* In a recorded kit, "sub" next to the kick drum is the microphone for its low
 * end. */
static bool
is_kick_mic(const struct als_set *set, size_t track)
{
    const char *name = als_track_name(&set->tracks.at[track]);

    return strcasecmp(name, "sub") == 0 && is_recorded(set, track, "subbass") &&
           (is_recorded(set, track + 1, "kick") ||
            (track > 0 && is_recorded(set, track - 1, "kick")));
}

/* The name of the innermost group with a typed name. */
static const char *
group_name(const struct als_set *set, size_t track)
{
    int at = als_track_by_id(set, set->tracks.at[track].group);

    for (int depth = 0; at >= 0 && depth < 32; depth++) {
        if (set->tracks.at[at].user_name != NULL)
            return als_track_name(&set->tracks.at[at]);
        at = als_track_by_id(set, set->tracks.at[at].group);
    }
    return NULL;
}

/* The track after which Live named a recording: "0003 2-Strings.aif", or
 * "Strings 0003 [2024-12-07 181701].wav". -1: it is no recording, or of no such
 * track. */
static int
recorded_from(const struct als_set *set, const char *sample)
{
    const char *end = strrchr(sample, '.');
    size_t n;

    if (words_recorded(sample)) {
        sample += 5;
    } else {
        end = strstr(sample, " [20");
        if (end == NULL || end - sample < 6 || end[-5] != ' ' ||
            strspn(end - 4, "0123456789") != 4)
            return -1;
        end -= 5;
    }
    n = strspn(sample, "0123456789");
    if (n > 0 && sample[n] == '-')
        sample += n + 1;
    for (size_t t = 0; end > sample && t < set->tracks.n; t++) {
        const char *name = als_track_name(&set->tracks.at[t]);

        if (strlen(name) == (size_t)(end - sample) &&
            strncmp(name, sample, strlen(name)) == 0 &&
            strcmp(name, "Audio") != 0 && strcmp(name, "MIDI") != 0)
            return (int)t;
    }
    return -1;
}

/* Whether it plays what a track outside of its group was playing. */
static bool
is_outsider(const struct als_set *set, size_t track, const struct strs *samples)
{
    const char *own = als_track_name(&set->tracks.at[track]);

    for (size_t i = 0; i < samples->n; i++) {
        int from = recorded_from(set, samples->v[i]);

        if (from >= 0 &&
            strcmp(als_track_name(&set->tracks.at[from]), own) != 0 &&
            set->tracks.at[from].group != set->tracks.at[track].group)
            return true;
    }
    return false;
}

static void
count_notes(struct part_hints *h, const struct als_stats *s)
{
    h->notes = s->notes;
    h->pitches = s->pitches;
    h->pitch_min = s->pitch_min;
    h->pitch_max = s->pitch_max;
    h->pitch_median = s->pitch_median;
    h->polyphony = s->polyphony_mean;
    h->classes = s->classes_mean;
    h->length = s->length_mean;
    h->even = strcmp(s->grid, "1/16") == 0 || strcmp(s->grid, "1/8") == 0;
}

static void
make_guesses(struct part *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->words[i].evidence = EVIDENCE_GUESSED;
    if (p->evidence != EVIDENCE_NONE)
        p->evidence = EVIDENCE_GUESSED;
    if (p->vocals == VOCALS_YES)
        p->vocals = VOCALS_UNKNOWN;
}

void
als_part_of(const struct als_set *set, const struct als_play *play,
            size_t track, const struct als_stats *stats, struct part *ret_part)
{
    const struct als_track *t = &set->tracks.at[track];
    struct als_run run = als_devices_of(set, track);
    auto_part_hints struct part_hints h = {
        .name = als_track_name(t),
        .typed = t->user_name != NULL,
        .group = group_name(set, track),
        .audio = t->type == ALS_AUDIO,
        .kick_mic = is_kick_mic(set, track),
    };
    struct looker l = {set, play, track, &h, {0}};

    for (size_t i = run.first; i < run.end; i++)
        look_at_device(&l, i);
    /* A rack of several mixes them. */
    if (l.inner.n == 1)
        strs_add(&h.samples, l.inner.v[0]);
    strs_release(&l.inner);
    look_at_pads(&l);
    look_at_clips(&l);
    h.outsider =
        h.audio && h.group != NULL && is_outsider(set, track, &h.samples);
    count_notes(&h, stats);
    h.retimed = play->parts[track].retimed;
    part_judge(&h, ret_part);
    if (play->parts[track].doubtful)
        make_guesses(ret_part);
}
