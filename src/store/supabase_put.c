/*
 * Uploads: small ones in one request, larger ones in pieces that can be
 * resumed. The server stores an id with the object of every upload: if an
 * answer was lost, the id tells whether the existing object is ours or the
 * previous one.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "store/spooldir.h"
#include "store/supabase.h"

#define MARK "upload"

static void
upload_init(struct upload *u, const char *path, const char *type, int64_t size)
{
    u->path = path;
    u->type = type != NULL ? type : "application/octet-stream";
    u->size = size;
    id_make(u->id);
}

char *
supabase_mark(const struct upload *u)
{
    auto_json json_object *o = json_object_new_object();
    const char *text;

    json_add_str(o, MARK, u->id);
    text = json_out(o);
    return text_base64(text, strlen(text));
}

int
supabase_settled(struct supabase *s, const struct upload *u, struct err *err)
{
    auto_free char *url = supabase_url(s, "object/info", u->path);
    auto_json json_object *info = NULL;
    struct err why = ERR_INIT;
    const char *id;

    if (supabase_json(s, "GET", url, NULL, &info, &why) == -1) {
        if (why.code == ERR_OBJECT_NOT_FOUND)
            return 0;
        *err = why;
        return -1;
    }
    id = json_text(json_at(info, "metadata"), MARK);
    return id != NULL && strcmp(id, u->id) == 0 &&
           json_number_int64(info, "size", -1) == u->size;
}

/* ---- in one request ---- */

/* data, or (NULL) all of fd. Sending it again does no harm, since it replaces
 * the object; but a lost answer may have been a yes. */
static int
put_whole(struct supabase *s, const struct upload *u, const void *data, int fd,
          struct err *err)
{
    auto_http_resp struct http_resp resp = {0};
    auto_free char *url = supabase_url(s, "object", u->path);
    auto_free char *type = xasprintf("Content-Type: %s", u->type);
    auto_free char *id = supabase_mark(u);
    auto_free char *mark = xasprintf("x-metadata: %s", id);
    struct supabase_call call = {
        .method = "POST",
        .url = url,
        .headers = {type, "x-upsert: true", "cache-control: max-age=0", mark},
        .body = u->size > 0 ? data : "",
        .len = u->size,
        .fd = fd,
    };
    struct patience patience = supabase_patience(SUPABASE_SHORT_MS);
    enum outcome how;
    int settled;

    while ((how = supabase_try(s, &call, &resp, err)) != CALL_DONE) {
        if (how == CALL_REFUSED ||
            !supabase_again(&patience, resp.retry_after_ms, err))
            return -1;
        if (how != CALL_LOST)
            continue;
        settled = supabase_settled(s, u, err);
        if (settled != 0)
            return settled == 1 ? 0 : -1;
    }
    return 0;
}

/* ---- in pieces ---- */

static int
put_resumable(struct supabase *s, const struct upload *u, int fd,
              struct err *err)
{
    auto_tus struct tus *t = tus_open(s, u, err);
    int64_t left = u->size;

    if (t == NULL)
        return -1;
    while (left > 0) {
        int64_t n = left < SUPABASE_PIECE ? left : SUPABASE_PIECE;

        if (tus_send(t, NULL, fd, n, err) == -1)
            return -1;
        left -= n;
    }
    return 0;
}

/* ---- files ---- */

static int
put_fd(struct supabase *s, const char *path, const char *type, int fd,
       struct err *err)
{
    struct upload u;
    struct stat st;

    if (fstat(fd, &st) == -1)
        return err_errno(err, ERR_STORAGE, "look at the spool file");
    upload_init(&u, path, type, st.st_size);
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (u.size > s->conf->supabase_resumable)
        return put_resumable(s, &u, fd, err);
    return put_whole(s, &u, NULL, fd, err);
}

int
supabase_put_file(void *self, const char *path, const char *file,
                  const char *type, struct err *err)
{
    auto_fd int fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

    if (fd == -1)
        return err_errno(err, ERR_STORAGE, "open the spool file");
    if (put_fd(self, path, type, fd, err) == -1)
        return -1;
    (void)unlink(file); /* the sweeper removes it if this does not */
    return 0;
}

/* ---- writers ---- */

/*
 * Data is uploaded as it is written, a piece at a time, so a broken connection
 * never needs bytes that are gone. If the size is unknown, the data waits in
 * the spool, because the server must be told the size first.
 */
struct writer {
    struct supabase *s;
    char *path;
    char *type;
    struct upload upload;
    int64_t left; /* of the announced size; -1: not announced */
    char *piece;
    size_t room;     /* of piece */
    size_t len;      /* in piece */
    struct tus *tus; /* NULL: everything fits into one piece */
    int fd;          /* size unknown: an unlinked spool file, or -1 */
};

void
supabase_write_abort(void *writer)
{
    struct writer *w = writer;

    tus_close(w->tus);
    if (w->fd != -1)
        close(w->fd);
    free(w->piece);
    free(w->path);
    free(w->type);
    free(w);
}
AUTO_DEFINE(auto_writer_p, struct writer *, supabase_write_abort)
#define auto_writer auto_cleanup(auto_writer_p)

static int
open_spool(struct writer *w, struct err *err)
{
    auto_free char *name = NULL;

    w->fd = spooldir_file(w->s->conf->spool_dir, &name, err);
    if (w->fd == -1)
        return -1;
    (void)unlink(name); /* if this fails, the sweeper removes it */
    return 0;
}

static int
open_pieces(struct writer *w, int64_t size, struct err *err)
{
    int64_t most = w->s->conf->supabase_resumable < SUPABASE_PIECE
                       ? w->s->conf->supabase_resumable
                       : SUPABASE_PIECE;

    w->room = (size_t)(size < SUPABASE_PIECE ? size : SUPABASE_PIECE);
    w->piece = xmalloc(w->room + 1);
    if (size <= most)
        return 0;
    w->tus = tus_open(w->s, &w->upload, err);
    return w->tus == NULL ? -1 : 0;
}

void *
supabase_write_open(void *self, const char *path, const char *type,
                    int64_t size, struct err *err)
{
    auto_writer struct writer *w = xcalloc(1, sizeof(*w));

    w->s = self;
    w->fd = -1;
    w->path = xstrdup(path);
    w->type = xstrdup(type);
    w->left = size;
    upload_init(&w->upload, w->path, w->type, size);
    if ((size < 0 ? open_spool(w, err) : open_pieces(w, size, err)) == -1)
        return NULL;
    return steal(&w);
}

/* Send the piece if it is full; the last one is sent at the commit. */
static int
flush(struct writer *w, struct err *err)
{
    if (w->len < w->room || w->left == 0)
        return 0;
    if (tus_send(w->tus, w->piece, -1, (int64_t)w->len, err) == -1)
        return -1;
    w->len = 0;
    return 0;
}

int
supabase_write(void *writer, const void *data, size_t len, struct err *err)
{
    struct writer *w = writer;
    const char *p = data;

    if (w->fd != -1)
        return spooldir_write(w->fd, data, len, err);
    if ((int64_t)len > w->left)
        return err_set(err, ERR_STORAGE, "more bytes than were announced");
    while (len > 0) {
        size_t n = len < w->room - w->len ? len : w->room - w->len;

        memcpy(w->piece + w->len, p, n);
        w->len += n;
        w->left -= (int64_t)n;
        p += n;
        len -= n;
        if (flush(w, err) == -1)
            return -1;
    }
    return 0;
}

int
supabase_write_commit(void *writer, struct err *err)
{
    auto_writer struct writer *w = writer;

    if (w->fd != -1)
        return put_fd(w->s, w->path, w->type, w->fd, err);
    if (w->left > 0)
        return err_set(err, ERR_STORAGE, "fewer bytes than were announced");
    if (w->tus != NULL)
        return tus_send(w->tus, w->piece, -1, (int64_t)w->len, err);
    return put_whole(w->s, &w->upload, w->piece, -1, err);
}
