/*
 * JSON with json-c: strict parsing, typed getters that word their own 400, and
 * visible ownership.
 *
 * json-c's rules: json_object_object_get_ex borrows; json_object_object_add and
 * json_object_array_add consume; a string from a json_object lives as long as
 * the object does.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/json_check.h"

static inline void
auto_json_p(json_object **o)
{
    json_object_put(*o);
}
#define auto_json auto_cleanup(auto_json_p)

/* Exactly one JSON value, as json_check defines it, with or without a byte
 * order mark. NULL is an error (ERR_INVALID_JSON) or the JSON null; err tells
 * which. The caller puts it. */
json_object *json_parse(const char *text, size_t len, struct err *err);
/* The same, but anything other than an object is ERR_INVALID_JSON. */
json_object *json_parse_object(const char *text, size_t len, struct err *err);

/*
 * Members of a request. Each returns 0, or -1 with ERR_INVALID_FIELD naming the
 * member. Borrowed from o. A string that contains a NUL is refused, because
 * neither a file nor the database could hold it. The opt variants leave *ret
 * unchanged if the member is absent or null.
 */
int json_str(json_object *o, const char *name, const char **ret,
             struct err *err);
int json_opt_str(json_object *o, const char *name, const char **ret,
                 struct err *err);
int json_uuid(json_object *o, const char *name, const char **ret,
              struct err *err);
int json_opt_uuid(json_object *o, const char *name, const char **ret,
                  struct err *err);
int json_opt_bool(json_object *o, const char *name, bool *ret, struct err *err);
int json_obj(json_object *o, const char *name, json_object **ret,
             struct err *err);
int json_array(json_object *o, const char *name, json_object **ret,
               struct err *err);

/* Members of trusted objects; NULL or the fallback if the member is absent or
 * of another type. Borrowed. */
json_object *json_at(json_object *o, const char *name);
const char *json_text(json_object *o, const char *name); /* NULL */
double json_number(json_object *o, const char *name, double fallback);
/* The same without its fraction, clamped to the range of int: a cast of a
 * stranger's number is undefined if it does not fit. */
int json_number_int(json_object *o, const char *name, int fallback);
int64_t json_number_int64(json_object *o, const char *name, int64_t fallback);

/* Add a member; a NULL text becomes null. */
void json_add_str(json_object *o, const char *name, const char *text);
void json_add_int(json_object *o, const char *name, int64_t n);
void json_add_num(json_object *o, const char *name, double n); /* NaN: null */
void json_add_bool(json_object *o, const char *name, bool b);
void json_add(json_object *o, const char *name, json_object *child);

/* The text of a value, compact, slashes as they are. Borrowed from o. */
const char *json_out(json_object *o);

#endif
