/* A request's body on its way into the spool; see upload.h. */
#include "app/upload.h"

static ssize_t
body_read(void *ctx, void *buf, size_t n, struct err *err)
{
    return req_read(ctx, buf, n, err);
}

struct ingest_source
upload_source(struct req *req)
{
    return (struct ingest_source){body_read, req};
}

int
upload_raw(struct req *req, struct spool *sp, struct err *err)
{
    const char *file = req_body_file(req);
    struct ingest_source source = upload_source(req);
    struct ingest_sink sink = {spool_write, sp};
    auto_ingest_result struct ingest_result got = {0};

    if (file != NULL)
        return spool_take(sp, file, err);
    return ingest_raw(&source, &sink, &got, err);
}
