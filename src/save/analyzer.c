/*
 * Runs one child; its output, its end.
 */
#include "save/analyzer.h"

#include <string.h>

#include "base/auto.h"
#include "base/child.h"
#include "base/json.h"

#define PROGRAM "trainmode-analyze"
#define OUTPUT_MAX (4 << 20) /* three hours of noise are 1.5 MB */
#define TIME_MAX_MS (540 * 1000)

char *
analyzer_find(struct err *err)
{
    return child_find(PROGRAM, err);
}

/* Interpret the child's end and output. */
static int
judge(const struct child_result *r, const struct buf *out, json_object **ret,
      struct err *err)
{
    int said = (int)strcspn(buf_str(out), "\n");

    switch (r->end) {
    case CHILD_DONE:
        *ret = json_parse_object(buf_str(out), out->len, err);
        return *ret != NULL ? 0 : err_wrap(err, PROGRAM " wrote no JSON");
    case CHILD_REFUSED:
        if (said == 0)
            break;
        return err_set(err, ERR_AUDIO_DAMAGED, "%.*s", said, buf_str(out));
    case CHILD_BROKE:
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the file broke the analysis (signal %d)", r->code);
    case CHILD_LATE:
        return err_set(err, ERR_AUDIO_DAMAGED, "the analysis takes too long");
    case CHILD_STOPPED:
        return err_set(err, ERR_BUSY, "the analysis was stopped");
    case CHILD_CHATTY:
        return err_set(err, ERR_INTERNAL, PROGRAM " says too much");
    case CHILD_FAILED:
        break;
    }
    return err_set(err, ERR_INTERNAL, PROGRAM " ended with status %d", r->code);
}

int
analyzer_run(const char *program, int fd, bool (*stop)(void *ctx), void *ctx,
             json_object **ret, struct err *err)
{
    auto_buf struct buf out = BUF_INIT(OUTPUT_MAX);
    struct child child = {.program = program,
                          .in = fd,
                          .out = -1,
                          .time_ms = TIME_MAX_MS,
                          .stop = stop,
                          .ctx = ctx};
    struct child_result result;

    if (child_run(&child, &out, &result, err) == -1)
        return -1;
    return judge(&result, &out, ret, err);
}
