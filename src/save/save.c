/* POST /api/train/save: turns a file and its caption into a ready item. */
#include <string.h>

#include "app/upload.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "save/ahead.h"
#include "save/pool.h"
#include "save/save.h"

#define PROMPT_MAX 8192 /* bytes; a caption has 60 words */
#define NAME_MAX_BYTES 1024
#define KEY_MAX 255
#define WORD_MAX 16

/* The common members of the three ways to send an item. */
enum form_field {
    F_ARTIST,
    F_PARSE,
    F_ALS,
    F_PROJECT,
    F_PROMPT,
    F_GENERATION,
    F_EXISTS,
    F_UPLOAD, /* in place of the audio */
    F_FIELDS,
};

struct form {
    struct ingest_field field[F_FIELDS];
    enum if_exists exists; /* by F_EXISTS */
    struct spool audio;
};

static void
form_init(struct form *f)
{
    *f = (struct form){
        .field =
            {
                [F_ARTIST] = {"artistId", UUID_LEN, true, NULL},
                [F_PARSE] = {"parseId", NAME_MAX_BYTES, false, NULL},
                [F_ALS] = {"alsFilename", NAME_MAX_BYTES, false, NULL},
                [F_PROJECT] = {"projectName", NAME_MAX_BYTES, false, NULL},
                [F_PROMPT] = {"promptText", PROMPT_MAX, true, NULL},
                [F_GENERATION] = {"generationId", UUID_LEN, false, NULL},
                [F_EXISTS] = {"ifExists", WORD_MAX, false, NULL},
                [F_UPLOAD] = {"uploadId", UUID_LEN, false, NULL},
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

static int
read_exists(struct form *f, struct err *err)
{
    static const char *const words[] = {[EXISTS_NEW] = "new",
                                        [EXISTS_REPLACE] = "replace",
                                        [EXISTS_REFUSE] = "refuse"};
    const char *word = f->field[F_EXISTS].value;

    for (size_t i = 0; word != NULL && i < sizeof(words) / sizeof(*words); i++)
        if (strcmp(word, words[i]) == 0) {
            f->exists = (enum if_exists)i;
            return 0;
        }
    if (word != NULL)
        return err_field(err, "ifExists", "ifExists is new, replace or refuse");
    return 0;
}

/* Check the members, none of which is missing. */
static int
form_check(struct form *f, struct err *err)
{
    if (read_exists(f, err) == -1)
        return -1;
    if (check_uuid(&f->field[F_ARTIST], err) == -1 ||
        check_uuid(&f->field[F_GENERATION], err) == -1 ||
        check_uuid(&f->field[F_UPLOAD], err) == -1)
        return -1;
    if (f->field[F_PARSE].value != NULL && text_blank(f->field[F_PARSE].value))
        return err_field(err, "parseId", "parseId is empty");
    if (text_blank(f->field[F_PROMPT].value))
        return err_field(err, "promptText", "the caption is empty");
    return 0;
}

/* The members of a raw upload are in the query, so they are checked before a
 * byte of audio is read. */
static int
form_from_query(struct form *f, const struct req *req, struct err *err)
{
    for (size_t i = 0; i < F_UPLOAD; i++) {
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
form_read(struct app *app, struct form *f, struct req *req, struct err *err)
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
    if (f->field[F_UPLOAD].value != NULL) {
        if (got.file_seen)
            return err_field(err, "uploadId", "send %s or uploadId, not both",
                             file);
        return upload_receive(app, f->field[F_ARTIST].value,
                              f->field[F_UPLOAD].value, &f->audio, err);
    }
    if (!got.file_seen)
        return err_field(err, file, "%s is missing", file);
    return spool_finish(&f->audio, err);
}

/* The body, however it was sent, with its audio in the spool. */
static int
form_receive(struct app *app, struct req *req, struct form *f, struct err *err)
{
    bool raw = req_body_kind(req) == TAKES_AUDIO;

    if (raw && form_from_query(f, req, err) == -1)
        return -1;
    if (spool_open(app->store, app->conf->max_audio, &f->audio, err) == -1)
        return -1;
    return raw ? arrival_raw(req, &f->audio, err) : form_read(app, f, req, err);
}

/* What makes two requests the same: every member and the audio. */
static void
form_hash(const struct form *f, char ret[HASH_HEX_LEN + 1])
{
    auto_hash struct hash *h = hash_open();

    for (size_t i = 0; i < F_UPLOAD; i++) {
        const char *value = f->field[i].value;

        if (i == F_EXISTS && value == NULL)
            continue; /* as before this member existed */
        /* With the final NUL, so that neighbors cannot run together. */
        if (value != NULL)
            hash_add(h, value, strlen(value) + 1);
        hash_add(h, "", 1);
    }
    hash_add(h, f->audio.sha256, HASH_HEX_LEN);
    hash_hex(h, ret);
}

/* replaced: the item that rests now because of it, or NULL. */
static int
reply_saved(struct app *app, struct req *req, const char *id,
            const char *replaced, struct err *err)
{
    auto_item struct item it = {0};
    auto_free char *location = xasprintf("/api/train/items/%s", id);
    json_object *out;

    if (item_get(app->db, id, &it, err) == -1)
        return err_after_change(err);
    out = json_object_new_object();
    json_add_bool(out, "success", true);
    json_add_str(out, "trainingItemId", id);
    if (replaced != NULL)
        json_add_str(out, "replaced", replaced);
    json_add(out, "item", item_json(&it, true));
    reply_header(req, "Location", location);
    return reply_json(req, 201, out, err);
}

/* Names and ids: from the request, otherwise from the set, which is empty for
 * audio without a set. */
static void
describe(struct item *it, const struct form *f, const struct artist *a,
         const char *parse_id, const struct set *s)
{
    const char *als = f->field[F_ALS].value;
    const char *project = f->field[F_PROJECT].value;
    char id[UUID_LEN + 1];

    id_make(id);
    it->id = xstrdup(id);
    it->artist_id = xstrdup(a->id);
    it->als_summary_id = xstrdup(s->id);
    it->parse_id = xstrdup(parse_id);
    it->als_filename = xstrdup(als != NULL ? als : s->als_filename);
    it->project_name = xstrdup(project != NULL ? project : s->project_name);
    it->prompt_text = xstrdup(f->field[F_PROMPT].value);
    it->status = xstrdup("ready");
}

/* Spool the caption as a file, like the audio. */
static int
caption_write(struct app *app, const char *text, struct spool *ret,
              struct err *err)
{
    if (spool_open(app->store, PROMPT_MAX, ret, err) == -1 ||
        spool_write(ret, text, strlen(text), err) == -1)
        return -1;
    return spool_finish(ret, err);
}

struct past {    /* items that were there; ids */
    char *known; /* the item that the same request made before */
    char *other; /* that this one replaces, or is refused for */
};

static void
past_release(struct past *p)
{
    free(p->known);
    free(p->other);
}
#define auto_past auto_cleanup(past_release)

/*
 * Objects first, then the row. On failure the stored objects are removed,
 * unless there may be a row for them; the sweeper finds any that are left
 * without one.
 */
static int
commit(struct app *app, const struct form *f, struct item *it, const char *mime,
       const char *key, const char *request_hash, struct past *ret,
       struct err *err)
{
    auto_spool struct spool caption = SPOOL_INIT;
    struct store_put puts[] = {
        {it->audio_path, f->audio.path, mime},
        {it->prompt_path, NULL, STORE_TEXT},
    };
    int rc;

    if (caption_write(app, it->prompt_text, &caption, err) == -1)
        return -1;
    puts[1].file = caption.path;
    if (store_put_all(app->store, puts, 2, err) == -1)
        return -1;
    rc = item_insert_as(app->db, it, f->exists, key, request_hash, &ret->known,
                        &ret->other, err);
    if ((rc == 0 && ret->known == NULL) || err->code == ERR_UNSURE)
        return rc;

    /* It failed, or the same request came twice at the same time and the other
     * one was first. */
    store_discard(app->store, it->audio_path);
    store_discard(app->store, it->prompt_path);
    return rc;
}

/* The audio's parse id: a set's, or its own if it has no set. */
static int
find_set(struct app *app, const struct form *f, const char *artist,
         char **ret_parse_id, struct set *ret, struct err *err)
{
    const char *asked = f->field[F_PARSE].value;
    auto_free char *alone = xasprintf("audio:%s", f->audio.sha256);

    if (asked != NULL && !id_is_audio(asked)) {
        *ret_parse_id = xstrdup(asked);
        return set_get_of(app->db, artist, asked, ret, err);
    }
    if (asked != NULL && strcmp(asked, alone) != 0)
        return err_field(err, "parseId",
                         "this parseId belongs to other audio; leave it out "
                         "for audio without a set");
    *ret_parse_id = steal(&alone);
    return 0;
}

/* Store an item with this audio and caption: its id, or that of the existing
 * one. */
static int
save_form(struct app *app, const struct form *f, const struct artist *artist,
          const char *key, const char *request_hash, struct item *it,
          struct past *ret, struct err *err)
{
    auto_set struct set set = {0};
    auto_free char *parse_id = NULL;
    const char *mime;

    if (key != NULL && item_by_key(app->db, artist->id, key, request_hash,
                                   &ret->known, err) == -1)
        return -1;
    if (ret->known != NULL)
        return 0;
    if (find_set(app, f, artist->id, &parse_id, &set, err) == -1)
        return -1;
    describe(it, f, artist, parse_id, &set);
    if (provenance_of(app, f->field[F_GENERATION].value, it, err) == -1 ||
        arrival_gate(app, &f->audio, artist->slug, set.summary, it, &mime,
                     err) == -1)
        return -1;
    it->prompt_path = store_path_prompt(artist->slug, it->id);
    return commit(app, f, it, mime, key, request_hash, ret, err);
}

/* 409 with the id of the existing item. */
static int
reply_exists(struct req *req, const char *other, const struct err *why,
             struct err *err)
{
    json_object *extra = json_object_new_object();

    json_add_str(extra, "itemId", other);
    return reply_problem(req, why, extra) == -1
               ? err_set(err, ERR_CLIENT_GONE, "nobody to tell of the item")
               : 0;
}

int
save_post(struct app *app, struct req *req, struct err *err)
{
    auto_form struct form f = {0};
    auto_artist struct artist artist = {0};
    auto_item struct item it = {0};
    auto_past struct past past = {0};
    const char *key = req_header(req, "Idempotency-Key");
    char request_hash[HASH_HEX_LEN + 1];
    struct err why = ERR_INIT;

    form_init(&f);
    if (key != NULL && (*key == '\0' || strlen(key) > KEY_MAX))
        return err_field(err, "Idempotency-Key",
                         "the Idempotency-Key has 1 to %d characters", KEY_MAX);
    if (form_receive(app, req, &f, err) == -1 ||
        artist_get(app->db, f.field[F_ARTIST].value, &artist, err) == -1)
        return -1;
    form_hash(&f, request_hash);
    if (save_form(app, &f, &artist, key, request_hash, &it, &past, &why) ==
        -1) {
        if (why.code == ERR_ITEM_EXISTS)
            return reply_exists(req, past.other, &why, err);
        *err = why;
        return -1;
    }
    if (past.known != NULL)
        return reply_saved(app, req, past.known, NULL, err);
    pool_poke();
    ahead_poke();
    return reply_saved(app, req, it.id, past.other, err);
}
