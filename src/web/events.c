/* Server-sent events (the HTML standard's text/event-stream). */
#include <string.h>

#include "base/json.h"
#include "web/req.h"

/* Each event is sent at once: somebody is watching. */
static int
send_now(struct req *req, const char *text, size_t len, struct err *err)
{
    if (req->wire->write(req->wire->ctx, text, len) == -1 ||
        req->wire->flush(req->wire->ctx) == -1)
        return err_set(err, ERR_CLIENT_GONE, "nobody listens any more");
    return 0;
}

int
events_begin(struct req *req, struct err *err)
{
    reply_header(req, "Cache-Control", "no-store");
    reply_header(req, "X-Accel-Buffering", "no");
    if (reply_begin(req, 200, "text/event-stream", -1, err) == -1)
        return -1;
    req->events = true;
    /* A comment, so that the head is not held back for a first event. */
    return send_now(req, ":\n\n", 3, err);
}

int
events_send(struct req *req, const char *name, json_object *o, struct err *err)
{
    auto_json json_object *owned = o;
    const char *json = json_out(owned); /* its line ends are escaped */
    auto_buf struct buf text = BUF_INIT(strlen(name) + strlen(json) + 32);

    (void)buf_addf(&text, "event: %s\ndata: ", name);
    (void)buf_add_str(&text, json);
    (void)buf_add_str(&text, "\n\n");
    if (text.failed)
        return err_set(err, ERR_INTERNAL, "event %s is too long", name);
    return send_now(req, text.data, text.len, err);
}
