/* train.fcgi: writes captions and checks them. */
#include <malloc.h>

#include "train/train.h"

enum { REQUEST_MAX = 64 * 1024 };

static const struct route routes[] = {
    {"POST", "/api/train", TAKES_JSON, REQUEST_MAX, train_write},
    {"POST", "/api/train/check", TAKES_JSON, REQUEST_MAX, train_check},
    {"GET", "/api/train/generations", TAKES_NOTHING, 0, train_generations},
    {0},
};

/* Hundreds of threads wait here at once. With an arena for each few of them,
 * what one gives back is no use to another, and memory grows with the threads
 * instead of with the work. */
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
