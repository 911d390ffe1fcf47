/* Fields and structure; see said.h. */
#include "dataset/said.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "db/windows.h"

/* The item, with the values that its window has of its own. What is unknown of
 * a window stays unknown: the whole track may have another tempo. */
void
said_window(const struct item *it, const struct window *w, struct item *ret)
{
    *ret = *it;
    ret->prompt_text = w->prompt_text;
    ret->fields = w->fields;
    ret->system_prompt_version = w->system_prompt_version;
    ret->model_name = w->model_name;
    ret->generation_id = w->generation_id;
    ret->generated_at = w->generated_at;
    ret->prompt_edited = w->edited;
    if (w->fields == NULL)
        return;
    ret->song.bpm = 0;
    ret->song.key[0] = '\0';
}

double
said_windows_sec(const struct item *it)
{
    const struct windows *ws = it->windows;
    double sec = 0;

    for (size_t i = 0; i < ws->n; i++)
        sec += ws->v[i].end_sec - ws->v[i].start_sec;
    return sec;
}

double
said_bpm(const struct item *it)
{
    double bpm = json_number(it->fields, "bpm", 0);

    return bpm > 0 ? bpm : it->song.bpm;
}

const char *
said_key(const struct item *it)
{
    const char *key = said_text(it, "key");

    return *key != '\0' ? key : it->song.key;
}

void
said_meter(const struct item *it, char ret[SAID_METER])
{
    ret[0] = '\0';
    if (it->song.beats > 0 && it->song.unit > 0)
        (void)snprintf(ret, SAID_METER, "%d/%d", it->song.beats, it->song.unit);
}

const char *
said_text(const struct item *it, const char *name)
{
    const char *text = json_text(it->fields, name);

    return text != NULL ? text : "";
}

json_object *
said_list(const struct item *it, const char *name)
{
    json_object *list = json_at(it->fields, name);

    if (list == NULL || !json_object_is_type(list, json_type_array))
        return json_object_new_array();
    return json_object_get(list);
}

void
said_joined(const struct item *it, const char *name, struct buf *out)
{
    auto_json json_object *list = said_list(it, name);

    for (size_t i = 0; i < json_object_array_length(list); i++)
        buf_addf(out, "%s%s", i > 0 ? ", " : "",
                 json_object_get_string(json_object_array_get_idx(list, i)));
}

/* ---- ACE-Step ---- */

void
said_ace_key(const struct item *it, char ret[KEY_TEXT])
{
    struct key key = KEY_UNKNOWN;

    ret[0] = '\0';
    if (key_read(said_key(it), &key) > 0 &&
        (key.mode == KEY_MAJOR || key.mode == KEY_MINOR))
        key_text(key, ret);
}

int
said_ace_meter(const struct item *it)
{
    int beats = it->song.beats;

    return beats == 2 || beats == 3 || beats == 4 || beats == 6 ? beats : 0;
}

/* ---- structure ---- */

#define TAIL_SEC 10 /* of a bounce after its set's last clip */

/* Nothing says where in its set the audio begins. If it is as long as the set,
 * it begins where the set does. */
static bool
is_whole_set(const struct item *it)
{
    double more = it->audio.duration_sec - it->song.length_sec;

    return it->song.length_sec > 0 && more > -1 && more < TAIL_SEC;
}

/* "pre-chorus" as "[Pre-Chorus]". */
static void
add_tag(struct buf *out, const char *label)
{
    bool begins = true;

    buf_add_str(out, "[");
    for (const char *p = label; *p != '\0'; p++) {
        char c = begins ? (char)toupper((unsigned char)*p) : *p;

        buf_add(out, &c, 1);
        begins = *p == '-' || *p == ' ';
    }
    buf_add_str(out, "]\n");
}

/* Labels that say nothing about the sound. */
static bool
says_nothing(const char *label)
{
    return strcmp(label, "other") == 0 || strcmp(label, "end") == 0;
}

void
said_structure(const struct sample *s, struct buf *out)
{
    const struct song *song = &s->item->song;
    double end = s->start + s->duration;

    if (song->instrumental)
        buf_add_str(out, "[Instrumental]\n");
    if (s->window != NULL) {
        if (s->window->section != NULL && !says_nothing(s->window->section))
            add_tag(out, s->window->section);
        return;
    }
    if (!is_whole_set(s->item))
        return;
    for (size_t i = 0; i < song->n; i++) {
        const struct song_section *one = &song->sections[i];
        double from = fmax(one->start_sec, s->start);
        double to = fmin(one->start_sec + one->sec, end);

        if (to - from >= fmin(1, one->sec) && !says_nothing(one->label))
            add_tag(out, one->label);
    }
}
