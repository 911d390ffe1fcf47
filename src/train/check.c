/* POST /api/train/check: any text, held against the set, or against what
 * sounds in one window of an item. */
#include "base/mem.h"
#include "base/text.h"
#include "caption/caption.h"
#include "caption/context.h"
#include "caption/grounding.h"
#include "caption/screen.h"
#include "train/train.h"

enum { TEXT_MAX = 10000 }; /* characters */

/* Held against one window of an item's; *ret NULL where none is named. */
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

/* Held against the set as a whole. */
static int
check_set(struct app *app, const char *artist, const char *parse_id,
          const char *text, json_object **ret, struct err *err)
{
    auto_sources struct sources from = {0};
    auto_facts struct facts facts = {0};

    if (sources_load(app, artist, parse_id, &from, err) == -1)
        return -1;
    facts_read(&facts, from.summary);
    *ret = grounding_check(&facts, text);
    screen_check(text, from.artist, *ret);
    return 0;
}

int
train_check(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_json json_object *warnings = NULL;
    auto_item struct item it = {0};
    const char *artist, *text;
    const char *parse_id = NULL, *item = NULL, *of_item = NULL;
    json_object *out;

    if (in == NULL || json_uuid(in, "artistId", &artist, err) == -1 ||
        json_opt_str(in, "parseId", &parse_id, err) == -1 ||
        json_opt_uuid(in, "itemId", &item, err) == -1 ||
        json_str(in, "promptText", &text, err) == -1)
        return -1;
    if (parse_id == NULL && item == NULL)
        return err_field(err, "parseId",
                         "parseId is missing; itemId names an item instead");
    if (text_count(text) > TEXT_MAX)
        return err_field(err, "promptText",
                         "promptText may have at most %d characters", TEXT_MAX);
    if (item != NULL &&
        (audio_of(app, artist, item, &of_item, &it, err) == -1 ||
         check_window(app, in, item, text, &warnings, err) == -1))
        return -1;
    if (parse_id == NULL)
        parse_id = of_item;
    if (warnings == NULL &&
        check_set(app, artist, parse_id, text, &warnings, err) == -1)
        return -1;

    out = json_object_new_object();
    json_add(out, "warnings", steal(&warnings));
    json_add_int(out, "words", caption_words(text));
    json_add_int(out, "tokens", context_tokens(text));
    return reply_json(req, 200, out, err);
}
