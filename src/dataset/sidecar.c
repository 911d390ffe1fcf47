/* The texts beside the audio; see sidecar.h. */
#include "dataset/sidecar.h"

#include <math.h>
#include <string.h>

#include "base/json.h"

/* ---- what the caption's fields say ---- */

static const char *
field_text(const struct sample *s, const char *name)
{
    const char *text = json_text(s->item->fields, name);

    return text != NULL ? text : "";
}

/* 0 where it is not known. */
static double
field_bpm(const struct sample *s)
{
    return json_number(s->item->fields, "bpm", 0);
}

/* A list of texts, empty where there is none. The caller puts it. */
static json_object *
field_list(const struct sample *s, const char *name)
{
    json_object *list = json_at(s->item->fields, name);

    if (list == NULL || !json_object_is_type(list, json_type_array))
        return json_object_new_array();
    return json_object_get(list);
}

static void
add_joined(json_object *o, const char *name, json_object *list)
{
    auto_buf struct buf text = BUF_INIT(1 << 16);

    for (size_t i = 0; i < json_object_array_length(list); i++)
        buf_addf(&text, "%s%s", i > 0 ? ", " : "",
                 json_object_get_string(json_object_array_get_idx(list, i)));
    json_add_str(o, name, buf_str(&text));
    json_object_put(list);
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
    json_add_str(o, "key", field_text(s, "key"));
    if (field_bpm(s) > 0)
        json_add_num(o, "bpm", field_bpm(s));
    else
        json_add_str(o, "bpm", "");
    json_add_str(o, "genre", field_text(s, "genre"));
    json_add(o, "moods", field_list(s, "moods"));
    json_add(o, "keywords", field_list(s, "keywords"));
    json_add_str(o, "description", s->caption);
    json_add_str(o, "name", base_name(s->name));
    add_joined(o, "instrument", field_list(s, "instruments"));
    add_line(out, o);
}

void
row_audiocraft(const struct sample *s, struct buf *out)
{
    auto_json json_object *o = json_object_new_object();

    json_add_str(o, "path", s->name);
    json_add_num(o, "duration", s->duration);
    json_add_int(o, "sample_rate", s->item->audio.sample_rate);
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

/* ---- ACE-Step ---- */

/* What is not known is left out, so that the builder's own value stays. */
void
sidecar_ace_step(const struct sample *s, struct buf *out)
{
    auto_json json_object *o = json_object_new_object();

    json_add_str(o, "caption", s->caption);
    if (field_text(s, "genre")[0] != '\0')
        json_add_str(o, "genre", field_text(s, "genre"));
    if (field_bpm(s) > 0)
        json_add_int(o, "bpm", (int64_t)(field_bpm(s) + 0.5));
    if (field_text(s, "key")[0] != '\0')
        json_add_str(o, "keyscale", field_text(s, "key"));
    add_line(out, o);
}

/* ---- Hugging Face ---- */

void
row_audiofolder(const struct sample *s, struct buf *out)
{
    auto_json json_object *o = json_object_new_object();

    json_add_str(o, "file_name", base_name(s->name));
    json_add_str(o, "text", s->caption);
    json_add_str(o, "genre", field_text(s, "genre"));
    json_add_num(o, "bpm", field_bpm(s) > 0 ? field_bpm(s) : NAN);
    json_add_str(o, "key", field_text(s, "key"));
    add_joined(o, "moods", field_list(s, "moods"));
    add_joined(o, "instruments", field_list(s, "instruments"));
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

    if (field_bpm(s) > 0)
        buf_addf(&bpm, "%g", field_bpm(s));
    add_csv(out, base_name(s->name), ",");
    add_csv(out, s->caption, ",");
    add_csv(out, base_name(s->name), ",");
    add_csv(out, s->caption, ",");
    add_csv(out, buf_str(&bpm), ",");
    add_csv(out, field_text(s, "key"), "\r\n");
}
