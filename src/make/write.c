/* Bounces on their way into a dataset: caption, item, zip; see make.h. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "make/make.h"
#include "music/name_key.h"

enum { SETTLE_SEC = 1800, BUSY_SEC = 3600 };

#define WHY(it, ...) (void)snprintf((it)->why, sizeof((it)->why), __VA_ARGS__)

/* ---- captions, items ---- */

static int
write_caption(struct making *m, struct bounce *s, struct answer *ret,
              struct err *err)
{
    auto_json json_object *body = json_object_new_object();
    const struct call call = {
        .method = "POST", .path = "/api/train", .json = body};
    auto_free char *alone = xasprintf("audio:%s", s->sha256);

    json_add_str(body, "artistId", m->artist);
    if (s->item != NULL)
        json_add_str(body, "itemId", s->item); /* it knows its set */
    else
        json_add_str(body, "parseId",
                     s->set != NULL ? s->set->parse_id : alone);
    return client_ask(&m->client, &call, ret, err);
}

static int
save_sound(struct making *m, struct bounce *s, json_object *caption,
           struct err *err)
{
    auto_free char *alone = name_key(s->name);
    const char *project = s->set != NULL ? s->set->project : alone;
    auto_free char *path = client_path(
        "/api/train/save",
        (const char *const[]){"artistId", m->artist, "parseId",
                              s->set != NULL ? s->set->parse_id : NULL,
                              "projectName", project, "promptText",
                              json_text(caption, "prompt"), "generationId",
                              json_text(caption, "generationId"), NULL});
    const struct call call = {.method = "POST",
                              .path = path,
                              .file = s->path,
                              .type = sound_type(s->name)};
    auto_answer struct answer a = {0};

    if (client_ask(&m->client, &call, &a, err) == -1)
        return -1;
    s->item = xstrdup(json_text(a.body, "trainingItemId"));
    return 0;
}

static int
patch_sound(struct making *m, const struct bounce *s, json_object *caption,
            struct err *err)
{
    auto_free char *path = xasprintf("/api/train/items/%s", s->item);
    auto_json json_object *body = json_object_new_object();
    const struct call call = {.method = "PATCH", .path = path, .json = body};
    auto_answer struct answer a = {0};

    json_add_str(body, "promptText", json_text(caption, "prompt"));
    json_add_str(body, "generationId", json_text(caption, "generationId"));
    return client_ask(&m->client, &call, &a, err);
}

/* A caption for each stretch, unless it has them. */
static int
write_windows(struct making *m, const struct bounce *s, struct err *err)
{
    auto_free char *path = xasprintf("/api/train/items/%s/windows", s->item);
    auto_free char *make = xasprintf("%s/generate", path);
    auto_json json_object *body = json_object_new_object();
    const struct call get = {.method = "GET", .path = path};
    const struct call post = {.method = "POST", .path = make, .json = body};
    auto_answer struct answer has = {0};
    auto_answer struct answer made = {0};

    if (m->opt->captions == NULL || strcmp(m->opt->captions, "windows") != 0)
        return 0;
    if (client_ask(&m->client, &get, &has, err) == -1)
        return -1;
    if (json_object_array_length(json_at(has.body, "windows")) > 0)
        return 0;
    return client_ask(&m->client, &post, &made, err);
}

/* What an earlier run left: *ret_caption is the caption of its item, NULL if
 * none. */
static int
read_item(struct making *m, const struct bounce *s, struct answer *ret,
          const char **ret_caption, struct err *err)
{
    auto_free char *path = xasprintf("/api/train/items/%s", s->item);
    const struct call call = {.method = "GET", .path = path};

    if (client_ask(&m->client, &call, ret, err) == -1)
        return -1;
    *ret_caption = json_text(ret->body, "promptText");
    return 0;
}

static int
do_sound(struct making *m, struct bounce *s, const char **ret_state,
         struct answer *ret, const char **ret_caption, struct err *err)
{
    bool was_there = s->item != NULL;
    json_object *warnings;

    *ret_state = "kept";
    if (was_there && read_item(m, s, ret, ret_caption, err) == -1)
        return -1;
    if (*ret_caption != NULL)
        return 0;
    *ret_state = "saved";
    answer_release(ret);
    if (write_caption(m, s, ret, err) == -1)
        return -1;
    *ret_caption = json_text(ret->body, "prompt");
    warnings = json_at(ret->body, "warnings");
    s->warned = json_object_array_length(warnings) > 0;
    return was_there ? patch_sound(m, s, ret->body, err)
                     : save_sound(m, s, ret->body, err);
}

void
steps_save(struct making *m)
{
    report_step(m, "Writing captions and saving");
    for (size_t i = 0; i < m->folder.n_sounds; i++) {
        struct bounce *s = &m->folder.sounds[i];
        auto_answer struct answer a = {0};
        struct err err = ERR_INIT;
        const char *state = "left out";
        const char *caption = NULL;

        m->done++;
        if (s->why[0] == '\0' &&
            do_sound(m, s, &state, &a, &caption, &err) == -1) {
            WHY(s, "%.190s", err.msg);
            state = "left out";
        }
        report_sound(m, s, state, s->why[0] == '\0' ? caption : NULL);
    }
}

/* ---- the analysis ---- */

/* If another set is heard in it, it is not this one's track. True once the
 * server has looked. */
static bool
settled(struct making *m, struct bounce *s)
{
    auto_answer struct answer a = {0};
    struct err err = ERR_INIT;
    const char *ignored;
    const char *analysis;
    json_object *checks;

    if (read_item(m, s, &a, &ignored, &err) == -1) {
        WHY(s, "%.190s", err.msg);
        return true;
    }
    analysis = json_text(a.body, "analysis");
    if (analysis != NULL && strcmp(analysis, "pending") == 0)
        return false;
    if (json_text(a.body, "error") != NULL)
        WHY(s, "%.190s", json_text(a.body, "error"));
    checks = json_at(a.body, "checks");
    for (size_t i = 0; i < json_object_array_length(checks); i++) {
        json_object *check = json_object_array_get_idx(checks, i);

        if (strcmp(json_text(check, "code"), "another_set") == 0)
            WHY(s, "%.190s", json_text(check, "detail"));
    }
    return true;
}

/* Waits until its place in the set is known. */
static void
cut_sound(struct making *m, struct bounce *s)
{
    struct err err = ERR_INIT;

    if (s->why[0] == '\0' && write_windows(m, s, &err) == -1)
        WHY(s, "%.190s", err.msg);
}

int
steps_settle(struct making *m, struct err *err)
{
    size_t whole = 0;
    int waited = 0;

    report_step(m, "Listening to the bounces");
    for (size_t i = 0; i < m->folder.n_sounds; i++) {
        struct bounce *s = &m->folder.sounds[i];

        if (s->why[0] != '\0' || s->item == NULL)
            continue;
        while (!settled(m, s) && waited++ < SETTLE_SEC)
            clock_nap(1000);
        cut_sound(m, s);
        if (s->why[0] == '\0')
            whole++;
        else
            report_sound(m, s, "left out", NULL);
    }
    return whole > 0
               ? 0
               : err_set(err, ERR_BAD_REQUEST, "nothing is left for a dataset");
}

/* ---- the dataset ---- */

static json_object *
export_body(const struct making *m)
{
    json_object *body = json_object_new_object();
    json_object *ids = json_object_new_array();

    for (size_t i = 0; i < m->folder.n_sounds; i++) {
        const struct bounce *s = &m->folder.sounds[i];

        if (s->why[0] == '\0' && s->item != NULL)
            json_object_array_add(ids, json_object_new_string(s->item));
    }
    json_add_str(body, "artistId", m->artist);
    json_add(body, "itemIds", ids);
    if (m->opt->layout != NULL)
        json_add_str(body, "layout", m->opt->layout);
    if (m->opt->captions != NULL)
        json_add_str(body, "captions", m->opt->captions);
    return body;
}

static bool
is_busy(const struct answer *a)
{
    const char *code = json_text(a->body, "code");

    return a->status == 409 && code != NULL &&
           strcmp(code, "export_running") == 0;
}

/* Why not, with the first problem to fix. */
static int
refused(const struct answer *a, struct err *err)
{
    json_object *first =
        json_object_array_get_idx(json_at(a->body, "blocks"), 0);
    const char *detail = json_text(a->body, "detail");
    const char *block = json_text(first, "detail");

    return err_set(err, ERR_BAD_REQUEST, "the export: %s%s%s",
                   detail != NULL ? detail : "the server did not say why",
                   block != NULL ? ": " : "", block != NULL ? block : "");
}

int
steps_export(struct making *m, struct err *err)
{
    auto_json json_object *body = export_body(m);
    const struct call call = {
        .method = "POST", .path = "/api/train/export", .json = body};

    report_step(m, "Making the dataset");
    for (int waited = 0;; waited += 2) {
        auto_answer struct answer a = {0};
        const char *url;

        if (client_call(&m->client, &call, &a, err) == -1)
            return -1;
        if (is_busy(&a) && waited < BUSY_SEC) {
            clock_nap(2000);
            continue;
        }
        url = json_text(a.body, "datasetUrl");
        if (a.status / 100 != 2 || url == NULL)
            return refused(&a, err);
        if (client_fetch(url, json_text(a.body, "sha256"), m->opt->out, err) ==
            -1)
            return -1;
        report_end(m, a.body, m->opt->out, NULL);
        return 0;
    }
}
