/*
 * What is said of Live sets, for tests/truth/truth.js: one line of JSON for
 * each file with the facts, the embedded writer's caption and its fields.
 * Without a master schema, so that all of it is the set's own.
 *
 *   truth FILES...
 *   truth --model VERSION FILES...   by the model that OPENAI_BASE_URL,
 *                                    OPENAI_API_KEY and OPENAI_MODEL name,
 *                                    with the system prompt of that version
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "als/summary.h"
#include "base/conf.h"
#include "base/json.h"
#include "base/mem.h"
#include "caption/caption.h"
#include "caption/grounding.h"
#include "caption/model.h"
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

/* ---- by a model ---- */

/* By the settings' own names and defaults. */
static struct conf *
read_settings(const char *version, struct err *err)
{
    static const struct settings *const rooms[] = {&caption_settings, NULL};
    auto_conf struct conf *conf = conf_open_bare(rooms, err);

    if (conf == NULL)
        return NULL;
    free(conf->caption_prompt);
    conf->caption_prompt = xstrdup(version);
    return steal(&conf);
}

static int
kept_nowhere(void *ctx, struct caption *c, struct err *err)
{
    (void)ctx;
    (void)c;
    (void)err;
    return 0;
}

/* What the line names, in the dictionary's words: each with the set's sounds of
 * which it is a kind, or that are a kind of it. */
static json_object *
named_in(const char *line, const struct facts *f)
{
    json_object *list = json_object_new_array();
    struct said said;

    for (size_t at = 0; words_find(line, at, &said); at = said.end) {
        const char *says = words_says(said.row);
        json_object *o = json_object_new_object();
        json_object *kin = json_object_new_array();

        json_add_str(o, "name", says != NULL ? says : words_name(said.row));
        for (size_t i = 0; i < f->n_sounds; i++) {
            int row = f->sounds[i].row;

            if (words_says(row) != NULL &&
                (words_is(row, words_name(said.row)) ||
                 words_is(said.row, words_name(row))))
                json_object_array_add(kin,
                                      json_object_new_string(words_says(row)));
        }
        json_add(o, "kin", kin);
        json_object_array_add(list, o);
    }
    return list;
}

static json_object *
said_in(const char *line, const struct facts *f)
{
    json_object *o = json_object_new_object();
    double bpm = grounding_said_bpm(line);
    struct key said = grounding_said_key(line);
    char key[KEY_TEXT];

    json_add(o, "named", named_in(line, f));
    if (bpm > 0)
        json_add_num(o, "bpm", bpm);
    if (said.root >= 0 && said.mode != KEY_ANY) {
        key_text(said, key);
        json_add_str(o, "key", key);
    }
    return o;
}

static void
add_caption(json_object *o, const struct conf *conf, const struct facts *f,
            const struct caption *c)
{
    double cost = caption_cost(conf, c);

    json_add_str(o, "caption", c->prompt);
    json_add_str(o, "model", c->model);
    json_add_str(o, "version", c->version);
    json_add(o, "warnings", json_object_get(c->warnings));
    json_add(o, "said", said_in(c->prompt, f));
    json_add_int(o, "tokensIn", c->tokens_in);
    json_add_int(o, "tokensOut", c->tokens_out);
    json_add_int(o, "ms", c->ms);
    if (cost >= 0)
        json_add_num(o, "cost", cost);
}

static void
ask(const struct conf *conf, const char *path)
{
    struct err err = ERR_INIT;
    auto_json json_object *summary =
        als_summary_from_file(path, path, NULL, &err);
    auto_json json_object *schema = json_object_new_object();
    auto_json json_object *o = json_object_new_object();
    auto_caption_ask struct caption_ask a = {0};
    auto_caption struct caption c = {0};
    struct caption_hooks hooks = {.made = kept_nowhere};

    json_add_str(o, "file", path);
    if (summary == NULL) {
        json_add_str(o, "refused", err.msg);
    } else {
        caption_ask_init(&a, conf, schema, summary, NULL, path);
        if (caption_write(conf, &a, &hooks, &c, &err) == -1)
            json_add_str(o, "failed", err.msg);
        else
            add_caption(o, conf, &a.facts, &c);
    }
    (void)puts(json_out(o));
    (void)fflush(stdout);
}

static int
ask_all(const char *version, char *const *files, int n)
{
    struct err err = ERR_INIT;
    auto_conf struct conf *conf = read_settings(version, &err);

    if (conf == NULL || !model_is_set(conf)) {
        (void)fprintf(stderr, "%s\n",
                      conf == NULL
                          ? err.msg
                          : "no model: set OPENAI_BASE_URL or OPENAI_API_KEY");
        return 2;
    }
    for (int i = 0; i < n; i++)
        ask(conf, files[i]);
    return 0;
}

int
main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "--model") == 0)
        return ask_all(argv[2], argv + 3, argc - 3);
    for (int i = 1; i < argc; i++)
        tell(argv[i]);
    return 0;
}
