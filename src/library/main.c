/* library.fcgi: artists, master schemas, sets, sessions, health. */
#include "app/app.h"
#include "library/library.h"

#define KIB ((int64_t)1024)

static const struct route routes[] = {
    {"GET", "/api/artists", TAKES_NOTHING, 0, artists_get},
    {"POST", "/api/artists", TAKES_JSON, 16 * KIB, artists_post},
    {"GET", "/api/artists/{id}", TAKES_NOTHING, 0, artist_get_one},
    {"PATCH", "/api/artists/{id}", TAKES_JSON, 16 * KIB, artist_patch},
    {"DELETE", "/api/artists/{id}", TAKES_NOTHING, 0, artist_delete_one},
    {"GET", "/api/artists/{id}/schema", TAKES_NOTHING, 0, schema_get_one},
    {"PUT", "/api/artists/{id}/schema", TAKES_JSON, 256 * KIB, schema_put_one},
    {"GET", "/api/library", TAKES_NOTHING, 0, library_get},
    {"POST", "/api/library",
     TAKES_JSON | TAKES_MULTIPART | TAKES_BYTES | TAKES_ARCHIVE, -1,
     library_post},
    {"GET", "/api/library/{parseId}", TAKES_NOTHING, 0, set_get_one},
    {"DELETE", "/api/library/{parseId}", TAKES_NOTHING, 0, set_delete_one},
    {"GET", "/api/session", OPEN_TO_ALL, 0, session_get},
    {"POST", "/api/session", TAKES_JSON | OPEN_TO_ALL, 16 * KIB, session_post},
    {"DELETE", "/api/session", OPEN_TO_ALL, 0, session_delete},
    {"GET", "/.may", GIVES_FILE, 0, session_may}, /* nginx alone gets here */
    {"GET", "/api/health", OPEN_TO_ALL, 0, health_get},
    {"GET", "/api/openapi.json", OPEN_TO_ALL, 0, openapi_get},
    {0},
};

int
main(void)
{
    return app_main("library", routes, library_start, library_stop);
}
