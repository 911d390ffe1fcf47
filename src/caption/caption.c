/* A caption for a set, from start to end; see caption.h. */
#include "caption/caption.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/context.h"
#include "caption/fields.h"
#include "caption/form.h"
#include "caption/grounding.h"
#include "caption/model.h"
#include "caption/prompt.h"
#include "caption/screen.h"
#include "caption/template.h"

enum {
    ANSWER_TOKENS = 500,
    ANSWER_TOKENS_MORE = 4000, /* models that think first need them */
    THE_SET = 1,               /* the turn that describes it */
};

struct writing {
    const struct conf *conf;
    struct caption_ask *ask;
    const struct caption_hooks *hooks;
    int64_t deadline;
    bool hears; /* the prompt is the one for a model that may be given audio */
    struct talk talk;
};

/* ---- the question, the answer ---- */

void
caption_ask_init(struct caption_ask *ask, const struct conf *conf,
                 json_object *schema, json_object *summary,
                 const char *instructions, const char *seed)
{
    *ask = (struct caption_ask){0};
    facts_read(&ask->facts, summary);
    style_read(&ask->style, schema);
    ask->instructions = xstrdup(instructions);
    ask->seed = xstrdup(seed);
    if (model_is_set(conf))
        ask->context =
            context_write(&ask->facts, schema, summary, conf->context_tokens);
}

void
caption_ask_release(struct caption_ask *ask)
{
    facts_release(&ask->facts);
    style_release(&ask->style);
    free(ask->context);
    free(ask->instructions);
    free(ask->seed);
    free(ask->artist);
    clips_release(&ask->clips);
    json_object_put(ask->examples);
    json_object_put(ask->example_ids);
    *ask = (struct caption_ask){0};
}

void
caption_release(struct caption *c)
{
    free(c->id);
    free(c->prompt);
    free(c->model);
    free(c->why_not);
    json_object_put(c->fields);
    json_object_put(c->warnings);
    json_object_put(c->params);
    *c = (struct caption){0};
}

long
caption_words(const char *text)
{
    return form_words(text);
}

double
caption_cost(const struct conf *conf, const struct caption *c)
{
    double audio = c->tokens_audio > 0 ? (double)c->tokens_audio : 0;
    double for_audio =
        conf->price_audio >= 0 ? conf->price_audio : conf->price_in;

    if (conf->price_in < 0 || conf->price_out < 0 || c->tokens_in <= 0)
        return -1;
    return (((double)c->tokens_in - audio) * conf->price_in +
            audio * for_audio + (double)c->tokens_out * conf->price_out) /
           1e6;
}

/* What in the caption the set contradicts, and what no caption may say. */
static json_object *
warnings_of(const struct caption_ask *ask, const char *prompt)
{
    json_object *warnings = grounding_check(&ask->facts, prompt);

    screen_check(prompt, ask->artist, warnings);
    return warnings;
}

/* ---- by the template ---- */

static int
by_template(const struct writing *w, struct caption *ret, struct err *err)
{
    const struct caption_ask *ask = w->ask;
    int64_t began = clock_mono_ms();

    if (ask->facts.nothing_plays)
        return err_set(err, ERR_NOTHING_PLAYS,
                       "nothing sounds in this set, so there is nothing to "
                       "say of it; write the caption by hand, or send the "
                       "set again with its clips and tracks switched on");

    ret->prompt =
        template_write(&ask->facts, &ask->style, ask->seed, &ret->fields);
    ret->warnings = warnings_of(ask, ret->prompt);
    ret->params = json_object_new_object();
    ret->model = xstrdup("template");
    ret->version = PROMPT_VERSION;
    ret->ms = (long)(clock_mono_ms() - began);
    if (w->hooks->delta != NULL &&
        w->hooks->delta(w->hooks->ctx, ret->prompt, err) == -1)
        return -1;
    return w->hooks->made(w->hooks->ctx, ret, err);
}

/* ---- by the model ---- */

static bool
hears(const struct writing *w)
{
    if (strcmp(w->conf->caption_prompt, "auto") == 0)
        return w->ask->clips.n > 0;
    return strcmp(w->conf->caption_prompt, PROMPT_HEARS_VERSION) == 0;
}

/* The context moves into the talk and is freed: hundreds may wait at once. */
static void
begin(struct writing *w)
{
    auto_free char *context = steal(&w->ask->context);
    auto_json json_object *examples = steal(&w->ask->examples);
    auto_free char *message =
        context_message(context, examples, w->ask->instructions);

    w->hears = hears(w);
    talk_add(&w->talk, "system", prompt_text(w->hears));
    talk_add(&w->talk, "user", message);
    if (w->ask->clips.n > 0)
        talk_sound(&w->talk, THE_SET, &w->ask->clips);
}

/* The context is the first line of its turn, a wish follows it. Examples are
 * left out. */
static void
shorten(struct writing *w)
{
    auto_free char *context = talk_content(&w->talk, THE_SET);
    auto_free char *shorter = NULL;
    auto_free char *message = NULL;

    context[strcspn(context, "\n")] = '\0';
    shorter = context_shorten(context);
    message = context_message(shorter, NULL, w->ask->instructions);
    json_object_put(steal(&w->ask->example_ids));
    talk_replace(&w->talk, THE_SET, message);
}

static int
restart(const struct writing *w, const char *reason, struct err *err)
{
    if (w->hooks->restart == NULL)
        return 0;
    return w->hooks->restart(w->hooks->ctx, reason, err);
}

static int
ask_once(struct writing *w, int max_tokens, struct model_answer *ret,
         struct err *err)
{
    struct model_hooks hooks = {.delta = w->hooks->delta,
                                .restart = w->hooks->restart,
                                .gone = w->hooks->gone,
                                .ctx = w->hooks->ctx};
    struct model_ask ask = {
        .conf = w->conf,
        .talk = &w->talk,
        .clips = &w->ask->clips,
        .hears = w->hears,
        .max_tokens = max_tokens,
        .deadline = w->deadline,
        .hooks = &hooks,
    };

    return model_ask(&ask, ret, err);
}

/* A token limit can be raised, a question can be shortened. Each is tried
 * once. */
static int
ask_with_room(struct writing *w, struct model_answer *ret, struct err *err)
{
    if (ask_once(w, ANSWER_TOKENS, ret, err) == 0)
        return 0;
    if (err->code == ERR_MODEL_TOO_LONG) {
        err_clear(err);
        shorten(w);
        return ask_once(w, ANSWER_TOKENS, ret, err);
    }
    if (err->code != ERR_MODEL_TRUNCATED)
        return -1;
    err_clear(err);
    if (restart(w, "the caption was cut off; asking again with more room",
                err) == -1)
        return -1;
    return ask_once(w, ANSWER_TOKENS_MORE, ret, err);
}

/* Lyrics may have led the model astray: ask without the audio, as a last
 * try. */
static int
ask_unheard(struct writing *w, struct model_answer *ret, struct err *err)
{
    auto_free char *why = xstrdup(err->msg);

    err_clear(err);
    if (restart(w, "asking again without the audio", err) == -1)
        return -1;
    talk_mute(&w->talk, why);
    return ask_with_room(w, ret, err);
}

/* If the answer does not have the form of a caption, ask once more, with the
 * reason. */
static int
ask_with_care(struct writing *w, struct model_answer *ret, struct err *err)
{
    auto_free char *message = NULL;
    auto_free char *longer = NULL;
    struct err why = ERR_INIT;

    if (ask_with_room(w, ret, &why) == 0)
        return 0;
    if (why.code != ERR_MODEL_NO_CAPTION) {
        *err = why;
        return -1;
    }
    if (restart(w, why.msg, err) == -1)
        return -1;
    message = talk_content(&w->talk, THE_SET);
    longer = xasprintf("%s\n\nYour last answer could not be used: %s. Answer "
                       "with one JSON object as asked for, nothing before it "
                       "and nothing behind it.",
                       message, why.msg);
    talk_replace(&w->talk, THE_SET, longer);
    if (ask_with_room(w, ret, err) == 0)
        return 0;
    if (err->code != ERR_MODEL_NO_CAPTION || w->talk.marker[0] == '\0')
        return -1;
    return ask_unheard(w, ret, err);
}

/* The answer as a caption; takes over what the answer owns. */
static void
finish(const struct writing *w, struct model_answer *a, struct caption *ret)
{
    ret->prompt = steal(&a->line);
    ret->model = steal(&a->model);
    ret->params = steal(&a->params);
    if (w->ask->example_ids != NULL)
        json_add(ret->params, "examples", json_object_get(w->ask->example_ids));
    ret->version = prompt_version(w->hears);
    ret->tokens_audio = a->tokens_audio;
    ret->heard = a->heard;
    ret->audio_sec = a->audio_sec;
    ret->why_not = steal(&a->why_not);
    ret->tokens_in = a->tokens_in;
    ret->tokens_out = a->tokens_out;
    ret->ms = a->ms;
    ret->fields = fields_make_heard(ret->prompt, &w->ask->facts, &w->ask->style,
                                    a->answer, a->heard == HEARD_YES);
    ret->warnings = warnings_of(w->ask, ret->prompt);
}

/* Tell the model what was wrong. The caller frees it. */
static char *
correction(json_object *warnings)
{
    struct buf b = BUF_INIT(8192);

    (void)buf_add_str(&b, "Your description contradicts the set:");
    for (size_t i = 0; i < json_object_array_length(warnings); i++) {
        json_object *one = json_object_array_get_idx(warnings, i);

        (void)buf_addf(&b, " It says \"%.100s\" where the set says \"%.100s\".",
                       json_text(one, "said"), json_text(one, "set"));
    }
    (void)buf_add_str(&b, " Write the whole answer again, in the same form, "
                          "with the set's facts.");
    return buf_steal(&b);
}

/* The second caption if there is one; otherwise the first stays, complete and
 * with its warnings. */
static int
ask_again(struct writing *w, struct caption *c, struct err *err)
{
    static const char reason[] =
        "the caption contradicted the set's tempo or key; asking again";
    auto_free char *wrong = correction(c->warnings);
    auto_model_answer struct model_answer answer = {0};
    struct err why = ERR_INIT;

    if (restart(w, reason, err) == -1)
        return -1;
    talk_add(&w->talk, "assistant", c->prompt);
    talk_add(&w->talk, "user", wrong);
    if (ask_with_care(w, &answer, &why) == 0) {
        caption_release(c);
        finish(w, &answer, c);
        return w->hooks->made(w->hooks->ctx, c, err);
    }
    if (why.code == ERR_CLIENT_GONE) {
        *err = why;
        return -1;
    }
    log_warn("the model was asked again in vain: %s", why.msg);
    if (restart(w, "asking again failed; the first caption stays", err) == -1)
        return -1;
    if (w->hooks->delta == NULL)
        return 0;
    return w->hooks->delta(w->hooks->ctx, c->prompt, err);
}

static int
by_model(struct writing *w, struct caption *ret, struct err *err)
{
    auto_model_answer struct model_answer answer = {0};
    auto_caption struct caption c = {0};

    begin(w);
    if (ask_with_care(w, &answer, err) == -1)
        return -1;
    finish(w, &answer, &c);
    if (w->hooks->made(w->hooks->ctx, &c, err) == -1)
        return -1;
    if (grounding_must_ask_again(c.warnings) && ask_again(w, &c, err) == -1)
        return -1;
    *ret = c;
    c = (struct caption){0};
    return 0;
}

int
caption_write(const struct conf *conf, struct caption_ask *ask,
              const struct caption_hooks *hooks, struct caption *ret,
              struct err *err)
{
    struct writing w = {
        .conf = conf,
        .ask = ask,
        .hooks = hooks,
        .deadline = clock_mono_ms() + (int64_t)conf->model_timeout * 1000,
    };
    int rc;

    if (ask->context == NULL)
        return by_template(&w, ret, err);
    rc = by_model(&w, ret, err);
    talk_release(&w.talk);
    return rc;
}
