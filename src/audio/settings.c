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
     .help = "audio files being analyzed after they were saved, at low "
             "priority; 0 pauses the analysis"},
    {.name = "ANALYSIS_LEASE_SEC",
     .kind = SETTING_NUMBER,
     .at = CONF_AT(analysis_lease),
     .fallback = "60",
     .least = 3,
     .most = 3600,
     .unit = 1,
     .help = "seconds without news after which an analysis is started again"},
    {.name = "CONVERT_THREADS",
     .kind = SETTING_NUMBER,
     .at = CONF_AT(convert_threads),
     .reckon = processors_to_spare,
     .unset = "processors (or a container's quota of them) less one, 1 to 16",
     .least = 0,
     .most = 64,
     .unit = 1,
     .help = "audio files other than MP3 being converted to MP3 after they "
             "were saved, at the lowest priority, so that an export finds "
             "them ready; 0: none ahead of time"},
    {.name = "EXPORT_CONVERTS",
     .kind = SETTING_NUMBER,
     .at = CONF_AT(export_converts),
     .reckon = processors_here,
     .unset = "one per processor",
     .least = 1,
     .most = 256,
     .unit = 1,
     .help = "files that exports convert at the same time if no conversion "
             "is stored"},
};

const struct settings audio_settings = {SETTINGS_OF(rows)};
