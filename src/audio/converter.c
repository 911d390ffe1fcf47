/* The parent's side of trainmode-convert; see converter.h. */
#include "audio/converter.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/auto.h"
#include "base/mem.h"

#define PROGRAM "trainmode-convert"
#define SAID_MAX 4096
#define TIME_MIN_MS 120000 /* and as long as the sound lasts */
#define LOW_TIMES 10
#define KBIT_MP3 320
#define SPARE ((int64_t)64 << 20) /* that stays free for others */

const struct child_word converter_words[] = {{"damaged", ERR_AUDIO_DAMAGED},
                                             {"damaged", ERR_NOT_AUDIO},
                                             {"large", ERR_TOO_LARGE},
                                             {"full", ERR_DISK_FULL},
                                             {NULL, ERR_NONE}};

static int64_t
bytes_expected(const struct audio_probe *p, const char *format)
{
    int channels = p->channels > 2 ? 2 : p->channels;

    if (strcmp(format, "wav") == 0)
        return p->samples * channels * 2;
    return (int64_t)(p->duration_sec * KBIT_MP3 * 1000 / 8);
}

/* The output is temporary, and must not fill the disk for others. */
static int
check_room(int64_t need, int out, struct err *err)
{
    struct statvfs disk;
    int64_t free_bytes;

    if (fstatvfs(out, &disk) == -1)
        return err_errno(err, ERR_INTERNAL, "look at the disk");
    free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
    if (free_bytes - SPARE >= need)
        return 0;
    return err_set(err, ERR_DISK_FULL,
                   "a conversion needs %lld MB and %lld MB are free",
                   (long long)(need >> 20), (long long)(free_bytes >> 20));
}

static int
judge(const struct child_result *r, const struct buf *said, struct err *err)
{
    switch (r->end) {
    case CHILD_DONE:
        return 0;
    case CHILD_REFUSED:
        return child_refusal(PROGRAM, converter_words, said, err);
    case CHILD_BROKE:
        return err_set(
            err, ERR_AUDIO_DAMAGED,
            "the file cannot be converted (signal %d); bounce it again",
            r->code);
    case CHILD_LATE:
        return err_set(
            err, ERR_AUDIO_DAMAGED,
            "the file cannot be converted: that takes longer than it "
            "plays; bounce it again");
    case CHILD_STOPPED:
        return err_set(err, ERR_BUSY, "the conversion was stopped");
    case CHILD_CHATTY:
    case CHILD_FAILED:
        break;
    }
    return err_set(err, ERR_INTERNAL, PROGRAM " ended with status %d", r->code);
}

/* A low-priority run may wait long for its turn, and its jail limits its CPU
 * time. */
static int
time_of(const struct audio_probe *p, bool low)
{
    int ms = TIME_MIN_MS + (int)(p->duration_sec * 1000);

    return low ? ms * LOW_TIMES : ms;
}

/* Run the program on a request; what it answered. */
static int
run(int fd, const char *ask, int out, int time_ms, bool (*stop)(void *ctx),
    void *ctx, struct buf *said, struct err *err)
{
    auto_free char *program = child_find(PROGRAM, err);
    struct child child = {.program = program,
                          .in = fd,
                          .out = out,
                          .ask = ask,
                          .time_ms = time_ms,
                          .stop = stop,
                          .ctx = ctx};
    struct child_result result;

    if (program == NULL || child_run(&child, said, &result, err) == -1)
        return -1;
    return judge(&result, said, err);
}

int
converter_run(int fd, const struct audio_probe *p, const char *format, int out,
              bool low, bool (*stop)(void *ctx), void *ctx, struct err *err)
{
    auto_free char *ask = xasprintf("%s%s", format, low ? " low" : "");
    auto_buf struct buf said = BUF_INIT(SAID_MAX);

    if (check_room(bytes_expected(p, format), out, err) == -1)
        return -1;
    return run(fd, ask, out, time_of(p, low), stop, ctx, &said, err);
}

int
converter_excerpt(int fd, const struct audio_probe *p,
                  const struct excerpt *wish, int out, bool (*stop)(void *ctx),
                  void *ctx, double *ret_start, double *ret_sec,
                  struct err *err)
{
    auto_buf struct buf said = BUF_INIT(SAID_MAX);
    auto_free char *ask = excerpt_text(wish);
    int64_t room = (int64_t)(wish->seconds * 2 * EXCERPT_MP3_RATE);

    if (check_room(room, out, err) == -1 ||
        run(fd, ask, out, time_of(p, false), stop, ctx, &said, err) == -1)
        return -1;
    if (sscanf(buf_str(&said), "%lf %lf", ret_start, ret_sec) != 2)
        return err_set(err, ERR_INTERNAL, PROGRAM " does not say what it made");
    return 0;
}
