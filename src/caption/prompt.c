/* The system prompts and the forms of their answers; see prompt.h. */
#include "caption/prompt.h"

#include "base/json.h"
#include "caption/texts.h"

const char *
prompt_version(bool hears)
{
    return hears ? PROMPT_HEARS_VERSION : PROMPT_VERSION;
}

const char *
prompt_text(bool hears)
{
    return hears ? train_v2_text : train_v1_text;
}

const char *
prompt_windows_text(bool hears)
{
    return hears ? windows_v4_text : windows_v3_text;
}

/* The members, in the order in which they are to be written. */
static const struct {
    const char *name;
    const char *type;
    bool list, may_be_null;
} members[] = {
    {"genre", "string", false, false},
    {"description", "string", false, false},
    {"moods", "string", true, false},
    {"instruments", "string", true, false},
    {"keywords", "string", true, false},
    {"bpm", "number", false, true},
    {"key", "string", false, true},
};

static json_object *
type_of(const char *type, bool may_be_null)
{
    json_object *o = json_object_new_object();
    json_object *types;

    if (!may_be_null) {
        json_add_str(o, "type", type);
        return o;
    }
    types = json_object_new_array();
    json_object_array_add(types, json_object_new_string(type));
    json_object_array_add(types, json_object_new_string("null"));
    json_add(o, "type", types);
    return o;
}

/* Strict mode wants every member required and no others allowed. */
static json_object *
closed_object(json_object *properties)
{
    json_object *schema = json_object_new_object();
    json_object *required = json_object_new_array();

    json_object_object_foreach(properties, name, type)
    {
        (void)type;
        json_object_array_add(required, json_object_new_string(name));
    }
    json_add_str(schema, "type", "object");
    json_add(schema, "properties", properties);
    json_add(schema, "required", required);
    json_add_bool(schema, "additionalProperties", false);
    return schema;
}

static json_object *
list_of(json_object *items)
{
    json_object *list = json_object_new_object();

    json_add_str(list, "type", "array");
    json_add(list, "items", items);
    return list;
}

/* What was heard, and whether there was a voice. */
static void
add_ears(json_object *properties)
{
    static const char *const answers[] = {"yes", "no", "unknown"};
    json_object *voice = type_of("string", false);
    json_object *words = json_object_new_array();

    for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
        json_object_array_add(words, json_object_new_string(answers[i]));
    json_add(voice, "enum", words);
    json_add(properties, "voice", voice);
    json_add(properties, "heard", list_of(type_of("string", false)));
}

static void
add_members(json_object *properties)
{
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        json_object *type = type_of(members[i].type, members[i].may_be_null);

        json_add(properties, members[i].name,
                 members[i].list ? list_of(type) : type);
    }
}

static json_object *
format_of(const char *name, json_object *schema)
{
    json_object *format = json_object_new_object();
    json_object *named = json_object_new_object();

    json_add_str(named, "name", name);
    json_add_bool(named, "strict", true);
    json_add(named, "schema", schema);
    json_add_str(format, "type", "json_schema");
    json_add(format, "json_schema", named);
    return format;
}

json_object *
prompt_response_format(bool hears)
{
    json_object *properties = json_object_new_object();

    add_members(properties);
    if (hears)
        add_ears(properties);
    return format_of("caption", closed_object(properties));
}

json_object *
prompt_windows_format(bool hears)
{
    json_object *one = json_object_new_object();
    json_object *all = json_object_new_object();

    json_add(one, "position", type_of("integer", false));
    add_members(one);
    if (hears)
        add_ears(one);
    json_add(all, "windows", list_of(closed_object(one)));
    return format_of("captions", closed_object(all));
}
