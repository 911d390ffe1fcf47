/* The settings of the storage; each driver checks its own. */
#include "base/mem.h"
#include "base/setting.h"
#include "store/driver.h"

static const struct setting rows[] = {
    {.name = "STORAGE",
     .kind = SETTING_WORD,
     .at = CONF_AT(storage),
     .fallback = "local",
     .words = {"local", "supabase"},
     .help = "where objects are stored: `local`, in the state folder, or "
             "`supabase`; see [Supabase](docs/supabase.md)"},
    {.name = "STORE_DIR",
     .kind = SETTING_FOLDER,
     .at = CONF_AT(store_dir),
     .fallback = "STATE/store",
     .help = "the folder of the local store, and of incoming files"},
    {.name = "SUPABASE_SERVICE_ROLE_KEY",
     .kind = SETTING_SECRET,
     .at = CONF_AT(supabase_key),
     .help = "with `STORAGE=supabase`: the project's secret key, "
             "`sb_secret_…` or the older service_role key"},
    {.name = "SUPABASE_BUCKET",
     .kind = SETTING_TEXT,
     .at = CONF_AT(supabase_bucket),
     .fallback = STORE_BUCKET,
     .help = "the bucket; created as a private one if it is missing"},
    {.name = "SUPABASE_RESUMABLE_MB",
     .kind = SETTING_NUMBER64,
     .at = CONF_AT(supabase_resumable),
     .fallback = "16",
     .least = 1,
     .most = 5120,
     .unit = 1 << 20,
     .help = "files over this many MiB are uploaded in pieces, and continue "
             "after a broken connection"},
    {.name = "DURABLE",
     .kind = SETTING_SWITCH,
     .at = CONF_AT(durable),
     .fallback = "on",
     .help = "sync files to the disk before saying that they are saved"},
    {.name = "URL_TTL_HOURS",
     .kind = SETTING_NUMBER,
     .at = CONF_AT(url_ttl),
     .fallback = "24",
     .least = 1,
     .most = 8760,
     .unit = 3600,
     .help = "how long a dataset's URL stays valid"},
};

static void
check(struct conf *conf, struct buf *faults)
{
    conf->spool_dir = xasprintf("%s/.spool", conf->store_dir);
    store_driver_check(conf, faults);
}

const struct settings store_settings = {SETTINGS_OF(rows), .check = check};
