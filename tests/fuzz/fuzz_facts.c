/* Any JSON as a set's summary and as a master schema: facts, and the embedded
 * writer's caption of both, which is one line of text. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "caption/template.h"
#include "music/digest.h"

enum { DIGEST_MAX = 4000 };

static void
hold(bool truth)
{
    if (!truth)
        abort();
}

static void
write_of(json_object *summary, json_object *schema)
{
    auto_facts struct facts f = {0};
    auto_style struct style s = {0};
    auto_json json_object *fields = NULL;
    auto_json json_object *shown = NULL;
    auto_json json_object *bound = NULL;
    auto_free char *digest = NULL;
    auto_free char *line = NULL;

    facts_read(&f, summary);
    style_read(&s, schema);
    shown = facts_json(&f);
    bound = facts_for_model(&f);
    hold(json_out(shown) != NULL && json_out(bound) != NULL);
    digest = digest_write(summary, DIGEST_MAX);
    hold(strlen(digest) <= DIGEST_MAX);
    line = template_write(&f, &s, "seed", &fields);
    hold(line != NULL && strchr(line, '\n') == NULL);
    hold(text_valid(line, strlen(line)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct err err = ERR_INIT;
    auto_json json_object *o = json_parse((const char *)data, len, &err);

    if (o == NULL)
        return 0;
    write_of(o, o);
    write_of(o, NULL);
    write_of(NULL, o);
    return 0;
}
