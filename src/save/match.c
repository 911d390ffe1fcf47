/*
 * POST /api/train/match: finds the artist's set that a piece of audio is the
 * bounce of. The upload is kept for a day, until its save.
 */
#include <fcntl.h>
#include <string.h>

#include "app/upload.h"
#include "audio/pairing.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "db/pairing.h"
#include "music/witness.h"
#include "save/pair.h"
#include "save/pool.h"
#include "save/save.h"

#define MATCHES_MAX 50 /* that an answer lists */

static json_object *
match_json(const struct pair *p)
{
    json_object *o = pairing_json(&p->found);

    json_add_str(o, "parseId", p->parse_id);
    json_add_str(o, "projectName", p->project_name);
    return o;
}

/* What the audio alone shows: guesses, which are displayed but never stated. */
static json_object *
measured_json(const struct upload *u, const struct sound *sound)
{
    auto_json json_object *key = witness_json(sound, NULL);
    json_object *o = json_object_new_object();

    json_add(o, "tempo", json_object_get(json_at(u->analysis, "tempo")));
    json_add_str(o, "key", json_text(key, "text"));
    return o;
}

/* upload: the one that was sent, or NULL if an item is meant. */
static int
reply_matches(struct app *app, struct req *req, const char *artist,
              const struct upload *upload, const char *text, struct err *err)
{
    auto_sound struct sound *sound = sound_read(text);
    auto_pairs struct pairs pairs = {0};
    json_object *out, *list;

    if (sound == NULL)
        return err_set(err, ERR_CONFLICT,
                       "this audio was not listened to yet; try again when "
                       "its analysis is done");
    if (pairs_of(app, artist, sound, &pairs, err) == -1)
        return -1;
    out = json_object_new_object();
    list = json_object_new_array();
    for (size_t i = 0; i < pairs.n && i < MATCHES_MAX; i++)
        json_object_array_add(list, match_json(&pairs.v[i]));
    if (upload != NULL) {
        json_add_str(out, "uploadId", upload->id);
        json_add_str(out, "sha256", upload->sha256);
        json_add(out, "measured", measured_json(upload, sound));
    }
    json_add(out, "matches", list);
    return reply_json(req, 200, out, err);
}

/* An item that is there already: nothing is sent and nothing is kept. */
static int
match_item(struct app *app, struct req *req, const char *artist,
           struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    auto_item struct item it = {0};
    auto_free char *sound = NULL;
    const char *id;

    if (in == NULL || json_uuid(in, "itemId", &id, err) == -1 ||
        item_get(app->db, id, &it, err) == -1)
        return -1;
    if (strcmp(it.artist_id, artist) != 0)
        return err_set(err, ERR_ITEM_NOT_FOUND, "there is no item %s", id);
    if (item_sound(app->db, id, &sound, err) == -1)
        return -1;
    return reply_matches(app, req, artist, NULL, sound, err);
}

static int
receive(struct app *app, struct req *req, struct spool *sp, struct err *err)
{
    struct ingest_source source = upload_source(req);
    struct ingest_sink sink = {spool_write, sp};
    auto_ingest_result struct ingest_result got = {0};

    if (spool_open(app->store, app->conf->max_audio, sp, err) == -1)
        return -1;
    if (req_body_kind(req) == TAKES_AUDIO)
        return arrival_raw(req, sp, err);
    if (ingest_multipart(&source, req_content_type(req), NULL, 0, "audio",
                         &sink, &got, err) == -1)
        return -1;
    if (!got.file_seen)
        return err_field(err, "audio", "audio is missing");
    return spool_finish(sp, err);
}

/* The object, then the row. */
static int
keep(struct app *app, const struct upload *u, const struct spool *sp,
     const char *mime, struct err *err)
{
    if (store_put_file(app->store, u->path, sp->path, mime, err) == -1)
        return -1;
    if (upload_insert(app->db, u, err) == 0)
        return 0;
    store_discard(app->store, u->path);
    return -1;
}

static int
match_audio(struct app *app, struct req *req, const struct artist *artist,
            struct err *err)
{
    auto_spool struct spool sp = SPOOL_INIT;
    auto_upload struct upload u = {0};
    auto_fd int fd = -1;
    struct audio_probe probe;
    char id[UUID_LEN + 1];

    if (receive(app, req, &sp, err) == -1 ||
        audio_probe_file(sp.path, &probe, err) == -1)
        return -1;
    fd = open(sp.path, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return err_errno(err, ERR_INTERNAL, "open what was sent");
    if (pool_analyze(fd, &u.analysis, err) == -1)
        return -1;
    id_make(id);
    u.id = xstrdup(id);
    u.artist_id = xstrdup(artist->id);
    u.path = store_path_incoming(artist->slug, id);
    u.sha256 = xstrdup(sp.sha256);
    if (keep(app, &u, &sp, probe.mime, err) == -1)
        return -1;
    return reply_matches(app, req, artist->id, &u,
                         json_text(u.analysis, "sound"), err);
}

int
match_post(struct app *app, struct req *req, struct err *err)
{
    auto_artist struct artist artist = {0};
    const char *id;

    if (req_query_uuid(req, "artistId", &id, err) == -1 ||
        artist_get(app->db, id, &artist, err) == -1 ||
        req_turn(req, id, err) == -1)
        return -1;
    if (req_body_kind(req) == TAKES_JSON)
        return match_item(app, req, artist.id, err);
    return match_audio(app, req, &artist, err);
}

static ssize_t
object_read(void *reader, void *buf, size_t size, struct err *err)
{
    return store_read(reader, buf, size, err);
}

int
upload_receive(struct app *app, const char *artist, const char *id,
               struct spool *ret, struct err *err)
{
    auto_store_reader struct store_reader *r = NULL;
    auto_upload struct upload u = {0};
    int64_t size;

    if (upload_get(app->db, artist, id, &u, err) == -1)
        return -1;
    r = store_read_open(app->store, u.path, &size, err);
    if (r == NULL || spool_fill(ret, object_read, r, err) == -1)
        return -1;
    return spool_finish(ret, err);
}
