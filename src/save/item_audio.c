/* The audio of one item: upload for a queued item, download for the player. */
#include <string.h>

#include "base/mem.h"
#include "save/ahead.h"
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

/* A store without its own files: the bytes pass through us. The row says what
 * they are; an object of another length is an error of the store. */
static int
stream_object(struct app *app, struct req *req, const struct item *it,
              struct err *err)
{
    auto_store_reader struct store_reader *r = NULL;
    auto_free char *etag = xasprintf("\"%s\"", it->audio.sha256);
    auto_free char *block = NULL;
    const char *known = req_header(req, "If-None-Match");
    int64_t from, len;
    int status;
    ssize_t n;

    if (known != NULL && strstr(known, etag) != NULL) {
        reply_header(req, "ETag", etag);
        return reply_begin(req, 304, mime_of(it->audio.format), -1, err);
    }
    status = reply_range(req, etag, it->audio.bytes, &from, &len, err);
    if (status == -1)
        return -1;
    if (strcmp(req_method(req), "HEAD") == 0) /* nothing is fetched for HEAD */
        return reply_begin(req, status, mime_of(it->audio.format), len, err);
    r = store_read_range(app->store, it->audio_path, from, len, err);
    if (r == NULL ||
        reply_begin(req, status, mime_of(it->audio.format), len, err) == -1)
        return -1;
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
        return err_set(err, ERR_OBJECT_NOT_FOUND, "this item has no audio yet");
    internal = store_internal(app->store, it.audio_path);
    if (internal == NULL)
        return stream_object(app, req, &it, err);
    return reply_file(req, internal, mime_of(it.audio.format), NULL, err);
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
    /* The set may have left the library; its item stays complete. */
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
        arrival_keep(app, &it, &fresh, &audio, mime, err) == -1)
        return -1;
    pool_poke();
    ahead_poke();
    return reply_changed(app, req, id, err);
}

/* The row first: it must not refer to a missing object. */
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
    return reply_changed(app, req, id, err);
}
