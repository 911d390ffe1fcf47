/*
 * bench_analysis [PASSES] FILE...: compares the analysis of each file with
 * decoding it alone, in CPU time: alternately, the least of some passes of
 * each.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "audio/analysis.h"
#include "audio/decode.h"
#include "base/json.h"
#include "base/mem.h"

#define PASSES 7
#define BLOCK 2048

static double
cpu(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int
decode(int fd, const struct audio_probe *p, struct err *err)
{
    auto_decoder struct decoder *d = decoder_open(fd, p, err);
    auto_free float *block =
        xcalloc((size_t)p->channels * BLOCK, sizeof(*block));
    ssize_t n = -1;

    while (d != NULL && (n = decoder_read(d, block, BLOCK, err)) > 0)
        continue;
    return n < 0 ? -1 : 0;
}

static int
analyze(int fd, const struct audio_probe *p, double *ret_sec, struct err *err)
{
    auto_audio_analysis struct audio_analysis a = {0};
    auto_json json_object *o = NULL;

    if (audio_analyze(fd, p, NULL, &a, err) == -1)
        return -1;
    *ret_sec = a.decoded_sec;
    o = audio_analysis_json(&a);
    return json_object_to_json_string(o) == NULL ? -1 : 0;
}

static int
bench(const char *path, int passes, struct err *err)
{
    double alone = 1e9, all = 1e9, sec = 0;
    struct audio_probe p;
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

    rc = fd == -1 ? err_set(err, ERR_INTERNAL, "cannot be read")
                  : audio_probe_fd(fd, &p, err);
    for (int i = 0; i < passes && rc == 0; i++) {
        double start = cpu(), middle;

        rc = decode(fd, &p, err);
        middle = cpu();
        alone = middle - start < alone ? middle - start : alone;
        if (rc == 0)
            rc = analyze(fd, &p, &sec, err);
        all = cpu() - middle < all ? cpu() - middle : all;
    }
    if (fd != -1)
        (void)close(fd);
    if (rc == 0)
        printf("%s: %.1f s, %d Hz, %d channels: decoding %.2f ms/s, with the "
               "analysis %.2f ms/s, %.2f x\n",
               path, sec, p.sample_rate, p.channels, alone / sec * 1e3,
               all / sec * 1e3, all / alone);
    return rc;
}

int
main(int argc, char **argv)
{
    int passes = argc > 1 ? atoi(argv[1]) : 0, failed = 0;

    for (int i = passes > 0 ? 2 : 1; i < argc; i++) {
        struct err err = ERR_INIT;

        if (bench(argv[i], passes > 0 ? passes : PASSES, &err) == -1) {
            printf("%s: %s\n", argv[i], err.msg);
            failed = 1;
        }
    }
    return failed;
}
