/* The settings for work on audio in the background. */
#include "audio/probe.h"
#include "base/processors.h"
#include "base/setting.h"

#define SPARE_MAX 16 /* processors that analyze, unless more are set */

static long
processors_here(void)
{
    return processors();
}

/* One processor is left to requests, if there is more than one. */
static long
processors_to_spare(void)
{
    long n = processors() - 1;

    return n < 1 ? 1 : n > SPARE_MAX ? SPARE_MAX : n;
}

static const struct setting rows[] = {
    {.name = "ANALYSIS_THREADS",
     .kind = SETTING_NUMBER,
     .at = CONF_AT(analysis_threads),
     .reckon = processors_to_spare,
     .unset = "processors (or a container's quota of them) less one, 1 to 16",
     .least = 0,
     .most = 64,
     .unit = 1,
     .help = "audio being analyzed after it was saved, at low priority; 0 "
             "pauses it"},
    {.name = "ANALYSIS_LEASE_SEC",
     .kind = SETTING_NUMBER,
     .at = CONF_AT(analysis_lease),
     .fallback = "60",
     .least = 3,
     .most = 3600,
     .unit = 1,
     .help = "after which an analysis of which nothing is heard is begun "
             "anew"},
    {.name = "CONVERT_THREADS",
     .kind = SETTING_NUMBER,
     .at = CONF_AT(convert_threads),
     .reckon = processors_to_spare,
     .unset = "processors (or a container's quota of them) less one, 1 to 16",
     .least = 0,
     .most = 64,
     .unit = 1,
     .help = "audio that is no MP3 being made one after it was saved, at the "
             "lowest priority, so that an export finds it; 0: not ahead of "
             "time"},
    {.name = "EXPORT_CONVERTS",
     .kind = SETTING_NUMBER,
     .at = CONF_AT(export_converts),
     .reckon = processors_here,
     .unset = "one per processor",
     .least = 1,
     .most = 256,
     .unit = 1,
     .help = "files that exports convert at once where none was kept"},
};

const struct settings audio_settings = {SETTINGS_OF(rows)};
