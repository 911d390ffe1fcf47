/* What a caption is made from, out of the database. */
#include "train/train.h"

void
sources_release(struct sources *s)
{
    json_object_put(s->schema);
    json_object_put(s->summary);
    *s = (struct sources){0};
}

/* What is not found of an artist who is not there: only then is it worth a
 * query to tell which of the two is missing. */
static int
missing(struct app *app, const char *artist, const struct err *why,
        struct err *err)
{
    auto_artist struct artist known = {0};

    if ((why->code == ERR_SCHEMA_NOT_FOUND || why->code == ERR_SET_NOT_FOUND) &&
        artist_get(app->db, artist, &known, err) == -1)
        return -1;
    *err = *why;
    return -1;
}

int
summary_load(struct app *app, const char *artist, const char *parse_id,
             json_object **ret, struct err *err)
{
    auto_set struct set set = {0};
    struct err why = ERR_INIT;

    if (set_get_of(app->db, artist, parse_id, &set, &why) == -1)
        return missing(app, artist, &why, err);
    *ret = steal(&set.summary);
    return 0;
}

static int
schema_load(struct app *app, const char *artist, json_object **ret,
            struct err *err)
{
    struct err why = ERR_INIT;

    if (schema_get(app->db, artist, ret, &why) == -1)
        return missing(app, artist, &why, err);
    return 0;
}

int
sources_load(struct app *app, const char *artist, const char *parse_id,
             struct sources *ret, struct err *err)
{
    auto_sources struct sources s = {0};

    if (schema_load(app, artist, &s.schema, err) == -1 ||
        summary_load(app, artist, parse_id, &s.summary, err) == -1)
        return -1;
    *ret = s;
    s = (struct sources){0};
    return 0;
}
