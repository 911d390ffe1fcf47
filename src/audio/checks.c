/*
 * Checks on a piece of audio.
 */
#include "audio/checks.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
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

struct check_clock
check_clock(double sec)
{
    long s = lround(fmin(fmax(sec, 0), 1e6));
    struct check_clock c;

    snprintf(c.text, sizeof(c.text), "%ld:%02ld", s / 60, s % 60);
    return c;
}

/* Where in the sound a byte is, nearly. */
static struct check_clock
clock_at(const struct audio_probe *p, int64_t offset)
{
    double all = (double)(p->audio_end - p->audio_start);
    double part = (double)(offset - p->audio_start) / fmax(all, 1);

    return check_clock(fmin(part, 1) * p->duration_sec);
}

static void
check_damage(json_object *to, const struct audio_probe *p)
{
    const struct audio_damage *first = &p->damage[0];
    struct check_clock at = clock_at(p, first->offset);

    if (p->damage_count == 1 && p->lost_sec <= 0 &&
        strstr(first->what, "header") != NULL)
        checks_add(to, "damaged", "warn",
                   "Its header is wrong (%s); all of its sound is used.",
                   first->what);
    else if (p->damage_count == 1)
        checks_add(to, "damaged", "warn",
                   "Damaged at %s (%s). Listen there, and bounce it again if "
                   "you hear it.",
                   at.text, first->what);
    else if (p->damage_count > 1)
        checks_add(to, "damaged", "warn",
                   "Damaged in %zu places, first at %s (%s); about %.2f "
                   "seconds are lost. Bounce it again.",
                   p->damage_count, at.text, first->what, p->lost_sec);
}

json_object *
audio_checks(const struct audio_probe *p)
{
    json_object *to = json_object_new_array();

    if (p->duration_sec < SHORT_ERROR_SEC)
        checks_add(
            to, "too_short", "error",
            "%.1f seconds long: too short for a dataset, which needs %.0f.",
            p->duration_sec, SHORT_ERROR_SEC);
    else if (p->duration_sec < SHORT_WARN_SEC)
        checks_add(to, "too_short", "warn",
                   "%.1f seconds long; trainers learn from clips of %.0f.",
                   p->duration_sec, SHORT_WARN_SEC);
    if (p->sample_rate < RATE_MIN)
        checks_add(to, "low_sample_rate", "warn",
                   "%d Hz; the model works at %d. Bounce it at 44100.",
                   p->sample_rate, RATE_MIN);
    if (p->channels == 1)
        checks_add(to, "mono", "warn", "Mono; the model works in stereo.");
    if (p->channels > 2)
        checks_add(to, "surround", "warn",
                   "%d channels; the model works in stereo. Bounce it so.",
                   p->channels);
    check_damage(to, p);
    if (strcmp(p->format, "mp3") != 0)
        checks_add(to, "converted", "info",
                   "A %s file; an export converts it if its layout wants MP3.",
                   p->format);
    return to;
}
