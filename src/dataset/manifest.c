/* MANIFEST.json; see manifest.h. */
#include "dataset/manifest.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"

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
    json_add(o, "caption", caption_of(it));
    json_writer_value(w, o);
}

void
manifest_end(struct json_writer *w)
{
    json_writer_array_end(w);
    json_writer_object_end(w);
}
