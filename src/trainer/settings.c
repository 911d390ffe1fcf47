/* The settings of trainings at Replicate; see base/setting.h. */
#include "base/setting.h"
#include "trainer/replicate.h"

static const struct setting rows[] = {
    {.name = "REPLICATE_API_TOKEN",
     .kind = SETTING_SECRET,
     .at = CONF_AT(replicate_token),
     .help = "the account that starts trainings; without it you are shown "
             "the call to make by hand"},
    {.name = "REPLICATE_BASE_URL",
     .kind = SETTING_URL,
     .at = CONF_AT(replicate_url),
     .fallback = "https://api.replicate.com",
     .help = "another address of the same API"},
    {.name = "REPLICATE_WEBHOOK_SECRET",
     .kind = SETTING_SECRET,
     .at = CONF_AT(webhook_secret),
     .help = "`whsec_…`, from `GET /v1/webhooks/default/secret`: with it and"
             " an https `PUBLIC_URL`, Replicate reports the progress of a "
             "training"},
    {.name = "TRAININGS_PER_ARTIST",
     .kind = SETTING_NUMBER,
     .at = CONF_AT(trainings),
     .fallback = "2",
     .least = 1,
     .most = 1000,
     .unit = 1,
     .help = "trainings that may run at the same time; each costs money"},
    {.name = "TRAINING_DESTINATIONS",
     .kind = SETTING_TEXT,
     .at = CONF_AT(destinations),
     .unset = "any",
     .help = "models that may be trained: `owner/name` or `owner/*`, "
             "separated by blanks or commas"},
    {.name = "TRAINING_TRAINERS",
     .kind = SETTING_TEXT,
     .at = CONF_AT(trainers),
     .unset = "any",
     .help = "trainers that may be used, in the same form"},
};

const struct settings trainer_settings = {SETTINGS_OF(rows)};
