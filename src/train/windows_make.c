/*
 * POST /api/train/items/{id}/windows/generate: cuts a track and gives each
 * window its caption, in JSON or as they are written. Either all of them
 * replace the item's windows at once, or nothing does.
 */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "train/train.h"

enum { WAIT_MS = 60000, NAP_MS = 100 };

#define LEAST_SEC 1.0
#define MOST_SEC 600.0

struct job {
    struct app *app;
    struct req *req;
    const char *item; /* of the path */
    struct window_rule rule;
    bool keep, events;
    bool audio; /* it may be heard */
    enum heard heard;
    bool told;     /* the first answer, which covers all windows, was stored */
    char *why_not; /* one sentence: why the audio was not heard */
    struct connection with; /* the model that is asked */
    struct track track;
    struct windows_ask ask;
    struct windows made;
    struct track_hashes hashes;
};

static void
job_release(struct job *job)
{
    connection_release(&job->with);
    windows_ask_release(&job->ask);
    windows_release(&job->made);
    track_release(&job->track);
    free(job->why_not);
}

/* ---- the request ---- */

static int
opt_seconds(json_object *in, const char *name, double *ret, struct err *err)
{
    json_object *n = json_at(in, name);

    if (n == NULL)
        return 0;
    if (!json_object_is_type(n, json_type_int) &&
        !json_object_is_type(n, json_type_double))
        return err_field(err, name, "%s is a number of seconds", name);
    *ret = json_object_get_double(n);
    if (!(*ret >= 0 && *ret <= MOST_SEC))
        return err_field(err, name, "%s is 0 to %.0f seconds", name, MOST_SEC);
    return 0;
}

static int
read_asked(json_object *in, struct job *job, struct err *err)
{
    job->rule = (struct window_rule){WINDOW_MAX_SEC, NAN, false};
    job->keep = job->audio = true;
    if (opt_seconds(in, "maxSec", &job->rule.max_sec, err) == -1 ||
        opt_seconds(in, "minSec", &job->rule.min_sec, err) == -1 ||
        json_opt_bool(in, "keepEdited", &job->keep, err) == -1 ||
        json_opt_bool(in, "audio", &job->audio, err) == -1)
        return -1;
    if (job->rule.max_sec < LEAST_SEC)
        return err_field(err, "maxSec", "maxSec is %.0f to %.0f seconds",
                         LEAST_SEC, MOST_SEC);
    if (isnan(job->rule.min_sec))
        job->rule.min_sec = fmin(WINDOW_MIN_SEC, job->rule.max_sec / 2);
    if (job->rule.min_sec > job->rule.max_sec)
        return err_field(err, "minSec", "minSec is at most maxSec");
    return 0;
}

/* A body is optional: an empty one means the defaults. */
static json_object *
read_body(struct req *req, struct err *err)
{
    if (req_body_kind(req) == TAKES_JSON)
        return req_json(req, err);
    return json_object_new_object();
}

/* ---- the track ---- */

/* New audio is analyzed within seconds; a client that asks at once need not ask
 * twice. */
static int
wait_for_track(struct job *job, struct err *err)
{
    int64_t until = clock_mono_ms() + WAIT_MS;

    for (;;) {
        struct track *t = &job->track;

        track_release(t);
        if (track_load(job->app, job->item, t, err) == 0)
            return 0;
        if (err->code != ERR_CONFLICT || t->item.audio.format == NULL ||
            clock_mono_ms() >= until)
            return -1;
        err_clear(err);
        if (req_gone(job->req))
            return err_set(err, ERR_CLIENT_GONE, "nobody waits any more");
        clock_nap(NAP_MS);
    }
}

static int
prepare(struct job *job, struct err *err)
{
    auto_window_cuts struct window_cuts cuts = {0};
    struct track *t = &job->track;

    if (connection_open(job->app, &job->with, err) == -1 ||
        wait_for_track(job, err) == -1)
        return -1;
    track_hash(t, &job->hashes);
    window_teller_cut(t->teller, &job->rule, &cuts);
    windows_ask_init(&job->ask, &job->with.conf, t->from.schema,
                     job->hashes.summary);
    job->ask.artist = xstrdup(t->from.artist);
    job->ask.v = xcalloc(cuts.n + 1, sizeof(*job->ask.v));
    job->made.v = xcalloc(cuts.n + 1, sizeof(*job->made.v));
    job->ask.n = job->made.n = cuts.n;
    for (size_t i = 0; i < cuts.n; i++) {
        struct window *w = &job->made.v[i];
        const struct window_cut *cut = &cuts.v[i];

        track_tell(t, cut->start_sec, cut->end_sec, &job->ask.v[i], w);
        w->position = (int)i;
        w->start_sec = cut->start_sec;
        w->end_sec = cut->end_sec;
        w->start_bar = cut->start_bar;
        w->bars = cut->bars;
    }
    /* They are large, and the wait begins. */
    window_teller_close(steal(&t->teller));
    sources_release(&t->from);
    return 0;
}

/* Excerpts of the windows in which something sounds, if a model is to hear
 * those. */
static int
hear(struct job *job, struct err *err)
{
    const struct conf *conf = &job->with.conf;
    const struct item *it = &job->track.item;
    auto_free struct window *v = xcalloc(job->made.n + 1, sizeof(*v));
    struct windows audible = {.v = v};
    bool may;

    if (!job->audio || !hear_wanted(conf) ||
        strcmp(conf->caption_audio, "windows") != 0)
        return 0;
    if (consent_check(job->app, conf, job->req, it->artist_id, &may,
                      &job->why_not, err) == -1)
        return -1;
    for (size_t i = 0; may && i < job->made.n; i++)
        if (!job->ask.v[i].silent)
            v[audible.n++] = job->made.v[i]; /* borrowed */
    if (audible.n == 0)
        return 0;
    return hear_object(job->app, conf, job->req, it->audio_path, &audible,
                       &job->ask.clips, &job->why_not, err);
}

/* ---- while they are written ---- */

static int
on_made(void *ctx, struct caption *c, struct err *err)
{
    struct job *job = ctx;

    if (!job->told) {
        job->told = true;
        job->heard = c->heard;
        if (c->why_not != NULL && job->why_not == NULL)
            job->why_not = xstrdup(c->why_not);
    }
    return track_keep(job->app, &job->track.item, &job->hashes, c, err);
}

static int
on_written(void *ctx, size_t i, struct err *err)
{
    struct job *job = ctx;
    struct window_text *t = &job->ask.v[i];
    struct window *w = &job->made.v[i];

    window_take(w, t);
    if (!job->events)
        return 0;
    return events_send(job->req, "window", window_json(w), err);
}

static bool
on_gone(void *ctx)
{
    const struct job *job = ctx;

    return worker_gone(job->req);
}

/* ---- the handler ---- */

static int
write_all(struct job *job, struct err *err)
{
    struct windows_hooks hooks = {
        .made = on_made, .written = on_written, .gone = on_gone, .ctx = job};

    return windows_write(&job->with.conf, &job->ask, &hooks, err);
}

static int
put_all(struct job *job, struct err *err)
{
    auto_windows struct windows gone = {0};
    json_object *out;

    if (windows_replace(job->app->db, job->item, job->track.item.audio.sha256,
                        &job->rule, job->keep, &job->made, &gone, err) == -1)
        return -1;
    out = json_object_new_object();
    json_add(out, "windows", windows_json(&job->made));
    json_add(out, "replaced", windows_json(&gone));
    heard_json(out, job->heard, job->why_not);
    if (job->events)
        return events_send(job->req, "done", out, err);
    return reply_json(job->req, 200, out, err);
}

int
windows_generate(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = read_body(req, err);
    auto_cleanup(job_release) struct job job = {
        .app = app, .req = req, .events = req_wants_events(req)};

    if (in == NULL || window_named(req, &job.item, NULL, err) == -1 ||
        read_asked(in, &job, err) == -1 || prepare(&job, err) == -1 ||
        req_turn(req, job.track.item.artist_id, err) == -1 ||
        budget_take(app, &job.with.conf, job.track.item.artist_id, err) == -1 ||
        hear(&job, err) == -1 || (job.events && events_begin(req, err) == -1) ||
        write_all(&job, err) == -1)
        return -1;
    return put_all(&job, err);
}
