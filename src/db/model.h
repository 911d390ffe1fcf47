/*
 * model_settings: the model that was connected on the page. Always on our own
 * behalf: the caller checks who may ask.
 */
#ifndef DB_MODEL_H
#define DB_MODEL_H

#include "db/db.h"

struct model_row {
    char *url, *model, *key; /* key NULL: none; url NULL: no row */
};
void model_row_release(struct model_row *m);
#define auto_model_row auto_cleanup(model_row_release)

int model_row_get(struct db *db, struct model_row *ret, struct err *err);
int model_row_put(struct db *db, const struct model_row *m, struct err *err);
int model_row_delete(struct db *db, struct err *err);

#endif
