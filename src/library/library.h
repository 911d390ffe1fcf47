/* The library's routes: what the train routes take for granted. */
#ifndef LIBRARY_LIBRARY_H
#define LIBRARY_LIBRARY_H

#include "web/web.h"

/* artists.c */
handler artists_get, artists_post, artist_get_one, artist_patch,
    artist_delete_one, schema_get_one, schema_put_one;
/* sets.c */
handler library_get, library_post, set_get_one, set_delete_one;
/* session.c */
handler session_get, session_post, session_delete, session_may;
/* health.c */
handler health_get, openapi_get;
/* The contract, src/library/openapi.json, embedded by the build. */
extern const char openapi_json[];

#endif
