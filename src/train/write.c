/*
 * POST /api/train: a caption for a set, as JSON or as it is being written.
 * No database connection is held while the model is waited for: what is
 * needed is read before, and each finished caption stored after.
 */
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/caption.h"
#include "train/train.h"

enum { INSTRUCTIONS_MAX = 2000 }; /* characters */

struct asked { /* by the client; borrowed from its body */
    const char *artist, *parse_id, *instructions;
};

struct job {
    struct app *app;
    struct req *req;
    struct asked asked;
    bool events;
    char schema_hash[HASH_HEX_LEN + 1], summary_hash[HASH_HEX_LEN + 1];
};

static int
read_asked(json_object *in, struct asked *ret, struct err *err)
{
    struct asked a = {0};

    if (json_uuid(in, "artistId", &a.artist, err) == -1 ||
        json_str(in, "parseId", &a.parse_id, err) == -1 ||
        json_opt_str(in, "instructions", &a.instructions, err) == -1)
        return -1;
    if (a.instructions != NULL && text_count(a.instructions) > INSTRUCTIONS_MAX)
        return err_field(err, "instructions",
                         "instructions may have at most %d characters",
                         INSTRUCTIONS_MAX);
    *ret = a;
    return 0;
}

static void
hash_json(json_object *o, char ret[HASH_HEX_LEN + 1])
{
    const char *text = json_out(o);

    hash_hex_of(text, strlen(text), ret);
}

/* ---- while it is written ---- */

static int
on_delta(void *ctx, const char *text, struct err *err)
{
    struct job *job = ctx;
    json_object *o = json_object_new_object();

    json_add_str(o, "text", text);
    return events_send(job->req, "delta", o, err);
}

static int
on_restart(void *ctx, const char *reason, struct err *err)
{
    struct job *job = ctx;
    json_object *o = json_object_new_object();

    json_add_str(o, "reason", reason);
    return events_send(job->req, "restart", o, err);
}

static bool
on_gone(void *ctx)
{
    const struct job *job = ctx;

    return req_gone(job->req);
}

/* Keep a finished caption. The row borrows all but its id. */
static int
on_made(void *ctx, struct caption *c, struct err *err)
{
    struct job *job = ctx;
    struct generation g = {
        .artist_id = (char *)job->asked.artist,
        .parse_id = (char *)job->asked.parse_id,
        .prompt = c->prompt,
        .model = c->model,
        .version = (char *)c->version,
        .instructions = (char *)job->asked.instructions,
        .schema_hash = job->schema_hash,
        .summary_hash = job->summary_hash,
        .fields = c->fields,
        .warnings = c->warnings,
        .params = c->params,
        .tokens_in = c->tokens_in,
        .tokens_out = c->tokens_out,
        .ms = c->ms,
    };

    if (generation_insert(job->app->db, &g, err) == -1)
        return -1;
    free(c->id);
    c->id = g.id;
    return 0;
}

/* ---- the handler ---- */

/* Schema and summary as what is asked; they themselves are large and go
 * before the wait begins. */
static int
prepare(struct job *job, struct caption_ask *ret, struct err *err)
{
    const struct asked *a = &job->asked;
    auto_sources struct sources s = {0};

    if (sources_load(job->app, a->artist, a->parse_id, &s, err) == -1)
        return -1;
    hash_json(s.schema, job->schema_hash);
    hash_json(s.summary, job->summary_hash);
    caption_ask_init(ret, job->app->conf, s.schema, s.summary, a->instructions,
                     job->summary_hash);
    return 0;
}

static json_object *
answer_json(const struct caption *c)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "prompt", c->prompt);
    json_add_str(o, "model", c->model);
    json_add_str(o, "version", c->version);
    json_add_str(o, "generationId", c->id);
    json_add(o, "fields", json_object_get(c->fields));
    json_add(o, "warnings", json_object_get(c->warnings));
    return o;
}

int
train_write(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_caption_ask struct caption_ask ask = {0};
    auto_caption struct caption c = {0};
    struct job job = {.app = app, .req = req, .events = req_wants_events(req)};
    struct caption_hooks hooks = {
        .made = on_made, .gone = on_gone, .ctx = &job};

    if (in == NULL || read_asked(in, &job.asked, err) == -1 ||
        prepare(&job, &ask, err) == -1)
        return -1;
    if (job.events) {
        hooks.delta = on_delta;
        hooks.restart = on_restart;
        if (events_begin(req, err) == -1)
            return -1;
    }
    if (caption_write(app->conf, worker_http(), &ask, &hooks, &c, err) == -1)
        return -1;
    if (job.events)
        return events_send(req, "done", answer_json(&c), err);
    return reply_json(req, 200, answer_json(&c), err);
}
