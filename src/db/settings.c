/* The settings of the database; see base/setting.h. */
#include "base/setting.h"
#include "db/db.h"

static const struct setting rows[] = {
    {.name = "DATABASE_URL",
     .kind = SETTING_SECRET, /* it may contain a password */
     .at = CONF_AT(database_url),
     .unset = "the private cluster in the state folder",
     .help = "a PostgreSQL connection string or URI (13 or newer)"},
    {.name = "DB_CONNECTIONS",
     .kind = SETTING_NUMBER,
     .at = CONF_AT(db_connections),
     .fallback = "8",
     .least = 1,
     .most = 1000,
     .unit = 1,
     .help = "database connections of each of the four programs"},
};

static void
check(struct conf *conf, struct buf *faults)
{
    conf_need(faults, conf->database_url, "DATABASE_URL", "");
}

const struct settings db_settings = {SETTINGS_OF(rows), .check = check};
