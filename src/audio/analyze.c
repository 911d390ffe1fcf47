/*
 * trainmode-analyze: audio on stdin (a regular file), its analysis as JSON on
 * stdout.
 *
 * A process of its own because the libraries that it needs are large and parse
 * what strangers send: save.fcgi stays small, and a file that crashes a decoder
 * ends only this process. It gives up its privileges (base/jail.h).
 *
 * Exit status: 0 analyzed; 1 the file does not decode, with the reason on
 * stdout instead; anything else is a fault of ours. Ends with its parent.
 */
#include <stdio.h>
#include <unistd.h>

#include "audio/analysis.h"
#include "base/jail.h"
#include "base/json.h"

/* Three hours of stereo take 20 s, at the largest rates 100. */
static const struct jail jail = {
    .memory = (int64_t)1 << 30, .cpu_sec = 500, .nice = 10};

int
main(void)
{
    auto_audio_analysis struct audio_analysis a = {0};
    auto_json json_object *out = NULL;
    struct audio_probe p;
    struct err err = ERR_INIT;

    (void)jail_enter(&jail);
    if (audio_probe_fd(STDIN_FILENO, &p, &err) == -1 ||
        audio_analyze(STDIN_FILENO, &p, NULL, &a, &err) == -1) {
        return puts(err.msg) == EOF || fflush(stdout) == EOF ? 2 : 1;
    }
    out = audio_analysis_json(&a);
    return puts(json_out(out)) == EOF || fflush(stdout) == EOF ? 2 : 0;
}
