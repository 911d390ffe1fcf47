/*
 * Resumable uploads (TUS 1.0.0): an upload is created, pieces of 6 MiB are
 * appended to it, and the last one makes the object visible. After a broken
 * connection the server says how far it got, and the piece continues from
 * there.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/supabase.h"

#define TUS "Tus-Resumable: 1.0.0"
#define OFFSET "Upload-Offset"
#define UPSERT                                                                 \
    "x-upsert: true"             /* required in each request, not just the     \
                                  * first */
#define END_MS 5000              /* to end an upload that nobody wants */
#define TOLD_MS (10 * 60 * 1000) /* how often the ledger hears of one */
#define NAME_CHARS                                                             \
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~%="

struct tus {
    struct supabase *s;
    const struct upload *u; /* the caller's */
    char *url;              /* of the upload; NULL until it is created */
    const char *name;       /* the end of url, the server's name for it */
    int64_t told;           /* monotonic: when the ledger heard of it */
    int64_t offset;         /* the bytes that the server has */
    bool whole;             /* and the object is there */
};

/* ---- the ledger ---- */

static void
tell(struct tus *t)
{
    const struct store_ledger *ledger = t->s->ledger;

    if (ledger == NULL || ledger->under_way == NULL ||
        (t->told != 0 && clock_mono_ms() - t->told < TOLD_MS))
        return;
    ledger->under_way(ledger->ctx, t->u->path, t->name);
    t->told = clock_mono_ms();
}

static void
tell_end(struct tus *t)
{
    const struct store_ledger *ledger = t->s->ledger;

    if (ledger != NULL && ledger->upload_over != NULL && t->told != 0)
        ledger->upload_over(ledger->ctx, t->name);
}

/* ---- making one ---- */

static char *
url_of(const struct supabase *s, const char *name)
{
    return xasprintf("%s/upload/resumable/%s", s->base, name);
}

static void
add_pair(struct buf *b, const char *name, const char *value)
{
    auto_free char *coded = text_base64(value, strlen(value));

    (void)buf_addf(b, "%s%s %s", b->len > 0 ? "," : "Upload-Metadata: ", name,
                   coded);
}

static void
add_metadata(const struct tus *t, struct buf *ret)
{
    auto_free char *mark = supabase_mark(t->u);

    add_pair(ret, "bucketName", t->s->conf->supabase_bucket);
    add_pair(ret, "objectName", t->u->path);
    add_pair(ret, "contentType", t->u->type);
    add_pair(ret, "cacheControl", "0");
    (void)buf_addf(ret, ",metadata %s", mark);
}

/* The server names a host and a path that a gateway may not have; only the
 * upload's own name in it is reliable. */
static int
read_location(struct tus *t, const struct http_resp *resp, struct err *err)
{
    const char *place = http_header(resp, "Location");
    const char *slash = place != NULL ? strrchr(place, '/') : NULL;

    if (slash == NULL || slash[1] == '\0' ||
        strspn(slash + 1, NAME_CHARS) != strlen(slash + 1))
        return err_set(err, ERR_STORAGE,
                       "Supabase names no place for a resumable upload");
    t->url = url_of(t->s, slash + 1);
    t->name = strrchr(t->url, '/') + 1;
    tell(t);
    return 0;
}

struct tus *
tus_open(struct supabase *s, const struct upload *u, struct err *err)
{
    auto_tus struct tus *t = xcalloc(1, sizeof(*t));
    auto_http_resp struct http_resp resp = {0};
    auto_free char *url = xasprintf("%s/upload/resumable", s->base);
    auto_free char *length =
        xasprintf("Upload-Length: %lld", (long long)u->size);
    auto_buf struct buf metadata = BUF_INIT(8192);
    struct supabase_call call = {.method = "POST", .url = url};

    t->s = s;
    t->u = u;
    add_metadata(t, &metadata);
    call.headers[0] = TUS;
    call.headers[1] = UPSERT;
    call.headers[2] = length;
    call.headers[3] = buf_str(&metadata);
    /* If the answer is lost, nobody knows the upload; Supabase clears it away
     * within a day. */
    if (supabase_do_long(s, &call, &resp, err) == -1 ||
        read_location(t, &resp, err) == -1)
        return NULL;
    return steal(&t);
}

/* ---- sending ---- */

/* The offset of the upload, by the server. All bytes may have arrived before
 * the object exists: only the object itself tells whether it does. */
static int
ask_offset(struct tus *t, int64_t begin, int64_t end, struct err *err)
{
    auto_http_resp struct http_resp resp = {0};
    struct supabase_call call = {
        .method = "HEAD", .url = t->url, .headers = {TUS, UPSERT}};
    struct err why = ERR_INIT;
    int64_t offset = end; /* if it is done, and cleared away */
    int settled;

    if (supabase_do_long(t->s, &call, &resp, &why) == 0) {
        offset = http_header_number(&resp, OFFSET);
    } else {
        if (resp.status != 404 && resp.status != 410) {
            *err = why;
            return -1;
        }
        if (end != t->u->size)
            return err_set(err, ERR_STORAGE, "the resumable upload has ended");
    }
    if (offset < begin || offset > end)
        return err_set(err, ERR_STORAGE,
                       "Supabase has %lld bytes of an upload that can only "
                       "have %lld to %lld",
                       (long long)offset, (long long)begin, (long long)end);
    t->offset = offset;
    if (t->offset < t->u->size)
        return 0;
    settled = supabase_settled(t->s, t->u, err);
    t->whole = settled == 1;
    return settled == -1 ? -1 : 0;
}

/* One try with the part of the piece that the server does not have yet. */
static enum outcome
patch(struct tus *t, const char *data, int fd, int64_t len,
      struct http_resp *resp, struct err *err)
{
    auto_free char *offset = xasprintf(OFFSET ": %lld", (long long)t->offset);
    const struct supabase_call call = {
        .method = "PATCH",
        .url = t->url,
        .headers = {TUS, UPSERT, offset,
                    "Content-Type: application/offset+octet-stream"},
        .body = data,
        .len = len,
        .fd = fd,
        .at = t->offset,
    };
    enum outcome how;

    if (len == 0) {
        err_set(err, ERR_STORAGE,
                "Supabase has all of an upload and does not show its object");
        return CALL_LOST;
    }
    how = supabase_try(t->s, &call, resp, err);
    if (how == CALL_REFUSED && resp->status == 409)
        return CALL_LOST; /* it has more, or less, than we think */
    if (how == CALL_DONE &&
        http_header_number(resp, OFFSET) != t->offset + len) {
        err_set(err, ERR_STORAGE, "Supabase took part of a piece");
        return CALL_LOST;
    }
    return how;
}

int
tus_send(struct tus *t, const void *data, int fd, int64_t len, struct err *err)
{
    auto_http_resp struct http_resp resp = {0};
    struct patience patience = supabase_patience(SUPABASE_LONG_MS);
    int64_t begin = t->offset;
    int64_t end = begin + len;

    while (t->offset < end || !t->whole) {
        const char *rest =
            data != NULL ? (const char *)data + (t->offset - begin) : NULL;
        int64_t was = t->offset;
        enum outcome how = patch(t, rest, fd, end - t->offset, &resp, err);

        if (how == CALL_DONE) {
            t->offset = end;
            t->whole = end == t->u->size;
            tell(t);
            return 0;
        }
        if (how == CALL_REFUSED ||
            !supabase_again(&patience, resp.retry_after_ms, err) ||
            ask_offset(t, begin, end, err) == -1)
            return -1;
        if (t->offset == end && end < t->u->size)
            return 0;
        if (t->offset > was)
            patience.began = 0; /* it goes on, if slowly */
    }
    return 0;
}

/* One try. 0 also if the server does not know the upload. */
static int
take_back(struct supabase *s, const char *url, struct err *err)
{
    auto_http_resp struct http_resp resp = {0};
    struct supabase_call call = {.method = "DELETE",
                                 .url = url,
                                 .headers = {TUS, UPSERT},
                                 .total_ms = END_MS};

    if (supabase_try(s, &call, &resp, err) == CALL_DONE)
        return 0;
    if (resp.status != 404 && resp.status != 410)
        return -1;
    err_clear(err);
    return 0;
}

int
supabase_end_upload(void *self, const char *upload, struct err *err)
{
    auto_free char *url = url_of(self, upload);

    return take_back(self, url, err);
}

void
tus_close(struct tus *t)
{
    struct err unheard = ERR_INIT; /* the sweeper tries again */

    if (t == NULL)
        return;
    if (t->url != NULL && (t->whole || take_back(t->s, t->url, &unheard) == 0))
        tell_end(t);
    free(t->url);
    free(t);
}
