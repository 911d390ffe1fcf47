/* POST /api/train/check: any text, held against the set. */
#include "base/text.h"
#include "caption/caption.h"
#include "caption/context.h"
#include "caption/grounding.h"
#include "train/train.h"

enum { TEXT_MAX = 10000 }; /* characters */

int
train_check(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_json json_object *summary = NULL;
    auto_facts struct facts facts = {0};
    const char *artist;
    const char *parse_id;
    const char *text;
    json_object *out;

    if (in == NULL || json_uuid(in, "artistId", &artist, err) == -1 ||
        json_str(in, "parseId", &parse_id, err) == -1 ||
        json_str(in, "promptText", &text, err) == -1)
        return -1;
    if (text_count(text) > TEXT_MAX)
        return err_field(err, "promptText",
                         "promptText may have at most %d characters", TEXT_MAX);
    if (summary_load(app, artist, parse_id, &summary, err) == -1)
        return -1;
    facts_read(&facts, summary);

    out = json_object_new_object();
    json_add(out, "warnings", grounding_check(&facts, text));
    json_add_int(out, "words", caption_words(text));
    json_add_int(out, "tokens", context_tokens(text));
    return reply_json(req, 200, out, err);
}
