/* The library of sets: parsed .als files, or summaries that are ready. */
#include <math.h>
#include <string.h>

#include "als/summary.h"
#include "app/app.h"
#include "app/upload.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "library/library.h"

#define PARSE_ID_MAX 200
#define FILENAME_MAX_BYTES 255
#define PAGE_DEFAULT 100
#define PAGE_MAX 1000

static json_object *
set_row_json(const struct set *s)
{
    json_object *o = json_object_new_object();
    char when[CLOCK_TEXT];

    clock_text(s->created_at, when);
    json_add_str(o, "parseId", s->parse_id);
    json_add_str(o, "alsFilename", s->als_filename);
    json_add_str(o, "projectName", s->project_name);
    json_add_num(o, "tempo", s->tempo > 0 ? s->tempo : NAN);
    json_add_str(o, "key", s->key);
    json_add_num(o, "durationSec", s->duration_sec > 0 ? s->duration_sec : NAN);
    json_add_str(o, "liveVersion", s->live_version);
    json_add_str(o, "createdAt", when);
    return o;
}

int
library_get(struct app *app, struct req *req, struct err *err)
{
    auto_sets struct sets page = {0};
    json_object *out, *rows;
    const char *artist;
    long limit;

    if (req_query_uuid(req, "artistId", &artist, err) == -1 ||
        req_query_int(req, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &limit, err) ==
            -1 ||
        sets_list(app->db, artist, req_query(req, "q"), limit,
                  req_query(req, "cursor"), &page, err) == -1)
        return -1;

    out = json_object_new_object();
    rows = json_object_new_array();
    for (size_t i = 0; i < page.n; i++)
        json_object_array_add(rows, set_row_json(&page.v[i]));
    json_add(out, "sets", rows);
    if (page.next != NULL)
        json_add_str(out, "nextCursor", page.next);
    return reply_json(req, 200, out, err);
}

static int
reply_set(struct req *req, int status, const char *parse_id,
          json_object *summary, struct err *err)
{
    json_object *out = json_object_new_object();
    auto_free char *location = xasprintf("/api/library/%s", parse_id);

    json_add_str(out, "parseId", parse_id);
    json_add(out, "summary", json_object_get(summary));
    if (status == 201)
        reply_header(req, "Location", location);
    return reply_json(req, status, out, err);
}

/* Put the set into the library; 201, or 200 with what is there already. */
static int
keep_set(struct app *app, struct req *req, const char *artist,
         const char *parse_id, const char *als_filename,
         const char *project_name, json_object *summary, struct err *err)
{
    auto_set struct set there = {0};
    bool is_new = false;

    if (set_insert(app->db, artist, parse_id, als_filename, project_name,
                   summary, &is_new, err) == -1)
        return -1;
    if (is_new)
        return reply_set(req, 201, parse_id, summary, err);
    if (set_get_of(app->db, artist, parse_id, &there, err) == -1)
        return -1;
    return reply_set(req, 200, parse_id, there.summary, err);
}

/* parseId goes into URLs: visible ASCII without what would need quoting. */
static bool
parse_id_valid(const char *id)
{
    size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                          "0123456789._~-:@");

    return n > 0 && n <= PARSE_ID_MAX && id[n] == '\0' &&
           strcmp(id, ".") != 0 && strcmp(id, "..") != 0;
}

static int
post_summary(struct app *app, struct req *req, const char *artist,
             struct err *err)
{
    auto_json json_object *in = req_json(req, err);
    const char *parse_id, *als = NULL, *project = NULL;
    json_object *summary;

    if (in == NULL || json_str(in, "parseId", &parse_id, err) == -1 ||
        json_opt_str(in, "alsFilename", &als, err) == -1 ||
        json_opt_str(in, "projectName", &project, err) == -1 ||
        json_obj(in, "summary", &summary, err) == -1)
        return -1;
    if (!parse_id_valid(parse_id))
        return err_field(err, "parseId",
                         "parseId has letters, digits and . _ ~ - : @, at "
                         "most %d",
                         PARSE_ID_MAX);
    return keep_set(app, req, artist, parse_id, als, project, summary, err);
}

/* The name a person knows the file by: no folders, one line. */
static char *
base_name(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *back = strrchr(name, '\\');
    auto_free char *line = NULL;

    if (slash != NULL)
        name = slash + 1;
    if (back != NULL && back >= name)
        name = back + 1;
    line = text_one_line(name);
    line[text_cut(line, FILENAME_MAX_BYTES)] = '\0';
    return *line != '\0' ? steal(&line) : xstrdup("Untitled.als");
}

/* The file's bytes into the spool; its name as the client gave it. */
static int
receive_set(struct req *req, struct spool *sp, char **ret_name,
            struct err *err)
{
    struct ingest_source source = upload_source(req);
    struct ingest_sink sink = {spool_write, sp};
    auto_ingest_result struct ingest_result got = {0};
    const char *name = req_query(req, "filename");

    if (req_body_kind(req) == TAKES_MULTIPART) {
        if (ingest_multipart(&source, req_content_type(req), NULL, 0, NULL,
                             &sink, &got, err) == -1)
            return -1;
        if (!got.file_seen)
            return err_field(err, "file", "there is no file in the form");
    } else {
        if (upload_raw(req, sp, err) == -1)
            return -1;
        got.file_name = ingest_disposition_name(
            req_header(req, "Content-Disposition"));
    }
    if (sp->bytes == 0)
        return err_set(err, ERR_NOT_ALS, "the file is empty");
    if (name == NULL)
        name = got.file_name;
    *ret_name = base_name(name != NULL ? name : "");
    return 0;
}

/*
 * The same bytes of the same artist are the same set. The artist is part of
 * the id, so that two people may have one set without seeing each other's.
 */
static void
parse_id_of(const char *artist, const char *sha256,
            char ret[HASH_HEX_LEN + 1])
{
    auto_hash struct hash *h = hash_open();

    hash_add(h, artist, strlen(artist));
    hash_add(h, sha256, strlen(sha256));
    hash_hex(h, ret);
    ret[32] = '\0';
}

static int
post_als(struct app *app, struct req *req, const char *artist,
         struct err *err)
{
    auto_spool struct spool sp = SPOOL_INIT;
    auto_artist struct artist owner = {0};
    auto_json json_object *summary = NULL;
    auto_free char *name = NULL;
    auto_free char *project = NULL;
    char parse_id[HASH_HEX_LEN + 1];

    if (artist_get(app->db, artist, &owner, err) == -1 ||
        spool_open(app->store, app->conf->max_als, &sp, err) == -1 ||
        receive_set(req, &sp, &name, err) == -1 ||
        spool_finish(&sp, err) == -1)
        return -1;
    parse_id_of(owner.id, sp.sha256, parse_id);

    summary = als_summary_from_file(sp.path, name, NULL, err);
    if (summary == NULL)
        return -1;
    project = als_project_name(name);
    return keep_set(app, req, owner.id, parse_id, name, project, summary, err);
}

int
library_post(struct app *app, struct req *req, struct err *err)
{
    const char *artist;

    if (req_query_uuid(req, "artistId", &artist, err) == -1)
        return -1;
    if (req_body_kind(req) == TAKES_JSON)
        return post_summary(app, req, artist, err);
    return post_als(app, req, artist, err);
}

int
set_get_one(struct app *app, struct req *req, struct err *err)
{
    auto_set struct set s = {0};
    json_object *out;

    if (set_get(app->db, req_param(req, "parseId"), &s, err) == -1)
        return -1;
    out = set_row_json(&s);
    json_add_str(out, "artistId", s.artist_id);
    json_add(out, "summary", steal(&s.summary));
    return reply_json(req, 200, out, err);
}

int
set_delete_one(struct app *app, struct req *req, struct err *err)
{
    if (set_delete(app->db, req_param(req, "parseId"), err) == -1)
        return -1;
    return reply_nothing(req, err);
}
