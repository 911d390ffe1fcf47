/*
 * /api/settings/model: the model that writes captions, for this server's
 * operator. The key goes in and never out; it is sent only to the address that
 * it was given with.
 */
#include <math.h>
#include <string.h>

#include "app/who.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/caption.h"
#include "caption/model.h"
#include "db/model.h"
#include "train/train.h"

enum { KEY_MAX = 500, MODEL_MAX = 200 };

static int
check_who(const struct app *app, struct err *err)
{
    if (who_runs_it(app))
        return 0;
    return err_set(err, ERR_FORBIDDEN,
                   "only an operator of this server may connect a model: use "
                   "a token for all artists");
}

static json_object *
settings_json(struct app *app, const struct model_row *row)
{
    const struct conf *conf = app->conf;
    bool fixed = model_is_set(conf);
    json_object *o = json_object_new_object();
    const char *url = fixed ? conf->openai_url : row->url;

    json_add_str(o, "url",
                 fixed && url == NULL ? "https://api.openai.com/v1" : url);
    json_add_str(o, "model",
                 fixed         ? conf->openai_model
                 : url != NULL ? row->model
                               : NULL);
    json_add_bool(o, "hasKey",
                  fixed ? conf->openai_key != NULL : row->key != NULL);
    json_add_bool(o, "connected", fixed || row->url != NULL);
    json_add_str(o, "source",
                 fixed              ? "settings"
                 : row->url != NULL ? "page"
                                    : "none");
    json_add_str(o, "audio", conf->caption_audio);
    return o;
}

static int
reply_settings(struct app *app, struct req *req, struct err *err)
{
    auto_model_row struct model_row row = {0};

    if (model_row_get(app->db, &row, err) == -1)
        return -1;
    return reply_json(req, 200, settings_json(app, &row), err);
}

int
settings_get(struct app *app, struct req *req, struct err *err)
{
    if (check_who(app, err) == -1)
        return -1;
    return reply_settings(app, req, err);
}

/* ---- the request ---- */

struct sent {
    const char *url, *model, *key; /* borrowed; NULL if absent or null */
    bool has_url, has_key;         /* the member is present, maybe null */
};

static int
read_sent(json_object *in, struct sent *ret, struct err *err)
{
    const char *fault;
    struct sent s = {0};

    if (json_opt_str(in, "url", &s.url, err) == -1 ||
        json_opt_str(in, "model", &s.model, err) == -1 ||
        json_opt_str(in, "key", &s.key, err) == -1)
        return -1;
    s.has_url = json_object_object_get_ex(in, "url", NULL);
    s.has_key = json_object_object_get_ex(in, "key", NULL);
    if (s.url != NULL && (fault = connection_fault(s.url)) != NULL)
        return err_field(err, "url", "%s", fault);
    if (s.model != NULL && (text_blank(s.model) || strlen(s.model) > MODEL_MAX))
        return err_field(err, "model", "model is a name of 1 to %d bytes",
                         MODEL_MAX);
    if (s.key != NULL && s.key[0] == '\0')
        s.key = NULL;
    if (s.key != NULL &&
        (strlen(s.key) > KEY_MAX || strpbrk(s.key, " \t\r\n") != NULL))
        return err_field(err, "key", "key is one word of at most %d bytes",
                         KEY_MAX);
    *ret = s;
    return 0;
}

/* The key for an address: the one in the request, otherwise the known one if it
 * was given for exactly this address. */
static const char *
key_for(const struct sent *s, const char *url, const char *known_url,
        const char *known_key)
{
    if (s->has_key)
        return s->key;
    return known_url != NULL && strcmp(url, known_url) == 0 ? known_key : NULL;
}

int
settings_put(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_model_row struct model_row old = {0}, row = {0};
    struct sent s;

    if (in == NULL || check_who(app, err) == -1 || read_sent(in, &s, err) == -1)
        return -1;
    if (model_is_set(app->conf))
        return err_set(err, ERR_CONFLICT,
                       "OPENAI_API_KEY or OPENAI_BASE_URL is set in this "
                       "server's settings, which come first; change it there");
    if (!s.has_url)
        return err_field(err, "url", "url is missing; null disconnects");
    if (s.url == NULL) {
        if (model_row_delete(app->db, err) == -1)
            return -1;
    } else {
        if (s.model == NULL)
            return err_field(err, "model", "model is missing");
        if (model_row_get(app->db, &old, err) == -1)
            return -1;
        row.url = xstrdup(s.url);
        row.model = xstrdup(s.model);
        row.key = xstrdup(key_for(&s, s.url, old.url, old.key));
        if (model_row_put(app->db, &row, err) == -1)
            return -1;
    }
    connection_renew();
    return reply_settings(app, req, err);
}

/* ---- one caption ---- */

static json_object *
named(const char *name)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "name", name);
    return o;
}

/* A small made-up set. */
static json_object *
sample_set(void)
{
    json_object *o = json_object_new_object();
    json_object *tracks = json_object_new_array();

    json_add_num(o, "tempo", 124);
    json_add_str(o, "key", "A minor");
    json_object_array_add(tracks, named("Drums"));
    json_object_array_add(tracks, named("Sub Bass"));
    json_object_array_add(tracks, named("Warm Pads"));
    json_add(o, "tracks", tracks);
    return o;
}

/* It belongs to nobody, so nothing is stored. */
static int
kept_nowhere(void *ctx, struct caption *c, struct err *err)
{
    (void)ctx;
    (void)c;
    (void)err;
    return 0;
}

static bool
is_gone(void *req)
{
    return worker_gone(req);
}

static json_object *
tried_json(const struct conf *conf, const struct caption *c, json_object *names)
{
    double cost = caption_cost(conf, c);
    json_object *o = json_object_new_object();

    json_add_bool(o, "ok", true);
    json_add(o, "models", json_object_get(names));
    json_add_str(o, "prompt", c->prompt);
    json_add_str(o, "model", c->model);
    json_add_str(o, "version", c->version);
    json_add(o, "warnings", json_object_get(c->warnings));
    json_add_int(o, "tokensIn", c->tokens_in);
    json_add_int(o, "tokensOut", c->tokens_out);
    json_add_int(o, "ms", c->ms);
    json_add_num(o, "cost", cost >= 0 ? cost : NAN);
    return o;
}

static int
try_it(struct req *req, const struct connection *with, bool write,
       struct err *err)
{
    auto_json json_object *names = NULL, *set = NULL;
    auto_json json_object *schema = json_object_new_object();
    auto_caption_ask struct caption_ask ask = {0};
    auto_caption struct caption c = {0};
    struct caption_hooks hooks = {
        .made = kept_nowhere, .gone = is_gone, .ctx = req};
    json_object *out;

    if (model_names(&with->conf, &names, err) == -1)
        return -1;
    if (!write) {
        out = json_object_new_object();
        json_add_bool(out, "ok", true);
        json_add(out, "models", json_object_get(names));
        return reply_json(req, 200, out, err);
    }
    set = sample_set();
    caption_ask_init(&ask, &with->conf, schema, set, NULL, "try");
    if (caption_write(&with->conf, &ask, &hooks, &c, err) == -1)
        return -1;
    return reply_json(req, 200, tried_json(&with->conf, &c, names), err);
}

/* The request's values, completed by those of the connected model. */
static int
choose(struct app *app, const struct sent *s, struct connection *ret,
       struct err *err)
{
    auto_connection struct connection now = {0};
    const char *url, *model;

    if (connection_open(app, &now, err) == -1)
        return -1;
    url = s->url != NULL ? s->url : now.conf.openai_url;
    model = s->model != NULL ? s->model : now.conf.openai_model;
    if (url == NULL && now.conf.openai_key == NULL)
        return err_field(err, "url", "no model is connected; say its url");
    connection_try(
        app, url, model,
        url == NULL || (s->url == NULL && !s->has_key)
            ? (s->has_key ? s->key : now.conf.openai_key)
            : key_for(s, url, now.conf.openai_url, now.conf.openai_key),
        ret);
    return 0;
}

int
settings_try(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_connection struct connection with = {0};
    struct sent s;
    bool write;

    if (in == NULL || check_who(app, err) == -1 ||
        read_sent(in, &s, err) == -1 || choose(app, &s, &with, err) == -1 ||
        req_turn(req, "settings", err) == -1 ||
        budget_take(app, &with.conf, "settings", err) == -1)
        return -1;
    write = s.model != NULL || s.url == NULL;
    return try_it(req, &with, write, err);
}
