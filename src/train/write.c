/*
 * POST /api/train: a caption for a set, as JSON or as it is being written. No
 * database connection is held while waiting for the model: everything needed is
 * read before, and each finished caption stored after.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/caption.h"
#include "caption/examples.h"
#include "db/pairing.h"
#include "music/witness.h"
#include "train/train.h"

enum {
    INSTRUCTIONS_MAX = 2000, /* characters */
    EDITS_MAX = 50,          /* the latest edits, among which examples are
                              * chosen */
};

struct asked { /* by the client; borrowed from its body, or from the item */
    const char *artist, *parse_id, *item, *upload, *instructions;
    bool audio; /* it may be heard */
};

struct job {
    struct app *app;
    struct req *req;
    struct asked asked;
    struct item item;       /* the item with the audio, if one was named */
    struct upload upload;   /* or which upload is */
    char *alone;            /* the parse id of an upload without a set */
    struct connection with; /* the model that is asked */
    char *why_not;          /* one sentence: why the audio was not sent */
    bool events, styled;    /* styled: by a master schema */
    char schema_hash[HASH_HEX_LEN + 1], summary_hash[HASH_HEX_LEN + 1];
};

static int
read_asked(json_object *in, struct asked *ret, struct err *err)
{
    struct asked a = {.audio = true};

    if (json_uuid(in, "artistId", &a.artist, err) == -1 ||
        json_opt_str(in, "parseId", &a.parse_id, err) == -1 ||
        json_opt_uuid(in, "itemId", &a.item, err) == -1 ||
        json_opt_uuid(in, "uploadId", &a.upload, err) == -1 ||
        json_opt_bool(in, "audio", &a.audio, err) == -1 ||
        json_opt_str(in, "instructions", &a.instructions, err) == -1)
        return -1;
    if (a.parse_id == NULL && a.item == NULL && a.upload == NULL)
        return err_field(err, "parseId",
                         "parseId is missing; without a set, itemId or "
                         "uploadId names the audio");
    if (a.item != NULL && a.upload != NULL)
        return err_field(err, "uploadId", "give itemId or uploadId, not both");
    if (a.instructions != NULL && text_count(a.instructions) > INSTRUCTIONS_MAX)
        return err_field(err, "instructions",
                         "instructions may have at most %d characters",
                         INSTRUCTIONS_MAX);
    *ret = a;
    return 0;
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

    return worker_gone(job->req);
}

static int
on_made(void *ctx, struct caption *c, struct err *err)
{
    struct job *job = ctx;
    struct generation g = caption_row(&job->with.conf, c);

    g.artist_id = (char *)job->asked.artist;
    g.parse_id = (char *)job->asked.parse_id;
    g.instructions = (char *)job->asked.instructions;
    g.schema_hash = job->schema_hash;
    g.summary_hash = job->summary_hash;
    return caption_keep(job->app, &g, c, err);
}

/* ---- the handler ---- */

/* Find the audio, and its parse id if no set is named. */
static int
find_audio(struct job *job, struct err *err)
{
    struct asked *a = &job->asked;
    const char *of_item = NULL;

    if (a->item != NULL &&
        audio_of(job->app, a->artist, a->item, &of_item, &job->item, err) == -1)
        return -1;
    if (a->upload != NULL &&
        upload_get(job->app->db, a->artist, a->upload, &job->upload, err) == -1)
        return -1;
    if (a->upload != NULL)
        job->alone = xasprintf("audio:%s", job->upload.sha256);
    if (a->parse_id == NULL)
        a->parse_id = of_item != NULL ? of_item : job->alone;
    return 0;
}

/* Excerpts of that audio, if a model is to hear. */
static int
hear(struct job *job, struct caption_ask *ask, struct err *err)
{
    const char *path =
        job->upload.path != NULL ? job->upload.path : job->item.audio_path;
    bool may;

    if (path == NULL || !job->asked.audio || !hear_wanted(&job->with.conf))
        return 0;
    if (consent_check(job->app, &job->with.conf, job->req, job->asked.artist,
                      &may, &job->why_not, err) == -1)
        return -1;
    if (!may)
        return 0;
    return hear_object(job->app, &job->with.conf, job->req, path, NULL,
                       &ask->clips, &job->why_not, err);
}

/* The latest edits that say the most about the user's taste. */
static int
add_examples(struct job *job, struct caption_ask *ask, struct err *err)
{
    auto_edits struct edits edits = {0};
    auto_examples struct examples chosen = {0};

    if (ask->context == NULL || !job->with.conf.examples)
        return 0;
    if (edits_latest(job->app->db, job->asked.artist, job->asked.parse_id,
                     EDITS_MAX, &edits, err) == -1)
        return -1;
    for (size_t i = 0; i < edits.n; i++)
        examples_add(&chosen, edits.v[i].item, edits.v[i].written,
                     edits.v[i].text);
    examples_choose(&chosen);
    ask->examples = examples_texts(&chosen);
    ask->example_ids = examples_ids(&chosen);
    return 0;
}

/* Turn schema and summary into the question; they are large, and are freed
 * before the wait begins. */
static int
prepare(struct job *job, struct caption_ask *ret, struct err *err)
{
    struct asked *a = &job->asked;
    auto_sources struct sources s = {0};

    if (connection_open(job->app, &job->with, err) == -1 ||
        find_audio(job, err) == -1 ||
        sources_load(job->app, a->artist, a->parse_id, &s, err) == -1)
        return -1;
    witness_hear(s.summary, job->item.alignment);
    job->styled = json_object_object_length(s.schema) > 0;
    sources_hash(s.schema, job->schema_hash);
    sources_hash(s.summary, job->summary_hash);
    caption_ask_init(ret, &job->with.conf, s.schema, s.summary, a->instructions,
                     id_is_audio(a->parse_id) ? a->parse_id
                                              : job->summary_hash);
    ret->artist = steal(&s.artist);
    sources_release(&s); /* not held while waiting for one of the few
                          * connections */
    return add_examples(job, ret, err);
}

static void
job_release(struct job *job)
{
    connection_release(&job->with);
    item_release(&job->item);
    upload_release(&job->upload);
    free(job->alone);
    free(job->why_not);
}

static void
add_cost(json_object *o, const struct job *job, const struct caption *c)
{
    double cost = caption_cost(&job->with.conf, c);

    json_add_int(o, "tokensIn", c->tokens_in);
    json_add_int(o, "tokensOut", c->tokens_out);
    json_add_num(o, "cost", cost >= 0 ? cost : NAN);
}

static json_object *
answer_json(const struct job *job, const struct caption *c)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "prompt", c->prompt);
    json_add_str(o, "model", c->model);
    json_add_str(o, "version", c->version);
    json_add_str(o, "generationId", c->id);
    json_add(o, "fields", json_object_get(c->fields));
    json_add(o, "warnings", json_object_get(c->warnings));
    json_add_bool(o, "styled", job->styled);
    json_add(o, "examples", examples_of(c->params));
    heard_json(o, c->heard, c->why_not != NULL ? c->why_not : job->why_not);
    add_cost(o, job, c);
    return o;
}

int
train_write(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_caption_ask struct caption_ask ask = {0};
    auto_caption struct caption c = {0};
    auto_cleanup(job_release) struct job job = {
        .app = app, .req = req, .events = req_wants_events(req)};
    struct caption_hooks hooks = {
        .made = on_made, .gone = on_gone, .ctx = &job};

    if (in == NULL || read_asked(in, &job.asked, err) == -1 ||
        prepare(&job, &ask, err) == -1 ||
        req_turn(req, job.asked.artist, err) == -1 ||
        budget_take(app, &job.with.conf, job.asked.artist, err) == -1 ||
        hear(&job, &ask, err) == -1)
        return -1;
    if (job.events) {
        hooks.delta = on_delta;
        hooks.restart = on_restart;
        if (events_begin(req, err) == -1)
            return -1;
    }
    if (caption_write(&job.with.conf, &ask, &hooks, &c, err) == -1)
        return -1;
    if (job.events)
        return events_send(req, "done", answer_json(&job, &c), err);
    return reply_json(req, 200, answer_json(&job, &c), err);
}
