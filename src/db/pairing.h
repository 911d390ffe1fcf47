/*
 * Data for pairing by ear: what items sound like, when what plays in sets, and
 * audio that was uploaded to be matched (training_uploads).
 */
#ifndef DB_PAIRING_H
#define DB_PAIRING_H

#include "db/db.h"

/* What an item's audio sounds like (music/sound.h); *ret is NULL until it is
 * analyzed. The caller frees it. */
int item_sound(struct db *db, const char *id, char **ret, struct err *err);
/* An artist's sets, newest first, at most limit: id, parse_id, names, and of
 * the summary only {timeline}, which is null in summaries that are older than
 * timelines. */
int sets_timelines(struct db *db, const char *artist, long limit,
                   struct sets *ret, struct err *err);

/* Audio that was uploaded to be matched, kept for UPLOAD_SEC. */
struct upload {
    char *id, *artist_id, *path, *sha256;
    json_object *analysis;
};
#define UPLOAD_SEC ((int64_t)24 * 3600)
void upload_release(struct upload *u);
#define auto_upload auto_cleanup(upload_release)
int upload_insert(struct db *db, const struct upload *u, struct err *err);
/* Without the analysis. ERR_UPLOAD_NOT_FOUND, also after UPLOAD_SEC. */
int upload_get(struct db *db, const char *artist, const char *id,
               struct upload *ret, struct err *err);
/* The analysis of exactly these bytes, if they were matched; otherwise *ret is
 * NULL. On our own behalf. The caller puts it. */
int upload_analysis(struct db *db, const char *artist, const char *sha256,
                    json_object **ret, struct err *err);
/* Delete rows older than UPLOAD_SEC; the sweeper removes their objects. On our
 * own behalf. */
int uploads_forget(struct db *db, struct err *err);

#endif
