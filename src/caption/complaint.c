/* Errors that a server reports; see complaint.h. */
#include "caption/complaint.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"

enum { DEPTH_MAX = 6, ENTRIES_MAX = 8, ENOUGH = 2000, TEXT_MAX = 4096 };

/* Members that contain a message, the most informative first. */
static const char *const tellers[] = {
    "error",      "message",       "msg",
    "detail",     "details",       "errors",
    "status_msg", "error_message", "error_description",
    "base_resp",  "reason",        "title"};

static json_object *
teller_of(json_object *o)
{
    for (size_t i = 0; i < sizeof(tellers) / sizeof(*tellers); i++) {
        json_object *m = json_at(o, tellers[i]);

        if (json_object_is_type(m, json_type_object) ||
            (json_object_is_type(m, json_type_array) &&
             json_object_array_length(m) > 0) ||
            (json_object_is_type(m, json_type_string) &&
             !text_blank(json_object_get_string(m))))
            return m;
    }
    return NULL;
}

/* The place of the fault in the request, as validators give it: a path of names
 * and numbers. Many messages do not name the member that they are about. */
static void
say_place(json_object *o, struct buf *b)
{
    json_object *loc = json_at(o, "loc");
    bool first = true;

    if (json_text(o, "param") != NULL)
        (void)buf_addf(b, " (%.100s)", json_text(o, "param"));
    if (!json_object_is_type(loc, json_type_array))
        return;
    for (size_t i = 0; i < json_object_array_length(loc) && i < ENTRIES_MAX;
         i++) {
        const char *step =
            json_object_get_string(json_object_array_get_idx(loc, i));

        if (step == NULL || (i == 0 && strcmp(step, "body") == 0))
            continue;
        (void)buf_addf(b, "%s%.60s", first ? " (" : ".", step);
        first = false;
    }
    if (!first)
        (void)buf_add_str(b, ")");
}

static void
say(json_object *o, struct buf *b, int depth)
{
    if (o == NULL || depth > DEPTH_MAX || b->len > ENOUGH)
        return;
    if (json_object_is_type(o, json_type_string)) {
        (void)buf_addf(b, "%s%.1000s", b->len > 0 ? "; " : "",
                       json_object_get_string(o));
    } else if (json_object_is_type(o, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(o) && i < ENTRIES_MAX;
             i++)
            say(json_object_array_get_idx(o, i), b, depth + 1);
    } else if (json_object_is_type(o, json_type_object)) {
        say(teller_of(o), b, depth + 1);
        say_place(o, b);
    }
}

/* The innermost object that has a code or a type. */
static void
read_code(json_object *o, struct complaint *c, int depth)
{
    const char *code;
    const char *type;
    double number;

    if (json_object_is_type(o, json_type_array))
        o = json_object_array_get_idx(o, 0);
    if (!json_object_is_type(o, json_type_object) || depth > DEPTH_MAX)
        return;
    code = json_text(o, "code");
    type = json_text(o, "type");
    number = json_number(o, "code", json_number(o, "status", 0));
    if (code == NULL ||
        (type != NULL && strcmp(type, "insufficient_quota") == 0))
        code = type;
    if (code != NULL)
        (void)snprintf(c->code, sizeof(c->code), "%s", code);
    if (number >= 400 && number < 600)
        c->status = (int)number;
    read_code(teller_of(o), c, depth + 1);
}

bool
complaint_is(json_object *o, bool answers)
{
    const char *kind = json_text(o, "object");
    json_object *error = json_at(o, "error");

    if (kind != NULL && strcmp(kind, "error") == 0)
        return true;
    if (error != NULL && !json_object_is_type(error, json_type_boolean))
        return json_object_is_type(error, json_type_object) ||
               !text_blank(json_object_get_string(error));
    return !answers && json_at(o, "usage") == NULL && teller_of(o) != NULL;
}

void
complaint_read(json_object *o, struct complaint *ret)
{
    auto_buf struct buf b = BUF_INIT(TEXT_MAX);
    auto_free char *line = NULL;

    *ret = (struct complaint){0};
    read_code(o, ret, 0);
    say(o, &b, 0);
    line = text_one_line(buf_str(&b));
    line[text_cut(line, sizeof(ret->message) - 1)] = '\0';
    (void)snprintf(ret->message, sizeof(ret->message), "%s", line);
}
