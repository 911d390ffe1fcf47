/* The texts next to the audio; see sidecar.h. */
#include "dataset/sidecar.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "db/windows.h"
#include "dataset/said.h"

static void
add_joined(json_object *o, const char *name, const struct item *it)
{
    auto_buf struct buf text = BUF_INIT(1 << 16);

    said_joined(it, strcmp(name, "instrument") == 0 ? "instruments" : name,
                &text);
    json_add_str(o, name, buf_str(&text));
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static void
add_line(struct buf *out, json_object *o)
{
    buf_add_str(out, json_out(o));
    buf_add_str(out, "\n");
}

/* Always with decimals: table readers take 25 and 25.5 for two types, and the
 * files of a split for two tables. */
static void
add_seconds(json_object *o, const char *name, double n)
{
    char text[32];

    (void)snprintf(text, sizeof(text), "%.6f", n);
    json_add(o, name, json_object_new_double_s(n, text));
}

/* "item-007-02.wav" is the second window of "item-007". */
void
sidecar_place(const struct sample *s, json_object *o)
{
    auto_free char *parent = NULL;
    char *dash;

    if (s->window == NULL)
        return;
    parent = xstrdup(base_name(s->name));
    dash = strrchr(parent, '-');
    if (dash != NULL)
        *dash = '\0';
    add_seconds(o, "start", s->window->start_sec);
    add_seconds(o, "end", s->window->end_sec);
    json_add_str(o, "parent", parent);
}

/* ---- plain text ---- */

void
sidecar_raw(const struct sample *s, struct buf *out)
{
    buf_add_str(out, s->raw);
}

void
sidecar_caption(const struct sample *s, struct buf *out)
{
    buf_add_str(out, s->caption);
}

/* ---- AudioCraft ---- */

/*
 * MusicInfo.from_dict raises KeyError for a key that is missing; an empty
 * text means "not known" (music_dataset.py). Moods and keywords are lists,
 * since a text would be split at blanks; the instrument is a text, since the
 * loader drops a list (get_keyword).
 */
void
sidecar_music(const struct sample *s, struct buf *out)
{
    auto_json json_object *o = json_object_new_object();
    const char *project = s->item->project_name;

    json_add_str(o, "title", project != NULL ? project : "");
    json_add_str(o, "artist", s->artist);
    json_add_str(o, "key", said_key(s->item));
    if (said_bpm(s->item) > 0)
        json_add_num(o, "bpm", said_bpm(s->item));
    else
        json_add_str(o, "bpm", "");
    json_add_str(o, "genre", said_text(s->item, "genre"));
    json_add(o, "moods", said_list(s->item, "moods"));
    json_add(o, "keywords", said_list(s->item, "keywords"));
    json_add_str(o, "description", s->caption);
    json_add_str(o, "name", base_name(s->name));
    add_joined(o, "instrument", s->item);
    sidecar_place(s, o);
    add_line(out, o);
}

void
row_audiocraft(const struct sample *s, struct buf *out)
{
    auto_json json_object *o = json_object_new_object();

    json_add_str(o, "path", s->name);
    json_add_num(o, "duration", s->duration);
    json_add_int(o, "sample_rate", s->rate);
    json_add_str(o, "amplitude", NULL);
    json_add_str(o, "weight", NULL);
    add_line(out, o);
}

void
extra_audiocraft(bool split, struct buf *out)
{
    const char *valid = split ? "valid" : "train";

    buf_addf(out,
             "# @package __global__\n\n"
             "datasource:\n"
             "  max_sample_rate: 44100\n"
             "  max_channels: 2\n\n"
             "  train: egs/trainmode/train\n"
             "  valid: egs/trainmode/%s\n"
             "  evaluate: egs/trainmode/%s\n"
             "  generate: egs/trainmode/%s\n",
             valid, valid, valid);
}

/* ---- Hugging Face ---- */

static void
add_number(json_object *o, const char *name, double n)
{
    auto_buf struct buf text = BUF_INIT(64);

    if (n > 0)
        buf_addf(&text, "%g", n);
    json_add_str(o, name, buf_str(&text));
}

void
row_audiofolder(const struct sample *s, struct buf *out)
{
    auto_json json_object *o = json_object_new_object();

    json_add_str(o, "file_name", base_name(s->name));
    json_add_str(o, "text", s->caption);
    json_add_str(o, "genre", said_text(s->item, "genre"));
    /* A text, because Arrow derives a column's type from its values: null, 92
     * and 92.5 are three types, and splits must agree. */
    add_number(o, "bpm", said_bpm(s->item));
    json_add_str(o, "key", said_key(s->item));
    add_joined(o, "moods", s->item);
    add_joined(o, "instruments", s->item);
    sidecar_place(s, o);
    add_line(out, o);
}

/* RFC 4180: in quotes, a quote is doubled. */
static void
add_csv(struct buf *out, const char *text, const char *end)
{
    buf_add_str(out, "\"");
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\"");

        buf_add(out, p, n);
        p += n;
        if (*p == '"') {
            buf_add_str(out, "\"\"");
            p++;
        }
    }
    buf_addf(out, "\"%s", end);
}

void
row_csv(const struct sample *s, struct buf *out)
{
    auto_buf struct buf bpm = BUF_INIT(64);

    if (said_bpm(s->item) > 0)
        buf_addf(&bpm, "%g", said_bpm(s->item));
    add_csv(out, base_name(s->name), ",");
    add_csv(out, s->caption, ",");
    add_csv(out, base_name(s->name), ",");
    add_csv(out, s->caption, ",");
    add_csv(out, buf_str(&bpm), ",");
    add_csv(out, said_key(s->item), "\r\n");
}

/* ACE-Step's older builder matches by the bare name of the file. */
void
row_ace_csv(const struct sample *s, struct buf *out)
{
    auto_buf struct buf bpm = BUF_INIT(64);
    char key[KEY_TEXT];

    if (said_bpm(s->item) > 0)
        buf_addf(&bpm, "%.0f", said_bpm(s->item));
    said_ace_key(s->item, key);
    add_csv(out, base_name(s->name), ",");
    add_csv(out, s->caption, ",");
    add_csv(out, buf_str(&bpm), ",");
    add_csv(out, key, "\r\n");
}
