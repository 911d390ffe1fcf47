/* A chat completions server's answer while it comes in; see reply.h. */
#include "caption/reply.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

enum { BODY_MAX = 1 << 20, ERROR_MAX = 64 * 1024 };

static int on_event(void *ctx, const char *data, size_t len, bool whole);

void
reply_init(struct reply *r, const struct model_hooks *hooks, struct err *err)
{
    *r = (struct reply){
        .hooks = hooks,
        .err = err,
        .events = SSE_INIT(on_event, r),
        .body = BUF_INIT(BODY_MAX),
        .line = LINE_INIT,
    };
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

/* Give the hook what the line has grown by. */
static int
tell(struct reply *r)
{
    auto_free char *line = line_text(&r->line);
    size_t from = r->told;

    if (strlen(line) <= from)
        return 0;
    r->told = strlen(line);
    if (r->hooks->delta == NULL)
        return 0;
    return r->hooks->delta(r->hooks->ctx, line + from, r->err);
}

static int
add_content(struct reply *r, json_object *content)
{
    if (!json_object_is_type(content, json_type_string))
        return 0; /* null, as in a first chunk */
    if (line_feed(&r->line, json_object_get_string(content),
                  (size_t)json_object_get_string_len(content)) == -1) {
        r->too_long = true;
        return -1;
    }
    return tell(r);
}

/* {message, type, code} or a plain text. */
static void
read_error(struct reply *r, json_object *e)
{
    const char *code = json_text(e, "code");
    const char *type = json_text(e, "type");
    double number = json_number(e, "code", 0); /* a status, from some */

    r->failed = true;
    if (code == NULL ||
        (type != NULL && strcmp(type, "insufficient_quota") == 0))
        code = type;
    copy(r->code, sizeof(r->code), code);
    if (number >= 400 && number < 600)
        r->status = (int)number;
    copy(r->message, sizeof(r->message),
         json_object_is_type(e, json_type_string) ? json_object_get_string(e)
                                                  : json_text(e, "message"));
    /* Many messages do not name the member that they are about. */
    if (json_text(e, "param") != NULL) {
        size_t n = strlen(r->message);

        (void)snprintf(r->message + n, sizeof(r->message) - n, " (%s)",
                       json_text(e, "param"));
    }
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
    return add_content(r, json_at(delta, "content"));
}

/* A chunk or a whole completion; both have the same members. */
static int
read_object(struct reply *r, json_object *o)
{
    json_object *choices = json_at(o, "choices");
    json_object *usage = json_at(o, "usage");
    json_object *error = json_at(o, "error");

    if (error != NULL) {
        read_error(r, error);
        return -1;
    }
    copy(r->model, sizeof(r->model), json_text(o, "model"));
    if (usage != NULL) {
        r->tokens_in = (long)json_number(usage, "prompt_tokens", 0);
        r->tokens_out = (long)json_number(usage, "completion_tokens", 0);
    }
    if (!json_object_is_type(choices, json_type_array) ||
        json_object_array_length(choices) == 0)
        return 0;
    return read_choice(r, json_object_array_get_idx(choices, 0));
}

static int
on_event(void *ctx, const char *data, size_t len, bool whole)
{
    struct reply *r = ctx;
    struct err ignored = ERR_INIT;
    auto_json json_object *o = NULL;

    if (len == 0 || r->done)
        return SSE_TAKEN;
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

int
reply_take(void *ctx, int status, const void *data, size_t len)
{
    struct reply *r = ctx;

    if (r->kind == REPLY_UNKNOWN)
        find_kind(r, status, data, len);
    if (r->kind == REPLY_EVENTS)
        return sse_feed(&r->events, data, len);
    if (status / 100 != 2 && r->body.len + len > ERROR_MAX)
        return 0; /* enough to know why */
    return buf_add(&r->body, data, len);
}

static int
read_body(struct reply *r, int status)
{
    struct err ignored = ERR_INIT;
    auto_json json_object *o =
        json_parse_object(buf_str(&r->body), r->body.len, &ignored);

    if (o == NULL) {
        r->garbage = true;
        copy(r->message, sizeof(r->message), buf_str(&r->body));
        return 0;
    }
    if (status / 100 != 2 && json_at(o, "error") == NULL) {
        read_error(r, o); /* some put it at the top */
        return 0;
    }
    r->done = true;
    (void)read_object(r, o);
    return 0;
}

int
reply_close(struct reply *r, int status)
{
    if (r->kind == REPLY_BODY)
        (void)read_body(r, status);
    else
        (void)sse_end(&r->events);
    if (r->err->code == ERR_NONE && !r->failed) {
        if (line_end(&r->line) == -1)
            r->too_long = true;
        (void)tell(r);
    }
    return r->err->code == ERR_NONE ? 0 : -1;
}
