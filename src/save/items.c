/* The queue: sets that wait, items that are ready, and what becomes of them. */
#include <string.h>

#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "save/pool.h"
#include "save/save.h"

#define PAGE_DEFAULT 200
#define PAGE_MAX 1000
#define ENQUEUE_MAX 10000
#define PROMPT_MAX 8192

static json_object *
items_json(const struct items *its)
{
    json_object *rows = json_object_new_array();

    for (size_t i = 0; i < its->n; i++)
        json_object_array_add(rows, item_json(&its->v[i], false));
    return rows;
}

static json_object *
page_json(const struct items *page)
{
    json_object *out = json_object_new_object();
    json_object *counts = json_object_new_object();

    json_add(out, "items", items_json(page));
    json_add_int(counts, "needs_audio", page->needs_audio);
    json_add_int(counts, "needs_prompt", page->needs_prompt);
    json_add_int(counts, "ready", page->ready);
    json_add_int(counts, "exported", page->exported);
    json_add_int(counts, "failed", page->failed);
    json_add(out, "counts", counts);
    json_add_int(out, "total", page->total);
    if (page->next != NULL)
        json_add_str(out, "nextCursor", page->next);
    return out;
}

static int
check_status(const char *status, struct err *err)
{
    static const char *const known[] = {"needs_audio", "needs_prompt", "ready",
                                        "exported", "failed"};

    if (status == NULL)
        return 0;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(status, known[i]) == 0)
            return 0;
    return err_field(err, "status",
                     "status is needs_audio, needs_prompt, ready, exported or "
                     "failed");
}

int
items_get(struct app *app, struct req *req, struct err *err)
{
    auto_items struct items page = {0};
    const char *status = req_query(req, "status");
    const char *artist;
    long limit;

    if (req_query_uuid(req, "artistId", &artist, err) == -1 ||
        check_status(status, err) == -1 ||
        req_query_int(req, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &limit, err) ==
            -1 ||
        items_list(app->db, artist, status, limit, req_query(req, "cursor"),
                   &page, err) == -1)
        return -1;
    return reply_json(req, 200, page_json(&page), err);
}

/* The ids as an array of borrowed strings; the caller frees the array. */
static int
read_parse_ids(json_object *in, const char ***ret, size_t *ret_n,
               struct err *err)
{
    auto_free const char **ids = NULL;
    json_object *list;
    size_t n;

    if (json_array(in, "parseIds", &list, err) == -1)
        return -1;
    n = json_object_array_length(list);
    if (n == 0 || n > ENQUEUE_MAX)
        return err_field(err, "parseIds", "parseIds holds 1 to %d sets",
                         ENQUEUE_MAX);
    ids = xcalloc(n, sizeof(*ids));
    for (size_t i = 0; i < n; i++) {
        json_object *id = json_object_array_get_idx(list, i);

        if (!json_object_is_type(id, json_type_string))
            return err_field(err, "parseIds", "parseIds holds strings");
        ids[i] = json_object_get_string(id);
    }
    *ret = steal(&ids);
    *ret_n = n;
    return 0;
}

int
items_post(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_items struct items made = {0};
    auto_free const char **ids = NULL;
    const char *artist;
    json_object *out;
    size_t n = 0;

    if (in == NULL || json_uuid(in, "artistId", &artist, err) == -1 ||
        read_parse_ids(in, &ids, &n, err) == -1 ||
        items_enqueue(app->db, artist, ids, n, &made, err) == -1)
        return -1;
    out = json_object_new_object();
    json_add(out, "items", items_json(&made));
    return reply_json(req, 201, out, err);
}

int
item_get_one(struct app *app, struct req *req, struct err *err)
{
    const char *id;

    if (req_uuid(req, "id", ERR_ITEM_NOT_FOUND, &id, err) == -1)
        return -1;
    return reply_item(app, req, id, err);
}

/* The row first: files without a row are swept, a row without files lies. */
int
item_delete_one(struct app *app, struct req *req, struct err *err)
{
    auto_item struct item gone = {0};
    const char *id;

    if (req_uuid(req, "id", ERR_ITEM_NOT_FOUND, &id, err) == -1 ||
        item_delete(app->db, id, &gone, err) == -1)
        return -1;
    store_discard(app->store, gone.audio_path);
    store_discard(app->store, gone.prompt_path);
    return reply_nothing(req, err);
}

/* A caption for the item: the object, then the row. */
static int
set_prompt(struct app *app, struct item *it, const char *text,
           const char *generation, const char *project, struct err *err)
{
    auto_artist struct artist artist = {0};
    auto_free char *path = NULL;
    auto_item struct item fresh = {0};

    if (text == NULL)
        text = it->prompt_text;
    if (text == NULL && generation != NULL)
        return err_field(err, "promptText", "promptText is missing");
    if (text == NULL)
        return item_set_prompt(app->db, it->id, NULL, NULL, NULL, project,
                               err);

    fresh.artist_id = xstrdup(it->artist_id);
    fresh.parse_id = xstrdup(it->parse_id);
    fresh.prompt_text = xstrdup(text);
    if (provenance_of(app, generation != NULL ? generation
                                              : it->generation_id,
                      &fresh, err) == -1 ||
        artist_get(app->db, it->artist_id, &artist, err) == -1)
        return -1;
    path = store_path_prompt(artist.slug, it->id);
    if (store_put_text(app->store, path, text, err) == -1)
        return -1;
    return item_set_prompt(app->db, it->id, path, text, &fresh, project, err);
}

/* `"promptText": null` takes the caption away, and the item back. */
static int
remove_prompt(struct app *app, const struct item *it, struct err *err)
{
    if (item_remove_prompt(app->db, it->id, err) == -1)
        return -1;
    store_discard(app->store, it->prompt_path);
    return 0;
}

int
item_patch(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_item struct item it = {0};
    const char *id, *text = NULL, *generation = NULL, *project = NULL;
    json_object *given = NULL;

    if (in == NULL ||
        req_uuid(req, "id", ERR_ITEM_NOT_FOUND, &id, err) == -1 ||
        json_opt_str(in, "promptText", &text, err) == -1 ||
        json_opt_uuid(in, "generationId", &generation, err) == -1 ||
        json_opt_str(in, "projectName", &project, err) == -1)
        return -1;
    if (text != NULL && text_blank(text))
        return err_field(err, "promptText", "the caption is empty");
    if (text != NULL && strlen(text) > PROMPT_MAX)
        return err_field(err, "promptText", "the caption is too long");

    if (item_get(app->db, id, &it, err) == -1)
        return -1;
    if (json_object_object_get_ex(in, "promptText", &given) && given == NULL) {
        if (remove_prompt(app, &it, err) == -1)
            return -1;
    } else if (set_prompt(app, &it, text, generation, project, err) == -1) {
        return -1;
    }
    return reply_item(app, req, id, err);
}

int
item_retry_post(struct app *app, struct req *req, struct err *err)
{
    auto_item struct item it = {0};
    const char *id;

    if (req_uuid(req, "id", ERR_ITEM_NOT_FOUND, &id, err) == -1 ||
        item_get(app->db, id, &it, err) == -1)
        return -1;
    if (strcmp(it.status, "failed") != 0)
        return err_set(err, ERR_CONFLICT,
                       "only an item that failed is tried again; this one is "
                       "%s",
                       it.status);
    if (item_retry(app->db, id, err) == -1)
        return -1;
    pool_poke();
    return reply_item(app, req, id, err);
}
