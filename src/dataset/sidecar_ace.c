/*
 * Files for the trainers of ACE-Step: its own builders (.caption.txt,
 * .lyrics.txt, .json; an older one metadata.csv), Side-Step and training_v2
 * (dataset.json), ai-toolkit (one file with tags) and SimpleTuner. Unknown
 * values are left out, so that nothing false is learned.
 */
#include "dataset/sidecar.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "dataset/said.h"

static void
add_json(struct buf *out, json_object *o, const char *end)
{
    buf_add_str(out, json_out(o));
    buf_add_str(out, end);
}

/* tempo, keyscale and timesignature, as far as they are known. */
static void
add_metas(json_object *o, const struct item *it)
{
    char key[KEY_TEXT], meter[8];

    if (said_bpm(it) > 0)
        json_add_int(o, "bpm", (int64_t)(said_bpm(it) + 0.5));
    said_ace_key(it, key);
    if (key[0] != '\0')
        json_add_str(o, "keyscale", key);
    if (said_ace_meter(it) > 0) {
        (void)snprintf(meter, sizeof(meter), "%d", said_ace_meter(it));
        json_add_str(o, "timesignature", meter);
    }
}

/* A builder takes an "unknown" language as music without words. */
static void
add_language(json_object *o, const struct item *it)
{
    if (it->song.instrumental)
        json_add_str(o, "language", "unknown");
}

void
sidecar_ace_step(const struct sample *s, struct buf *out)
{
    auto_json json_object *o = json_object_new_object();
    const char *genre = said_text(s->item, "genre");

    json_add_str(o, "caption", s->caption);
    if (*genre != '\0')
        json_add_str(o, "genre", genre);
    add_metas(o, s->item);
    add_language(o, s->item);
    sidecar_place(s, o);
    add_json(out, o, "\n");
}

/* A row of dataset.json: AudioSample.from_dict accepts all of these, and
 * ignores the place of a window. */
void
row_ace_step(const struct sample *s, struct buf *out)
{
    auto_json json_object *o = json_object_new_object();
    auto_buf struct buf lyrics = BUF_INIT(1 << 16);

    said_structure(s, &lyrics);
    json_add_str(o, "id", s->name);
    json_add_str(o, "audio_path", s->name);
    json_add_str(o, "filename", s->name);
    json_add_str(o, "caption", s->caption);
    json_add_str(o, "genre", said_text(s->item, "genre"));
    json_add_str(o, "lyrics", buf_str(&lyrics));
    json_add_str(o, "raw_lyrics", buf_str(&lyrics));
    json_add_str(o, "formatted_lyrics", buf_str(&lyrics));
    add_metas(o, s->item);
    json_add_int(o, "duration", (int64_t)s->duration);
    add_language(o, s->item);
    json_add_bool(o, "is_instrumental", s->item->song.instrumental);
    json_add_str(o, "custom_tag", "");
    json_add_bool(o, "labeled", true);
    sidecar_place(s, o);
    add_json(out, o, "");
}

void
tail_ace_step(size_t rows, struct buf *out)
{
    auto_json json_object *o = json_object_new_object();

    json_add_str(o, "name", "trainmode");
    json_add_str(o, "custom_tag", ""); /* a trigger is in the captions */
    json_add_str(o, "tag_position", "prepend");
    json_add_int(o, "num_samples", (int64_t)rows);
    json_add_bool(o, "all_instrumental", false); /* each sample says it */
    json_add_int(o, "genre_ratio", 0);
    buf_add_str(out, "\n], \"metadata\": ");
    add_json(out, o, "}\n");
}

/* ---- ai-toolkit ---- */

/* The parser takes the text between the tags; a caption with one of its
 * brackets would end there. Before that the loader splits the text at its
 * commas and joins it with ", " (dataloader_mixins.py, get_caption), so a blank
 * after a comma would become two. */
static void
add_tagged(struct buf *out, const char *tag, const char *text)
{
    if (*text == '\0')
        return;
    buf_addf(out, "<%s>", tag);
    for (const char *p = text; *p != '\0'; p++)
        if (*p != ' ' || p == text || p[-1] != ',')
            buf_add(out, *p == '<' || *p == '>' ? " " : p, 1);
    buf_addf(out, "</%s>\n", tag);
}

void
sidecar_ai_toolkit(const struct sample *s, struct buf *out)
{
    auto_buf struct buf lyrics = BUF_INIT(1 << 16);
    char key[KEY_TEXT];

    said_structure(s, &lyrics);
    said_ace_key(s->item, key);
    add_tagged(out, "CAPTION", s->caption);
    add_tagged(out, "LYRICS", buf_str(&lyrics));
    if (said_bpm(s->item) > 0)
        buf_addf(out, "<BPM>%.0f</BPM>\n", round(said_bpm(s->item)));
    add_tagged(out, "KEYSCALE", key);
    if (said_ace_meter(s->item) > 0)
        buf_addf(out, "<TIMESIGNATURE>%d</TIMESIGNATURE>\n",
                 said_ace_meter(s->item));
    buf_addf(out, "<DURATION>%.1f</DURATION>\n", s->duration);
    if (s->item->song.instrumental)
        add_tagged(out, "LANGUAGE", "unknown");
}
