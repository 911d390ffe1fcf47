/* train.fcgi: writes and checks captions of tracks and of their windows. */
#include <malloc.h>

#include "train/train.h"

enum { REQUEST_MAX = 64 * 1024, WINDOWS_MAX = 4 * 1024 * 1024 };

static const struct route routes[] = {
    {"POST", "/api/train", TAKES_JSON, REQUEST_MAX, train_write},
    {"POST", "/api/train/check", TAKES_JSON, REQUEST_MAX, train_check},
    {"GET", "/api/train/generations", TAKES_NOTHING, 0, train_generations},
    {"GET", "/api/train/items/{id}/windows", TAKES_NOTHING, 0, windows_get},
    {"PUT", "/api/train/items/{id}/windows", TAKES_JSON, WINDOWS_MAX,
     windows_put},
    {"POST", "/api/train/items/{id}/windows/generate", TAKES_JSON | TAKES_BYTES,
     REQUEST_MAX, windows_generate},
    {"PATCH", "/api/train/items/{id}/windows/{position}", TAKES_JSON,
     REQUEST_MAX, window_patch},
    {"GET", "/api/train/costs", TAKES_NOTHING, 0, train_costs},
    {"GET", "/api/train/consent", TAKES_NOTHING, 0, consent_show},
    {"PUT", "/api/train/consent", TAKES_JSON, REQUEST_MAX, consent_decide},
    {"GET", "/api/settings/model", TAKES_NOTHING, 0, settings_get},
    {"PUT", "/api/settings/model", TAKES_JSON, REQUEST_MAX, settings_put},
    {"POST", "/api/settings/model/try", TAKES_JSON, REQUEST_MAX, settings_try},
    {0},
};

/* Hundreds of threads wait here at the same time. With one arena per few
 * threads, memory that one frees is of no use to another, and memory grows with
 * the threads instead of with the work. */
static int
keep_small(struct app *app, struct err *err)
{
    (void)app;
    (void)err;
    (void)mallopt(M_ARENA_MAX, 2);
    return 0;
}

int
main(void)
{
    return app_main("train", routes, keep_small, NULL);
}
