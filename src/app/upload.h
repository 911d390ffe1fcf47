/*
 * A request's body on its way into the spool: what joins the web's requests,
 * ingest's readers and the store, none of which knows the others.
 */
#ifndef APP_UPLOAD_H
#define APP_UPLOAD_H

#include "ingest/ingest.h"
#include "store/spool.h"
#include "web/web.h"

/* The body as a source for ingest's readers; req is borrowed. */
struct ingest_source upload_source(struct req *req);
/* The whole body, which is one file, into sp: taken over where nginx has
 * spooled it, else read. An empty body is none of its business. */
int upload_raw(struct req *req, struct spool *sp, struct err *err);

#endif
