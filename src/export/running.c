/*
 * GET /api/train/export: the running export, for clients that come back or look
 * from elsewhere; POST /api/train/export/cancel: cancels it.
 */
#include "base/clock.h"
#include "base/json.h"
#include "export/export.h"

static json_object *
state_json(const struct export_state *s)
{
    json_object *o = json_object_new_object();
    char started[CLOCK_TEXT];

    clock_text(s->started_at, started);
    json_add_int(o, "itemsDone", s->items_done);
    json_add_int(o, "itemCount", s->item_count);
    json_add_int(o, "bytesDone", s->bytes_done);
    json_add_int(o, "bytes", s->bytes);
    json_add_int(o, "conversionsDone", s->conversions_done);
    json_add_int(o, "conversionCount", s->conversion_count);
    json_add_str(o, "layout", s->layout);
    json_add_str(o, "startedAt", started);
    return o;
}

int
export_get(struct app *app, struct req *req, struct err *err)
{
    auto_export_state struct export_state state = {0};
    bool any = false;
    const char *artist;
    json_object *out;

    if (req_query_uuid(req, "artistId", &artist, err) == -1 ||
        export_running(app->db, artist, &state, &any, err) == -1)
        return -1;
    out = json_object_new_object();
    json_add(out, "running", any ? state_json(&state) : NULL);
    return reply_json(req, 200, out, err);
}

/* Requested, not done: the exporting program learns of it in a moment. */
int
export_cancel_post(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    bool any = false;
    const char *artist;
    json_object *out;

    if (in == NULL || json_uuid(in, "artistId", &artist, err) == -1 ||
        export_cancel(app->db, artist, &any, err) == -1)
        return -1;
    if (!any)
        return err_set(err, ERR_NOTHING_RUNNING,
                       "no export of this artist is running");
    out = json_object_new_object();
    json_add_bool(out, "canceling", true);
    return reply_json(req, 202, out, err);
}
