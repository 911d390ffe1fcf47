/*
 * Stable Audio 3: prompts in the words that it was trained with, all fields for
 * trainers that read JSON, and a timeline for a custom metadata function.
 */
#include "dataset/sidecar.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "dataset/said.h"
#include "db/windows.h"

static void
add_part(struct buf *out, const char *name, const char *value)
{
    if (*value != '\0')
        buf_addf(out, ", %s: %s", name, value);
}

static void
add_list(struct buf *out, const char *name, const struct item *it,
         const char *field)
{
    auto_buf struct buf text = BUF_INIT(1 << 16);

    said_joined(it, field, &text);
    add_part(out, name, buf_str(&text));
}

/* "Melodic techno ..., Genre: Techno, Instruments: Pad, BPM: 124": the caption
 * first, so that anything cut off at the end is still said once. */
void
sidecar_stable_prompt(const struct sample *s, struct buf *out)
{
    const struct item *it = s->item;

    buf_add_str(out, s->caption);
    add_part(out, "Genre", said_text(it, "genre"));
    add_list(out, "Instruments", it, "instruments");
    add_list(out, "Moods", it, "moods");
    if (said_bpm(it) > 0)
        buf_addf(out, ", BPM: %.0f", round(said_bpm(it)));
    add_part(out, "Key", said_key(it));
}

void
sidecar_stable_fields(const struct sample *s, struct buf *out)
{
    auto_json json_object *o = json_object_new_object();
    auto_buf struct buf prompt = BUF_INIT(1 << 18);
    const struct item *it = s->item;
    char meter[SAID_METER];

    sidecar_stable_prompt(s, &prompt);
    json_add_str(o, "prompt", buf_str(&prompt));
    json_add_str(o, "caption", s->caption);
    json_add_str(o, "genre", said_text(it, "genre"));
    json_add(o, "moods", said_list(it, "moods"));
    json_add(o, "instruments", said_list(it, "instruments"));
    json_add(o, "keywords", said_list(it, "keywords"));
    if (said_bpm(it) > 0)
        json_add_num(o, "bpm", said_bpm(it));
    json_add_str(o, "key", said_key(it));
    said_meter(it, meter);
    json_add_str(o, "time_signature", meter);
    json_add_num(o, "seconds_total", s->duration);
    sidecar_place(s, o);
    buf_add_str(out, json_out(o));
    buf_add_str(out, "\n");
}

/* ---- the timeline ---- */

static void
add_entry(json_object *list, double start, double end, const char *prompt)
{
    json_object *o = json_object_new_object();

    json_add_num(o, "start", start);
    json_add_num(o, "end", end);
    json_add_str(o, "prompt", prompt);
    json_object_array_add(list, o);
}

/* The part of a window that is in the file, in the file's own seconds. */
static void
add_window(json_object *list, const struct sample *s, const struct window *w)
{
    auto_buf struct buf prompt = BUF_INIT(1 << 18);
    auto_free char *raw = NULL;
    auto_free char *caption = NULL;
    double start = fmax(w->start_sec - s->start, 0);
    double end = fmin(w->end_sec - s->start, s->duration);
    struct sample one = *s;
    struct item it;

    if (w->prompt_text == NULL || text_blank(w->prompt_text) || end <= start)
        return;
    said_window(s->item, w, &it);
    raw = s->trigger != NULL ? xasprintf("%s, %s", s->trigger, w->prompt_text)
                             : xstrdup(w->prompt_text);
    caption = text_one_line(raw);
    one.item = &it;
    one.caption = caption;
    sidecar_stable_prompt(&one, &prompt);
    add_entry(list, start, end, buf_str(&prompt));
}

/* The whole track's prompt covers what no window describes, or only an excluded
 * one. */
void
sidecar_stable_timeline(const struct sample *s, struct buf *out)
{
    const struct windows *ws = s->item->timeline;
    auto_json json_object *o = json_object_new_object();
    auto_buf struct buf prompt = BUF_INIT(1 << 18);
    json_object *list = json_object_new_array();

    sidecar_stable_prompt(s, &prompt);
    json_add_num(o, "seconds_total", s->duration);
    json_add_str(o, "prompt", buf_str(&prompt));
    for (size_t i = 0; ws != NULL && i < ws->n; i++)
        add_window(list, s, &ws->v[i]);
    if (json_object_array_length(list) == 0)
        add_entry(list, 0, s->duration, buf_str(&prompt));
    json_add(o, "captions", list);
    buf_add_str(out, json_out(o));
    buf_add_str(out, "\n");
}

void
extra_stable(bool split, struct buf *out)
{
    (void)split;
    buf_add_str(out, stable_module);
}
