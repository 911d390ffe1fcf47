/* The datasets made so far, fresh URLs for them, and the available layouts. */
#include "base/clock.h"
#include "base/json.h"
#include "export/export.h"

static json_object *
dataset_json(const struct dataset *d)
{
    json_object *o = json_object_new_object();
    char when[CLOCK_TEXT];

    clock_text(d->created_at, when);
    json_add_str(o, "id", d->id);
    json_add_str(o, "layout", d->layout);
    json_add_int(o, "itemCount", d->item_count);
    json_add_int(o, "bytes", d->bytes);
    json_add_str(o, "sha256", d->sha256);
    json_add_str(o, "createdAt", when);
    json_add_str(o, "path", d->path);
    return o;
}

int
datasets_get(struct app *app, struct req *req, struct err *err)
{
    auto_datasets struct datasets list = {0};
    json_object *out, *rows;
    const char *artist;

    if (req_query_uuid(req, "artistId", &artist, err) == -1 ||
        datasets_list(app->db, artist, &list, err) == -1)
        return -1;
    out = json_object_new_object();
    rows = json_object_new_array();
    for (size_t i = 0; i < list.n; i++)
        json_object_array_add(rows, dataset_json(&list.v[i]));
    json_add(out, "datasets", rows);
    return reply_json(req, 200, out, err);
}

/* A URL for a zip that still exists; signing itself does not check that. */
int
dataset_url_post(struct app *app, struct req *req, struct err *err)
{
    auto_dataset struct dataset d = {0};
    auto_free char *url = NULL;
    struct store_info info;
    char until[CLOCK_TEXT];
    int64_t expires;
    json_object *out;
    const char *id;

    if (req_uuid(req, "id", ERR_DATASET_NOT_FOUND, &id, err) == -1 ||
        dataset_get(app->db, id, &d, err) == -1 ||
        store_stat(app->store, d.path, &info, err) == -1 ||
        store_sign(app->store, d.path, app->conf->url_ttl, req_base_url(req),
                   &url, &expires, err) == -1)
        return -1;
    clock_text(expires, until);
    out = json_object_new_object();
    json_add_str(out, "datasetUrl", url);
    json_add_str(out, "expiresAt", until);
    return reply_json(req, 200, out, err);
}

static json_object *
layout_json(const struct layout *l)
{
    static const struct {
        enum layout_option bit;
        const char *name;
    } options[] = {{OPTION_TRIGGER, "trigger"},
                   {OPTION_SEGMENT, "segmentSec"},
                   {OPTION_SPLIT, "split"}};
    json_object *o = json_object_new_object();
    json_object *formats = json_object_new_array();
    json_object *known = json_object_new_array();

    for (size_t i = 0; l->formats[i] != NULL; i++)
        json_object_array_add(formats, json_object_new_string(l->formats[i]));
    json_object_array_add(known, json_object_new_string("includeExported"));
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if ((l->options & options[i].bit) != 0)
            json_object_array_add(known,
                                  json_object_new_string(options[i].name));
    json_object_array_add(known, json_object_new_string("captions"));
    json_add_str(o, "name", l->name);
    json_add_str(o, "title", l->title);
    json_add_str(o, "use", l->use);
    json_add(o, "audioFormats", formats);
    json_add(o, "options", known);
    if ((l->options & OPTION_SEGMENT) != 0)
        json_add_int(o, "segmentSecMax",
                     l->segment_max > 0 ? l->segment_max : SEGMENT_MAX);
    return o;
}

int
layouts_get(struct app *app, struct req *req, struct err *err)
{
    json_object *out = json_object_new_object();
    json_object *rows = json_object_new_array();

    (void)app;
    for (const struct layout *l = layouts; l->name != NULL; l++)
        json_object_array_add(rows, layout_json(l));
    json_add(out, "layouts", rows);
    return reply_json(req, 200, out, err);
}
