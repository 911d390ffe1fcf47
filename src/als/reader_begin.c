/* Opening elements of a set, and the parts of the model that they make. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "als/reader_parts.h"
#include "base/mem.h"

static bool
room_for_more(struct reader *r, size_t n, size_t max, const char *what)
{
    if (n < max)
        return true;
    reader_refuse(r, "the set has more than %zu %s", max, what);
    return false;
}

static void
begin_root(struct reader *r, const char **atts)
{
    struct als_set *set = r->set;
    const char *creator = reader_attribute(atts, "Creator");
    const char *minor = reader_attribute(atts, "MinorVersion");
    const char *p = creator != NULL ? strstr(creator, "Live ") : NULL;
    int major = 0;

    if (creator != NULL)
        set->creator = reader_text(creator);
    if (minor != NULL)
        set->minor_version = reader_text(minor);
    if (p != NULL)
        major = atoi(p + 5);
    if (major <= 0 && minor != NULL)
        major = atoi(minor);
    set->major = major > 0 && major < 1000 ? major : 0;
    if (set->major != 0 && set->major < ALS_LIVE_OLDEST) {
        reader_refuse(r, "the set is of Live %d; we read Live %d and newer",
                      set->major, ALS_LIVE_OLDEST);
        return;
    }
    als_grammar_close(r->grammar);
    r->grammar = als_grammar_open(set->major);
}

static void
begin_track(struct reader *r, enum als_track_type type, const char **atts)
{
    const char *id = reader_attribute(atts, "Id");
    struct als_track *track;

    if (!room_for_more(r, r->set->tracks.n, r->limits->tracks, "tracks"))
        return;
    track = als_push(&r->set->tracks);
    *track = (struct als_track){.type = type,
                                .id = -1,
                                .group = -1,
                                .monitor = 1,
                                .on = true,
                                .volume = 1,
                                .volume_target = -1,
                                .on_target = -1};
    if (id != NULL)
        reader_whole_number(r, "Id", id, &track->id);
    r->slot = -1;
    r->device = -1;
    r->branch = -1;
    r->envelope_first = r->set->envelopes.n;
}

static void
begin_clip(struct reader *r, bool audio, bool arrangement)
{
    struct als_clip *clip;

    if (!room_for_more(r, r->set->clips.n, r->limits->clips, "clips"))
        return;
    clip = als_push(&r->set->clips);
    *clip = (struct als_clip){.track = (int)r->set->tracks.n - 1,
                              .slot = arrangement ? -1 : r->slot,
                              .audio = audio,
                              .warped = true,
                              .gain = 1,
                              .note_first = r->set->notes.n,
                              .warp_first = r->set->warps.n};
    r->key_first = r->set->notes.n;
}

static void
begin_note(struct reader *r, const char **atts)
{
    struct als_note note = {.velocity = 100};
    double velocity = 100;

    if (!room_for_more(r, r->set->notes.n, r->limits->notes, "notes"))
        return;
    for (; atts[0] != NULL; atts += 2) {
        if (strcmp(atts[0], "Time") == 0)
            reader_number(r, "Time", atts[1], &note.time);
        else if (strcmp(atts[0], "Duration") == 0)
            reader_number(r, "Duration", atts[1], &note.length);
        else if (strcmp(atts[0], "Velocity") == 0)
            reader_number(r, "Velocity", atts[1], &velocity);
        else if (strcmp(atts[0], "IsEnabled") == 0)
            note.off = strcmp(atts[1], "false") == 0;
    }
    note.velocity = (float)fmin(fmax(velocity, 0), 127);
    *als_push(&r->set->notes) = note;
}

/* The pitch of the notes before it. */
static void
begin_key(struct reader *r, const char **atts)
{
    const char *value = reader_attribute(atts, "Value");
    int pitch = 0;

    if (value == NULL || !reader_whole_number(r, "MidiKey", value, &pitch))
        return;
    if (pitch < 0 || pitch > 127) {
        reader_refuse(r, "MidiKey is out of range: \"%.40s\"", value);
        return;
    }
    for (size_t i = r->key_first; i < r->set->notes.n; i++)
        r->set->notes.at[i].pitch = (uint8_t)pitch;
    r->key_first = r->set->notes.n;
}

static void
begin_device(struct reader *r, const char *element)
{
    struct als_device *device;

    if (!room_for_more(r, r->set->devices.n, r->limits->devices, "devices"))
        return;
    device = als_push(&r->set->devices);
    *device = (struct als_device){.track = (int)r->set->tracks.n - 1,
                                  .branch = r->branch,
                                  .element = xstrndup(element, ALS_TEXT_MAX),
                                  .on = true,
                                  .samples = -1,
                                  .selector = -1,
                                  .device_type = -1};
    r->device = (int)r->set->devices.n - 1;
}

static void
begin_branch(struct reader *r)
{
    if (!room_for_more(r, r->set->branches.n, r->limits->devices, "chains"))
        return;
    *als_push(&r->set->branches) = (struct als_branch){
        .device = r->device, .receiving = -1, .on = true, .selected_to = 127};
    r->branch = (int)r->set->branches.n - 1;
}

static void
begin_envelope(struct reader *r, int target)
{
    if (!room_for_more(r, r->set->envelopes.n, r->limits->events,
                       "automation envelopes"))
        return;
    *als_push(&r->set->envelopes) =
        (struct als_envelope){.track = (int)r->set->tracks.n - 1,
                              .target = target,
                              .first = r->set->events.n};
}

/* A switch's events say true and false. Tracks automate much that does not
 * matter to us, and its values are no reason to refuse a set. */
static bool
event_values(struct reader *r, const char *time, const char *value,
             struct als_event *event)
{
    bool on = strcmp(value, "true") == 0;
    bool main = r->set->tracks.at[r->set->tracks.n - 1].type == ALS_MAIN;

    if (on || strcmp(value, "false") == 0) {
        event->value = on;
        return reader_number(r, "Time", time, &event->time);
    }
    if (!main)
        return reader_try_number(time, &event->time) &&
               reader_try_number(value, &event->value);
    return reader_number(r, "Time", time, &event->time) &&
           reader_number(r, "Value", value, &event->value);
}

static void
begin_event(struct reader *r, const char **atts)
{
    static const char *const points[] = {"CurveControl1X", "CurveControl1Y",
                                         "CurveControl2X", "CurveControl2Y"};
    struct als_event event = {0};
    const char *time = reader_attribute(atts, "Time");
    const char *value = reader_attribute(atts, "Value");
    int found = 0;

    if (time == NULL || value == NULL)
        return;
    if (!room_for_more(r, r->set->events.n, r->limits->events,
                       "automation events") ||
        !event_values(r, time, value, &event))
        return;
    for (int i = 0; i < 4; i++) {
        const char *point = reader_attribute(atts, points[i]);

        if (point == NULL || !reader_try_number(point, &event.curve[i]))
            break;
        event.curve[i] = fmin(fmax(event.curve[i], 0), 1);
        found++;
    }
    event.curved = found == 4;
    *als_push(&r->set->events) = event;
    r->set->envelopes.at[r->set->envelopes.n - 1].count++;
}

static void
begin_scene(struct reader *r, const char **atts)
{
    const char *value =
        reader_attribute(atts, "Value"); /* the name, to Live 10 */
    struct als_scene *scene;

    if (!room_for_more(r, r->set->scenes.n, r->limits->marks, "scenes"))
        return;
    scene = als_push(&r->set->scenes);
    if (value != NULL)
        scene->name = reader_text(value);
}

static void
begin_locator(struct reader *r)
{
    if (room_for_more(r, r->set->locators.n, r->limits->marks, "locators"))
        als_push(&r->set->locators);
}

static void
begin_target(struct reader *r, int which, const char **atts)
{
    const char *id = reader_attribute(atts, "Id");
    struct als_track *track = &r->set->tracks.at[r->set->tracks.n - 1];
    int *target = which == ALS_ENVELOPE_TEMPO    ? &r->set->tempo_target
                  : which == ALS_ENVELOPE_METER  ? &r->set->meter_target
                  : which == ALS_ENVELOPE_VOLUME ? &track->volume_target
                                                 : &track->on_target;

    if (id != NULL)
        reader_whole_number(r, "AutomationTarget", id, target);
}

/* The automation of a track's switch or fader; the value in the mixer is only
 * its position when the set was saved. */
static bool
keep_envelope(struct als_set *set, const struct als_envelope *e)
{
    struct als_track *track = &set->tracks.at[e->track];
    struct als_event *events = als_from(set->events, e->first);
    bool on = e->target == ALS_ENVELOPE_ON ||
              (e->target >= 0 && e->target == track->on_target);
    bool volume = e->target == ALS_ENVELOPE_VOLUME ||
                  (e->target >= 0 && e->target == track->volume_target);

    if (e->count == 0)
        return false;
    if (!on && !volume)
        return track->type == ALS_MAIN;
    if (e->count == 1 && e->target < 0 && set->major > 8)
        return false; /* Live 9 writes one anyway; the mixer's value holds */
    als_events_sort(events, e->count); /* tools write them in any order */
    if (volume && e->count == 1)
        track->volume = events[0].value;
    if (on) {
        track->on = false;
        for (size_t i = 0; i < e->count; i++)
            track->on |= events[i].value != 0;
    }
    return e->count > 1;
}

void
reader_end_track(struct reader *r)
{
    struct als_set *set = r->set;
    size_t kept = r->envelope_first;
    size_t events;

    if (kept == set->envelopes.n)
        return;
    events = set->envelopes.at[kept].first;
    for (size_t i = kept; i < set->envelopes.n; i++) {
        struct als_envelope e = set->envelopes.at[i];

        if (!keep_envelope(set, &e))
            continue;
        memmove(&set->events.at[events], &set->events.at[e.first],
                e.count * sizeof(set->events.at[0]));
        e.first = events;
        events += e.count;
        set->envelopes.at[kept++] = e;
    }
    set->envelopes.n = kept;
    set->events.n = events;
}

static void
begin_in_clip(struct reader *r, const struct als_rule *rule, const char **atts)
{
    switch ((enum als_node)rule->node) {
    case N_NOTE:
        begin_note(r, atts);
        break;
    case N_WARP:
        reader_warp(r, atts);
        break;
    case N_KEY_TRACK:
        r->key_first = r->set->notes.n;
        break;
    case N_KEY:
        begin_key(r, atts);
        break;
    default: /* only a place on the way to one that we read */
        break;
    }
}

void
reader_begin(struct reader *r, const struct als_rule *rule, const char *element,
             const char **atts)
{
    switch ((enum als_node)rule->node) {
    case N_VALUE:
        reader_put(r, rule, atts);
        break;
    case N_ROOT:
        begin_root(r, atts);
        break;
    case N_TRACK:
        begin_track(r, (enum als_track_type)rule->arg, atts);
        break;
    case N_MAIN:
        begin_track(r, ALS_MAIN, atts);
        break;
    case N_SLOT:
        r->slot +=
            room_for_more(r, (size_t)(r->slot + 1), r->limits->marks, "slots");
        break;
    case N_CLIP:
        begin_clip(r, rule->arg, rule->parent == N_TIMELINE_EVENTS);
        break;
    case N_DEVICE:
        begin_device(r, element);
        break;
    case N_DIAL:
        r->dial = rule->arg;
        break;
    case N_BRANCH:
        begin_branch(r);
        break;
    case N_PLAYER_PARTS: /* makes it 0 */
    case N_PLAYER_PART:
        r->set->devices.at[r->device].samples++;
        break;
    case N_PLUG_INFO:
    case N_PATCH_REF:
        r->set->devices.at[r->device].format = (enum als_format)rule->arg;
        break;
    case N_TARGET:
        begin_target(r, rule->arg, atts);
        break;
    case N_OWN_AUTO:
        begin_envelope(r, rule->arg);
        break;
    case N_ENVELOPE:
        begin_envelope(r, -1);
        break;
    case N_EVENT:
        begin_event(r, atts);
        break;
    case N_SCENE:
        begin_scene(r, atts);
        break;
    case N_LOCATOR:
        begin_locator(r);
        break;
    default:
        begin_in_clip(r, rule, atts);
        break;
    }
}
