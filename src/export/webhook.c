/*
 * POST /api/train/webhooks/replicate?training=ID: Replicate reports the
 * progress. Nothing is read unless it is signed; repeated or late reports
 * change nothing.
 */
#include "base/buf.h"
#include "base/json.h"
#include "base/log.h"
#include "export/export.h"
#include "trainer/replicate.h"

#define BODY_MAX ((size_t)8 << 20)

static int
read_body(struct req *req, struct buf *ret, struct err *err)
{
    char piece[16384];
    ssize_t n;

    while ((n = req_read(req, piece, sizeof(piece), err)) > 0)
        buf_add(ret, piece, (size_t)n);
    if (n == -1)
        return -1;
    if (ret->failed)
        return err_set(err, ERR_TOO_LARGE, "a webhook has at most 8 MiB");
    return 0;
}

int
replicate_webhook_post(struct app *app, struct req *req, struct err *err)
{
    auto_buf struct buf body = BUF_INIT(BODY_MAX);
    auto_json json_object *in = NULL;
    auto_training struct training t = {0};
    auto_training struct training news = {0};
    const char *id;
    bool changed;

    if (app->conf->webhook_secret == NULL)
        return err_set(err, ERR_ROUTE_NOT_FOUND,
                       "webhooks are not taken; set REPLICATE_WEBHOOK_SECRET");
    if (read_body(req, &body, err) == -1 ||
        replicate_verify(
            app->conf->webhook_secret, req_header(req, "webhook-id"),
            req_header(req, "webhook-timestamp"),
            req_header(req, "webhook-signature"), buf_str(&body), err) == -1 ||
        req_query_uuid(req, "training", &id, err) == -1 ||
        (in = json_parse_object(buf_str(&body), body.len, err)) == NULL ||
        training_get(app->db, id, &t, err) == -1 ||
        replicate_state(in, &news, err) == -1 ||
        training_update(app->db, id, &news, &changed, err) == -1)
        return -1;
    if (changed)
        log_info("training %s: %s", id, news.status);
    return reply_nothing(req, err);
}
