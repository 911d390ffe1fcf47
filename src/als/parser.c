/* The parent's side of trainmode-parse; see parser.h. */
#include "als/parser.h"

#include <pthread.h>
#include <string.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/processors.h"

#define PROGRAM "trainmode-parse"
#define SUMMARY_MAX (4 << 20) /* its lists are short; real ones are 60 KiB */
#define TIME_MAX_MS (60 * 1000)
#define TICK_MS 100

static struct {
    pthread_mutex_t lock;
    pthread_cond_t freed;
    long running;
} turns = {.lock = PTHREAD_MUTEX_INITIALIZER,
           .freed = PTHREAD_COND_INITIALIZER};

/* Wait for a processor, as long as the caller wants. */
static bool
turn_take(bool (*stop)(void *ctx), void *ctx)
{
    bool taken = false;
    int max = processors();

    pthread_mutex_lock(&turns.lock);
    while (!taken && (stop == NULL || !stop(ctx))) {
        taken = turns.running < max;
        if (!taken)
            (void)clock_wait(&turns.freed, &turns.lock,
                             clock_mono_ms() + TICK_MS);
    }
    turns.running += taken;
    pthread_mutex_unlock(&turns.lock);
    return taken;
}

static void
turn_give_back(void)
{
    pthread_mutex_lock(&turns.lock);
    turns.running--;
    pthread_cond_signal(&turns.freed);
    pthread_mutex_unlock(&turns.lock);
}

char *
als_parser_find(struct err *err)
{
    return child_find(PROGRAM, err);
}

static json_object *
judge(const struct child_result *r, const struct buf *out, struct err *err)
{
    json_object *summary;

    switch (r->end) {
    case CHILD_DONE:
        summary = json_parse_object(buf_str(out), out->len, err);
        if (summary == NULL)
            err_wrap(err, PROGRAM " wrote no JSON");
        return summary;
    case CHILD_REFUSED:
        err_set(err, ERR_NOT_ALS, "%.*s", (int)strcspn(buf_str(out), "\n"),
                buf_str(out));
        break;
    case CHILD_BROKE:
    case CHILD_LATE:
        err_set(err, ERR_NOT_ALS,
                "reading the set takes more memory or time than a Live set "
                "can need; save it again in Live, or send it to us");
        break;
    case CHILD_STOPPED:
        err_set(err, ERR_BUSY, "reading the set was stopped; send it again");
        break;
    case CHILD_CHATTY:
    case CHILD_FAILED:
        err_set(err, ERR_INTERNAL, PROGRAM " ended with status %d", r->code);
        break;
    }
    return NULL;
}

json_object *
als_parser_run(const char *program, int fd, const char *als_filename,
               bool (*stop)(void *ctx), void *ctx, struct err *err)
{
    auto_buf struct buf out = BUF_INIT(SUMMARY_MAX);
    struct child child = {.program = program,
                          .in = fd,
                          .out = -1,
                          .ask = als_filename,
                          .time_ms = TIME_MAX_MS,
                          .stop = stop,
                          .ctx = ctx};
    struct child_result result = {.end = CHILD_STOPPED};
    int rc = 0;

    if (turn_take(stop, ctx)) {
        rc = child_run(&child, &out, &result, err);
        turn_give_back();
    }
    return rc == -1 ? NULL : judge(&result, &out, err);
}
