/*
 * Moves a request's body into the spool: connects the web's requests, ingest's
 * readers and the store, which do not know each other.
 */
#ifndef APP_UPLOAD_H
#define APP_UPLOAD_H

#include "ingest/ingest.h"
#include "store/spool.h"
#include "web/web.h"

/* The body as a source for ingest's readers; req is borrowed. */
struct ingest_source upload_source(struct req *req);
/* The whole body, which is one file, into sp: linked if nginx has spooled it,
 * otherwise read. Does not check for an empty body. */
int upload_raw(struct req *req, struct spool *sp, struct err *err);

#endif
