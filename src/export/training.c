/*
 * POST /api/train/datasets/{id}/training: starts a training of it at Replicate.
 * If no account is configured, the answer contains the call to make by hand.
 */
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "export/export.h"
#include "trainer/replicate.h"

#define VERSION_LEN 64
#define NAME_MAX_LEN 200
#define WEBHOOK "/api/train/webhooks/replicate"

struct wish {
    const char *destination; /* borrowed, as input is */
    char *version;           /* owner/name:version */
    json_object *input;      /* or NULL */
};

static void
wish_release(struct wish *w)
{
    free(w->version);
}

/* ---- the request ---- */

static bool
is_name(const char *s, size_t len)
{
    static const char taken[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    size_t owner = strspn(s, taken);

    return owner > 0 && s[owner] == '/' && len > owner + 1 &&
           len <= NAME_MAX_LEN &&
           owner + 1 + strspn(s + owner + 1, taken) == len;
}

static bool
is_version(const char *s)
{
    return strlen(s) == VERSION_LEN &&
           strspn(s, "0123456789abcdef") == VERSION_LEN;
}

/* A "version" without a name belongs to the trainer that our layouts are
 * for. */
static int
read_version(json_object *in, char **ret, struct err *err)
{
    const char *text = TRAINER_VERSION;
    const char *colon;

    if (json_opt_str(in, "version", &text, err) == -1)
        return -1;
    colon = strchr(text, ':');
    if (colon == NULL && is_version(text))
        *ret = xasprintf("%s:%s", TRAINER, text);
    else if (colon != NULL && is_version(colon + 1) &&
             is_name(text, (size_t)(colon - text)))
        *ret = xstrdup(text);
    else
        return err_field(err, "version",
                         "a version is 64 hexadecimal digits, or "
                         "owner/name: before them");
    return 0;
}

static int
read_wish(json_object *in, struct wish *ret, struct err *err)
{
    if (json_str(in, "destination", &ret->destination, err) == -1)
        return -1;
    if (!is_name(ret->destination, strlen(ret->destination)))
        return err_field(err, "destination",
                         "the destination is owner/name of a model of yours "
                         "at Replicate; create it there first");
    if (json_at(in, "input") != NULL &&
        json_obj(in, "input", &ret->input, err) == -1)
        return -1;
    if (ret->input != NULL && json_at(ret->input, "dataset_path") != NULL)
        return err_field(err, "input",
                         "leave dataset_path out of the input; it is this "
                         "dataset's own link");
    return read_version(in, &ret->version, err);
}

/* Whether a list of names, separated by blanks or commas, contains this one; an
 * asterisk as the name matches all of an owner's. NULL contains every name. */
static bool
lists(const char *list, const char *name, size_t len)
{
    size_t owner = strcspn(name, "/") + 1;

    for (const char *p = list; p != NULL && *p != '\0';) {
        size_t n;

        p += strspn(p, " \t,");
        n = strcspn(p, " \t,");
        if ((n == len && strncasecmp(p, name, n) == 0) ||
            (n == owner + 1 && p[owner] == '*' &&
             strncasecmp(p, name, owner) == 0))
            return true;
        p += n;
    }
    return list == NULL;
}

/* A training costs the server's owner money and writes into their account. */
static int
may_train(const struct conf *conf, const struct wish *w, struct err *err)
{
    if (!lists(conf->destinations, w->destination, strlen(w->destination)))
        return err_set(err, ERR_FORBIDDEN,
                       "%s is not among this server's TRAINING_DESTINATIONS",
                       w->destination);
    if (!lists(conf->trainers, w->version, strcspn(w->version, ":")))
        return err_set(err, ERR_FORBIDDEN,
                       "%.*s is not among this server's TRAINING_TRAINERS",
                       (int)strcspn(w->version, ":"), w->version);
    return 0;
}

/* The trainer gives no error if it finds no captions (train.py:285-311), so we
 * do. */
static int
need_read_captions(const struct dataset *d, const struct wish *w,
                   struct err *err)
{
    if (strncmp(w->version, TRAINER ":", strlen(TRAINER ":")) == 0 &&
        strcmp(d->layout, "replicate") != 0 && strcmp(d->layout, "plan") != 0)
        return err_set(err, ERR_DATASET_BLOCKED,
                       "%s does not read the captions of the layout %s; "
                       "export with the layout replicate",
                       TRAINER, d->layout);
    return 0;
}

/* ---- the request to Replicate ---- */

/* Generated tags hide good captions, separating voices costs quality, and the
 * weights of the melody models are too large for Replicate's upload
 * (replicate/cog 2026). The user's own input overrides these. */
static json_object *
make_input(const struct wish *w)
{
    json_object *o = json_object_new_object();

    if (strncmp(w->version, TRAINER ":", strlen(TRAINER ":")) == 0) {
        json_add_bool(o, "auto_labeling", false);
        json_add_bool(o, "drop_vocals", false);
        json_add_str(o, "model_version", "stereo-small");
    }
    if (w->input != NULL) {
        json_object_object_foreach(w->input, name, value)
            json_add(o, name, json_object_get(value));
    }
    return o;
}

/* We store `input` without the link. */
static json_object *
make_body(const struct wish *w, json_object *input, const char *url)
{
    json_object *o = json_object_new_object();
    json_object *whole = json_object_new_object();

    json_add_str(whole, "dataset_path", url);
    {
        json_object_object_foreach(input, name, value)
            json_add(whole, name, json_object_get(value));
    }
    json_add_str(o, "destination", w->destination);
    json_add(o, "input", whole);
    return o;
}

/* Replicate accepts only https, and we accept only signed webhooks. */
static void
add_webhook(const struct conf *conf, const char *training, json_object *body)
{
    auto_free char *url = NULL;
    json_object *events;

    if (conf->webhook_secret == NULL || conf->public_url == NULL ||
        strncasecmp(conf->public_url, "https://", 8) != 0)
        return;
    url = xasprintf("%s" WEBHOOK "?training=%s", conf->public_url, training);
    events = json_object_new_array();
    json_object_array_add(events, json_object_new_string("start"));
    json_object_array_add(events, json_object_new_string("completed"));
    json_add_str(body, "webhook", url);
    json_add(body, "webhook_events_filter", events);
}

/* On this machine: a trainer elsewhere cannot reach it. */
static bool
is_here(const char *url)
{
    static const char *const hosts[] = {"localhost", "127.", "[::1]"};
    const char *host = strstr(url, "://");

    for (size_t i = 0; host != NULL && i < 3; i++)
        if (strncasecmp(host + 3, hosts[i], strlen(hosts[i])) == 0)
            return true;
    return false;
}

/* ---- without an account ---- */

/* In parts, because in a shell command the users' texts would have to be
 * quoted. */
static int
reply_call(struct app *app, struct req *req, const struct wish *w,
           json_object *body, bool reachable)
{
    struct err why = ERR_INIT;
    json_object *extra = json_object_new_object();
    json_object *call = json_object_new_object();
    json_object *headers = json_object_new_array();
    auto_free char *url = replicate_url(app->conf, w->version);

    err_set(&why, ERR_TRAINER_MISSING,
            "this server has no REPLICATE_API_TOKEN; set it, or run the "
            "command with your own token%s",
            reachable ? ""
                      : ", once PUBLIC_URL is an address that Replicate can "
                        "reach");
    json_object_array_add(headers,
                          json_object_new_string("Authorization: Bearer "
                                                 "$REPLICATE_API_TOKEN"));
    json_object_array_add(
        headers, json_object_new_string("Content-Type: application/json"));
    json_add_str(call, "method", "POST");
    json_add_str(call, "url", url);
    json_add(call, "headers", headers);
    json_add(call, "body", json_object_get(body));
    json_add(extra, "call", call);
    return reply_problem(req, &why, extra);
}

/* ---- with one ---- */

/* A refused training is deleted; a doubtful one stays, and says so. */
static int
give_up(struct app *app, const struct training *t, bool doubt, struct err *err)
{
    struct training news = {.status = (char *)"failed", .error = err->msg};
    struct err mine = ERR_INIT;
    bool changed;
    int rc = doubt ? training_update(app->db, t->id, &news, &changed, &mine)
                   : training_delete(app->db, t->id, &mine);

    if (rc == -1)
        log_warn("the training %s keeps its state: %s", t->id, mine.msg);
    return -1;
}

static int
start(struct app *app, struct req *req, struct training *t, json_object *body,
      struct err *err)
{
    auto_free char *url = replicate_url(app->conf, t->version);
    auto_training struct training news = {0};
    json_object *out;
    bool doubt = false;
    bool changed;

    if (training_insert(app->db, t, app->conf->trainings, err) == -1)
        return -1;
    add_webhook(app->conf, t->id, body);
    if (replicate_create(app->conf, url, body, &news, &doubt, err) == -1)
        return give_up(app, t, doubt, err);
    log_info("training %s is Replicate's %s", t->id, news.replicate_id);
    if (training_update(app->db, t->id, &news, &changed, err) == -1)
        return -1;
    out = json_object_new_object();
    json_add_str(out, "trainingId", t->id);
    json_add_str(out, "status", news.status);
    json_add_str(out, "replicateId", news.replicate_id);
    return reply_json(req, 202, out, err);
}

int
training_post(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_json json_object *body = NULL;
    auto_cleanup(wish_release) struct wish w = {0};
    auto_dataset struct dataset d = {0};
    auto_training struct training t = {0};
    auto_free char *url = NULL;
    struct store_info info;
    int64_t expires;
    const char *id;
    bool reachable;

    if (in == NULL ||
        req_uuid(req, "id", ERR_DATASET_NOT_FOUND, &id, err) == -1 ||
        read_wish(in, &w, err) == -1 || may_train(app->conf, &w, err) == -1 ||
        dataset_get(app->db, id, &d, err) == -1 ||
        need_read_captions(&d, &w, err) == -1 ||
        store_stat(app->store, d.path, &info, err) == -1 ||
        store_sign(app->store, d.path, app->conf->url_ttl, req_base_url(req),
                   &url, &expires, err) == -1)
        return -1;
    reachable = !is_here(url) || is_here(app->conf->replicate_url);
    t.input = make_input(&w);
    body = make_body(&w, t.input, url);
    if (app->conf->replicate_token == NULL)
        return reply_call(app, req, &w, body, reachable);
    if (!reachable)
        return err_set(err, ERR_CONFLICT,
                       "Replicate cannot fetch a dataset from this machine's "
                       "own address; set PUBLIC_URL to one that it can reach");
    t.dataset_id = xstrdup(d.id);
    t.artist_id = xstrdup(d.artist_id);
    t.destination = xstrdup(w.destination);
    t.version = xstrdup(w.version);
    return start(app, req, &t, body, err);
}
