/*
 * bench_probe FILE...: the probe's result for each file, and how fast it walked
 * it (the best of some passes, so from the page cache).
 */
#include <stdio.h>
#include <time.h>

#include "audio/probe.h"

#define PASSES 5

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
show(const struct audio_probe *p, double sec)
{
    printf("%s, %s, %.4f s, %lld samples, %d Hz, %d channels, %d bit/s%s%s%s",
           p->format, p->codec, p->duration_sec, (long long)p->samples,
           p->sample_rate, p->channels, p->bitrate, p->vbr ? ", VBR" : "",
           p->has_xing ? ", Xing" : "", p->has_art ? ", art" : "");
    printf(", %.2f GB/s\n", (double)p->bytes / sec / 1e9);
    for (size_t i = 0; i < p->damage_count && i < AUDIO_DAMAGE_MAX; i++)
        printf("  at byte %lld: %lld %s\n", (long long)p->damage[i].offset,
               (long long)p->damage[i].bytes, p->damage[i].what);
}

int
main(int argc, char **argv)
{
    int failed = 0;

    for (int i = 1; i < argc; i++) {
        struct audio_probe p;
        struct err err = ERR_INIT;
        double best = 1e9;
        int rc = 0;

        for (int pass = 0; pass < PASSES && rc == 0; pass++) {
            double start = now(), took;

            rc = audio_probe_file(argv[i], &p, &err);
            took = now() - start;
            best = took < best ? took : best;
        }
        printf("%s: ", argv[i]);
        if (rc == 0)
            show(&p, best);
        else
            printf("%s: %s\n", err_word(err.code), err.msg);
        failed |= rc;
    }
    return failed != 0;
}
