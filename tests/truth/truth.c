/*
 * What is said of Live sets, for tests/truth/truth.js: one line of JSON for
 * each file with the facts, the embedded writer's caption and its fields.
 * Without a master schema, so that all of it is the set's own.
 */
#include <stdio.h>
#include <string.h>

#include "als/summary.h"
#include "base/json.h"
#include "caption/caption.h"
#include "caption/template.h"

static void
tell(const char *path)
{
    struct err err = ERR_INIT;
    auto_json json_object *summary =
        als_summary_from_file(path, path, NULL, &err);
    auto_json json_object *o = json_object_new_object();
    auto_facts struct facts f = {0};
    auto_style struct style s = {0};
    json_object *fields = NULL;

    json_add_str(o, "file", path);
    if (summary == NULL) {
        json_add_str(o, "refused", err.msg);
    } else {
        facts_read(&f, summary);
        json_add(o, "facts", facts_json(&f));
        if (!f.nothing_plays) {
            auto_free char *line = template_write(&f, &s, path, &fields);

            json_add_str(o, "caption", line);
            json_add(o, "fields", fields);
        }
        json_add(o, "key", json_object_get(json_at(summary, "key")));
    }
    (void)puts(json_out(o));
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        tell(argv[i]);
    return 0;
}
