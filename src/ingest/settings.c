/* The settings of what may be sent; see base/setting.h. */
#include "base/setting.h"
#include "ingest/ingest.h"

static const struct setting rows[] = {
    {.name = "MAX_AUDIO_MB",
     .kind = SETTING_NUMBER64,
     .at = CONF_AT(max_audio),
     .fallback = "2048",
     .least = 1,
     .most = 1 << 20,
     .unit = 1 << 20,
     .help = "largest audio file, in MiB"},
    {.name = "MAX_ALS_MB",
     .kind = SETTING_NUMBER64,
     .at = CONF_AT(max_als),
     .fallback = "64",
     .least = 1,
     .most = 4096,
     .unit = 1 << 20,
     .help = "largest Live set, in MiB"},
    {.name = "MAX_ARCHIVE_MB",
     .kind = SETTING_NUMBER64,
     .at = CONF_AT(max_archive),
     .fallback = "2048",
     .least = 1,
     .most = 1 << 20,
     .unit = 1 << 20,
     .help = "largest zip or tar of sets and bounces, both packed and "
             "unpacked, in MiB"},
};

const struct settings ingest_settings = {SETTINGS_OF(rows)};
