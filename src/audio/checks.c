/*
 * Checks on a piece of audio.
 */
#include "audio/checks.h"

#include <stdarg.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

#define SHORT_WARN_SEC 30.0
#define SHORT_ERROR_SEC 5.0
#define RATE_MIN 32000

void
checks_add(json_object *to, const char *code, const char *level,
           const char *fmt, ...)
{
    json_object *o = json_object_new_object();
    auto_free char *detail = NULL;
    va_list ap;

    va_start(ap, fmt);
    detail = xvasprintf(fmt, ap);
    va_end(ap);
    json_add_str(o, "code", code);
    json_add_str(o, "level", level);
    json_add_str(o, "detail", detail);
    json_object_array_add(to, o);
}

static void
check_damage(json_object *to, const struct audio_probe *p)
{
    const struct audio_damage *first = &p->damage[0];

    if (p->damage_count == 1)
        checks_add(to, "damaged", "warn", "Damaged at byte %lld: %s.",
                   (long long)first->offset, first->what);
    else if (p->damage_count > 1)
        checks_add(to, "damaged", "warn",
                   "Damaged in %zu places, first at byte %lld (%s); about %.2f "
                   "seconds are lost.",
                   p->damage_count, (long long)first->offset, first->what,
                   p->lost_sec);
}

json_object *
audio_checks(const struct audio_probe *p)
{
    json_object *to = json_object_new_array();

    if (p->duration_sec < SHORT_ERROR_SEC)
        checks_add(
            to, "too_short", "error",
            "%.1f seconds are too short for a dataset; at least %.0f are "
            "needed.",
            p->duration_sec, SHORT_ERROR_SEC);
    else if (p->duration_sec < SHORT_WARN_SEC)
        checks_add(to, "too_short", "warn",
                   "%.1f seconds; trainers take pieces of %.0f.",
                   p->duration_sec, SHORT_WARN_SEC);
    if (p->sample_rate < RATE_MIN)
        checks_add(to, "low_sample_rate", "warn",
                   "The sample rate is %d Hz; the model works at %d.",
                   p->sample_rate, RATE_MIN);
    if (p->channels == 1)
        checks_add(to, "mono", "warn",
                   "One channel only; the model is stereo.");
    if (p->channels > 2)
        checks_add(to, "surround", "warn", "%d channels; the model is stereo.",
                   p->channels);
    check_damage(to, p);
    if (strcmp(p->format, "mp3") != 0)
        checks_add(to, "converted", "info",
                   "A %s file; an export converts it if its layout wants MP3.",
                   p->format);
    return to;
}
