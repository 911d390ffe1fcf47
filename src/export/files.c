/* GET /files/...: a dataset of the local store, by its signed URL. */
#include <string.h>

#include "base/mem.h"
#include "export/export.h"

int
file_get(struct app *app, struct req *req, struct err *err)
{
    const char *name = req_param(req, "name");
    const char *expires = req_query(req, "expires");
    const char *signature = req_query(req, "signature");
    auto_free char *path =
        xasprintf("artists/%s/datasets/%s", req_param(req, "slug"), name);
    auto_free char *internal = NULL;
    struct store_info info;

    if (expires == NULL || signature == NULL)
        return err_set(err, ERR_FORBIDDEN,
                       "this link is not complete; copy all of it, or ask for "
                       "a fresh one");
    if (store_verify(app->store, path, expires, signature, err) == -1 ||
        store_stat(app->store, path, &info, err) == -1)
        return -1;
    internal = store_internal(app->store, path);
    if (internal == NULL)
        return err_set(err, ERR_OBJECT_NOT_FOUND,
                       "this store hands out its files itself");
    return reply_file(req, internal, "application/zip", name, err);
}
