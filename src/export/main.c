/* export.fcgi: owns the datasets; hands out objects by signed URL. */
#include "app/app.h"
#include "export/export.h"

#define KIB ((int64_t)1024)

static const struct route routes[] = {
    {"POST", "/api/train/export", TAKES_JSON, 512 * KIB, export_post},
    {"GET", "/api/train/export", TAKES_NOTHING, 0, export_get},
    {"POST", "/api/train/export/cancel", TAKES_JSON, 16 * KIB,
     export_cancel_post},
    {"POST", "/api/train/export/check", TAKES_JSON, 512 * KIB,
     export_check_post},
    {"GET", "/api/train/layouts", TAKES_NOTHING, 0, layouts_get},
    {"GET", "/api/train/datasets", TAKES_NOTHING, 0, datasets_get},
    {"POST", "/api/train/datasets/{id}/url", TAKES_JSON | TAKES_BYTES, 16 * KIB,
     dataset_url_post},
    {"POST", "/api/train/datasets/{id}/training", TAKES_JSON, 16 * KIB,
     training_post},
    {"GET", "/api/train/trainings", TAKES_NOTHING, 0, trainings_get},
    {"POST", "/api/train/trainings/{id}/cancel", TAKES_JSON | TAKES_BYTES, 1024,
     training_cancel_post},
    {"POST", "/api/train/webhooks/replicate", TAKES_JSON | OPEN_TO_ALL,
     8 * 1024 * KIB, replicate_webhook_post},
    {"GET", "/files/artists/{slug}/datasets/{name}", GIVES_FILE | OPEN_TO_ALL,
     0, file_get},
    {0},
};

int
main(void)
{
    return app_main("export", routes, NULL, NULL);
}
