/*
 * How often one artist may ask a model: per minute, because each caption costs
 * money and waiting is free (memory of this process only), and per day, counted
 * in the database.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "base/id.h"
#include "caption/model.h"
#include "db/spending.h"
#include "train/train.h"
#include "web/limit.h"

#define MINUTE_MS 60000
#define DAY_SEC 86400

static struct limit captions = LIMIT_INIT(0, 0);
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int per_minute;

static void
fill(void)
{
    captions.burst = atomic_load(&per_minute);
    captions.each_ms = MINUTE_MS / captions.burst;
}

/* By the day's count in the database, across all nodes. "settings" is nobody's
 * id: trying settings is only limited per minute. */
static int
take_of_day(struct app *app, const char *artist, struct err *err)
{
    bool taken;

    if (app->conf->captions_day == 0 || !id_valid(artist))
        return 0;
    if (spending_take(app->db, artist, app->conf->captions_day, &taken, err) ==
        -1)
        return -1;
    if (taken)
        return 0;
    err->retry_after = (int)(DAY_SEC - time(NULL) % DAY_SEC);
    return err_set(err, ERR_RATE_LIMITED,
                   "this artist has had %d captions today; it has more after "
                   "midnight UTC (CAPTION_DAILY_LIMIT)",
                   app->conf->captions_day);
}

int
budget_take(struct app *app, const struct conf *conf, const char *artist,
            struct err *err)
{
    int wait;

    if (!model_is_set(conf))
        return 0;
    if (conf->captions_minute == 0)
        return take_of_day(app, artist, err);
    atomic_store(&per_minute, conf->captions_minute); /* ever the same */
    (void)pthread_once(&once, fill);
    wait = limit_fail(&captions, artist);
    if (wait == 0)
        return take_of_day(app, artist, err);
    err->retry_after = wait;
    return err_set(err, ERR_RATE_LIMITED,
                   "this artist has had %d captions in a minute; wait %d "
                   "seconds (CAPTIONS_PER_MINUTE)",
                   conf->captions_minute, wait);
}
