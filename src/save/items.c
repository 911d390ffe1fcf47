/* The queue: waiting sets, ready items, and their captions. */
#include <string.h>

#include "app/remake.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/fields.h"
#include "db/pairing.h"
#include "save/ahead.h"
#include "save/pool.h"
#include "save/save.h"

#define PAGE_DEFAULT 200
#define PAGE_MAX 1000
#define ENQUEUE_MAX 10000
#define PROMPT_MAX 8192
#define CODE_MAX 60

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
    json_add_int(out, "matches", page->matches);
    if (page->next != NULL)
        json_add_str(out, "nextCursor", page->next);
    return out;
}

/* The cursors with which a client reads the rest at the same time. */
static int
add_ranges(struct app *app, const char *artist, const struct items_query *q,
           const struct items *page, json_object *out, struct err *err)
{
    auto_strs struct strs ranges = {0};

    if (page->next == NULL || q->sort != NULL)
        return 0;
    if (items_ranges(app->db, artist, page->next, q->limit, &ranges, err) == -1)
        return -1;
    json_add(out, "cursors", strs_json(&ranges));
    return 0;
}

/* One of a list that ends with NULL; NULL is any. */
static int
one_of(const char *name, const char *value, const char *const *known,
       const char *words, struct err *err)
{
    if (value == NULL)
        return 0;
    for (; *known != NULL; known++)
        if (strcmp(value, *known) == 0)
            return 0;
    return err_field(err, name, "%s is %s", name, words);
}

/* "any", "none", "failed", or a check's code; an unknown code matches
 * nothing. */
static int
check_problem(const char *problem, struct err *err)
{
    size_t n = problem != NULL ? strlen(problem) : 1;

    if (n == 0 || n > CODE_MAX ||
        (problem != NULL &&
         strspn(problem, "abcdefghijklmnopqrstuvwxyz0123456789_") != n))
        return err_field(err, "problem",
                         "problem is any, none, failed or the code of a check");
    return 0;
}

/* By time the newest come first, otherwise the smallest. */
static int
read_order(const struct req *req, struct items_query *q, struct err *err)
{
    static const char *const sorts[] = {
        "createdAt",   "updatedAt",   "generatedAt", "name",   "durationSec",
        "alsFilename", "projectName", "promptText",  "status", NULL};
    static const char *const orders[] = {"asc", "desc", NULL};
    const char *order = req_query(req, "order");

    q->sort = req_query(req, "sort");
    if (one_of("sort", q->sort, sorts,
               "createdAt, updatedAt, generatedAt, name, projectName, "
               "alsFilename, promptText, durationSec or status",
               err) == -1 ||
        one_of("order", order, orders, "asc or desc", err) == -1)
        return -1;
    if (q->sort == NULL)
        q->sort = sorts[0];
    q->descending = order != NULL
                        ? strcmp(order, "desc") == 0
                        : strcmp(q->sort + strlen(q->sort) - 2, "At") == 0;
    if (q->sort[0] == 'c' && q->descending)
        q->sort = NULL; /* the order that the index has */
    return 0;
}

static int
read_query(const struct req *req, struct items_query *q, struct err *err)
{
    static const char *const statuses[] = {
        "needs_audio", "needs_prompt", "ready", "exported", "failed", NULL};

    q->status = req_query(req, "status");
    q->q = req_query(req, "q");
    q->problem = req_query(req, "problem");
    q->cursor = req_query(req, "cursor");
    if (one_of("status", q->status, statuses,
               "needs_audio, needs_prompt, ready, exported or failed",
               err) == -1 ||
        check_problem(q->problem, err) == -1 || read_order(req, q, err) == -1)
        return -1;
    return req_query_int(req, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &q->limit,
                         err);
}

int
items_get(struct app *app, struct req *req, struct err *err)
{
    auto_items struct items page = {0};
    auto_json json_object *out = NULL;
    struct items_query q = {0};
    const char *artist;
    long cursors;

    if (req_query_uuid(req, "artistId", &artist, err) == -1 ||
        read_query(req, &q, err) == -1 ||
        req_query_int(req, "cursors", 0, 1, 0, &cursors, err) == -1 ||
        items_list(app->db, artist, &q, &page, err) == -1)
        return -1;
    out = page_json(&page);
    if (cursors == 1 && add_ranges(app, artist, &q, &page, out, err) == -1)
        return -1;
    return reply_json(req, 200, steal(&out), err);
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

int
provenance_of(struct app *app, const char *generation, struct item *it,
              struct err *err)
{
    auto_generation struct generation g = {0};

    if (generation != NULL) {
        if (generation_get(app->db, generation, &g, err) == -1)
            return -1;
        if (strcmp(g.artist_id, it->artist_id) != 0 ||
            strcmp(g.parse_id, it->parse_id) != 0)
            return err_field(err, "generationId",
                             "this generation was made for another set");
    } else if (generation_newest(app->db, it->artist_id, it->parse_id, &g,
                                 err) == -1) {
        return -1;
    }
    if (g.id == NULL)
        return 0; /* written by hand from scratch */

    it->generation_id = steal(&g.id);
    it->model_name = steal(&g.model);
    it->system_prompt_version = steal(&g.version);
    it->generated_at = g.created_at;
    it->fields = steal(&g.fields);
    it->prompt_edited = strcmp(g.prompt, it->prompt_text) != 0;
    if (it->prompt_edited && it->fields != NULL) {
        auto_free char *line = text_one_line(it->prompt_text);

        fields_edit(it->fields, g.prompt, line);
    }
    return 0;
}

#define TRIES 3 /* if windows change while they are remade */

/* Update the row, and with it the item's windows; if the audio is not analyzed
 * yet, they are made after that. */
static int
put_prompt(struct app *app, const struct item *it, const char *path,
           const struct item *fresh, const char *project, struct err *err)
{
    bool analyzed =
        it->analysis_state != NULL && strcmp(it->analysis_state, "done") == 0;
    auto_free char *sound = NULL;

    if (analyzed && item_sound(app->db, it->id, &sound, err) == -1)
        return -1;
    for (int left = TRIES - 1;; left--) {
        auto_remake struct windows_made made = {0};

        if (analyzed &&
            remake_windows(app, it, it->alignment, sound, &made, err) == -1)
            return -1;
        if (item_set_prompt(app->db, it->id, path, fresh->prompt_text, fresh,
                            project, &made, err) == 0)
            return 0;
        if (err->code != ERR_CONFLICT || left == 0)
            return -1;
        err_clear(err);
    }
}

/* The object, then the row, then remove what the row referred to before. */
static int
exchange(struct app *app, const struct item *it, const char *slug,
         const struct item *fresh, const char *project, struct err *err)
{
    auto_free char *first = store_path_prompt(slug, it->id);
    auto_free char *next = store_path_next(first);
    const char *path = it->prompt_path != NULL ? next : first;

    if (store_put_text(app->store, path, fresh->prompt_text, err) == -1)
        return -1;
    if (put_prompt(app, it, path, fresh, project, err) == -1) {
        if (err->code != ERR_UNSURE)
            store_discard(app->store, path);
        return -1;
    }
    store_discard(app->store, it->prompt_path);
    return 0;
}

/* A caption for the item. */
static int
set_prompt(struct app *app, struct item *it, const char *text,
           const char *generation, const char *project, struct err *err)
{
    auto_artist struct artist artist = {0};
    auto_item struct item fresh = {0};

    if (text == NULL)
        text = it->prompt_text;
    if (text == NULL && generation != NULL)
        return err_field(err, "promptText", "promptText is missing");
    if (text == NULL)
        return item_set_prompt(app->db, it->id, NULL, NULL, NULL, project, NULL,
                               err);

    fresh.artist_id = xstrdup(it->artist_id);
    fresh.parse_id = xstrdup(it->parse_id);
    fresh.prompt_text = xstrdup(text);
    if (provenance_of(app, generation != NULL ? generation : it->generation_id,
                      &fresh, err) == -1 ||
        artist_get(app->db, it->artist_id, &artist, err) == -1)
        return -1;
    return exchange(app, it, artist.slug, &fresh, project, err);
}

/* `"promptText": null` removes the caption, and the status follows. */
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

    if (in == NULL || req_uuid(req, "id", ERR_ITEM_NOT_FOUND, &id, err) == -1 ||
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
    return reply_changed(app, req, id, err);
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
    ahead_poke();
    return reply_changed(app, req, id, err);
}
