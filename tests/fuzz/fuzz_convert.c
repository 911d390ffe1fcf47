/* Any bytes that pass for audio, decoded and written as WAV and MP3: it ends,
 * by an error or by as much sound as the probe found. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audio/convert.h"

static void
hold(bool truth)
{
    if (!truth)
        abort();
}

static void
empty(int fd)
{
    hold(ftruncate(fd, 0) == 0);
    hold(lseek(fd, 0, SEEK_SET) == 0);
}

/* libvorbis leaks its state of a broken file; the helper that decodes ends
 * after each. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
    return "leak:libvorbis\n";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static int in = -1;
    static int out = -1;
    struct audio_probe p;
    struct err err = ERR_INIT;

    if (len < 1)
        return 0;
    if (in == -1) {
        in = memfd_create("in", MFD_CLOEXEC);
        out = memfd_create("out", MFD_CLOEXEC);
    }
    empty(in);
    empty(out);
    hold(pwrite(in, data + 1, len - 1, 0) == (ssize_t)len - 1);
    if (audio_probe_fd(in, &p, &err) == -1 || p.duration_sec > 20)
        return 0;
    if (audio_convert(in, &p, data[0] % 2 == 0 ? "wav" : "mp3", out, &err) ==
        -1)
        hold(err.code != ERR_NONE);
    return 0;
}
