/* The probe, and the cutter, on any bytes: accepted files must make sense. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audio/checks.h"
#include "audio/segment.h"
#include "base/json.h"

static void
hold(bool truth)
{
    if (!truth)
        abort();
}

static void
check(const struct audio_probe *p, int64_t len)
{
    hold(p->bytes == len);
    hold(p->audio_start >= 0 && p->audio_start <= p->audio_end);
    hold(p->audio_end <= len);
    hold(p->samples > 0 && p->sample_rate > 0 && p->channels > 0);
    hold(isfinite(p->duration_sec) && p->duration_sec > 0);
    hold(p->bitrate >= 0 && isfinite(p->lost_sec) && p->lost_sec >= 0);
    for (size_t i = 0; i < p->damage_count && i < AUDIO_DAMAGE_MAX; i++) {
        const struct audio_damage *d = &p->damage[i];

        hold(d->what != NULL && d->offset >= 0 && d->bytes >= 0);
        hold(d->offset + d->bytes <= len);
    }
    json_object_put(audio_checks(p));
}

static void
check_pieces(int fd, const struct audio_probe *p)
{
    auto_audio_pieces struct audio_pieces ps = {0};
    struct err err = ERR_INIT;

    double last;
    long count;

    if (!audio_segment_possible(p) || p->duration_sec > 1000)
        return;
    count = audio_pieces_count(p->duration_sec, 1, &last);
    hold(audio_segment(fd, p, 1, count, &ps, &err) == 0);
    hold(ps.n > 0);
    for (size_t i = 0; i < ps.n; i++) {
        hold(ps.v[i].bytes > 0 && ps.v[i].offset >= p->audio_start);
        hold(ps.v[i].offset + ps.v[i].bytes <= p->audio_end);
        hold(i == 0 ||
             ps.v[i].offset >= ps.v[i - 1].offset + ps.v[i - 1].bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static int fd = -1;
    struct audio_probe p;
    struct err err = ERR_INIT;

    if (fd == -1)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    hold(ftruncate(fd, 0) == 0);
    hold(pwrite(fd, data, len, 0) == (ssize_t)len);
    if (audio_probe_fd(fd, &p, &err) == -1) {
        hold(err.code == ERR_NOT_AUDIO || err.code == ERR_AUDIO_DAMAGED);
        return 0;
    }
    check(&p, (int64_t)len);
    check_pieces(fd, &p);
    return 0;
}
