/* The audio of one item: in for an item on the queue, out for the player. */
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "save/pool.h"
#include "save/save.h"

static const char *
mime_of(const char *format)
{
    static const struct {
        const char *format, *mime;
    } types[] = {{"mp3", "audio/mpeg"},
                 {"wav", "audio/wav"},
                 {"flac", "audio/flac"},
                 {"aiff", "audio/aiff"},
                 {"ogg", "audio/ogg"}};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (strcmp(types[i].format, format) == 0)
            return types[i].mime;
    return "application/octet-stream";
}

/* A store without files of its own: the bytes pass through us. What they are
 * the row says; an object of another length is an error of the store. */
static int
stream_object(struct app *app, struct req *req, const struct item *it,
              struct err *err)
{
    auto_store_reader struct store_reader *r = NULL;
    auto_free char *etag = xasprintf("\"%s\"", it->audio.sha256);
    auto_free char *block = NULL;
    int64_t from, len;
    int status =
        reply_range(req, etag, it->audio.bytes, &from, &len, err);
    ssize_t n;

    if (status == -1)
        return -1;
    r = store_read_range(app->store, it->audio_path, from, len, err);
    if (r == NULL ||
        reply_begin(req, status, mime_of(it->audio.format), len, err) == -1)
        return -1;
    if (strcmp(req_method(req), "HEAD") == 0)
        return 0;
    block = xmalloc(65536);
    while ((n = store_read(r, block, 65536, err)) > 0)
        if (reply_write(req, block, (size_t)n, err) == -1)
            return -1;
    return n < 0 ? -1 : 0;
}

int
item_audio_get(struct app *app, struct req *req, struct err *err)
{
    auto_item struct item it = {0};
    auto_free char *internal = NULL;
    const char *id;

    if (req_uuid(req, "id", ERR_ITEM_NOT_FOUND, &id, err) == -1 ||
        item_get(app->db, id, &it, err) == -1)
        return -1;
    if (it.audio_path == NULL)
        return err_set(err, ERR_OBJECT_NOT_FOUND,
                       "this item has no audio yet");
    internal = store_internal(app->store, it.audio_path);
    if (internal == NULL)
        return stream_object(app, req, &it, err);
    return reply_file(req, internal, mime_of(it.audio.format), NULL, err);
}

static ssize_t
object_read(void *reader, void *buf, size_t size, struct err *err)
{
    return store_read(reader, buf, size, err);
}

/* Keep what is there, so that a failed exchange can be undone. */
static int
set_aside(struct app *app, const char *path, struct spool *old,
          struct err *err)
{
    auto_store_reader struct store_reader *r = NULL;
    int64_t size;

    r = store_read_open(app->store, path, &size, err);
    if (r == NULL || spool_open(app->store, INT64_MAX, old, err) == -1 ||
        spool_fill(old, object_read, r, err) == -1)
        return -1;
    return spool_finish(old, err);
}

static void
put_back(struct app *app, const char *path, const char *mime,
         struct spool *old)
{
    struct err why = ERR_INIT;

    if (old->path == NULL)
        store_discard(app->store, path);
    else if (store_put_file(app->store, path, old->path, mime, &why) == -1)
        log_warn("%s could not be put back: %s", path, why.msg);
}

/* The object, then the row; on failure the object is as it was before. */
static int
exchange(struct app *app, const struct item *it, struct item *fresh,
         const struct spool *audio, const char *mime, struct err *err)
{
    auto_spool struct spool old = SPOOL_INIT;
    bool same_name = it->audio_path != NULL &&
                     strcmp(it->audio_path, fresh->audio_path) == 0;

    if (same_name && set_aside(app, it->audio_path, &old, err) == -1) {
        if (err->code != ERR_OBJECT_NOT_FOUND)
            return -1;
        err_clear(err); /* it was lost, and this may be the cure */
    }
    if (store_put_file(app->store, fresh->audio_path, audio->path, mime,
                       err) == -1)
        return -1;
    if (item_set_audio(app->db, it->id, fresh->audio_path, &fresh->audio,
                       fresh->checks, err) == -1) {
        put_back(app, fresh->audio_path, mime, &old);
        return -1;
    }
    if (it->audio_path != NULL && !same_name)
        store_discard(app->store, it->audio_path);
    return 0;
}

int
item_audio_put(struct app *app, struct req *req, struct err *err)
{
    auto_spool struct spool audio = SPOOL_INIT;
    auto_artist struct artist artist = {0};
    auto_item struct item it = {0};
    auto_item struct item fresh = {0};
    auto_set struct set set = {0};
    struct err no_set = ERR_INIT;
    const char *id, *mime;

    if (req_uuid(req, "id", ERR_ITEM_NOT_FOUND, &id, err) == -1 ||
        item_get(app->db, id, &it, err) == -1 ||
        artist_get(app->db, it.artist_id, &artist, err) == -1)
        return -1;
    /* The set may have left the library; its item stays whole. */
    if (set_get_of(app->db, artist.id, it.parse_id, &set, &no_set) == -1 &&
        no_set.code != ERR_SET_NOT_FOUND) {
        *err = no_set;
        return -1;
    }

    fresh.id = xstrdup(it.id);
    fresh.artist_id = xstrdup(it.artist_id);
    fresh.parse_id = xstrdup(it.parse_id);
    if (spool_open(app->store, app->conf->max_audio, &audio, err) == -1 ||
        arrival_raw(req, &audio, err) == -1 ||
        arrival_gate(app, &audio, artist.slug, set.summary, &fresh, &mime,
                     err) == -1 ||
        exchange(app, &it, &fresh, &audio, mime, err) == -1)
        return -1;
    pool_poke();
    return reply_item(app, req, id, err);
}

/* The row first: it must not speak of what is gone. */
int
item_audio_delete(struct app *app, struct req *req, struct err *err)
{
    auto_item struct item it = {0};
    const char *id;

    if (req_uuid(req, "id", ERR_ITEM_NOT_FOUND, &id, err) == -1 ||
        item_get(app->db, id, &it, err) == -1 ||
        item_remove_audio(app->db, id, err) == -1)
        return -1;
    store_discard(app->store, it.audio_path);
    return reply_item(app, req, id, err);
}
