/* The one copy of a conversation; see talk.h. */
#include "caption/talk.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

/* To be read and changed; the talk's. The text is ours, so it is whole. */
static json_object *
messages_of(struct talk *t)
{
    struct err err = ERR_INIT;

    if (t->open == NULL && t->text != NULL)
        t->open = json_parse_object(t->text, strlen(t->text), &err);
    free(steal(&t->text));
    if (t->open == NULL)
        t->open = json_object_new_object();
    if (json_at(t->open, "messages") == NULL)
        json_add(t->open, "messages", json_object_new_array());
    return json_at(t->open, "messages");
}

void
talk_add(struct talk *t, const char *role, const char *content)
{
    json_object *m = json_object_new_object();

    json_add_str(m, "role", role);
    json_add_str(m, "content", content);
    json_object_array_add(messages_of(t), m);
}

char *
talk_content(struct talk *t, size_t i)
{
    json_object *m = json_object_array_get_idx(messages_of(t), i);

    return xstrdup(json_text(m, "content"));
}

void
talk_replace(struct talk *t, size_t i, const char *content)
{
    json_add_str(json_object_array_get_idx(messages_of(t), i), "content",
                 content);
}

void
talk_address(struct talk *t, json_object *parameters)
{
    json_add(parameters, "messages", json_object_get(messages_of(t)));
    t->text = xstrdup(json_out(parameters));
    json_object_put(parameters);
    json_object_put(steal(&t->open));
}

void
talk_release(struct talk *t)
{
    free(t->text);
    json_object_put(t->open);
    *t = TALK_INIT;
}
