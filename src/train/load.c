/* What a caption is made from, out of the database. */
#include "train/train.h"

void
sources_release(struct sources *s)
{
    json_object_put(s->schema);
    json_object_put(s->summary);
    *s = (struct sources){0};
}

int
summary_load(struct app *app, const char *artist, const char *parse_id,
             json_object **ret, struct err *err)
{
    auto_set struct set set = {0};

    if (set_get_of(app->db, artist, parse_id, &set, err) == -1)
        return -1;
    *ret = steal(&set.summary);
    return 0;
}

int
sources_load(struct app *app, const char *artist, const char *parse_id,
             struct sources *ret, struct err *err)
{
    return sources_get(app->db, artist, parse_id, &ret->schema, &ret->summary,
                       err);
}
