/* save.fcgi: owns the items; also analyzes their audio, converts it and
 * sweeps. */
#include "app/app.h"
#include "save/ahead.h"
#include "save/pool.h"
#include "save/save.h"

#define KIB ((int64_t)1024)

static const struct route routes[] = {
    {"POST", "/api/train/save", TAKES_JSON | TAKES_MULTIPART | TAKES_AUDIO, -1,
     save_post},
    {"POST", "/api/train/match", TAKES_JSON | TAKES_MULTIPART | TAKES_AUDIO, -1,
     match_post},
    {"GET", "/api/train/items", TAKES_NOTHING, 0, items_get},
    {"POST", "/api/train/items", TAKES_JSON, 1024 * KIB, items_post},
    {"GET", "/api/train/items/{id}", TAKES_NOTHING, 0, item_get_one},
    {"DELETE", "/api/train/items/{id}", TAKES_NOTHING, 0, item_delete_one},
    {"PATCH", "/api/train/items/{id}", TAKES_JSON, 64 * KIB, item_patch},
    {"GET", "/api/train/items/{id}/audio", GIVES_FILE, 0, item_audio_get},
    {"PUT", "/api/train/items/{id}/audio", TAKES_AUDIO | TAKES_BYTES, -1,
     item_audio_put},
    {"DELETE", "/api/train/items/{id}/audio", TAKES_NOTHING, 0,
     item_audio_delete},
    {"POST", "/api/train/items/{id}/retry", TAKES_JSON | TAKES_BYTES, 1024,
     item_retry_post},
    {"POST", "/api/train/items/{id}/restore", TAKES_JSON | TAKES_BYTES, 1024,
     item_restore_post},
    {0},
};

static int
start(struct app *app, struct err *err)
{
    if (pool_start(app, app->conf->analysis_threads, err) == -1 ||
        ahead_start(app, app->conf->convert_threads, err) == -1)
        return -1;
    return sweeper_start(app, err);
}

static void
stop(struct app *app)
{
    sweeper_stop();
    ahead_stop();
    pool_stop(app);
}

int
main(void)
{
    return app_main("save", routes, start, stop);
}
