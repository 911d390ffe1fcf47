/* Questions to a model about windows; see windows.h. */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "caption/prompt.h"
#include "caption/window_parts.h"

enum {
    TOKENS_BASE = 300,
    TOKENS_EACH = 220,
    TOKENS_MORE = 4000, /* models that think first need them */
};

static json_object *
window_json(const struct window_text *t, size_t position)
{
    json_object *o = json_object_new_object();
    json_object *facts = facts_for_model(&t->says);

    if (t->says.kick[0] != '\0')
        json_add_str(facts, "kick", t->says.kick);
    json_add_int(o, "position", (int64_t)position);
    if (t->section != NULL)
        json_add_str(o, "section", t->section);
    json_add(o, "facts", facts);
    return o;
}

/* The question; the caller frees it. */
static char *
question(const struct windows_ask *ask, size_t first, size_t n,
         const char *correction, bool styled)
{
    struct err err = ERR_INIT;
    auto_json json_object *o = json_object_new_object();
    json_object *list = json_object_new_array();

    if (styled)
        json_add(o, "artist",
                 json_parse_object(ask->artist_style, strlen(ask->artist_style),
                                   &err));
    for (size_t i = first; i < first + n; i++)
        json_object_array_add(list, window_json(&ask->v[i], i));
    json_add(o, "windows", list);
    return correction == NULL ? xstrdup(json_out(o))
                              : xasprintf("%s\n\n%s", json_out(o), correction);
}

bool
windows_hear(const struct windows_ask *ask, size_t first, size_t n)
{
    return ask->clips.n > 0 && first == 0 && n == ask->n;
}

static int
ask_once(const struct windows_writing *w, size_t n, bool hears,
         const char *text, int max_tokens, struct model_answer *ret,
         struct err *err)
{
    struct model_hooks hooks = {.gone = w->hooks->gone, .ctx = w->hooks->ctx};
    auto_talk struct talk talk = TALK_INIT;
    struct model_ask ask = {
        .conf = w->conf,
        .talk = &talk,
        .clips = hears ? &w->ask->clips : NULL,
        .hears = hears,
        .windows = n,
        .max_tokens = max_tokens,
        .deadline = clock_mono_ms() + (int64_t)w->conf->model_timeout * 1000,
        .hooks = &hooks,
    };

    talk_add(&talk, "system", prompt_windows_text(hears));
    talk_add(&talk, "user", text);
    if (hears)
        talk_sound(&talk, 1, &w->ask->clips);
    return model_ask(&ask, ret, err);
}

/* A token limit can be raised, and the schema left out, each once. If the
 * answer is not a list of captions, ask again, unless this already is a
 * repeated question. */
int
windows_ask_model(const struct windows_writing *w, size_t first, size_t n,
                  const char *correction, struct model_answer *ret,
                  struct err *err)
{
    int tokens = TOKENS_BASE + (int)n * TOKENS_EACH;
    auto_free char *text = question(w->ask, first, n, correction, true);
    auto_free char *shorter = NULL;
    bool hears = windows_hear(w->ask, first, n);

    if (ask_once(w, n, hears, text, tokens, ret, err) == 0)
        return 0;
    if (err->code == ERR_MODEL_TOO_LONG) {
        err_clear(err);
        shorter = question(w->ask, first, n, correction, false);
        return ask_once(w, n, hears, shorter, tokens, ret, err);
    }
    if (err->code != ERR_MODEL_TRUNCATED &&
        (correction != NULL || err->code != ERR_MODEL_NO_CAPTION))
        return -1;
    err_clear(err);
    return ask_once(w, n, hears, text, 2 * tokens + TOKENS_MORE, ret, err);
}
