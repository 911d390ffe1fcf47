/* The one copy of a conversation; see talk.h. */
#include "caption/talk.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

/* The text as JSON. It is ours, so it is whole. The caller puts it. */
static json_object *
open_text(const struct talk *t)
{
    struct err err = ERR_INIT;
    json_object *o = NULL;

    if (t->text != NULL)
        o = json_parse_object(t->text, strlen(t->text), &err);
    return o != NULL ? o : json_object_new_object();
}

static void
close_text(struct talk *t, json_object *o)
{
    free(t->text);
    t->text = xstrdup(json_out(o));
}

void
talk_add(struct talk *t, const char *role, const char *content)
{
    auto_json json_object *o = open_text(t);
    json_object *m = json_object_new_object();

    if (json_at(o, "messages") == NULL)
        json_add(o, "messages", json_object_new_array());
    json_add_str(m, "role", role);
    json_add_str(m, "content", content);
    json_object_array_add(json_at(o, "messages"), m);
    close_text(t, o);
}

char *
talk_content(const struct talk *t, size_t i)
{
    auto_json json_object *o = open_text(t);
    json_object *m = json_object_array_get_idx(json_at(o, "messages"), i);

    return xstrdup(json_text(m, "content"));
}

void
talk_replace(struct talk *t, size_t i, const char *content)
{
    auto_json json_object *o = open_text(t);

    json_add_str(json_object_array_get_idx(json_at(o, "messages"), i),
                 "content", content);
    close_text(t, o);
}

void
talk_address(struct talk *t, json_object *parameters)
{
    auto_json json_object *o = open_text(t);

    json_add(parameters, "messages", json_object_get(json_at(o, "messages")));
    close_text(t, parameters);
    json_object_put(parameters);
}

void
talk_release(struct talk *t)
{
    free(t->text);
    *t = TALK_INIT;
}
