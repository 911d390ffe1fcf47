/* The plain model: growing arrays, names, groups; see set.h. */
#include "als/set.h"

#include <ctype.h>
#include <math.h>
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

    if (name == NULL || name[0] == '\0')
        name = track->effective_name;
    if (name == NULL)
        return "";

    /* "3-Bass" and Live's own "# Bass", where # counts the tracks. */
    p = name;
    while (isdigit((unsigned char)*p) || *p == '#')
        p++;
    if (p > name && p - name < 4 && (*p == '-' || *p == ' ') && p[1] != '\0')
        return p + 1;
    return name;
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

    /* Groups nest a few deep; a file that nests them in a ring is no reason
     * to turn in it for ever. */
    for (int depth = 0; at >= 0 && depth < 32; depth++) {
        if (!set->tracks.at[at].on)
            return false;
        at = als_track_by_id(set, set->tracks.at[at].group);
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
