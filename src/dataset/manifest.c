/* MANIFEST.json; see manifest.h. */
#include "dataset/manifest.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "db/windows.h"
#include "dataset/said.h"

json_object *
manifest_head(const struct export_options *opt)
{
    json_object *o = json_object_new_object();
    json_object *options = json_object_new_object();

    if (opt->trigger != NULL)
        json_add_str(options, "trigger", opt->trigger);
    if (opt->segment_sec > 0)
        json_add_int(options, "segmentSec", opt->segment_sec);
    if (opt->split > 0)
        json_add_num(options, "split", opt->split);
    if (opt->by_windows)
        json_add_str(options, "captions", "windows");
    if (opt->include_exported)
        json_add_bool(options, "includeExported", true);
    json_add_str(o, "generator", "trainmode");
    json_add_str(o, "layout", opt->layout->name);
    json_add(o, "options", options);
    return o;
}

static json_object *
audio_of(const struct audio_facts *a)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "sha256", a->sha256);
    json_add_int(o, "bytes", a->bytes);
    json_add_str(o, "format", a->format);
    json_add_num(o, "durationSec", a->duration_sec);
    json_add_int(o, "sampleRate", a->sample_rate);
    json_add_int(o, "channels", a->channels);
    return o;
}

static json_object *
caption_of(const struct item *it)
{
    json_object *o = json_object_new_object();
    char when[CLOCK_TEXT];
    char sha[HASH_HEX_LEN + 1];

    hash_hex_of(it->prompt_text, strlen(it->prompt_text), sha);
    json_add_str(o, "sha256", sha);
    json_add_str(o, "modelName", it->model_name);
    json_add_str(o, "systemPromptVersion", it->system_prompt_version);
    json_add_str(o, "generationId", it->generation_id);
    json_add_bool(o, "edited", it->prompt_edited);
    if (it->generated_at > 0) {
        clock_text(it->generated_at, when);
        json_add_str(o, "generatedAt", when);
    }
    return o;
}

/* In the order of the files. */
static json_object *
windows_json(const struct item *it, json_object *files)
{
    json_object *list = json_object_new_array();

    for (size_t i = 0; i < it->windows->n; i++) {
        const struct window *w = &it->windows->v[i];
        json_object *o = json_object_new_object();
        struct item one;

        said_window(it, w, &one);
        json_add(o, "file",
                 json_object_get(json_object_array_get_idx(files, i)));
        json_add_int(o, "position", w->position);
        json_add_num(o, "start", w->start_sec);
        json_add_num(o, "end", w->end_sec);
        json_add_num(o, "startBar", w->start_bar);
        json_add_num(o, "bars", w->bars);
        json_add_str(o, "section", w->section);
        json_add(o, "sounds", json_object_get(w->sounds));
        json_add(o, "caption", caption_of(&one));
        json_object_array_add(list, o);
    }
    return list;
}

void
manifest_begin(struct json_writer *w, const struct export_options *opt)
{
    auto_json json_object *o = manifest_head(opt);

    json_writer_object(w);
    json_writer_members(w, o);
    json_writer_name(w, "items");
    json_writer_array(w);
}

void
manifest_add(struct json_writer *w, const struct item *it, json_object *files)
{
    auto_json json_object *o = json_object_new_object();

    json_add_str(o, "itemId", it->id);
    json_add(o, "files", files);
    json_add_str(o, "parseId", it->parse_id);
    json_add_str(o, "alsFilename", it->als_filename);
    json_add_str(o, "projectName", it->project_name);
    json_add(o, "audio", audio_of(&it->audio));
    if (it->windows != NULL)
        json_add(o, "windows", windows_json(it, files));
    else
        json_add(o, "caption", caption_of(it));
    json_writer_value(w, o);
}

void
manifest_end(struct json_writer *w)
{
    json_writer_array_end(w);
    json_writer_object_end(w);
}
