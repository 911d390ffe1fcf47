/*
 * GET /api/train/trainings: the state of an artist's trainings; POST
 * /api/train/trainings/{id}/cancel: cancels one.
 */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "export/export.h"
#include "trainer/replicate.h"

/* The shortest time between two questions to Replicate about a training,
 * however many clients read. */
#define EVERY_SEC 3

static json_object *
training_json(const struct training *t)
{
    json_object *o = json_object_new_object();
    char when[CLOCK_TEXT];

    json_add_str(o, "id", t->id);
    json_add_str(o, "datasetId", t->dataset_id);
    json_add_str(o, "replicateId", t->replicate_id);
    json_add_str(o, "destination", t->destination);
    json_add_str(o, "version", t->version);
    json_add(o, "input", json_object_get(t->input));
    json_add_str(o, "status", t->status);
    json_add_str(o, "error", t->error);
    json_add_str(o, "logs", t->logs);
    json_add(o, "output", json_object_get(t->output));
    clock_text(t->created_at, when);
    json_add_str(o, "createdAt", when);
    clock_text(t->updated_at, when);
    json_add_str(o, "updatedAt", when);
    return o;
}

static int
refresh_one(struct app *app, const struct training *t, struct err *err)
{
    auto_training struct training news = {0};
    bool changed;

    if (replicate_get(app->conf, t->replicate_id, &news, err) == -1)
        return -1;
    return training_update(app->db, t->id, &news, &changed, err);
}

/* If the service is away, it is not asked about the others. The list is still
 * useful, so it contains the reason. */
static int
refresh(struct app *app, const char *artist, struct err *ret_why,
        struct err *err)
{
    auto_trainings struct trainings due = {0};

    if (trainings_take_due(app->db, artist, EVERY_SEC, &due, err) == -1)
        return -1;
    for (size_t i = 0; i < due.n; i++)
        if (refresh_one(app, &due.v[i], ret_why) == -1) {
            log_warn("trainings are not refreshed: %s", ret_why->msg);
            return 0;
        }
    return 0;
}

int
trainings_get(struct app *app, struct req *req, struct err *err)
{
    auto_trainings struct trainings list = {0};
    struct err why = ERR_INIT;
    json_object *out, *rows;
    const char *artist;

    if (req_query_uuid(req, "artistId", &artist, err) == -1)
        return -1;
    if (app->conf->replicate_token != NULL &&
        refresh(app, artist, &why, err) == -1)
        return -1;
    if (trainings_list(app->db, artist, &list, err) == -1)
        return -1;
    out = json_object_new_object();
    rows = json_object_new_array();
    for (size_t i = 0; i < list.n; i++)
        json_object_array_add(rows, training_json(&list.v[i]));
    json_add(out, "trainings", rows);
    if (why.code != ERR_NONE)
        json_add_str(out, "refreshError", err_detail(&why));
    return reply_json(req, 200, out, err);
}

/* ---- canceling ---- */

/* If it is canceled already, the request is fulfilled. */
static int
can_cancel(const struct app *app, const struct training *t, struct err *err)
{
    if (strcmp(t->status, "canceled") == 0)
        return 0;
    if (training_is_over(t) && t->replicate_id != NULL)
        return err_set(err, ERR_CONFLICT,
                       "this training is over (%s); there is nothing to cancel",
                       t->status);
    if (t->replicate_id == NULL)
        return err_set(err, ERR_CONFLICT,
                       "Replicate has not said which training this is; try "
                       "again in a moment, or cancel it at "
                       "replicate.com/trainings");
    if (app->conf->replicate_token == NULL)
        return err_set(err, ERR_TRAINER_MISSING,
                       "this server has no REPLICATE_API_TOKEN any more; set "
                       "it, or cancel the training at Replicate");
    return 0;
}

/* *t becomes the row at that time, which may have received news in the
 * meantime. */
static int
cancel(struct app *app, const char *id, struct training *t, struct err *err)
{
    auto_training struct training news = {0};
    bool changed;

    if (replicate_cancel(app->conf, t->replicate_id, &news, err) == -1 ||
        training_update(app->db, id, &news, &changed, err) == -1)
        return -1;
    log_info("training %s is asked to end: %s", id, news.status);
    training_release(t);
    if (training_get(app->db, id, t, err) == -1)
        return -1;
    return training_is_over(t) ? can_cancel(app, t, err) : 0;
}

int
training_cancel_post(struct app *app, struct req *req, struct err *err)
{
    auto_training struct training t = {0};
    json_object *out;
    const char *id;

    if (req_uuid(req, "id", ERR_TRAINING_NOT_FOUND, &id, err) == -1 ||
        training_get(app->db, id, &t, err) == -1 ||
        can_cancel(app, &t, err) == -1)
        return -1;
    if (strcmp(t.status, "canceled") != 0 && cancel(app, id, &t, err) == -1)
        return -1;
    out = json_object_new_object();
    json_add_str(out, "trainingId", id);
    json_add_str(out, "status", t.status);
    return reply_json(req, 202, out, err);
}
