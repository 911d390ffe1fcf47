/*
 * Whether an artist's audio may be sent to the model: GET, PUT
 * /api/train/consent, and the same check before each caption. Consent holds for
 * the address that the user was shown, a refusal for every address.
 *
 * A request from a browser needs consent. A program needs none, because the
 * operator set CAPTION_AUDIO and gave the program its token; a refusal binds it
 * too.
 */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "caption/model.h"
#include "db/consent.h"
#include "train/train.h"

enum answer { NOBODY_ASKED, SAID_NO, SAID_YES };

static enum answer
answer_of(const struct consent *c, const char *host)
{
    if (c->host == NULL)
        return NOBODY_ASKED;
    if (!c->agreed)
        return SAID_NO;
    return strcmp(c->host, host) == 0 ? SAID_YES : NOBODY_ASKED;
}

int
consent_check(struct app *app, const struct conf *conf, struct req *req,
              const char *artist, bool *ret_may, char **ret_why_not,
              struct err *err)
{
    auto_free char *host = connection_host(conf);
    auto_consent struct consent c = {0};
    enum answer said;

    if (consent_get(app->db, artist, &c, err) == -1)
        return -1;
    said = answer_of(&c, host);
    *ret_may =
        said == SAID_YES || (said == NOBODY_ASKED && !req_of_browser(req));
    if (*ret_may)
        return 0;
    *ret_why_not =
        said == SAID_NO
            ? xstrdup("this artist's audio goes to no model, as was said on "
                      "the page; it was not sent")
            : xasprintf("nobody has agreed that this artist's audio goes to "
                        "%s; it was not sent",
                        host);
    return 0;
}

/* ---- the route ---- */

static json_object *
consent_json(const struct conf *conf, const struct consent *c)
{
    auto_free char *host = connection_host(conf);
    enum answer said = answer_of(c, host);
    json_object *o = json_object_new_object();
    char when[CLOCK_TEXT];

    json_add_str(o, "audio", hear_wanted(conf) ? conf->caption_audio : "off");
    json_add_str(o, "to", model_is_set(conf) ? host : NULL);
    json_add_bool(o, "here", connection_is_here(conf));
    json_add_int(o, "sec", conf->audio_sec);
    json_add_int(o, "count",
                 strcmp(conf->caption_audio, "windows") == 0 ? conf->audio_count
                                                             : 1);
    json_add_bool(o, "deaf", hear_wanted(conf) && ear_is_deaf(conf));
    if (said == NOBODY_ASKED) {
        json_add(o, "agreed", NULL);
        json_add(o, "decidedAt", NULL);
        return o;
    }
    clock_text(c->decided_at, when);
    json_add_bool(o, "agreed", said == SAID_YES);
    json_add_str(o, "decidedAt", when);
    return o;
}

static int
reply_consent(struct app *app, struct req *req, const struct conf *conf,
              const char *artist, struct err *err)
{
    auto_consent struct consent c = {0};

    if (consent_get(app->db, artist, &c, err) == -1)
        return -1;
    return reply_json(req, 200, consent_json(conf, &c), err);
}

int
consent_show(struct app *app, struct req *req, struct err *err)
{
    auto_connection struct connection with = {0};
    const char *artist;

    if (req_query_uuid(req, "artistId", &artist, err) == -1 ||
        connection_open(app, &with, err) == -1)
        return -1;
    return reply_consent(app, req, &with.conf, artist, err);
}

static int
read_answer(json_object *in, const char **ret_artist, const char **ret_to,
            bool *ret_agreed, struct err *err)
{
    if (json_uuid(in, "artistId", ret_artist, err) == -1 ||
        json_opt_str(in, "to", ret_to, err) == -1 ||
        json_opt_bool(in, "agreed", ret_agreed, err) == -1)
        return -1;
    if (json_at(in, "agreed") == NULL)
        return err_field(err, "agreed", "agreed is missing: true or false");
    if (*ret_agreed && *ret_to == NULL)
        return err_field(err, "to",
                         "to is missing: the address that the user was "
                         "shown, as GET returns it");
    return 0;
}

int
consent_decide(struct app *app, struct req *req, struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_connection struct connection with = {0};
    auto_free char *host = NULL;
    const char *artist, *to = NULL;
    bool agreed = false;

    if (in == NULL || read_answer(in, &artist, &to, &agreed, err) == -1 ||
        connection_open(app, &with, err) == -1)
        return -1;
    host = connection_host(&with.conf);
    if (agreed && (!model_is_set(&with.conf) || strcmp(to, host) != 0))
        return err_set(err, ERR_CONFLICT,
                       "the model is not at that address now; ask for it "
                       "again, and agree to where it is");
    if (consent_put(app->db, artist, host, agreed, err) == -1)
        return -1;
    return reply_consent(app, req, &with.conf, artist, err);
}
