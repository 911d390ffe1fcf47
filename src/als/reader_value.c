/* Attributes and the fields that they fill; see reader_parts.h. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "als/reader_parts.h"
#include "base/mem.h"
#include "base/text.h"

#define NUMBER_MAX 1e10 /* nothing in a set is larger, -63072000 included */

const char *
reader_attribute(const char **atts, const char *name)
{
    for (; atts[0] != NULL; atts += 2) {
        if (strcmp(atts[0], name) == 0)
            return atts[1];
    }
    return NULL;
}

/* No locale is ever set in our programs, so strtod reads points. */
bool
reader_try_number(const char *text, double *ret)
{
    char *end;
    double n = strtod(text, &end);

    if (end == text || *end != '\0' || !(fabs(n) <= NUMBER_MAX))
        return false;
    *ret = n;
    return true;
}

bool
reader_number(struct reader *r, const char *where, const char *text,
              double *ret)
{
    if (reader_try_number(text, ret))
        return true;
    reader_refuse(r, "%.40s holds no usable number: \"%.40s\"", where, text);
    return false;
}

bool
reader_whole_number(struct reader *r, const char *where, const char *text,
                    int *ret)
{
    double n;

    if (!reader_number(r, where, text, &n))
        return false;
    if (fabs(n) > 2147483646.0) {
        reader_refuse(r, "%.40s is out of range: \"%.40s\"", where, text);
        return false;
    }
    *ret = (int)n;
    return true;
}

char *
reader_text(const char *text)
{
    char *line;

    if (text_blank(text))
        return NULL;
    line = text_one_line(text);
    line[text_cut(line, ALS_TEXT_MAX)] = '\0';
    return line;
}

static const char *
base_name(const char *path)
{
    const char *base = path;

    for (; *path != '\0'; path++) {
        if (*path == '/' || *path == '\\')
            base = path + 1;
    }
    return base;
}

/* The folder that contains a file, without its parents. */
static char *
folder_name(const char *path)
{
    const char *base = base_name(path);
    const char *from;

    if (base == path)
        return NULL;
    for (from = base - 1; from > path; from--) {
        if (from[-1] == '/' || from[-1] == '\\')
            break;
    }
    auto_free char *folder = xstrndup(from, (size_t)(base - 1 - from));
    return reader_text(folder);
}

static void *
owner_of(struct reader *r, enum als_owner owner)
{
    struct als_set *set = r->set;

    switch (owner) {
    case O_SET:
        return set;
    case O_TRACK:
        return &set->tracks.at[set->tracks.n - 1];
    case O_CLIP:
        return &set->clips.at[set->clips.n - 1];
    case O_DEVICE:
        return &set->devices.at[r->device];
    case O_BRANCH:
        return &set->branches.at[r->branch];
    case O_SCENE:
        return &set->scenes.at[set->scenes.n - 1];
    case O_LOCATOR:
        return &set->locators.at[set->locators.n - 1];
    case O_ENVELOPE:
        return &set->envelopes.at[set->envelopes.n - 1];
    case O_NONE:
        break;
    }
    return NULL;
}

static void
put_file(char **field, const char *path)
{
    if (*field == NULL)
        *field = reader_text(base_name(path));
}

static void
put_stem(char **field, const char *path)
{
    char *dot;

    if (*field != NULL)
        return;
    put_file(field, path);
    dot = *field == NULL ? NULL : strrchr(*field, '.');
    if (dot != NULL && dot > *field)
        *dot = '\0';
}

static void
put_most(double *field, const char *value)
{
    double n;

    if (reader_try_number(value, &n) && n > *field)
        *field = n;
}

/* Live 8 has a dial's value as the event "from the start" alone. */
static void
put_dial(struct reader *r, struct als_device *device, const char *value,
         const char *time)
{
    double n = strcmp(value, "true") == 0;

    if (time != NULL && time[0] != '-')
        return;
    if (n == 0 && strcmp(value, "false") != 0 && !reader_try_number(value, &n))
        return;
    device->dials[r->dial] = (float)n;
    device->dialed |= 1u << r->dial;
}

/* In Live's own library the folder's name describes the sound; anywhere else it
 * is the author's private matter. Of several, the innermost one comes last. */
static void
put_folder(struct als_device *device, const char *name)
{
    if (device->preset != NULL || device->preset_origin != ALS_PRESET_LIVE)
        return;
    free(device->preset_folder);
    device->preset_folder = reader_text(name);
}

static void
put_preset(struct als_device *device, const char *path)
{
    auto_free char *folder = folder_name(path);

    if (folder != NULL)
        put_folder(device, folder);
    put_stem(&device->preset, path);
}

void
reader_put(struct reader *r, const struct als_rule *rule, const char **atts)
{
    const char *value =
        reader_attribute(atts, rule->kind == K_FOLDER ? "Dir" : "Value");
    const char *time = reader_attribute(atts, "Time");
    void *owner = owner_of(r, rule->owner);
    void *field = (char *)owner + rule->offset;

    if (value == NULL)
        return;
    switch ((enum als_kind)rule->kind) {
    case K_NUM:
        reader_number(r, rule->name, value, field);
        break;
    case K_TRY:
        (void)reader_try_number(value, field);
        break;
    case K_MOST:
        put_most(field, value);
        break;
    case K_INT:
        reader_whole_number(r, rule->name, value, field);
        break;
    case K_SWITCH:
        if (time == NULL || time[0] != '-')
            break;
        /* fall through */
    case K_BOOL:
        *(bool *)field = strcmp(value, "true") == 0;
        break;
    case K_DIAL:
        put_dial(r, (struct als_device *)owner, value, time);
        break;
    case K_TEXT:
        free(*(char **)field);
        *(char **)field = reader_text(value);
        break;
    case K_FILE:
        put_file(field, value);
        break;
    case K_STEM:
        put_stem(field, value);
        break;
    case K_PRESET:
        put_preset((struct als_device *)owner, value);
        break;
    case K_FOLDER:
        put_folder((struct als_device *)owner, value);
        break;
    case K_NONE:
        break;
    }
    if (rule->owner == O_SET && rule->parent == N_TEMPO)
        r->set->has_tempo = true;
    if (rule->owner == O_SET && rule->parent == N_METER)
        r->set->has_meter = true;
}

/* Where a sound was pinned to the grid, mostly at its transients. */
void
reader_warp(struct reader *r, const char **atts)
{
    const char *value = reader_attribute(atts, "BeatTime");
    const char *second = reader_attribute(atts, "SecTime");
    struct als_clip *clip = &r->set->clips.at[r->set->clips.n - 1];
    double beat, sec;

    /* Markers beyond the limit on notes may be dropped. */
    if (value == NULL || r->set->warps.n >= r->limits->notes ||
        !reader_try_number(value, &beat))
        return;
    if (second != NULL && reader_try_number(second, &sec)) {
        if (r->set->warps.n == clip->warp_first) {
            clip->warp_from_sec = sec;
            clip->warp_from_beat = beat;
        }
        clip->warp_to_sec = sec;
        clip->warp_to_beat = beat;
    }
    *als_push(&r->set->warps) = beat;
}
