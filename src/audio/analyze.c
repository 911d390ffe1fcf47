/*
 * trainmode-analyze: audio on stdin (a regular file), its analysis as JSON
 * on stdout.
 *
 * A process of its own because the libraries that it needs are large and
 * parse what strangers send: save.fcgi stays small, and a file that breaks a
 * decoder breaks this process only. It bounds itself: memory, time, no core.
 *
 * Exit status: 0 analyzed; 1 the file does not decode, with the reason on
 * stdout instead; anything else is a fault of ours. Ends with its parent.
 */
#include <stdio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "audio/analysis.h"
#include "base/json.h"

#define MEMORY_MAX ((rlim_t)1 << 30) /* bytes of address space */
#define CPU_MAX 500                  /* seconds; three hours of sound: 100 */
#define NICE 10                      /* requests come first */

static void
bound(int what, rlim_t max)
{
    struct rlimit limit = {max, max};

    if (setrlimit(what, &limit) == -1)
        perror("setrlimit");
}

int
main(void)
{
    auto_audio_analysis struct audio_analysis a = {0};
    auto_json json_object *out = NULL;
    struct audio_probe p;
    struct err err = ERR_INIT;

#if !defined(__SANITIZE_ADDRESS__)
    bound(RLIMIT_AS, MEMORY_MAX); /* a sanitizer's shadow is far larger */
#endif
    bound(RLIMIT_CPU, CPU_MAX);
    bound(RLIMIT_CORE, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
        perror("prctl");
    if (nice(NICE) == -1)
        perror("nice");
    if (audio_probe_fd(STDIN_FILENO, &p, &err) == -1 ||
        audio_analyze(STDIN_FILENO, &p, NULL, &a, &err) == -1) {
        return puts(err.msg) == EOF || fflush(stdout) == EOF ? 2 : 1;
    }
    out = audio_analysis_json(&a);
    return puts(json_out(out)) == EOF || fflush(stdout) == EOF ? 2 : 0;
}
