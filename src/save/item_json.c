/* An item as clients see it (docs/api: `item`). */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "save/save.h"

static void
add_time(json_object *o, const char *name, int64_t seconds)
{
    char when[CLOCK_TEXT];

    if (seconds != 0)
        clock_text(seconds, when);
    json_add_str(o, name, seconds != 0 ? when : NULL);
}

static json_object *
audio_json(const struct audio_facts *a)
{
    json_object *o;

    if (a->format == NULL)
        return NULL;
    o = json_object_new_object();
    json_add_str(o, "format", a->format);
    json_add_int(o, "bytes", a->bytes);
    json_add_num(o, "durationSec", a->duration_sec);
    json_add_int(o, "sampleRate", a->sample_rate);
    json_add_int(o, "channels", a->channels);
    json_add_int(o, "bitrate", a->bitrate);
    json_add_str(o, "sha256", a->sha256);
    return o;
}

/* The results of the analysis, without the peaks; null until it is done. A list
 * has only the tempo, and only of audio without a set. */
static json_object *
measured_json(const struct item *it)
{
    json_object *o;

    if (it->analysis == NULL && it->tempo == NULL)
        return NULL;
    o = json_object_new_object();
    if (it->analysis == NULL) {
        json_add(o, "tempo", json_object_get(it->tempo));
        return o;
    }
    json_object_object_foreach(it->analysis, name, value)
    {
        if (strcmp(name, "peaks") != 0 && strcmp(name, "fingerprint") != 0)
            json_add(o, name, json_object_get(value));
    }
    return o;
}

json_object *
item_json(const struct item *it, bool with_peaks)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "id", it->id);
    json_add_str(o, "artistId", it->artist_id);
    json_add_str(o, "alsSummaryId", it->als_summary_id);
    json_add_str(o, "parseId", it->parse_id);
    json_add_str(o, "alsFilename", it->als_filename);
    json_add_str(o, "projectName", it->project_name);
    json_add_str(o, "audioPath", it->audio_path);
    json_add_str(o, "promptPath", it->prompt_path);
    json_add_str(o, "promptText", it->prompt_text);
    json_add_str(o, "status", it->status);
    json_add_str(o, "systemPromptVersion", it->system_prompt_version);
    json_add_str(o, "modelName", it->model_name);
    json_add_str(o, "generationId", it->generation_id);
    add_time(o, "generatedAt", it->generated_at);
    json_add_bool(o, "promptEdited", it->prompt_edited);
    add_time(o, "createdAt", it->created_at);
    add_time(o, "updatedAt", it->updated_at);
    json_add(o, "audio", audio_json(&it->audio));
    json_add(o, "fields", json_object_get(it->fields));
    if (it->audio.format != NULL)
        json_add_str(o, "analysis", it->analysis_state);
    json_add(o, "alignment", json_object_get(it->alignment));
    json_add_int(o, "windows", it->windows_n);
    json_add(o, "measured", measured_json(it));
    if (with_peaks && it->analysis != NULL)
        json_add(o, "peaks", json_object_get(json_at(it->analysis, "peaks")));
    json_add(o, "checks",
             it->checks != NULL ? json_object_get(it->checks)
                                : json_object_new_array());
    if (it->error != NULL)
        json_add_str(o, "error", it->error);
    return o;
}

int
reply_item(struct app *app, struct req *req, const char *id, struct err *err)
{
    auto_item struct item it = {0};

    if (item_get(app->db, id, &it, err) == -1)
        return -1;
    return reply_json(req, 200, item_json(&it, true), err);
}

int
reply_changed(struct app *app, struct req *req, const char *id, struct err *err)
{
    return reply_item(app, req, id, err) == 0 ? 0 : err_after_change(err);
}
