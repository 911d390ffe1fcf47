/* The rooms that have settings; see settings.h. */
#include "app/settings.h"

#include "audio/probe.h"
#include "auth/signin.h"
#include "caption/caption.h"
#include "db/db.h"
#include "ingest/ingest.h"
#include "store/store.h"
#include "trainer/replicate.h"
#include "web/web.h"

const struct settings *const app_settings[] = {
    &db_settings,     &store_settings,   &auth_settings,
    &web_settings,    &caption_settings, &trainer_settings,
    &ingest_settings, &audio_settings,   NULL,
};
