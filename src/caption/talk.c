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

/* The text of a turn: its content, or the first part of it, which is a text. */
static json_object *
saying(json_object *message, const char **ret_name)
{
    json_object *content = json_at(message, "content");

    *ret_name = "content";
    if (!json_object_is_type(content, json_type_array))
        return message;
    *ret_name = "text";
    return json_object_array_get_idx(content, 0);
}

char *
talk_content(struct talk *t, size_t i)
{
    const char *name;
    json_object *m =
        saying(json_object_array_get_idx(messages_of(t), i), &name);

    return xstrdup(json_text(m, name));
}

void
talk_replace(struct talk *t, size_t i, const char *content)
{
    const char *name;
    json_object *m =
        saying(json_object_array_get_idx(messages_of(t), i), &name);

    json_add_str(m, name, content);
}

/* ---- the clips ---- */

static void
add_text(json_object *parts, const char *text)
{
    json_object *part = json_object_new_object();

    json_add_str(part, "type", "text");
    json_add_str(part, "text", text);
    json_object_array_add(parts, part);
}

static void
add_clip(json_object *parts, const char *name, const char *format)
{
    json_object *part = json_object_new_object();
    json_object *audio = json_object_new_object();

    json_add_str(audio, "data", name);
    json_add_str(audio, "format", format);
    json_add_str(part, "type", "input_audio");
    json_add(part, "input_audio", audio);
    json_object_array_add(parts, part);
}

/* A description of the clip, placed before it. */
static char *
caption_of(const struct clips *clips, size_t i)
{
    const struct clip *c = &clips->v[i];

    if (c->position >= 0)
        return xasprintf("Audio of the window at position %d:", c->position);
    return xasprintf("Audio, excerpt %zu of %zu, from second %.1f of the "
                     "track, %.1f seconds:",
                     i + 1, clips->n, c->start_sec, c->seconds);
}

void
talk_sound(struct talk *t, size_t i, const struct clips *clips)
{
    json_object *m = json_object_array_get_idx(messages_of(t), i);
    json_object *parts = json_object_new_array();
    auto_free char *said = talk_content(t, i);

    id_make(t->marker);
    add_text(parts, said);
    for (size_t k = 0; k < clips->n; k++) {
        auto_free char *name = clip_name(t->marker, k);
        auto_free char *what = caption_of(clips, k);

        add_text(parts, what);
        add_clip(parts, name, clips->format);
    }
    json_add(m, "content", parts);
}

void
talk_mute(struct talk *t, const char *why)
{
    json_object *all = messages_of(t);

    for (size_t i = 0; i < json_object_array_length(all); i++) {
        json_object *m = json_object_array_get_idx(all, i);
        auto_free char *said = talk_content(t, i);

        json_add_str(m, "content", said);
    }
    t->marker[0] = '\0';
    free(t->muted);
    t->muted = xstrdup(why);
}

long
talk_bytes(struct talk *t)
{
    json_object *all = messages_of(t);
    long n = 0;

    for (size_t i = 0; i < json_object_array_length(all); i++) {
        const char *name;
        json_object *m = saying(json_object_array_get_idx(all, i), &name);
        const char *said = json_text(m, name);

        n += said != NULL ? (long)strlen(said) : 0;
    }
    return n;
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
    free(t->muted);
    json_object_put(t->open);
    *t = TALK_INIT;
}
