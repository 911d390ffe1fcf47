/* Health for supervisors and the page, and the contract for programs. */
#include <string.h>

#include "app/connection.h"
#include "base/json.h"
#include "base/log.h"
#include "caption/model.h"
#include "library/library.h"

static const char *
part(const char *name, int rc, struct err *err)
{
    if (rc == 0)
        return "ok";
    log_warn("health: %s: %s", name, err->msg);
    err_clear(err);
    return "unavailable";
}

/* If the database is away, only the settings tell. */
static const char *
model_kind(struct app *app)
{
    auto_connection struct connection c = {0};
    struct err why = ERR_INIT;

    (void)connection_open(app, &c, &why);
    return model_is_set(&c.conf) ? "connected" : "template";
}

/*
 * 200 while requests can be served, 503 otherwise. Only the kind of the model
 * is given (connected or template): asking it would cost money, and a model
 * that is away reports that itself.
 */
int
health_get(struct app *app, struct req *req, struct err *err)
{
    struct err why = ERR_INIT;
    const char *database = part("database", db_ping(app->db, &why), &why);
    const char *note = NULL;
    const char *storage =
        part("storage", store_ping(app->store, &note, &why), &why);
    bool ok = strcmp(database, "ok") == 0 && strcmp(storage, "ok") == 0;
    json_object *out = json_object_new_object();

    json_add_str(out, "status", ok ? "ok" : "unavailable");
    json_add_str(out, "database", database);
    json_add_str(out, "storage", storage);
    if (note != NULL)
        json_add_str(out, "storageDetail", note);
    json_add_str(out, "model", model_kind(app));
    return reply_json(req, ok ? 200 : 503, out, err);
}

int
openapi_get(struct app *app, struct req *req, struct err *err)
{
    (void)app;
    return reply_text(req, "application/json", openapi_json,
                      strlen(openapi_json), err);
}
