/* An error as the document that clients read (RFC 9457). */
#ifndef WEB_PROBLEM_H
#define WEB_PROBLEM_H

#include <json-c/json.h>

#include "base/err.h"

/* Adds the members of extra, which is consumed (may be NULL). The caller puts
 * the result. */
json_object *problem_make(const struct err *why, const char *request_id,
                          json_object *extra);

#endif
