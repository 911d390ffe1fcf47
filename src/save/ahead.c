/* Conversions ahead of exports; see ahead.h. */
#include "save/ahead.h"

#include "audio/convert.h"
#include "base/log.h"
#include "dataset/conversion.h"
#include "save/rounds.h"

#define FORMAT "mp3" /* WAVs are fast to make, and large */
#define POLL_SEC 10  /* finds what other nodes saved */

static int work(struct app *app, struct err *err);
static struct rounds pool = ROUNDS_INIT("conversion", POLL_SEC, work);

static bool
stopping(void *ctx)
{
    (void)ctx;
    return rounds_stopping(&pool);
}

/* Whether it is permanently the file's fault. An export reports it to the
 * client. */
static bool
is_final(enum err_code code)
{
    return code == ERR_AUDIO_DAMAGED || code == ERR_NOT_AUDIO ||
           code == ERR_TOO_LARGE;
}

/* A conversion that fails for a reason of ours waits until its lease ends. */
static int
settle(const struct conversion_job *job, const struct conversion *c,
       struct err *err)
{
    struct err why = *err;

    if (is_final(why.code)) {
        err_clear(err);
        log_warn("conversion of item %s: %s", job->it->id, why.msg);
        return conversion_fail(job->db, c, why.msg, err);
    }
    if (why.code == ERR_BUSY) {
        err_clear(err);
        return conversion_give_back(job->db, c, err);
    }
    return err_wrap(err, "item %s", job->it->id);
}

static int
make(struct app *app, const struct item *it, struct conversion *c,
     struct err *err)
{
    const struct conversion_job job = {.db = app->db,
                                       .store = app->store,
                                       .artist_id = it->artist_id,
                                       .it = it,
                                       .format = FORMAT,
                                       .lease_sec = app->conf->analysis_lease,
                                       .low = true,
                                       .stop = stopping};
    enum object_state state = OBJECT_AS_SAVED;

    if (conversion_make(&job, c, &state, err) == -1)
        return settle(&job, c, err);
    return state == OBJECT_AS_SAVED
               ? 0
               : conversion_fail(app->db, c, "its audio is not as it was saved",
                                 err);
}

static int
work(struct app *app, struct err *err)
{
    auto_conversion_row struct conversion c = {0};
    auto_item struct item it = {0};
    char last[UUID_LEN + 1];

    rounds_last(&pool, last);
    if (conversion_take_next(app->db, audio_convert_recipe(FORMAT),
                             app->conf->analysis_lease,
                             last[0] != '\0' ? last : NULL, &it, &c, err) == -1)
        return -1;
    if (c.id == NULL)
        return 0;
    rounds_had(&pool, it.artist_id);
    return make(app, &it, &c, err) == -1 ? -1 : 1;
}

int
ahead_start(struct app *app, int threads, struct err *err)
{
    return rounds_start(&pool, app, threads, err);
}

void
ahead_poke(void)
{
    rounds_poke(&pool);
}

void
ahead_stop(void)
{
    rounds_stop(&pool);
}
