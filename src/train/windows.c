/*
 * The windows of an item: as clients see them, and as users change them. A
 * user's text is checked against the window like any other.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "train/train.h"

enum { PROMPT_MAX = 8192, COUNT_MAX = 2000, POSITION_DIGITS = 6 };

#define SAME_SEC 0.05
#define LAST_SEC 0.5 /* an end this near the end of the audio is that */

/* ---- as clients see them ---- */

int
window_named(struct req *req, const char **ret_id, int *position,
             struct err *err)
{
    const char *text = req_param(req, "position");

    if (req_uuid(req, "id", ERR_ITEM_NOT_FOUND, ret_id, err) == -1)
        return -1;
    if (position == NULL)
        return 0;
    if (text[0] == '\0' || strlen(text) > POSITION_DIGITS ||
        strspn(text, "0123456789") != strlen(text))
        return err_set(err, ERR_WINDOW_NOT_FOUND,
                       "windows are counted from 0; GET those of the item to "
                       "see which there are");
    *position = atoi(text);
    return 0;
}

json_object *
window_json(const struct window *w)
{
    json_object *o = json_object_new_object();
    char when[CLOCK_TEXT];

    if (w->generated_at != 0)
        clock_text(w->generated_at, when);
    json_add_int(o, "position", w->position);
    json_add_num(o, "startSec", w->start_sec);
    json_add_num(o, "endSec", w->end_sec);
    json_add_num(o, "startBar", w->start_bar);
    json_add_num(o, "bars", w->bars);
    json_add_str(o, "section", w->section);
    json_add(o, "sounds",
             w->sounds != NULL ? json_object_get(w->sounds)
                               : json_object_new_array());
    json_add(o, "enters",
             w->enters != NULL ? json_object_get(w->enters)
                               : json_object_new_array());
    json_add(o, "leaves",
             w->leaves != NULL ? json_object_get(w->leaves)
                               : json_object_new_array());
    json_add_num(o, "energyDb", w->energy_db);
    json_add_bool(o, "known", w->known);
    json_add_str(o, "promptText", w->prompt_text);
    json_add(o, "fields", json_object_get(w->fields));
    json_add(o, "warnings",
             w->warnings != NULL ? json_object_get(w->warnings)
                                 : json_object_new_array());
    json_add_bool(o, "edited", w->edited);
    json_add_bool(o, "excluded", w->excluded);
    json_add_str(o, "source", w->source);
    json_add_str(o, "modelName", w->model_name);
    json_add_str(o, "systemPromptVersion", w->system_prompt_version);
    json_add_str(o, "generationId", w->generation_id);
    json_add_str(o, "generatedAt", w->generated_at != 0 ? when : NULL);
    return o;
}

json_object *
windows_json(const struct windows *ws)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < ws->n; i++)
        json_object_array_add(list, window_json(&ws->v[i]));
    return list;
}

/* Windows that a user wrote and that are not pieces of the track; others only
 * exist as long as they may come back. */
static json_object *
waiting_json(const struct windows *ws)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < ws->n; i++)
        if (ws->v[i].waiting && ws->v[i].edited)
            json_object_array_add(list, window_json(&ws->v[i]));
    return list;
}

/* Without those that wait, which are at the end. */
static json_object *
present_json(const struct windows *ws)
{
    struct windows here = *ws;

    while (here.n > 0 && here.v[here.n - 1].waiting)
        here.n--;
    return windows_json(&here);
}

int
windows_get(struct app *app, struct req *req, struct err *err)
{
    auto_windows_state struct windows_state s = {0};
    auto_json json_object *waiting = NULL;
    json_object *out;
    const char *id;

    if (window_named(req, &id, NULL, err) == -1 ||
        windows_state(app->db, id, &s, err) == -1)
        return -1;
    out = json_object_new_object();
    json_add(out, "windows", present_json(&s.all));
    waiting = waiting_json(&s.all);
    if (json_object_array_length(waiting) > 0)
        json_add(out, "replaced", json_object_get(waiting));
    return reply_json(req, 200, out, err);
}

/* ---- one of them ---- */

static int
check_text(const char *text, struct err *err)
{
    if (text != NULL && text_blank(text))
        return err_field(err, "promptText", "the caption is empty");
    if (text != NULL && strlen(text) > PROMPT_MAX)
        return err_field(err, "promptText", "the caption is too long");
    return 0;
}

static int
change_text(struct app *app, const char *id, int position, const char *text,
            const bool *excluded, struct window *ret, struct err *err)
{
    auto_track struct track track = {0};
    auto_window struct window was = {0};
    auto_json json_object *fields = NULL;
    auto_json json_object *warnings = NULL;

    if (track_load(app, id, &track, err) == -1 ||
        window_get(app->db, id, position, &was, err) == -1)
        return -1;
    track_judge(&track, was.start_sec, was.end_sec, text, &fields, &warnings);
    return window_change(app->db, id, position, text, fields, warnings,
                         excluded, ret, err);
}

int
window_patch(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_window struct window w = {0};
    auto_item struct item it = {0};
    bool excluded = false;
    const bool *out = NULL;
    const char *id, *text = NULL;
    int position;

    if (in == NULL || window_named(req, &id, &position, err) == -1 ||
        json_opt_str(in, "promptText", &text, err) == -1 ||
        json_opt_bool(in, "excluded", &excluded, err) == -1 ||
        check_text(text, err) == -1)
        return -1;
    if (json_at(in, "excluded") != NULL)
        out = &excluded;
    if (text == NULL && out == NULL)
        return err_field(err, "promptText",
                         "give promptText, excluded or both");
    if (item_get(app->db, id, &it, err) == -1)
        return -1;
    if ((text != NULL ? change_text(app, id, position, text, out, &w, err)
                      : window_change(app->db, id, position, NULL, NULL, NULL,
                                      out, &w, err)) == -1)
        return -1;
    return reply_json(req, 200, window_json(&w), err);
}

/* ---- all of them ---- */

static int
window_field(struct err *err, size_t i, const char *what)
{
    return err_field(err, "windows", "window %zu: %s", i, what);
}

static int
read_seconds(json_object *in, size_t i, struct window *ret, struct err *err)
{
    ret->start_sec = json_number(in, "startSec", NAN);
    ret->end_sec = json_number(in, "endSec", NAN);
    if (!(ret->start_sec >= 0 && ret->end_sec > ret->start_sec))
        return window_field(err, i,
                            "startSec and endSec are seconds of the audio, "
                            "and the end must be after the start");
    return 0;
}

static int
read_one(json_object *in, size_t i, struct window *ret, struct err *err)
{
    const char *text = NULL;

    if (!json_object_is_type(in, json_type_object))
        return window_field(err, i, "it is not an object");
    if (read_seconds(in, i, ret, err) == -1 ||
        json_opt_str(in, "promptText", &text, err) == -1 ||
        json_opt_bool(in, "excluded", &ret->excluded, err) == -1 ||
        check_text(text, err) == -1)
        return -1;
    ret->prompt_text = xstrdup(text);
    return 0;
}

/* Sorted, not overlapping, and within the audio. */
static int
read_all(json_object *list, double audio_sec, struct windows *ret,
         struct err *err)
{
    size_t n = json_object_array_length(list);
    double end = 0;

    if (n > COUNT_MAX)
        return err_field(err, "windows", "a track has at most %d windows",
                         COUNT_MAX);
    ret->v = xcalloc(n + 1, sizeof(*ret->v));
    for (size_t i = 0; i < n; i++) {
        struct window *w = &ret->v[ret->n++];

        if (read_one(json_object_array_get_idx(list, i), i, w, err) == -1)
            return -1;
        if (w->start_sec < end - SAME_SEC)
            return window_field(err, i, "it begins before the last one ends");
        if (w->end_sec > audio_sec + LAST_SEC || w->start_sec >= audio_sec)
            return window_field(err, i, "it is after the end of the audio");
        w->start_sec = fmax(w->start_sec, end);
        w->end_sec = fmin(w->end_sec, audio_sec);
        if (w->end_sec <= w->start_sec)
            return window_field(err, i, "it begins before the last one ends");
        end = w->end_sec;
    }
    return 0;
}

/* The old window at the same place with the same text; NULL: none. */
static struct window *
unchanged(struct windows *old, const struct window *w)
{
    for (size_t i = 0; i < old->n; i++) {
        struct window *o = &old->v[i];

        if (!o->waiting && fabs(o->start_sec - w->start_sec) < SAME_SEC &&
            fabs(o->end_sec - w->end_sec) < SAME_SEC &&
            o->prompt_text != NULL && w->prompt_text != NULL &&
            strcmp(o->prompt_text, w->prompt_text) == 0)
            return o;
    }
    return NULL;
}

/* Fill in what is known about the place; the text's author stays. */
static void
complete(const struct track *t, struct windows *old, struct window *w)
{
    auto_cleanup(window_text_release) struct window_text about = {0};
    struct window *was = unchanged(old, w);

    track_tell(t, w->start_sec, w->end_sec, &about, w);
    if (was == NULL) {
        w->source = xstrdup("person");
        w->edited = w->prompt_text != NULL;
        if (w->edited)
            track_judge(t, w->start_sec, w->end_sec, w->prompt_text, &w->fields,
                        &w->warnings);
        return;
    }
    w->start_bar = was->start_bar;
    w->bars = was->bars;
    w->source = steal(&was->source);
    w->edited = was->edited;
    w->fields = steal(&was->fields);
    w->warnings = steal(&was->warnings);
    w->model_name = steal(&was->model_name);
    w->system_prompt_version = steal(&was->system_prompt_version);
    w->generation_id = steal(&was->generation_id);
    w->generated_at = was->generated_at;
    was->edited = false; /* it is not gone */
}

/* Windows that a user wrote and that are not among the new ones. */
static json_object *
replaced_json(const struct windows *old)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < old->n; i++)
        if (old->v[i].edited)
            json_object_array_add(list, window_json(&old->v[i]));
    return list;
}

int
windows_put(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_track struct track track = {0};
    auto_windows_state struct windows_state was = {0};
    auto_windows struct windows ws = {0}, gone = {0};
    struct windows *old = &was.all;
    json_object *list, *out;
    const char *id;

    if (in == NULL || window_named(req, &id, NULL, err) == -1 ||
        json_array(in, "windows", &list, err) == -1 ||
        windows_state(app->db, id, &was, err) == -1 ||
        track_load(app, id, &track, err) == -1 ||
        read_all(list, track.item.audio.duration_sec, &ws, err) == -1)
        return -1;
    for (size_t i = 0; i < ws.n; i++)
        complete(&track, old, &ws.v[i]);
    if (windows_replace(app->db, id, track.item.audio.sha256, NULL, false, &ws,
                        &gone, err) == -1)
        return -1;
    out = json_object_new_object();
    json_add(out, "windows", windows_json(&ws));
    json_add(out, "replaced", replaced_json(old));
    return reply_json(req, 200, out, err);
}
