/* POST /api/train/check: checks any text against the set, or against what
 * sounds in one window of an item. */
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "caption/caption.h"
#include "caption/context.h"
#include "caption/fields.h"
#include "caption/grounding.h"
#include "caption/screen.h"
#include "train/train.h"

enum { TEXT_MAX = 10000 }; /* characters */

/* Check against one window of an item; *ret is NULL if none is named. */
static int
check_window(struct app *app, json_object *in, const char *item,
             const char *text, json_object **ret, struct err *err)
{
    auto_track struct track track = {0};
    auto_window struct window w = {0}, unused = {0};
    auto_cleanup(window_text_release) struct window_text about = {0};
    json_object *position = json_at(in, "position");

    if (position == NULL)
        return 0;
    if (!json_object_is_type(position, json_type_int))
        return err_field(err, "position", "position is a whole number");
    if (window_get(app->db, item, json_object_get_int(position), &w, err) ==
            -1 ||
        track_load(app, item, &track, err) == -1)
        return -1;
    track_tell(&track, w.start_sec, w.end_sec, &about, &unused);
    *ret = window_warnings(&about, text, track.from.artist);
    return 0;
}

/* The request. Borrowed from the body, or from the item. */
struct asked {
    const char *artist, *parse_id, *item, *generation, *text;
};

/* The source of each word: the generation's for words that were left unchanged,
 * and the user's. */
static int
tell_evidence(struct app *app, const struct asked *a, const struct facts *f,
              json_object *schema, json_object **ret, struct err *err)
{
    auto_generation struct generation g = {0};
    auto_style struct style style = {0};
    auto_json json_object *by_hand = NULL;
    auto_free char *line = text_one_line(a->text);
    json_object *fields;

    if (a->generation != NULL &&
        generation_get(app->db, a->generation, &g, err) == -1)
        return -1;
    if (g.artist_id != NULL && strcmp(g.artist_id, a->artist) != 0)
        return err_field(err, "generationId",
                         "this generation is another artist's");
    fields = g.fields;
    if (fields == NULL || g.prompt == NULL) {
        style_read(&style, schema);
        fields = by_hand = fields_by_hand(line, f, &style);
    } else if (strcmp(g.prompt, line) != 0) {
        fields_edit(fields, g.prompt, line);
    }
    *ret = json_object_get(json_at(fields, "evidence"));
    return 0;
}

/* Check against the set as a whole. */
static int
check_set(struct app *app, const struct asked *a, json_object **ret_warnings,
          json_object **ret_evidence, struct err *err)
{
    auto_sources struct sources from = {0};
    auto_facts struct facts facts = {0};

    if (sources_load(app, a->artist, a->parse_id, &from, err) == -1)
        return -1;
    facts_read(&facts, from.summary);
    if (tell_evidence(app, a, &facts, from.schema, ret_evidence, err) == -1)
        return -1;
    *ret_warnings = grounding_check(&facts, a->text);
    screen_check(a->text, from.artist, *ret_warnings);
    return 0;
}

static int
read_asked(json_object *in, struct asked *ret, struct err *err)
{
    struct asked a = {0};

    if (json_uuid(in, "artistId", &a.artist, err) == -1 ||
        json_opt_str(in, "parseId", &a.parse_id, err) == -1 ||
        json_opt_uuid(in, "itemId", &a.item, err) == -1 ||
        json_opt_uuid(in, "generationId", &a.generation, err) == -1 ||
        json_str(in, "promptText", &a.text, err) == -1)
        return -1;
    if (a.parse_id == NULL && a.item == NULL)
        return err_field(err, "parseId",
                         "parseId is missing; itemId names an item instead");
    if (text_count(a.text) > TEXT_MAX)
        return err_field(err, "promptText",
                         "promptText may have at most %d characters", TEXT_MAX);
    *ret = a;
    return 0;
}

int
train_check(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_json json_object *warnings = NULL, *evidence = NULL;
    auto_item struct item it = {0};
    const char *of_item = NULL;
    struct asked a = {0};
    json_object *out;

    if (in == NULL || read_asked(in, &a, err) == -1)
        return -1;
    if (a.item != NULL &&
        (audio_of(app, a.artist, a.item, &of_item, &it, err) == -1 ||
         check_window(app, in, a.item, a.text, &warnings, err) == -1))
        return -1;
    if (a.parse_id == NULL)
        a.parse_id = of_item;
    if (warnings == NULL && check_set(app, &a, &warnings, &evidence, err) == -1)
        return -1;

    out = json_object_new_object();
    json_add(out, "warnings", steal(&warnings));
    if (evidence != NULL)
        json_add(out, "evidence", steal(&evidence));
    json_add_int(out, "words", caption_words(a.text));
    json_add_int(out, "tokens", context_tokens(a.text));
    return reply_json(req, 200, out, err);
}
