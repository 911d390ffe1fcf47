/* Problem documents; see problem.h. */
#include "web/problem.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/text.h"

/* Messages quote what clients sent, and are cut at the end of their buffer:
 * either may break UTF-8, but the document must be valid. */
static void
add_text(json_object *o, const char *name, const char *text)
{
    auto_buf struct buf b = BUF_INIT(4 * sizeof(((struct err *)0)->msg));
    const char *was = text;
    const char *p = text;
    uint32_t c;

    while ((c = text_next(&p)) != 0) {
        if (c == 0xfffd)
            (void)buf_add_str(&b, "\xef\xbf\xbd");
        else
            (void)buf_add(&b, was, (size_t)(p - was));
        was = p;
    }
    json_add_str(o, name, buf_str(&b));
}

json_object *
problem_make(const struct err *why, const char *request_id, json_object *extra)
{
    json_object *o = json_object_new_object();
    const char *word = err_word(why->code);
    auto_buf struct buf type = BUF_INIT(256);

    (void)buf_addf(&type, "urn:trainmode:problem:%s", word);
    json_add_str(o, "type", buf_str(&type));
    json_add_str(o, "title", err_title(why->code));
    json_add_int(o, "status", err_status(why->code));
    add_text(o, "detail", err_detail(why));
    json_add_str(o, "code", word);
    json_add_str(o, "requestId", request_id);
    if (why->field[0] != '\0')
        add_text(o, "field", why->field);
    if (extra != NULL) {
        json_object_object_foreach(extra, name, value)
            json_add(o, name, json_object_get(value));
        json_object_put(extra);
    }
    return o;
}
