/* JSON written as it comes; see json_writer.h. */
#include "base/json_writer.h"

#include "base/json.h"

static void
put(struct json_writer *w, const char *text, bool comma_after)
{
    if (w->comma)
        buf_add_str(w->out, ",");
    buf_add_str(w->out, text);
    w->comma = comma_after;
}

/* No comma precedes a closing bracket. */
static void
close_by(struct json_writer *w, const char *bracket)
{
    w->comma = false;
    put(w, bracket, true);
}

void
json_writer_object(struct json_writer *w)
{
    put(w, "{", false);
}

void
json_writer_object_end(struct json_writer *w)
{
    close_by(w, "}");
}

void
json_writer_array(struct json_writer *w)
{
    put(w, "[", false);
}

void
json_writer_array_end(struct json_writer *w)
{
    close_by(w, "]");
}

void
json_writer_name(struct json_writer *w, const char *name)
{
    auto_json json_object *text = json_object_new_string(name);

    put(w, json_out(text), false);
    buf_add_str(w->out, ":");
}

void
json_writer_value(struct json_writer *w, json_object *value)
{
    put(w, json_out(value), true);
}

void
json_writer_members(struct json_writer *w, json_object *o)
{
    json_object_object_foreach(o, name, value)
    {
        json_writer_name(w, name);
        json_writer_value(w, value);
    }
}
