/*
 * The reader of sets, and all that is worked out of one, on any bytes: what
 * is accepted must make sense. Limits are low, so that a run stays short.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "als/summary.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "music/digest.h"

#define DIGEST_MAX 600

static void
hold(bool truth)
{
    if (!truth)
        abort();
}

static double
number_in(json_object *s, const char *object, const char *name)
{
    return json_number(json_at(s, object), name, 0);
}

static void
check(json_object *s)
{
    auto_free char *digest = digest_write(s, DIGEST_MAX);
    const char *text = json_out(s);
    double bpm = number_in(s, "tempo", "bpm");

    hold(text_valid(text, strlen(text)));
    hold(strlen(digest) <= DIGEST_MAX);
    hold(text_valid(digest, strlen(digest)));
    hold(bpm >= 1 && bpm <= 2000);
    hold(number_in(s, "tempo", "min") <= bpm);
    hold(number_in(s, "tempo", "max") >= bpm);
    hold(number_in(s, "length", "beats") >= 0);
    hold(isfinite(number_in(s, "length", "sec")));
    hold(number_in(s, "totals", "audibleTracks") <=
         number_in(s, "totals", "midiTracks") +
             number_in(s, "totals", "audioTracks"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static int fd = -1;
    struct als_limits limits = als_limits_default;
    struct err err = ERR_INIT;

    if (fd == -1)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    hold(ftruncate(fd, 0) == 0);
    hold(pwrite(fd, data, len, 0) == (ssize_t)len);
    hold(lseek(fd, 0, SEEK_SET) == 0);
    limits.xml_bytes = 4 << 20;
    limits.notes = 20000;
    auto_json json_object *s =
        als_summary_from_fd(fd, "fuzz.als", &limits, &err);
    if (s == NULL)
        hold(err.code == ERR_NOT_ALS && err.msg[0] != '\0');
    else
        check(s);
    return 0;
}
