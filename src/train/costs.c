/*
 * GET /api/train/costs: what an artist's captions cost, by month and today, the
 * day's limit, and an estimate for more captions from the last ones.
 */
#include "base/mem.h"
#include "db/spending.h"
#include "train/train.h"

enum { ESTIMATE_MAX = 100000 };

/* n captions like these. NaN is null in JSON. */
static void
add_sums(json_object *o, const struct spent *s, double n)
{
    double each = s->captions > 0 ? n / (double)s->captions : 0;

    json_add_int(o, "captions", (int64_t)n);
    json_add_int(o, "tokensIn", (int64_t)((double)s->tokens_in * each + 0.5));
    json_add_int(o, "tokensOut", (int64_t)((double)s->tokens_out * each + 0.5));
    json_add_num(o, "audioSec", s->audio_sec * each);
    if (s->captions == 0 || s->unpriced == s->captions)
        json_add(o, "cost", NULL);
    else
        json_add_num(o, "cost",
                     s->cost * n / (double)(s->captions - s->unpriced));
}

/* The actual spending: a sum over the captions whose price is known. */
static json_object *
spent_json(const struct spent *s)
{
    json_object *o = json_object_new_object();

    if (s->month[0] != '\0')
        json_add_str(o, "month", s->month);
    json_add_int(o, "captions", s->captions);
    json_add_int(o, "tokensIn", s->tokens_in);
    json_add_int(o, "tokensOut", s->tokens_out);
    json_add_num(o, "audioSec", s->audio_sec);
    if (s->captions == 0 || s->unpriced == s->captions)
        json_add(o, "cost", NULL);
    else
        json_add_num(o, "cost", s->cost);
    json_add_int(o, "unpriced", s->unpriced);
    return o;
}

static json_object *
limit_json(const struct conf *conf, long asked)
{
    json_object *o;

    if (conf->captions_day == 0)
        return NULL;
    o = json_object_new_object();
    json_add_int(o, "perDay", conf->captions_day);
    json_add_int(o, "left",
                 asked < conf->captions_day ? conf->captions_day - asked : 0);
    return o;
}

static json_object *
estimate_json(const struct spent *latest, long n)
{
    json_object *o;

    if (n == 0 || latest->captions == 0)
        return NULL;
    o = json_object_new_object();
    add_sums(o, latest, (double)n);
    json_add_num(o, "sec",
                 (double)latest->ms / 1000 / (double)latest->captions *
                     (double)n);
    return o;
}

int
train_costs(struct app *app, struct req *req, struct err *err)
{
    struct spending s;
    const char *artist;
    json_object *out, *months;
    long n, asked;

    if (req_query_uuid(req, "artistId", &artist, err) == -1 ||
        req_query_int(req, "captions", 0, ESTIMATE_MAX, 0, &n, err) == -1 ||
        spending_get(app->db, artist, &s, err) == -1 ||
        spending_today(app->db, artist, &asked, err) == -1)
        return -1;
    out = json_object_new_object();
    months = json_object_new_array();
    for (size_t i = 0; i < s.n; i++)
        json_object_array_add(months, spent_json(&s.months[i]));
    json_add_str(out, "currency", app->conf->currency);
    json_add(out, "today", spent_json(&s.today));
    json_add(out, "months", months);
    json_add(out, "limit", limit_json(app->conf, asked));
    json_add(out, "estimate", estimate_json(&s.latest, n));
    return reply_json(req, 200, out, err);
}
