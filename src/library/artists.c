/* Artists and their master schemas. */
#include "app/app.h"
#include "app/objects.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "library/library.h"

#define NAME_CHARS_MAX 200

static json_object *
artist_json(const struct artist *a)
{
    json_object *o = json_object_new_object();
    char when[CLOCK_TEXT];

    clock_text(a->created_at, when);
    json_add_str(o, "id", a->id);
    json_add_str(o, "name", a->name);
    json_add_str(o, "slug", a->slug);
    json_add_str(o, "createdAt", when);
    return o;
}

/* An artist's name as users type it: one line, not blank. */
static int
read_name(json_object *in, char **ret, struct err *err)
{
    const char *name;

    if (json_str(in, "name", &name, err) == -1)
        return -1;
    if (text_blank(name))
        return err_field(err, "name", "an artist needs a name");
    if (text_count(name) > NAME_CHARS_MAX)
        return err_field(err, "name", "a name has at most %d characters",
                         NAME_CHARS_MAX);
    *ret = text_one_line(name);
    return 0;
}

int
artists_get(struct app *app, struct req *req, struct err *err)
{
    auto_artists struct artists list = {0};
    json_object *out, *rows;

    if (artists_list(app->db, &list, err) == -1)
        return -1;
    out = json_object_new_object();
    rows = json_object_new_array();
    for (size_t i = 0; i < list.n; i++)
        json_object_array_add(rows, artist_json(&list.v[i]));
    json_add(out, "artists", rows);
    return reply_json(req, 200, out, err);
}

int
artists_post(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_artist struct artist made = {0};
    auto_free char *name = NULL;
    auto_free char *location = NULL;
    char slug[SLUG_MAX + 1];
    const char *wanted = NULL;

    if (in == NULL || read_name(in, &name, err) == -1 ||
        json_opt_str(in, "slug", &wanted, err) == -1)
        return -1;
    if (wanted != NULL && !id_slug_valid(wanted))
        return err_field(err, "slug",
                         "a slug has lower-case letters, digits and dashes "
                         "between them, at most %d in all",
                         SLUG_MAX);
    id_slug(name, slug);

    if (artist_insert(app->db, name, wanted != NULL ? wanted : slug,
                      wanted != NULL, &made, err) == -1)
        return -1;
    location = xasprintf("/api/artists/%s", made.id);
    reply_header(req, "Location", location);
    return reply_json(req, 201, artist_json(&made), err);
}

int
artist_get_one(struct app *app, struct req *req, struct err *err)
{
    auto_artist struct artist a = {0};
    const char *id;

    if (req_uuid(req, "id", ERR_ARTIST_NOT_FOUND, &id, err) == -1 ||
        artist_get(app->db, id, &a, err) == -1)
        return -1;
    return reply_json(req, 200, artist_json(&a), err);
}

int
artist_patch(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_artist struct artist a = {0};
    auto_free char *name = NULL;
    const char *id;

    if (in == NULL ||
        req_uuid(req, "id", ERR_ARTIST_NOT_FOUND, &id, err) == -1 ||
        read_name(in, &name, err) == -1 ||
        artist_rename(app->db, id, name, &a, err) == -1)
        return -1;
    return reply_json(req, 200, artist_json(&a), err);
}

/* Deletes only the rows and records their objects for removal: there may be
 * thousands, more than anybody waits for. The sweeper begins with them within
 * seconds. */
int
artist_delete_one(struct app *app, struct req *req, struct err *err)
{
    auto_artist struct artist a = {0};
    struct err left = ERR_INIT;
    const char *id;

    if (req_uuid(req, "id", ERR_ARTIST_NOT_FOUND, &id, err) == -1 ||
        artist_get(app->db, id, &a, err) == -1 ||
        artist_delete(app->db, id, err) == -1)
        return -1;
    if (slug_release(app, a.slug, &left) == -1)
        log_warn("the slug %s is free later: %s", a.slug, left.msg);
    return reply_nothing(req, err);
}

int
schema_get_one(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *schema = NULL;
    const char *id;

    if (req_uuid(req, "id", ERR_ARTIST_NOT_FOUND, &id, err) == -1 ||
        schema_get(app->db, id, &schema, err) == -1)
        return -1;
    return reply_json(req, 200, steal(&schema), err);
}

int
schema_put_one(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *schema = req_json(req, err);
    const char *id;

    if (schema == NULL ||
        req_uuid(req, "id", ERR_ARTIST_NOT_FOUND, &id, err) == -1 ||
        schema_put(app->db, id, schema, err) == -1)
        return -1;
    return reply_json(req, 200, steal(&schema), err);
}
