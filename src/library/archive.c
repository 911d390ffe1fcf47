/*
 * POST /api/library with a zip or tar of sets and bounces, imported like a
 * folder. Sets go into the library; a bounce with the name of one set becomes
 * that set's audio in the queue; everything else is reported, one by one.
 */
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "app/arrival.h"
#include "base/json.h"
#include "base/mem.h"
#include "dataset/unpacker.h"
#include "library/library.h"

static char *unpacker; /* trainmode-unpack; from start to stop */

struct taking {
    struct app *app;
    struct req *req;
    const struct artist *artist;
    int fd;                                /* the unpacked files */
    json_object *texts;                    /* those in the archive; borrowed */
    json_object *sets, *bounces, *refused; /* of the answer */
};

int
archive_start(struct err *err)
{
    unpacker = unpacker_find(err);
    return unpacker != NULL ? 0 : -1;
}

void
archive_stop(void)
{
    free(unpacker);
    unpacker = NULL;
}

bool
archive_is_named(const char *name)
{
    static const char *const endings[] = {".zip", ".tar", ".tgz", ".tar.gz"};
    size_t n = strlen(name);

    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        size_t m = strlen(endings[i]);

        if (n >= m && strcasecmp(name + n - m, endings[i]) == 0)
            return true;
    }
    return false;
}

bool
archive_is_zip(const char *path)
{
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
    char head[30]; /* of its first file */

    return fd != -1 && pread(fd, head, sizeof(head), 0) == sizeof(head) &&
           memcmp(head, "PK\3\4", 4) == 0;
}

/* ---- refused files ---- */

static void
refuse(struct taking *t, const char *name, enum err_code code,
       const char *detail)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "name", name);
    json_add_str(o, "code", err_word(code));
    json_add_str(o, "detail", detail);
    json_object_array_add(t->refused, o);
}

/* An error of the file itself is reported, and the others go on. */
static int
told(struct taking *t, const char *name, const struct err *why, struct err *err)
{
    switch (why->code) {
    case ERR_NOT_ALS:
    case ERR_NOT_AUDIO:
    case ERR_AUDIO_DAMAGED:
    case ERR_INVALID_FIELD: /* a name that the database cannot store */
        refuse(t, name, why->code, err_detail(why));
        return 0;
    default:
        *err = *why;
        return -1;
    }
}

/* ---- one of the files ---- */

struct slice {
    int fd;
    int64_t at, left;
};

static ssize_t
slice_read(void *ctx, void *buf, size_t size, struct err *err)
{
    struct slice *s = ctx;
    size_t want = (int64_t)size < s->left ? size : (size_t)s->left;
    ssize_t n = pread(s->fd, buf, want, s->at);

    if (n == -1 || (n == 0 && want > 0))
        return err_errno(err, ERR_INTERNAL, "read what was unpacked");
    s->at += n;
    s->left -= n;
    return n;
}

/* In its own file, so that it has a hash, and the store can take it. */
static int
cut_out(struct taking *t, json_object *file, struct spool *ret, struct err *err)
{
    struct slice s = {.fd = t->fd,
                      .at = json_object_get_int64(json_at(file, "at")),
                      .left = json_object_get_int64(json_at(file, "bytes"))};

    if (library_wants_no_more(t->req))
        return err_set(err, ERR_BUSY, "the archive was not read to its end");
    if (spool_open(t->app->store, t->app->conf->max_archive, ret, err) == -1 ||
        spool_fill(ret, slice_read, &s, err) == -1)
        return -1;
    return spool_finish(ret, err);
}

static int
take_set(struct taking *t, json_object *file, struct err *err)
{
    auto_spool struct spool sp = SPOOL_INIT;
    auto_set struct set set = {0};
    const char *name = json_text(file, "name");
    struct err why = ERR_INIT;
    json_object *o;
    bool is_new;

    if (cut_out(t, file, &sp, err) == -1)
        return -1;
    if (set_take(t->app, t->req, t->artist->id, &sp, name, &set, &is_new,
                 &why) == -1)
        return told(t, name, &why, err);
    o = json_object_new_object();
    json_add_str(o, "parseId", set.parse_id);
    json_add_str(o, "name", name);
    json_object_array_add(t->sets, o);
    return 0;
}

/* ---- bounces ---- */

static void
add_bounce(struct taking *t, const struct bounce *b, const char *item)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "name", json_text(b->file, "name"));
    json_add_str(o, "parseId", b->parse_id);
    json_add_str(o, "itemId", item);
    json_object_array_add(t->bounces, o);
}

/* The caption next to it, if nobody has written one; the audio is not there
 * yet, so no windows are made. */
static int
put_caption(struct taking *t, const struct bounce *b, const struct item *it,
            struct err *err)
{
    auto_free char *path = store_path_prompt(t->artist->slug, it->id);
    auto_free char *caption = NULL;

    if (it->prompt_text != NULL)
        return 0;
    if (beside_caption(t->fd, t->texts, json_text(b->file, "name"), &caption,
                       err) == -1)
        return -1;
    if (caption == NULL)
        return 0;
    if (store_put_text(t->app->store, path, caption, err) == -1)
        return -1;
    if (item_set_prompt(t->app->db, it->id, path, caption, NULL, NULL, NULL,
                        err) == 0)
        return 0;
    if (err->code != ERR_UNSURE)
        store_discard(t->app->store, path);
    return -1;
}

/* Through the same gate as audio that is uploaded directly. */
static int
put_audio(struct taking *t, const struct bounce *b, const struct spool *sp,
          struct err *err)
{
    auto_items struct items queued = {0};
    auto_item struct item fresh = {0};
    auto_set struct set set = {0};
    const char *const parse_ids[] = {b->parse_id};
    struct err why = ERR_INIT;
    const char *mime;

    if (set_get_of(t->app->db, t->artist->id, b->parse_id, &set, err) == -1 ||
        items_enqueue(t->app->db, t->artist->id, parse_ids, 1, &queued, err) ==
            -1)
        return -1;
    fresh.id = xstrdup(queued.v[0].id);
    fresh.artist_id = xstrdup(t->artist->id);
    fresh.parse_id = xstrdup(b->parse_id);
    if (arrival_gate(t->app, sp, t->artist->slug, set.summary, &fresh, &mime,
                     &why) == -1)
        return told(t, json_text(b->file, "name"), &why, err);
    if (put_caption(t, b, &queued.v[0], err) == -1 ||
        arrival_keep(t->app, &queued.v[0], &fresh, sp, mime, err) == -1)
        return -1;
    add_bounce(t, b, fresh.id);
    return 0;
}

/* Sending the archive again changes nothing, and neither does another mix. */
static int
take_bounce(struct taking *t, const struct bounce *b, struct err *err)
{
    auto_spool struct spool sp = SPOOL_INIT;
    auto_free char *item = NULL;
    auto_free char *sha256 = NULL;

    if (b->parse_id == NULL) {
        refuse(t, json_text(b->file, "name"), ERR_SET_NOT_FOUND,
               "no matching set found; send it by itself and choose its set");
        return 0;
    }
    if (cut_out(t, b->file, &sp, err) == -1 ||
        item_with_audio(t->app->db, t->artist->id, b->parse_id, &item, &sha256,
                        err) == -1)
        return -1;
    if (item == NULL)
        return put_audio(t, b, &sp, err);
    if (strcmp(sha256, sp.sha256) == 0)
        add_bounce(t, b, item);
    else
        refuse(t, json_text(b->file, "name"), ERR_ITEM_EXISTS,
               "its set has other audio already; send it by itself to take "
               "its place");
    return 0;
}

/* ---- all of it ---- */

static bool
is_ascii(const char *text)
{
    while (*text != '\0' && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

/* A Mac may write a letter's accent as a character of its own (NFD), and so may
 * only one of two names that belong together. */
static int
compose_names(struct taking *t, json_object *files, struct err *err)
{
    auto_json json_object *names = json_object_new_array();
    auto_json json_object *composed = NULL;
    size_t n = json_object_array_length(files);
    bool ascii = true;

    for (size_t i = 0; i < n; i++) {
        json_object *name =
            json_at(json_object_array_get_idx(files, i), "name");

        ascii = ascii && is_ascii(json_object_get_string(name));
        json_object_array_add(names, json_object_get(name));
    }
    if (ascii)
        return 0;
    if (names_compose(t->app->db, names, &composed, err) == -1)
        return -1;
    for (size_t i = 0; i < n; i++)
        json_add(json_object_array_get_idx(files, i), "name",
                 json_object_get(json_object_array_get_idx(composed, i)));
    return 0;
}

static int
take_all(struct taking *t, json_object *files, struct err *err)
{
    auto_bounces struct bounces bounces = {0};

    if (compose_names(t, files, err) == -1 ||
        compose_names(t, t->texts, err) == -1)
        return -1;
    for (size_t i = 0; i < json_object_array_length(files); i++) {
        json_object *file = json_object_array_get_idx(files, i);

        if (strcmp(json_text(file, "kind"), "set") == 0 &&
            take_set(t, file, err) == -1)
            return -1;
    }
    if (bounces_pair(t->app, t->artist->id, files, &bounces, err) == -1)
        return -1;
    for (size_t i = 0; i < bounces.n; i++)
        if (take_bounce(t, &bounces.v[i], err) == -1)
            return -1;
    return 0;
}

/* List the contents; out: receives their bytes. */
static json_object *
take_apart(struct app *app, struct req *req, const struct spool *packed,
           int out, struct err *err)
{
    auto_fd int fd = open(packed->path, O_RDONLY | O_CLOEXEC);
    struct unpack_limits limits = {.total = app->conf->max_archive,
                                   .set = app->conf->max_als,
                                   .audio = app->conf->max_audio};

    if (fd == -1) {
        err_errno(err, ERR_INTERNAL, "open the archive");
        return NULL;
    }
    return unpacker_run(unpacker, fd, out, &limits, library_wants_no_more, req,
                        err);
}

int
archive_take(struct app *app, struct req *req, const struct artist *artist,
             const struct spool *packed, struct err *err)
{
    auto_spool struct spool bytes = SPOOL_INIT;
    auto_json json_object *list = NULL;
    auto_json json_object *out = json_object_new_object();
    struct taking t = {.app = app, .req = req, .artist = artist};

    if (spool_open(app->store, app->conf->max_archive, &bytes, err) == -1)
        return -1;
    list = take_apart(app, req, packed, bytes.fd, err);
    if (list == NULL)
        return -1;
    if (json_object_array_length(json_at(list, "files")) == 0 &&
        json_object_array_length(json_at(list, "refused")) == 0)
        return err_set(err, ERR_NOT_ALS,
                       "there is no Live set (.als) and no audio in this "
                       "archive");
    t.fd = bytes.fd;
    t.texts = json_at(list, "texts");
    t.sets = json_object_new_array();
    t.bounces = json_object_new_array();
    t.refused = json_object_get(json_at(list, "refused"));
    json_add(out, "sets", t.sets);
    json_add(out, "bounces", t.bounces);
    json_add(out, "refused", t.refused);
    if (take_all(&t, json_at(list, "files"), err) == -1)
        return -1;
    return reply_json(req, 200, steal(&out), err);
}
