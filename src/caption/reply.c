/* A chat completions server's answer as it arrives; see reply.h. */
#include "caption/reply.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/complaint.h"

enum {
    BODY_MAX = 1 << 20,
    ERROR_MAX = 64 * 1024,
    STREAM_MAX = 64 << 20, /* bytes of events: thoughts come in them too */
};

static int on_event(void *ctx, const char *data, size_t len, bool whole);

void
reply_init(struct reply *r, const struct model_hooks *hooks, size_t windows,
           struct err *err)
{
    *r = (struct reply){
        .hooks = hooks,
        .err = err,
        .events = SSE_INIT(on_event, r),
        .body = BUF_INIT(BODY_MAX),
        .line = LINE_INIT,
        .tokens_audio = -1,
    };
    if (windows > 0)
        line_expect(&r->line, windows);
}

void
reply_release(struct reply *r)
{
    sse_release(&r->events);
    buf_release(&r->body);
    line_release(&r->line);
}

/* ---- what chunks and bodies say ---- */

static void
copy(char *ret, size_t size, const char *text)
{
    if (text != NULL)
        (void)snprintf(ret, size, "%s", text);
}

/* Pass the new part of the line to the hook. */
static int
tell(struct reply *r, const char *line)
{
    size_t from = r->told;

    if (strlen(line) <= from)
        return 0;
    r->told = strlen(line);
    if (r->hooks->delta == NULL)
        return 0;
    return r->hooks->delta(r->hooks->ctx, line + from, r->err);
}

static int
show(struct reply *r)
{
    auto_free char *line = line_shown(&r->line);

    return tell(r, line);
}

static int
add_text(struct reply *r, json_object *text)
{
    if (!json_object_is_type(text, json_type_string))
        return 0; /* null, as in a first chunk */
    if (line_feed(&r->line, json_object_get_string(text),
                  (size_t)json_object_get_string_len(text)) == -1) {
        r->too_long = true;
        return -1;
    }
    return show(r);
}

/* One part of a content that is a list: a text, or {type, text}. Thoughts and
 * refusals are parts of other types. */
static int
add_part(struct reply *r, json_object *part)
{
    const char *type = json_text(part, "type");
    json_object *text = json_at(part, "text");

    if (type != NULL && strcmp(type, "refusal") == 0)
        r->refused = true;
    if (type != NULL && strcmp(type, "text") != 0 &&
        strcmp(type, "output_text") != 0)
        return 0;
    if (json_object_is_type(text, json_type_object))
        text = json_at(text, "value");
    return add_text(r, text != NULL ? text : part);
}

static int
add_content(struct reply *r, json_object *content)
{
    if (!json_object_is_type(content, json_type_array))
        return add_text(r, content);
    for (size_t i = 0; i < json_object_array_length(content); i++)
        if (add_part(r, json_object_array_get_idx(content, i)) == -1)
            return -1;
    return 0;
}

static void
read_error(struct reply *r, json_object *e)
{
    struct complaint c = {0};

    complaint_read(e, &c);
    r->failed = true;
    r->status = c.status;
    copy(r->code, sizeof(r->code), c.code);
    copy(r->message, sizeof(r->message), c.message);
}

static int
read_choice(struct reply *r, json_object *choice)
{
    json_object *delta = json_at(choice, "delta");

    if (delta == NULL)
        delta = json_at(choice, "message");
    copy(r->finish, sizeof(r->finish), json_text(choice, "finish_reason"));
    if (json_text(delta, "refusal") != NULL &&
        json_text(delta, "refusal")[0] != '\0')
        r->refused = true;
    if (json_object_is_type(json_at(choice, "error"), json_type_object)) {
        read_error(r, json_at(choice, "error"));
        return -1;
    }
    return add_content(r, json_at(delta, "content"));
}

static void
read_usage(struct reply *r, json_object *usage)
{
    json_object *details = json_at(usage, "prompt_tokens_details");

    if (usage == NULL)
        return;
    r->tokens_audio =
        json_number_int64(details, "audio_tokens", r->tokens_audio);
    r->tokens_in = json_number_int64(usage, "prompt_tokens", 0);
    r->tokens_out = json_number_int64(usage, "completion_tokens", 0);
}

/* A chunk or a whole completion; both have the same members. */
static int
read_object(struct reply *r, json_object *o)
{
    json_object *choices = json_at(o, "choices");
    bool any = json_object_is_type(choices, json_type_array) &&
               json_object_array_length(choices) > 0;

    if (complaint_is(o, any)) {
        read_error(r, o);
        return -1;
    }
    copy(r->model, sizeof(r->model), json_text(o, "model"));
    read_usage(r, json_at(o, "usage"));
    return any ? read_choice(r, json_object_array_get_idx(choices, 0)) : 0;
}

/* An event marked as an error, whatever its data is. */
static int
on_error_event(struct reply *r, const char *data, size_t len, bool whole)
{
    struct err ignored = ERR_INIT;
    auto_json json_object *o = json_parse(data, len, &ignored);

    if (o == NULL && !whole && (data[0] == '{' || data[0] == '['))
        return SSE_MORE;
    if (o == NULL)
        o = json_object_new_string(data);
    read_error(r, o);
    return -1;
}

static int
on_event(void *ctx, const char *data, size_t len, bool whole)
{
    struct reply *r = ctx;
    struct err ignored = ERR_INIT;
    auto_json json_object *o = NULL;

    if (len == 0 || r->done)
        return SSE_TAKEN;
    if (r->events.error)
        return on_error_event(r, data, len, whole);
    if (strcmp(data, "[DONE]") == 0) {
        r->done = true;
        return SSE_TAKEN;
    }
    if ((o = json_parse_object(data, len, &ignored)) == NULL) {
        r->garbage = whole;
        return whole ? -1 : SSE_MORE;
    }
    return read_object(r, o) == -1 ? -1 : SSE_TAKEN;
}

/* ---- bytes ---- */

/* Chunks start with a field or a comment, bodies with a brace or a tag. */
static void
find_kind(struct reply *r, int status, const char *data, size_t len)
{
    size_t i = 0;

    if (status / 100 != 2) {
        r->kind = REPLY_BODY;
        return;
    }
    while (i < len && strchr(" \r\n\t", data[i]) != NULL && data[i] != '\0')
        i++;
    if (i < len)
        r->kind = data[i] == '{' || data[i] == '<' || data[i] == '['
                      ? REPLY_BODY
                      : REPLY_EVENTS;
}

/* Stop a server that sends too much: -1 if this happened. */
static int
bounded(struct reply *r, int rc)
{
    if (r->events.overflow || r->body.failed)
        r->too_long = true;
    return rc;
}

int
reply_take(void *ctx, int status, const void *data, size_t len)
{
    struct reply *r = ctx;

    if (r->kind == REPLY_UNKNOWN)
        find_kind(r, status, data, len);
    if ((r->received += (int64_t)len) > STREAM_MAX) {
        r->too_long = true;
        return -1;
    }
    if (r->kind == REPLY_EVENTS)
        return bounded(r, sse_feed(&r->events, data, len));
    if (status / 100 != 2 && r->body.len + len > ERROR_MAX)
        return 0; /* enough to know why */
    return bounded(r, buf_add(&r->body, data, len));
}

/* A body that is not JSON: a web page is useless to a user, a single line may
 * help. */
static void
read_text(struct reply *r)
{
    const char *text = buf_str(&r->body);
    auto_free char *line = NULL;

    r->garbage = true;
    if (text[strspn(text, " \t\r\n")] == '<')
        return;
    line = text_one_line(text);
    line[text_cut(line, sizeof(r->message) - 1)] = '\0';
    copy(r->message, sizeof(r->message), line);
}

static void
read_body(struct reply *r, int status)
{
    struct err ignored = ERR_INIT;
    auto_json json_object *o =
        json_parse(buf_str(&r->body), r->body.len, &ignored);
    json_object *first = o;

    if (json_object_is_type(o, json_type_array)) /* Gemini's */
        first = json_object_array_get_idx(o, 0);
    if (status / 100 != 2 && o != NULL) {
        read_error(r, o);
        return;
    }
    if (!json_object_is_type(first, json_type_object)) {
        read_text(r);
        return;
    }
    r->done = true;
    (void)read_object(r, first);
}

int
reply_close(struct reply *r, int status)
{
    if (r->kind == REPLY_BODY)
        read_body(r, status);
    else
        (void)bounded(r, sse_end(&r->events));
    if (r->err->code != ERR_NONE)
        return -1;
    if (r->failed || r->too_long)
        return 0;
    line_end(&r->line);
    return 0;
}

int
reply_tell(struct reply *r)
{
    auto_free char *line = line_text(&r->line);
    auto_free char *shown = line_shown(&r->line);

    if (strncmp(line, shown, r->told) != 0) {
        r->told = 0;
        if (r->hooks->restart != NULL &&
            r->hooks->restart(r->hooks->ctx,
                              "the model thought aloud; this is its caption",
                              r->err) == -1)
            return -1;
    }
    return tell(r, line);
}
