/*
 * Storage in a private bucket of Supabase; see supabase.h for its parts. Our
 * names of objects need no escaping in a URL (store/path.c ensures that).
 */
#include "store/supabase.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "web/query.h"

#define STORAGE_API "/storage/v1"
#define QUICK_MS 5000 /* for a check that somebody waits for */

/* ---- the bucket ---- */

/* Look at the bucket: one quick try, since health and start wait for it. */
static enum outcome
bucket_look(struct supabase *s, struct http_resp *resp, struct err *err)
{
    auto_free char *url = xasprintf("%s/bucket/%s", s->base, s->bucket);
    const struct supabase_call call = {
        .method = "GET", .url = url, .total_ms = QUICK_MS};

    return supabase_try(s, &call, resp, err);
}

static bool
says(const struct http_resp *resp, const char *code)
{
    struct err none = ERR_INIT; /* a gateway's page says nothing about it */
    auto_json json_object *o =
        json_parse_object(buf_str(&resp->body), resp->body.len, &none);
    const char *said = o != NULL ? json_text(o, "code") : NULL;

    return said != NULL && strcmp(said, code) == 0;
}

static int
bucket_make(struct supabase *s, struct err *err)
{
    auto_http_resp struct http_resp resp = {0};
    auto_free char *url = xasprintf("%s/bucket", s->base);
    auto_json json_object *body = json_object_new_object();
    struct supabase_call call = {
        .method = "POST", .url = url, .total_ms = QUICK_MS};

    json_add_str(body, "id", s->conf->supabase_bucket);
    json_add_str(body, "name", s->conf->supabase_bucket);
    json_add_bool(body, "public", false);
    call.headers[0] = "Content-Type: application/json";
    call.body = json_out(body);
    call.len = (int64_t)strlen(call.body);
    if (supabase_try(s, &call, &resp, err) == CALL_DONE) {
        log_info("storage: made the private bucket %s",
                 s->conf->supabase_bucket);
        return 0;
    }
    if (!says(&resp, "BucketAlreadyExists"))
        return -1;
    err_clear(err); /* another program was first */
    return 0;
}

static bool
takes(json_object *list, const char *type)
{
    size_t n = json_object_array_length(list);
    size_t family = strcspn(type, "/") + 1;

    for (size_t i = 0; i < n; i++) {
        const char *one =
            json_object_get_string(json_object_array_get_idx(list, i));

        if (one != NULL &&
            (strcmp(one, type) == 0 || (strncmp(one, type, family) == 0 &&
                                        strcmp(one + family, "*") == 0)))
            return true;
    }
    return false;
}

/* What needs repair although the bucket works. */
static const char *
bucket_note(const struct http_resp *resp)
{
    static const char *const ours[] = {"audio/mpeg", "audio/wav", "text/plain",
                                       "application/zip"};
    struct err none = ERR_INIT;
    auto_json json_object *bucket =
        json_parse_object(buf_str(&resp->body), resp->body.len, &none);
    json_object *types = json_at(bucket, "allowed_mime_types");

    if (json_object_get_boolean(json_at(bucket, "public")))
        return "the bucket is public: whoever knows the name of an object can "
               "read it; make it private in the Supabase dashboard";
    if (!json_object_is_type(types, json_type_array))
        return NULL;
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (!takes(types, ours[i]))
            return "the bucket's list of MIME types leaves out one of audio/*, "
                   "text/plain and application/zip, so that saves or exports "
                   "fail; lift the list";
    return NULL;
}

/* Why it does not work, in words that reveal nothing internal. */
static const char *
silence_note(const struct http_resp *resp)
{
    if (says(resp, "NoSuchBucket"))
        return "the bucket is missing and could not be made, or the key is "
               "another project's";
    if (says(resp, "AccessDenied") || says(resp, "InvalidJWT") ||
        resp->status == 401 || resp->status == 403)
        return "Supabase refuses SUPABASE_SERVICE_ROLE_KEY; copy it again";
    if (resp->status == 402)
        return "the Supabase project is restricted";
    return "Supabase does not answer";
}

/* Check that it is there and usable. A missing bucket is created: `up` asks for
 * health, and so does whoever waits for a project that was away at the
 * start. */
static int
supabase_ping(void *self, const char **ret_note, struct err *err)
{
    struct supabase *s = self;
    auto_http_resp struct http_resp resp = {0};
    struct err why = ERR_INIT;

    if (bucket_look(s, &resp, err) == CALL_DONE) {
        *ret_note = bucket_note(&resp);
        return 0;
    }
    if (says(&resp, "NoSuchBucket") && bucket_make(s, &why) == 0) {
        err_clear(err);
        return 0;
    }
    *ret_note = silence_note(&resp);
    return why.code != 0 ? err_wrap(err, "%s", why.msg) : -1;
}

/* ---- open and close ---- */

static void
free_line(char *line)
{
    if (line != NULL)
        explicit_bzero(line, strlen(line));
    free(line);
}

static void
supabase_close(void *self)
{
    struct supabase *s = self;

    free(s->base);
    free(s->bucket);
    free_line(s->apikey);
    free_line(s->bearer);
    free(s);
}

static void
supabase_check(struct conf *conf, struct buf *faults)
{
    conf_need(faults, conf->supabase_url, "SUPABASE_URL",
              ", STORAGE=supabase needs it");
    conf_need(faults, conf->supabase_key, "SUPABASE_SERVICE_ROLE_KEY",
              ", STORAGE=supabase needs it");
}

/* If the storage is away, start anyway: health and each request report it, and
 * everything continues when it is back. */
static void *
supabase_open(const struct conf *conf, struct err *err)
{
    struct supabase *s = xcalloc(1, sizeof(*s));
    const char *key = conf->supabase_key;
    auto_buf struct buf bucket = BUF_INIT(1024);
    const char *note = NULL;
    struct err why = ERR_INIT;

    (void)err;
    s->conf = conf;
    s->base = xasprintf("%s%s", conf->supabase_url, STORAGE_API);
    percent_encode(&bucket, conf->supabase_bucket, "");
    s->bucket = buf_steal(&bucket);
    s->apikey = xasprintf("apikey: %s", key);
    /* A gateway turns newer keys (sb_secret_...) into a JWT by itself, and
     * refuses them as a bearer token. */
    if (strncmp(key, "eyJ", 3) == 0)
        s->bearer = xasprintf("Authorization: Bearer %s", key);
    if (supabase_ping(s, &note, &why) == -1)
        log_warn("storage: %s", why.msg);
    else if (note != NULL)
        log_warn("storage: %s", note);
    return s;
}

/* ---- objects ---- */

static int
supabase_remove(void *self, const char *path, struct err *err)
{
    struct supabase *s = self;
    auto_http_resp struct http_resp resp = {0};
    auto_free char *url = supabase_url(s, "object", path);
    const struct supabase_call call = {.method = "DELETE", .url = url};
    struct err why = ERR_INIT;

    if (supabase_do(s, &call, &resp, &why) == 0 ||
        why.code == ERR_OBJECT_NOT_FOUND)
        return 0;
    *err = why;
    return -1;
}

/* In one request. The answer omits objects that are absent. */
static int
supabase_remove_all(void *self, const char *const *paths, size_t n,
                    struct err *err)
{
    struct supabase *s = self;
    auto_http_resp struct http_resp resp = {0};
    auto_free char *url = xasprintf("%s/object/%s", s->base, s->bucket);
    auto_json json_object *ask = json_object_new_object();
    json_object *keys = json_object_new_array();
    struct supabase_call call = {
        .method = "DELETE",
        .url = url,
        .headers = {"Content-Type: application/json"},
    };

    for (size_t i = 0; i < n; i++)
        json_object_array_add(keys, json_object_new_string(paths[i]));
    json_add(ask, "prefixes", keys);
    call.body = json_out(ask);
    call.len = (int64_t)strlen(call.body);
    return supabase_do(s, &call, &resp, err);
}

static void
supabase_keep_ledger(void *self, const struct store_ledger *ledger)
{
    struct supabase *s = self;

    s->ledger = ledger;
}

static int
supabase_stat(void *self, const char *path, struct store_info *ret,
              struct err *err)
{
    struct supabase *s = self;
    auto_free char *url = supabase_url(s, "object/info", path);
    auto_json json_object *info = NULL;
    const char *when;

    if (supabase_json(s, "GET", url, NULL, &info, err) == -1)
        return -1;
    when = json_text(info, "last_modified");
    if (when == NULL)
        when = json_text(info, "created_at");
    ret->size = json_number_int64(info, "size", -1);
    ret->modified = when != NULL ? clock_read(when) : -1;
    if (ret->size < 0 || ret->modified < 0)
        return err_set(err, ERR_STORAGE,
                       "Supabase describes an object without size or time");
    return 0;
}

/* ---- URLs ---- */

/* The server's URL is relative, and as unescaped as the name was. */
static char *
absolute(const struct supabase *s, const char *relative)
{
    auto_buf struct buf url = BUF_INIT(16384);

    (void)buf_add_str(&url, s->base);
    percent_encode(&url, relative, "%/?=&+:@!$'()*,;");
    return url.failed ? NULL : buf_steal(&url);
}

/* Only "bucket/path" may be between /object/sign/ and the query: trainers look
 * at the end of the path. */
static bool
names(const struct supabase *s, const char *url, const char *path)
{
    auto_free char *end = xasprintf("/%s/%s", s->bucket, path);
    size_t len = strcspn(url, "?");
    size_t want = strlen(end);

    return len > want && memcmp(url + len - want, end, want) == 0;
}

static int
supabase_sign(void *self, const char *path, int64_t expires, const char *base,
              char **ret_url, struct err *err)
{
    struct supabase *s = self;
    auto_free char *url = supabase_url(s, "object/sign", path);
    auto_json json_object *ask = json_object_new_object();
    auto_json json_object *answer = NULL;
    int64_t left = expires - clock_now();
    auto_free char *made = NULL;
    const char *relative;

    (void)base; /* the link is the storage's own */
    json_add_int(ask, "expiresIn", left > 1 ? left : 1);
    if (supabase_json(s, "POST", url, ask, &answer, err) == -1)
        return -1;
    relative = json_text(answer, "signedURL");
    if (relative != NULL && relative[0] == '/')
        made = absolute(s, relative);
    if (made == NULL || !names(s, made, path))
        return err_set(err, ERR_STORAGE,
                       "Supabase's signed URL is not one of this object");
    *ret_url = steal(&made);
    return 0;
}

const struct store_driver store_supabase = {
    .name = "supabase",
    .check = supabase_check,
    .open = supabase_open,
    .close = supabase_close,
    .ping = supabase_ping,
    .put_file = supabase_put_file,
    .remove = supabase_remove,
    .remove_all = supabase_remove_all,
    .stat = supabase_stat,
    .keep_ledger = supabase_keep_ledger,
    .end_upload = supabase_end_upload,
    .read_open = supabase_read_open,
    .read = supabase_read,
    .read_close = supabase_read_close,
    .write_open = supabase_write_open,
    .write = supabase_write,
    .write_commit = supabase_write_commit,
    .write_abort = supabase_write_abort,
    .sign = supabase_sign,
    .list = supabase_list,
};
