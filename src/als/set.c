/* The plain model: growing arrays, names, groups; see set.h. */
#include "als/set.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void *
als_grow(void *at, size_t n, size_t *room, size_t size)
{
    if (n == *room) {
        *room = *room == 0 ? 16 : *room * 2;
        at = xreallocarray(at, *room, size);
    }
    memset((char *)at + n * size, 0, size);
    return at;
}

int
als_event_order(const void *a, const void *b)
{
    const struct als_event *const *x = a;
    const struct als_event *const *y = b;

    if ((*x)->time != (*y)->time)
        return (*x)->time < (*y)->time ? -1 : 1;
    return *x < *y ? -1 : *x > *y;
}

void
als_events_sort(struct als_event *events, size_t n)
{
    auto_free const struct als_event **order = NULL;
    auto_free struct als_event *copy = NULL;
    size_t i = 1;

    while (i < n && events[i - 1].time <= events[i].time)
        i++;
    if (i >= n)
        return;
    copy = xcalloc(n, sizeof(*copy));
    order = xcalloc(n, sizeof(*order));
    memcpy(copy, events, n * sizeof(*copy));
    for (i = 0; i < n; i++)
        order[i] = &copy[i];
    qsort(order, n, sizeof(order[0]), als_event_order);
    for (i = 0; i < n; i++)
        events[i] = *order[i];
}

struct als_set *
als_set_open(void)
{
    struct als_set *set = xcalloc(1, sizeof *set);

    set->tempo_target = -1;
    set->meter_target = -1;
    return set;
}

static void
close_lists(struct als_set *set)
{
    for (size_t i = 0; i < set->tracks.n; i++) {
        free(set->tracks.at[i].effective_name);
        free(set->tracks.at[i].user_name);
        free(set->tracks.at[i].midi_out);
        free(set->tracks.at[i].audio_out);
    }
    for (size_t i = 0; i < set->clips.n; i++) {
        free(set->clips.at[i].name);
        free(set->clips.at[i].sample);
        free(set->clips.at[i].scale);
    }
    for (size_t i = 0; i < set->devices.n; i++) {
        struct als_device *d = &set->devices.at[i];

        free(d->element);
        free(d->user_name);
        free(d->plug_name);
        free(d->vendor);
        free(d->preset);
        free(d->preset_folder);
        free(d->sample);
    }
    for (size_t i = 0; i < set->branches.n; i++) {
        free(set->branches.at[i].name);
        free(set->branches.at[i].user_name);
    }
    for (size_t i = 0; i < set->scenes.n; i++)
        free(set->scenes.at[i].name);
    for (size_t i = 0; i < set->locators.n; i++)
        free(set->locators.at[i].name);
}

void
als_set_close(struct als_set *set)
{
    if (set == NULL)
        return;
    close_lists(set);
    free(set->tracks.at);
    free(set->clips.at);
    free(set->notes.at);
    free(set->warps.at);
    free(set->devices.at);
    free(set->branches.at);
    free(set->events.at);
    free(set->envelopes.at);
    free(set->scenes.at);
    free(set->locators.at);
    free(set->creator);
    free(set->minor_version);
    free(set->scale);
    free(set);
}

const char *
als_track_name(const struct als_track *track)
{
    const char *name = track->user_name;
    const char *p;

    /* "808 Bass" was typed with its number; only # is replaced by Live, with
     * the track's number. */
    bool typed = name != NULL && name[0] != '\0';

    if (!typed)
        name = track->effective_name;
    if (name == NULL)
        return "";

    p = name;
    while ((!typed && isdigit((unsigned char)*p)) || *p == '#')
        p++;
    if (p > name && p - name < 4 && (*p == '-' || *p == ' ') && p[1] != '\0')
        return p + 1;
    return name;
}

typedef int track_of(const struct als_set *set, size_t i);

static int
clip_track(const struct als_set *set, size_t i)
{
    return set->clips.at[i].track;
}

static int
device_track(const struct als_set *set, size_t i)
{
    return set->devices.at[i].track;
}

static int
envelope_track(const struct als_set *set, size_t i)
{
    return set->envelopes.at[i].track;
}

static int
branch_track(const struct als_set *set, size_t i)
{
    return set->devices.at[set->branches.at[i].device].track;
}

/* The first of n that belongs to this track or a later one. */
static size_t
first_from(const struct als_set *set, track_of *of, size_t n, size_t track)
{
    size_t low = 0;

    while (n > low) {
        size_t mid = low + (n - low) / 2;

        if ((size_t)of(set, mid) < track)
            low = mid + 1;
        else
            n = mid;
    }
    return low;
}

static struct als_run
run_of(const struct als_set *set, track_of *of, size_t n, size_t track)
{
    return (struct als_run){first_from(set, of, n, track),
                            first_from(set, of, n, track + 1)};
}

struct als_run
als_clips_of(const struct als_set *set, size_t track)
{
    return run_of(set, clip_track, set->clips.n, track);
}

struct als_run
als_devices_of(const struct als_set *set, size_t track)
{
    return run_of(set, device_track, set->devices.n, track);
}

struct als_run
als_branches_of(const struct als_set *set, size_t track)
{
    return run_of(set, branch_track, set->branches.n, track);
}

struct als_run
als_envelopes_of(const struct als_set *set, size_t track)
{
    return run_of(set, envelope_track, set->envelopes.n, track);
}

int
als_track_by_id(const struct als_set *set, int id)
{
    if (id < 0)
        return -1;
    for (size_t i = 0; i < set->tracks.n; i++) {
        if (set->tracks.at[i].id == id && set->tracks.at[i].type == ALS_GROUP)
            return (int)i;
    }
    return -1;
}

bool
als_track_heard(const struct als_set *set, size_t track)
{
    int at = (int)track;

    /* Groups nest a few deep; the limit keeps a file that nests them in a
     * circle from looping forever. */
    for (int depth = 0; at >= 0 && depth < 32; depth++) {
        if (!set->tracks.at[at].on)
            return false;
        at = als_track_by_id(set, set->tracks.at[at].group);
    }
    return true;
}

bool
als_track_routed(const struct als_set *set, size_t track)
{
    int at = (int)track;

    for (int depth = 0; at >= 0 && depth < 32; depth++) {
        const struct als_track *t = &set->tracks.at[at];

        if (t->sends > ALS_SEND_HEARD)
            return true;
        if (t->audio_out != NULL && strcmp(t->audio_out, "AudioOut/None") == 0)
            return false;
        at = als_track_by_id(set, t->group);
    }
    return true;
}

bool
als_meter_decode(double code, int *ret_numerator, int *ret_denominator)
{
    int n;

    if (!(code >= 0 && code <= 494))
        return false;
    n = (int)lrint(code);
    *ret_numerator = n % 99 + 1;
    *ret_denominator = 1 << n / 99;
    return true;
}
