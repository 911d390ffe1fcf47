/* POST /api/train/save: a file and its caption become an item that is ready. */
#include <string.h>

#include "app/upload.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "save/pool.h"
#include "save/save.h"

#define PROMPT_MAX 8192 /* bytes; a caption has 60 words */
#define NAME_MAX_BYTES 1024
#define KEY_MAX 255

/* What the three ways to send an item have in common. */
enum form_field {
    F_ARTIST,
    F_PARSE,
    F_ALS,
    F_PROJECT,
    F_PROMPT,
    F_GENERATION,
    F_FIELDS,
};

struct form {
    struct ingest_field field[F_FIELDS];
    struct spool audio;
};

static void
form_init(struct form *f)
{
    *f = (struct form){
        .field =
            {
                [F_ARTIST] = {"artistId", UUID_LEN, true, NULL},
                [F_PARSE] = {"parseId", NAME_MAX_BYTES, true, NULL},
                [F_ALS] = {"alsFilename", NAME_MAX_BYTES, false, NULL},
                [F_PROJECT] = {"projectName", NAME_MAX_BYTES, false, NULL},
                [F_PROMPT] = {"promptText", PROMPT_MAX, true, NULL},
                [F_GENERATION] = {"generationId", UUID_LEN, false, NULL},
            },
        .audio = SPOOL_INIT,
    };
}

static void
form_release(struct form *f)
{
    ingest_fields_release(f->field, F_FIELDS);
    spool_release(&f->audio);
}
#define auto_form auto_cleanup(form_release)

static int
check_uuid(const struct ingest_field *f, struct err *err)
{
    if (f->value != NULL && !id_valid(f->value))
        return err_field(err, f->name, "%s must be a UUID", f->name);
    return 0;
}

/* The members, of which none is missing, are what they should be. */
static int
form_check(const struct form *f, struct err *err)
{
    if (check_uuid(&f->field[F_ARTIST], err) == -1 ||
        check_uuid(&f->field[F_GENERATION], err) == -1)
        return -1;
    if (text_blank(f->field[F_PARSE].value))
        return err_field(err, "parseId", "parseId is empty");
    if (text_blank(f->field[F_PROMPT].value))
        return err_field(err, "promptText", "the caption is empty");
    return 0;
}

/* The members of a raw upload stand in the query, so they are checked before
 * a byte of audio is read. */
static int
form_from_query(struct form *f, const struct req *req, struct err *err)
{
    for (size_t i = 0; i < F_FIELDS; i++) {
        struct ingest_field *to = &f->field[i];
        const char *value = req_query(req, to->name);

        if (value != NULL && strlen(value) > to->max)
            return err_field(err, to->name, "%s is too long", to->name);
        if (value != NULL && !text_valid(value, strlen(value)))
            return err_field(err, to->name, "%s must be UTF-8", to->name);
        to->value = xstrdup(value);
    }
    if (ingest_fields_complete(f->field, F_FIELDS, err) == -1)
        return -1;
    return form_check(f, err);
}

static int
form_read(struct form *f, struct req *req, struct err *err)
{
    struct ingest_source source = upload_source(req);
    struct ingest_sink sink = {spool_write, &f->audio};
    auto_ingest_result struct ingest_result got = {0};
    const char *file = "audio";
    int rc;

    if (req_body_kind(req) == TAKES_JSON) {
        file = "audioBase64";
        rc = ingest_json(&source, f->field, F_FIELDS, file, &sink, &got, err);
    } else {
        rc = ingest_multipart(&source, req_content_type(req), f->field,
                              F_FIELDS, file, &sink, &got, err);
    }
    if (rc == -1 || form_check(f, err) == -1)
        return -1;
    if (!got.file_seen)
        return err_field(err, file, "%s is missing", file);
    return spool_finish(&f->audio, err);
}

/* The body, whichever way it was sent, with its audio in the spool. */
static int
form_receive(struct app *app, struct req *req, struct form *f,
             struct err *err)
{
    bool raw = req_body_kind(req) == TAKES_AUDIO;

    if (raw && form_from_query(f, req, err) == -1)
        return -1;
    if (spool_open(app->store, app->conf->max_audio, &f->audio, err) == -1)
        return -1;
    return raw ? arrival_raw(req, &f->audio, err) : form_read(f, req, err);
}

/* What makes two requests the same: every member and the audio. */
static void
form_hash(const struct form *f, char ret[HASH_HEX_LEN + 1])
{
    auto_hash struct hash *h = hash_open();

    for (size_t i = 0; i < F_FIELDS; i++) {
        const char *value = f->field[i].value;

        /* With the final NUL, so that neighbors cannot run together. */
        if (value != NULL)
            hash_add(h, value, strlen(value) + 1);
        hash_add(h, "", 1);
    }
    hash_add(h, f->audio.sha256, HASH_HEX_LEN);
    hash_hex(h, ret);
}

static int
reply_saved(struct app *app, struct req *req, const char *id, struct err *err)
{
    auto_item struct item it = {0};
    auto_free char *location = xasprintf("/api/train/items/%s", id);
    json_object *out;

    if (item_get(app->db, id, &it, err) == -1)
        return -1;
    out = json_object_new_object();
    json_add_bool(out, "success", true);
    json_add_str(out, "trainingItemId", id);
    json_add(out, "item", item_json(&it, true));
    reply_header(req, "Location", location);
    return reply_json(req, 201, out, err);
}

/* Names and ids: from the request, else from the set. */
static void
describe(struct item *it, const struct form *f, const struct set *s)
{
    const char *als = f->field[F_ALS].value;
    const char *project = f->field[F_PROJECT].value;
    char id[UUID_LEN + 1];

    id_make(id);
    it->id = xstrdup(id);
    it->artist_id = xstrdup(s->artist_id);
    it->als_summary_id = xstrdup(s->id);
    it->parse_id = xstrdup(s->parse_id);
    it->als_filename = xstrdup(als != NULL ? als : s->als_filename);
    it->project_name = xstrdup(project != NULL ? project : s->project_name);
    it->prompt_text = xstrdup(f->field[F_PROMPT].value);
    it->status = xstrdup("ready");
}

int
provenance_of(struct app *app, const char *generation, struct item *it,
              struct err *err)
{
    auto_generation struct generation g = {0};

    if (generation != NULL) {
        if (generation_get(app->db, generation, &g, err) == -1)
            return -1;
        if (strcmp(g.artist_id, it->artist_id) != 0 ||
            strcmp(g.parse_id, it->parse_id) != 0)
            return err_field(err, "generationId",
                             "this generation was made for another set");
    } else if (generation_newest(app->db, it->artist_id, it->parse_id, &g,
                                 err) == -1) {
        return -1;
    }
    if (g.id == NULL)
        return 0; /* written by hand from the start */

    it->generation_id = steal(&g.id);
    it->model_name = steal(&g.model);
    it->system_prompt_version = steal(&g.version);
    it->generated_at = g.created_at;
    it->fields = steal(&g.fields);
    it->prompt_edited = strcmp(g.prompt, it->prompt_text) != 0;
    return 0;
}

/* The caption as a file on its way in, like the audio. */
static int
caption_write(struct app *app, const char *text, struct spool *ret,
              struct err *err)
{
    if (spool_open(app->store, PROMPT_MAX, ret, err) == -1 ||
        spool_write(ret, text, strlen(text), err) == -1)
        return -1;
    return spool_finish(ret, err);
}

/*
 * Objects first, then the row. What fails takes along what was stored; what
 * even that leaves has no row, and the sweeper finds it.
 */
static int
commit(struct app *app, const struct form *f, struct item *it,
       const char *mime, const char *key, const char *request_hash,
       char **ret_known, struct err *err)
{
    auto_spool struct spool caption = SPOOL_INIT;
    struct store_put puts[] = {
        {it->audio_path, f->audio.path, mime},
        {it->prompt_path, NULL, "text/plain; charset=utf-8"},
    };
    int rc;

    if (caption_write(app, it->prompt_text, &caption, err) == -1)
        return -1;
    puts[1].file = caption.path;
    if (store_put_all(app->store, puts, 2, err) == -1)
        return -1;
    rc = item_insert(app->db, it, key, request_hash, ret_known, err);
    if (rc == 0 && *ret_known == NULL)
        return 0;

    /* It failed, or the same request came twice at once and the other one was
     * first. */
    store_discard(app->store, it->audio_path);
    store_discard(app->store, it->prompt_path);
    return rc;
}

int
save_post(struct app *app, struct req *req, struct err *err)
{
    auto_form struct form f;
    auto_artist struct artist artist = {0};
    auto_set struct set set = {0};
    auto_item struct item it = {0};
    auto_free char *known = NULL;
    const char *key = req_header(req, "Idempotency-Key");
    const char *mime;
    char request_hash[HASH_HEX_LEN + 1];

    form_init(&f);
    if (key != NULL && (*key == '\0' || strlen(key) > KEY_MAX))
        return err_field(err, "Idempotency-Key",
                         "the Idempotency-Key has 1 to %d characters",
                         KEY_MAX);
    if (form_receive(app, req, &f, err) == -1)
        return -1;

    if (artist_get(app->db, f.field[F_ARTIST].value, &artist, err) == -1)
        return -1;
    form_hash(&f, request_hash);
    if (key != NULL &&
        item_by_key(app->db, artist.id, key, request_hash, &known, err) == -1)
        return -1;
    if (known != NULL)
        return reply_saved(app, req, known, err);

    if (set_get_of(app->db, artist.id, f.field[F_PARSE].value, &set, err) ==
        -1)
        return -1;
    describe(&it, &f, &set);
    if (provenance_of(app, f.field[F_GENERATION].value, &it, err) == -1 ||
        arrival_gate(app, &f.audio, artist.slug, set.summary, &it, &mime,
                     err) == -1)
        return -1;
    it.prompt_path = store_path_prompt(artist.slug, it.id);
    if (commit(app, &f, &it, mime, key, request_hash, &known, err) == -1)
        return -1;
    pool_poke();
    return reply_saved(app, req, known != NULL ? known : it.id, err);
}
