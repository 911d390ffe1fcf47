/* Captions for the windows of one track; see windows.h. */
#include "caption/windows.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "caption/answer.h"
#include "caption/context.h"
#include "caption/fields.h"
#include "caption/grounding.h"
#include "caption/model.h"
#include "caption/prompt.h"
#include "caption/screen.h"
#include "caption/template.h"
#include "caption/window_parts.h"

enum { STYLE_BYTES = 8192, LINE_BYTES = 1024 };

/* ---- input ---- */

void
window_text_init(struct window_text *t, json_object *says, json_object *checks,
                 const struct facts *whole, json_object *contradicted)
{
    size_t n =
        contradicted != NULL ? json_object_array_length(contradicted) : 0;

    *t = (struct window_text){.contradicted = contradicted};
    facts_read(&t->says, says);
    facts_read(&t->checks, checks);
    for (size_t i = 0; i < n; i++)
        word_set_add(&t->says.absent,
                     words_row(json_object_get_string(
                         json_object_array_get_idx(contradicted, i))));
    t->checks.absent = t->says.absent;
    if (t->says.vocals == VOCALS_NO && whole->vocals != VOCALS_NO)
        t->says.vocals = VOCALS_UNKNOWN; /* absence is never mentioned */
    t->says.sources_known = true; /* or the schema's instruments were taken */
    t->says.nothing_plays = false;
}

void
window_text_release(struct window_text *t)
{
    facts_release(&t->says);
    facts_release(&t->checks);
    json_object_put(t->contradicted);
    free(t->section);
    free(t->prompt);
    json_object_put(t->fields);
    json_object_put(t->warnings);
    free(t->model);
    free(t->generation);
    *t = (struct window_text){0};
}

void
windows_ask_init(struct windows_ask *ask, const struct conf *conf,
                 json_object *schema, const char *seed)
{
    *ask = (struct windows_ask){.seed = xstrdup(seed)};
    style_read(&ask->style, schema);
    if (conf != NULL && model_is_set(conf)) {
        auto_json json_object *fit = context_fit(schema, STYLE_BYTES);

        ask->artist_style = xstrdup(json_out(fit));
    }
}

void
windows_ask_release(struct windows_ask *ask)
{
    for (size_t i = 0; i < ask->n; i++)
        window_text_release(&ask->v[i]);
    free(ask->v);
    style_release(&ask->style);
    free(ask->artist_style);
    free(ask->artist);
    free(ask->seed);
    clips_release(&ask->clips);
    *ask = (struct windows_ask){0};
}

/* Whether there is a warning about exactly this already. */
static bool
warned_of(json_object *warnings, const char *name)
{
    for (size_t i = 0; i < json_object_array_length(warnings); i++) {
        json_object *w = json_object_array_get_idx(warnings, i);
        const char *text = json_text(w, "said");
        struct said said;

        if (strcmp(json_text(w, "field"), "audio") == 0 &&
            words_find(text, 0, &said) && words_is(said.row, name))
            return true;
    }
    return false;
}

json_object *
window_warnings(const struct window_text *t, const char *text,
                const char *artist)
{
    json_object *warnings = grounding_check(&t->checks, text);
    size_t n =
        t->contradicted != NULL ? json_object_array_length(t->contradicted) : 0;

    screen_check(text, artist, warnings);
    for (size_t i = 0; i < n; i++) {
        json_object *name = json_object_array_get_idx(t->contradicted, i);
        json_object *o;

        if (warned_of(warnings, json_object_get_string(name)))
            continue;
        o = json_object_new_object();
        json_add_str(o, "field", "audio");
        json_add(o, "said", json_object_get(name));
        json_add_str(o, "set", "nothing of it is in the audio");
        json_object_array_add(warnings, o);
    }
    return warnings;
}

/* A text need not mention what the audio contradicts in the set. */
bool
window_holds(const struct window_text *t, const char *text, const char *artist)
{
    auto_json json_object *warnings = grounding_check(&t->checks, text);

    screen_check(text, artist, warnings);
    return json_object_array_length(warnings) == 0;
}

/* ---- by the template ---- */

static void
by_template(const struct windows_ask *ask, struct window_text *t)
{
    free(t->prompt);
    json_object_put(t->fields);
    json_object_put(t->warnings);
    if (t->silent) {
        t->prompt = xstrdup("Silence");
        t->fields = fields_make(t->prompt, &t->says, &ask->style, NULL);
    } else {
        t->prompt =
            template_write(&t->says, &ask->style, ask->seed, &t->fields);
    }
    t->warnings = window_warnings(t, t->prompt, ask->artist);
    t->source = "embedded";
    free(steal(&t->generation)); /* of a text that no longer exists */
    free(t->model);
    t->model = xstrdup("template");
    t->version = PROMPT_VERSION;
}

/* ---- what is stored from an answer ---- */

/* The lines of windows from..from + n as one text; the caller frees it. */
static char *
lines_of(const struct windows_ask *ask, size_t from, size_t n)
{
    struct buf b = BUF_INIT((n + 1) * LINE_BYTES);

    for (size_t i = from; i < from + n; i++)
        if (ask->v[i].prompt != NULL)
            (void)buf_addf(&b, "%s%.1000s", b.len > 0 ? "\n" : "",
                           ask->v[i].prompt);
    return buf_steal(&b);
}

static const char *
version_of(const struct windows_ask *ask, size_t first, size_t n)
{
    return windows_hear(ask, first, n) ? WINDOWS_HEARS_VERSION
                                       : WINDOWS_VERSION;
}

/* Store what one answer gave these windows, and note it in them. */
static int
keep(const struct windows_writing *w, size_t from, size_t n,
     struct model_answer *a, int64_t ms, struct err *err)
{
    auto_caption struct caption c = {
        .prompt = lines_of(w->ask, from, n),
        .model = xstrdup(a != NULL ? a->model : "template"),
        .version = a == NULL ? PROMPT_VERSION : version_of(w->ask, from, n),
        .heard = a != NULL ? a->heard : HEARD_NOTHING,
        .audio_sec = a != NULL ? a->audio_sec : 0,
        .warnings = json_object_new_array(),
        .tokens_in = a != NULL ? a->tokens_in : 0,
        .tokens_out = a != NULL ? a->tokens_out : 0,
        .tokens_audio = a != NULL ? a->tokens_audio : -1,
        .ms = (long)ms,
    };

    if (a != NULL) {
        c.why_not = steal(&a->why_not);
        c.params = steal(&a->params);
    } else {
        c.params = json_object_new_object();
    }
    if (w->hooks->made(w->hooks->ctx, &c, err) == -1)
        return -1;
    for (size_t i = from; i < from + n; i++) {
        free(w->ask->v[i].generation);
        w->ask->v[i].generation = xstrdup(c.id);
    }
    return 0;
}

static int
tell(const struct windows_writing *w, size_t i, struct err *err)
{
    if (w->hooks->written == NULL)
        return 0;
    return w->hooks->written(w->hooks->ctx, i, err);
}

static int
all_by_template(const struct windows_writing *w, struct err *err)
{
    struct windows_ask *ask = w->ask;
    int64_t began = clock_mono_ms();

    for (size_t i = 0; i < ask->n; i++)
        by_template(ask, &ask->v[i]);
    if (keep(w, 0, ask->n, NULL, clock_mono_ms() - began, err) == -1)
        return -1;
    for (size_t i = 0; i < ask->n; i++)
        if (tell(w, i, err) == -1)
            return -1;
    return 0;
}

/* ---- by the model ---- */

/* The element's text becomes the window's, if it is a caption. */
static void
take(const struct windows_ask *ask, struct window_text *t, json_object *element,
     const struct model_answer *a, const char *version)
{
    auto_free char *line = answer_element(element);

    if (line == NULL)
        return;
    free(t->prompt);
    t->prompt = steal(&line);
    json_object_put(t->fields);
    t->fields = fields_make_heard(t->prompt, &t->says, &ask->style, element,
                                  a->heard == HEARD_YES);
    json_object_put(t->warnings);
    t->warnings = window_warnings(t, t->prompt, ask->artist);
    t->source = "model";
    free(t->model);
    t->model = xstrdup(a->model);
    t->version = version;
}

/* Whether each element names one of these windows, and no two the same. */
static bool
names_hold(json_object *elements, size_t first, size_t n)
{
    auto_free bool *seen = xcalloc(n, sizeof(*seen));

    for (size_t i = 0; i < json_object_array_length(elements); i++) {
        double named =
            json_number(json_object_array_get_idx(elements, i), "position", -1);

        if (!(named >= (double)first && named < (double)(first + n)) ||
            seen[(size_t)named - first])
            return false;
        seen[(size_t)named - first] = true;
    }
    return true;
}

/* Assign each element to the window that it names; if the names are wrong (some
 * models count from 1) but all elements are there, by their order. */
static void
share_out(const struct windows_ask *ask, size_t first, size_t n,
          const struct model_answer *a)
{
    size_t got = json_object_array_length(a->answer);
    bool named = names_hold(a->answer, first, n);

    for (size_t i = 0; i < got && (named || got == n); i++) {
        json_object *one = json_object_array_get_idx(a->answer, i);
        size_t at =
            named ? (size_t)json_number_int(one, "position", 0) : first + i;

        take(ask, &ask->v[at], one, a, version_of(ask, first, n));
    }
}

/* Tell the model what was wrong; the caller frees it. */
static char *
correction(const struct windows_ask *ask, const struct window_text *t)
{
    auto_json json_object *wrong = NULL;
    struct buf b = BUF_INIT(8192);

    if (t->prompt == NULL)
        return xstrdup("Your last answer left this window out, or what it had "
                       "for it was no caption. Write it now, in the same "
                       "form.");
    wrong = grounding_check(&t->checks, t->prompt);
    screen_check(t->prompt, ask->artist, wrong);
    (void)buf_addf(&b, "Your last caption for this window was \"%.800s\".",
                   t->prompt);
    for (size_t i = 0; i < json_object_array_length(wrong); i++)
        (void)buf_addf(&b,
                       " It says \"%.100s\", which the window's facts do not.",
                       json_text(json_object_array_get_idx(wrong, i), "said"));
    (void)buf_add_str(&b, " Write it again, in the same form, with nothing "
                          "but what the facts of this window say.");
    return buf_steal(&b);
}

/* Ask for one window again, alone. A failure leaves it unchanged: -1 only if
 * nobody is waiting, or a hook failed. */
static int
ask_alone(const struct windows_writing *w, size_t i, struct err *err)
{
    struct window_text *t = &w->ask->v[i];
    auto_free char *why = correction(w->ask, t);
    auto_model_answer struct model_answer a = {0};
    struct err failed = ERR_INIT;

    if (windows_ask_model(w, i, 1, why, &a, &failed) == 0) {
        share_out(w->ask, i, 1, &a);
        return keep(w, i, 1, &a, a.ms, err);
    }
    if (failed.code == ERR_CLIENT_GONE) {
        *err = failed;
        return -1;
    }
    log_warn("a window was asked for again in vain: %s", failed.msg);
    return 0;
}

static int
all_by_model(const struct windows_writing *w, struct err *err)
{
    struct windows_ask *ask = w->ask;
    auto_model_answer struct model_answer a = {0};

    if (windows_ask_model(w, 0, ask->n, NULL, &a, err) == -1)
        return -1;
    share_out(ask, 0, ask->n, &a);
    if (keep(w, 0, ask->n, &a, a.ms, err) == -1)
        return -1;
    for (size_t i = 0; i < ask->n; i++) {
        struct window_text *t = &ask->v[i];

        if (t->silent)
            by_template(ask, t);
        if ((t->prompt == NULL || !window_holds(t, t->prompt, ask->artist)) &&
            ask_alone(w, i, err) == -1)
            return -1;
        if (t->prompt == NULL || !window_holds(t, t->prompt, ask->artist))
            by_template(ask, t);
        if (tell(w, i, err) == -1)
            return -1;
    }
    return 0;
}

int
windows_write(const struct conf *conf, struct windows_ask *ask,
              const struct windows_hooks *hooks, struct err *err)
{
    struct windows_writing w = {.conf = conf, .ask = ask, .hooks = hooks};

    if (ask->n == 0)
        return 0;
    return ask->artist_style == NULL ? all_by_template(&w, err)
                                     : all_by_model(&w, err);
}
