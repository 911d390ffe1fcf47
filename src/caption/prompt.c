/* The system prompt and the form of its answer; see prompt.h. */
#include "caption/prompt.h"

#include "base/json.h"
#include "caption/texts.h"

const char *
prompt_text(void)
{
    return train_v1_text;
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
answer_schema(void)
{
    json_object *schema = json_object_new_object();
    json_object *properties = json_object_new_object();
    json_object *required = json_object_new_array();

    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        json_object *type = type_of(members[i].type, members[i].may_be_null);

        if (members[i].list) {
            json_object *list = json_object_new_object();

            json_add_str(list, "type", "array");
            json_add(list, "items", type);
            type = list;
        }
        json_add(properties, members[i].name, type);
        json_object_array_add(required,
                              json_object_new_string(members[i].name));
    }
    json_add_str(schema, "type", "object");
    json_add(schema, "properties", properties);
    json_add(schema, "required", required);
    json_add_bool(schema, "additionalProperties", false);
    return schema;
}

json_object *
prompt_response_format(void)
{
    json_object *format = json_object_new_object();
    json_object *named = json_object_new_object();

    json_add_str(named, "name", "caption");
    json_add_bool(named, "strict", true);
    json_add(named, "schema", answer_schema());
    json_add_str(format, "type", "json_schema");
    json_add(format, "json_schema", named);
    return format;
}
