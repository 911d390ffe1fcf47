/* Strict reading, typed getters and adders over json-c; see json.h. */
#include "base/json.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/id.h"
#include "base/mem.h"

AUTO_DEFINE(auto_tokener_p, json_tokener *, json_tokener_free)

json_object *
json_parse(const char *text, size_t len, struct err *err)
{
    auto_cleanup(auto_tokener_p) json_tokener *tok =
        json_tokener_new_ex(JSON_DEPTH_MAX + 1);
    json_object *o;

    if (tok == NULL || len > INT_MAX - 1) {
        err_set(err, ERR_INVALID_JSON, "the JSON is too long");
        return NULL;
    }
    /* Some programs put a byte order mark before it (RFC 8259, 8.1). */
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    /* None of json-c's flags: their meaning varies by version. */
    if (json_check(text, len, err) == -1)
        return NULL;
    o = json_tokener_parse_ex(tok, text, (int)len);
    if (json_tokener_get_error(tok) == json_tokener_continue)
        o = json_tokener_parse_ex(tok, "", 1); /* a bare number ends here */
    if (json_tokener_get_error(tok) != json_tokener_success) {
        json_object_put(o);
        err_set(err, ERR_INVALID_JSON,
                "this JSON cannot be read: %s (byte %zu)",
                json_tokener_error_desc(json_tokener_get_error(tok)),
                json_tokener_get_parse_end(tok));
        return NULL;
    }
    return o;
}

json_object *
json_parse_object(const char *text, size_t len, struct err *err)
{
    json_object *o = json_parse(text, len, err);

    if (err->code == ERR_NONE && !json_object_is_type(o, json_type_object)) {
        json_object_put(o);
        err_set(err, ERR_INVALID_JSON, "this must be a JSON object");
        return NULL;
    }
    return o;
}

/* 1 with the member in *ret, 0 if it is absent or null. */
static int
member(json_object *o, const char *name, json_object **ret)
{
    return json_object_object_get_ex(o, name, ret) && *ret != NULL;
}

static int
missing(const char *name, struct err *err)
{
    return err_field(err, name, "%s is missing", name);
}

int
json_opt_str(json_object *o, const char *name, const char **ret,
             struct err *err)
{
    json_object *m;
    const char *s;

    if (!member(o, name, &m))
        return 0;
    if (!json_object_is_type(m, json_type_string))
        return err_field(err, name, "%s must be a string", name);
    s = json_object_get_string(m);
    if (strlen(s) != (size_t)json_object_get_string_len(m))
        return err_field(err, name, "%s must not contain a NUL character",
                         name);
    *ret = s;
    return 0;
}

int
json_str(json_object *o, const char *name, const char **ret, struct err *err)
{
    json_object *m;

    if (!member(o, name, &m))
        return missing(name, err);
    return json_opt_str(o, name, ret, err);
}

int
json_opt_uuid(json_object *o, const char *name, const char **ret,
              struct err *err)
{
    const char *s = NULL;

    if (json_opt_str(o, name, &s, err) == -1)
        return -1;
    if (s == NULL)
        return 0;
    if (!id_valid(s))
        return err_field(err, name, "%s must be a UUID", name);
    *ret = s;
    return 0;
}

int
json_uuid(json_object *o, const char *name, const char **ret, struct err *err)
{
    json_object *m;

    if (!member(o, name, &m))
        return missing(name, err);
    return json_opt_uuid(o, name, ret, err);
}

int
json_opt_bool(json_object *o, const char *name, bool *ret, struct err *err)
{
    json_object *m;

    if (!member(o, name, &m))
        return 0;
    if (!json_object_is_type(m, json_type_boolean))
        return err_field(err, name, "%s must be true or false", name);
    *ret = json_object_get_boolean(m);
    return 0;
}

int
json_obj(json_object *o, const char *name, json_object **ret, struct err *err)
{
    json_object *m;

    if (!member(o, name, &m))
        return missing(name, err);
    if (!json_object_is_type(m, json_type_object))
        return err_field(err, name, "%s must be an object", name);
    *ret = m;
    return 0;
}

int
json_array(json_object *o, const char *name, json_object **ret, struct err *err)
{
    json_object *m;

    if (!member(o, name, &m))
        return missing(name, err);
    if (!json_object_is_type(m, json_type_array))
        return err_field(err, name, "%s must be an array", name);
    *ret = m;
    return 0;
}

json_object *
json_at(json_object *o, const char *name)
{
    json_object *m;

    return json_object_is_type(o, json_type_object) && member(o, name, &m)
               ? m
               : NULL;
}

const char *
json_text(json_object *o, const char *name)
{
    json_object *m = json_at(o, name);

    return json_object_is_type(m, json_type_string) ? json_object_get_string(m)
                                                    : NULL;
}

double
json_number(json_object *o, const char *name, double fallback)
{
    json_object *m = json_at(o, name);

    return json_object_is_type(m, json_type_int) ||
                   json_object_is_type(m, json_type_double)
               ? json_object_get_double(m)
               : fallback;
}

int
json_number_int(json_object *o, const char *name, int fallback)
{
    double n = json_number(o, name, fallback);

    return (int)fmin(fmax(n, INT_MIN), INT_MAX); /* INT_MIN for NaN */
}

int64_t
json_number_int64(json_object *o, const char *name, int64_t fallback)
{
    static const double edge = 9007199254740992; /* 2^53: whole up to there */
    json_object *m = json_at(o, name);

    if (json_object_is_type(m, json_type_int))
        return json_object_get_int64(m);
    if (!json_object_is_type(m, json_type_double))
        return fallback;
    return (int64_t)fmin(fmax(json_object_get_double(m), -edge), edge);
}

void
json_add(json_object *o, const char *name, json_object *child)
{
    if (json_object_object_add(o, name, child) != 0)
        abort(); /* only possible if memory is exhausted */
}

void
json_add_str(json_object *o, const char *name, const char *text)
{
    json_add(o, name, text != NULL ? json_object_new_string(text) : NULL);
}

void
json_add_int(json_object *o, const char *name, int64_t n)
{
    json_add(o, name, json_object_new_int64(n));
}

void
json_add_num(json_object *o, const char *name, double n)
{
    char text[32];

    if (!isfinite(n)) {
        json_add(o, name, NULL);
        return;
    }
    /* json-c prints 17 digits; 12 are enough. */
    (void)snprintf(text, sizeof(text), "%.12g", n);
    json_add(o, name, json_object_new_double_s(n, text));
}

void
json_add_bool(json_object *o, const char *name, bool b)
{
    json_add(o, name, json_object_new_boolean(b));
}

const char *
json_out(json_object *o)
{
    return json_object_to_json_string_ext(
        o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
}
