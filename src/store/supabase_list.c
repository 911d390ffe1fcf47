/*
 * Lists the bucket, page by page, as one flat list. The next page is requested
 * by the end of the previous one, not by a count, so the visitor may remove
 * what it is shown.
 */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "store/path.h"
#include "store/supabase.h"

#define PAGE 200 /* objects; some 100 kB of JSON */

/* One entry; an entry whose name is not one of ours is skipped. */
static int
visit(json_object *entry, store_visit *fn, void *ctx, struct err *err)
{
    const char *key = json_text(entry, "key"); /* newer servers say both */
    const char *when = json_text(entry, "updated_at");
    struct store_info info;

    if (key == NULL)
        key = json_text(entry, "name");
    if (when == NULL)
        when = json_text(entry, "created_at");
    if (key == NULL || when == NULL)
        return err_set(err, ERR_STORAGE,
                       "Supabase lists an object without a name or a time");
    if (!path_valid(key))
        return 0;
    info.size = json_number_int64(json_at(entry, "metadata"), "size", 0);
    info.modified = clock_read(when);
    if (info.modified == -1)
        return err_set(err, ERR_STORAGE,
                       "Supabase's time \"%.40s\" is not a time", when);
    return fn(ctx, key, &info, err);
}

static int
visit_all(json_object *page, store_visit *fn, void *ctx, struct err *err)
{
    json_object *objects = json_at(page, "objects");
    size_t n;

    if (!json_object_is_type(objects, json_type_array))
        return err_set(err, ERR_STORAGE, "Supabase's list has no objects");
    n = json_object_array_length(objects);
    for (size_t i = 0; i < n; i++)
        if (visit(json_object_array_get_idx(objects, i), fn, ctx, err) == -1)
            return -1;
    return 0;
}

int
supabase_list(void *self, const char *prefix, store_visit *fn, void *ctx,
              struct err *err)
{
    struct supabase *s = self;
    auto_free char *url = xasprintf("%s/object/list-v2/%s", s->base, s->bucket);
    auto_free char *folder =
        xasprintf("%s%s", prefix, prefix[0] != '\0' ? "/" : "");
    auto_free char *cursor = NULL;

    for (;;) {
        auto_json json_object *ask = json_object_new_object();
        auto_json json_object *page = NULL;
        const char *next;

        json_add_str(ask, "prefix", folder);
        json_add_int(ask, "limit", PAGE);
        json_add_bool(ask, "with_delimiter", false);
        if (cursor != NULL)
            json_add_str(ask, "cursor", cursor);
        if (supabase_json(s, "POST", url, ask, &page, err) == -1 ||
            visit_all(page, fn, ctx, err) == -1)
            return -1;
        next = json_text(page, "nextCursor");
        if (!json_object_get_boolean(json_at(page, "hasNext")))
            return 0;
        if (next == NULL)
            return err_set(err, ERR_STORAGE,
                           "Supabase's list goes on, but does not say where");
        free(cursor);
        cursor = xstrdup(next);
    }
}
