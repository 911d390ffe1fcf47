/* The parent's side of trainmode-unpack; see unpacker.h. */
#include "dataset/unpacker.h"

#include <string.h>

#include "base/json.h"
#include "base/mem.h"

#define PROGRAM "trainmode-unpack"
#define LIST_MAX ((size_t)32 << 20) /* names of 4 KiB, thousands of them */
#define TIME_MAX_MS (10 * 60 * 1000)

const struct child_word unpacker_words[] = {{"archive", ERR_NOT_ARCHIVE},
                                            {"large", ERR_TOO_LARGE},
                                            {"full", ERR_DISK_FULL},
                                            {NULL, ERR_NONE}};

char *
unpacker_find(struct err *err)
{
    return child_find(PROGRAM, err);
}

static json_object *
judge(const struct child_result *r, const struct buf *out, struct err *err)
{
    json_object *list;

    switch (r->end) {
    case CHILD_DONE:
        list = json_parse_object(buf_str(out), out->len, err);
        if (list == NULL)
            err_wrap(err, PROGRAM " wrote no JSON");
        return list;
    case CHILD_REFUSED:
        (void)child_refusal(PROGRAM, unpacker_words, out, err);
        break;
    case CHILD_BROKE:
    case CHILD_LATE:
        err_set(err, ERR_NOT_ARCHIVE,
                "reading the archive takes more memory or time than a folder "
                "of sets can need; send its files by themselves");
        break;
    case CHILD_STOPPED:
        err_set(err, ERR_BUSY,
                "reading the archive was stopped; send it again");
        break;
    case CHILD_CHATTY:
        err_set(err, ERR_TOO_LARGE,
                "the archive's names are longer than we list; send its files "
                "by themselves");
        break;
    case CHILD_FAILED:
        err_set(err, ERR_INTERNAL, PROGRAM " ended with status %d", r->code);
        break;
    }
    return NULL;
}

json_object *
unpacker_run(const char *program, int fd, int out,
             const struct unpack_limits *limits, bool (*stop)(void *ctx),
             void *ctx, struct err *err)
{
    auto_buf struct buf said = BUF_INIT(LIST_MAX);
    auto_free char *ask =
        xasprintf("%lld %lld %lld", (long long)limits->total,
                  (long long)limits->set, (long long)limits->audio);
    struct child child = {.program = program,
                          .in = fd,
                          .out = out,
                          .ask = ask,
                          .time_ms = TIME_MAX_MS,
                          .stop = stop,
                          .ctx = ctx};
    struct child_result result;

    if (child_run(&child, &said, &result, err) == -1)
        return NULL;
    return judge(&result, &said, err);
}
