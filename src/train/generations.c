/* GET /api/train/generations: the captions written for a set, newest first. */
#include <math.h>

#include "base/clock.h"
#include "train/train.h"

json_object *
examples_of(json_object *params)
{
    json_object *ids = json_at(params, "examples");

    return ids != NULL ? json_object_get(ids) : json_object_new_array();
}

static json_object *
generation_json(const struct generation *g)
{
    json_object *o = json_object_new_object();
    char created[CLOCK_TEXT];

    clock_text(g->created_at, created);
    json_add_str(o, "id", g->id);
    json_add_str(o, "prompt", g->prompt);
    json_add(o, "fields", json_object_get(g->fields));
    json_add(o, "warnings",
             g->warnings != NULL ? json_object_get(g->warnings)
                                 : json_object_new_array());
    json_add_str(o, "model", g->model);
    json_add_str(o, "version", g->version);
    json_add_str(o, "createdAt", created);
    json_add(o, "examples", examples_of(g->params));
    json_add_int(o, "tokensIn", g->tokens_in);
    json_add_int(o, "tokensOut", g->tokens_out);
    json_add_int(o, "ms", g->ms);
    json_add_num(o, "cost", g->cost >= 0 ? g->cost : NAN);
    json_add_num(o, "audioSec", g->audio_sec);
    if (g->heard == GEN_UNTOLD)
        json_add(o, "audioHeard", NULL);
    else
        json_add_bool(o, "audioHeard", g->heard == GEN_HEARD);
    return o;
}

int
train_generations(struct app *app, struct req *req, struct err *err)
{
    auto_generations struct generations gs = {0};
    auto_sources struct sources from = {0};
    const char *artist;
    const char *parse_id = req_query(req, "parseId");
    json_object *list;
    json_object *out;

    if (req_query_uuid(req, "artistId", &artist, err) == -1)
        return -1;
    if (parse_id == NULL)
        return err_field(err, "parseId", "parseId is missing");
    if (sources_load(app, artist, parse_id, &from, err) == -1 ||
        generations_list(app->db, artist, parse_id, &gs, err) == -1)
        return -1;

    list = json_object_new_array();
    for (size_t i = 0; i < gs.n; i++)
        json_object_array_add(list, generation_json(&gs.v[i]));
    out = json_object_new_object();
    json_add(out, "generations", list);
    return reply_json(req, 200, out, err);
}
