/* POST /api/train/export/check: what would block or warn, and the result. */
#include <math.h>

#include "base/json.h"
#include "dataset/check.h"
#include "export/export.h"

static json_object *
windows_told(const struct check *c)
{
    json_object *o = json_object_new_object();

    json_add_int(o, "count", c->windows);
    json_add_num(o, "seconds", round(c->window_sec * 100) / 100);
    json_add_int(o, "withKnownParts", c->with_parts);
    return o;
}

int
export_check_post(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_artist struct artist found = {0};
    auto_ready struct ready ready = {0};
    auto_check struct check c = {0};
    struct export_options opt;
    json_object *out, *trainer, *chosen = NULL;
    const char *artist;

    if (in == NULL || json_uuid(in, "artistId", &artist, err) == -1 ||
        options_read(in, &opt, err) == -1 ||
        item_ids_read(in, &chosen, err) == -1 ||
        artist_get(app->db, artist, &found, err) == -1 ||
        req_turn(req, artist, err) == -1 ||
        ready_open(&ready, app->db, artist, &opt, chosen, NULL, err) == -1 ||
        check_run(&opt, app->store, &ready.roll, CHECK_ALL, &c, err) == -1)
        return -1;

    out = json_object_new_object();
    json_add_int(out, "items", (int64_t)ready.ids.n);
    json_add_num(out, "minutes", round(c.minutes * 100) / 100);
    json_add(out, "blocks", steal(&c.blocks));
    json_add(out, "warns", steal(&c.warns));
    trainer = json_object_new_object();
    json_add_int(trainer, "pieces", c.pieces);
    json_add_int(trainer, "samplesWithText", c.with_text);
    json_add(out, "trainer", trainer);
    if (opt.by_windows)
        json_add(out, "windows", windows_told(&c));
    return reply_json(req, 200, out, err);
}
