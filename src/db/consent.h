/*
 * audio_consents: whether an artist's audio may be sent to a model, as a user
 * decided on the page. On behalf of the thread's user.
 */
#ifndef DB_CONSENT_H
#define DB_CONSENT_H

#include "db/db.h"

struct consent {
    char *host; /* of the address that the question was about; NULL: never
                 * asked */
    bool agreed;
    int64_t decided_at;
};
void consent_release(struct consent *c);
#define auto_consent auto_cleanup(consent_release)

/* ERR_ARTIST_NOT_FOUND. */
int consent_get(struct db *db, const char *artist, struct consent *ret,
                struct err *err);
int consent_put(struct db *db, const char *artist, const char *host,
                bool agreed, struct err *err);

#endif
