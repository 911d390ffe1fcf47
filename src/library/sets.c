/* The library of sets: parsed .als files, or summaries that are ready. */
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "als/parser.h"
#include "als/summary.h"
#include "app/app.h"
#include "app/upload.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "library/library.h"
#include "music/facts.h"

#define PARSE_ID_MAX 200
#define FILENAME_MAX_BYTES 255
#define PAGE_DEFAULT 100
#define PAGE_MAX 1000

static char *parser; /* trainmode-parse; from start to stop */

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

/* The cursors with which a client reads the rest at the same time. */
static int
add_ranges(struct app *app, const char *artist, long limit,
           const struct sets *page, json_object *out, struct err *err)
{
    auto_strs struct strs ranges = {0};

    if (page->next == NULL)
        return 0;
    if (sets_ranges(app->db, artist, page->next, limit, &ranges, err) == -1)
        return -1;
    json_add(out, "cursors", strs_json(&ranges));
    return 0;
}

int
library_get(struct app *app, struct req *req, struct err *err)
{
    auto_sets struct sets page = {0};
    auto_json json_object *out = NULL;
    json_object *rows;
    const char *artist;
    long limit, cursors;

    if (req_query_uuid(req, "artistId", &artist, err) == -1 ||
        req_query_int(req, "limit", 1, PAGE_MAX, PAGE_DEFAULT, &limit, err) ==
            -1 ||
        req_query_int(req, "cursors", 0, 1, 0, &cursors, err) == -1 ||
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
    if (cursors == 1 && add_ranges(app, artist, limit, &page, out, err) == -1)
        return -1;
    return reply_json(req, 200, steal(&out), err);
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

/* Insert the set into the library; 201, or 200 with the existing one. */
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

/* parseId is used in URLs: visible ASCII without characters that need
 * quoting. */
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

/* The name that the user knows the file by: no folders, one line. */
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

/* The client's name for the file; NULL if it gives none. A form gives it only
 * while it is read. The caller frees it. */
static char *
name_said(struct req *req)
{
    const char *name = req_query(req, "filename");

    if (name != NULL)
        return xstrdup(name);
    return ingest_disposition_name(req_header(req, "Content-Disposition"));
}

/* The file's bytes into the spool; its name as the client gave it. */
static int
receive_file(struct req *req, struct spool *sp, char **ret_name,
             struct err *err)
{
    struct ingest_source source = upload_source(req);
    struct ingest_sink sink = {spool_write, sp};
    auto_ingest_result struct ingest_result got = {0};
    auto_free char *name = name_said(req);

    if (req_body_kind(req) == TAKES_MULTIPART) {
        if (ingest_multipart(&source, req_content_type(req), NULL, 0, NULL,
                             &sink, &got, err) == -1)
            return -1;
        if (!got.file_seen)
            return err_field(err, "file", "there is no file in the form");
    } else if (upload_raw(req, sp, err) == -1) {
        return -1;
    }
    if (sp->bytes == 0)
        return err_set(err, ERR_NOT_ALS, "the file is empty");
    *ret_name = name != NULL
                    ? steal(&name)
                    : xstrdup(got.file_name != NULL ? got.file_name : "");
    return spool_finish(sp, err);
}

/*
 * The same bytes from the same artist are the same set. The artist is part of
 * the id, so that two users may have one set without seeing each other's.
 */
static void
parse_id_of(const char *artist, const char *sha256, char ret[HASH_HEX_LEN + 1])
{
    auto_hash struct hash *h = hash_open();

    hash_add(h, artist, strlen(artist));
    hash_add(h, sha256, strlen(sha256));
    hash_hex(h, ret);
    ret[32] = '\0';
}

bool
library_wants_no_more(void *req)
{
    return web_stopping() || req_gone(req);
}

int
set_take(struct app *app, struct req *req, const char *artist,
         const struct spool *sp, const char *file, struct set *ret,
         bool *ret_new, struct err *err)
{
    auto_fd int fd = open(sp->path, O_RDONLY | O_CLOEXEC);
    char parse_id[HASH_HEX_LEN + 1];

    if (fd == -1)
        return err_errno(err, ERR_INTERNAL, "open the set");
    parse_id_of(artist, sp->sha256, parse_id);
    ret->parse_id = xstrdup(parse_id);
    ret->als_filename = base_name(file);
    ret->summary = als_parser_run(parser, fd, ret->als_filename,
                                  library_wants_no_more, req, err);
    if (ret->summary == NULL)
        return -1;
    ret->project_name = als_project_name(ret->als_filename);
    return set_insert(app->db, artist, ret->parse_id, ret->als_filename,
                      ret->project_name, ret->summary, ret_new, err);
}

int
library_start(struct app *app, struct err *err)
{
    (void)app;
    parser = als_parser_find(err);
    return parser != NULL ? archive_start(err) : -1;
}

void
library_stop(struct app *app)
{
    (void)app;
    free(parser);
    parser = NULL;
    archive_stop();
}

/* 201, or 200 with the existing one. */
static int
post_als(struct app *app, struct req *req, const char *artist,
         const struct spool *sp, const char *name, struct err *err)
{
    auto_set struct set set = {0};
    auto_set struct set there = {0};
    bool is_new;

    if (sp->bytes > app->conf->max_als)
        return err_set(err, ERR_TOO_LARGE, "a set has at most %lld MiB",
                       (long long)(app->conf->max_als >> 20));
    if (set_take(app, req, artist, sp, name, &set, &is_new, err) == -1)
        return -1;
    if (is_new)
        return reply_set(req, 201, set.parse_id, set.summary, err);
    if (set_get_of(app->db, artist, set.parse_id, &there, err) == -1)
        return -1;
    return reply_set(req, 200, set.parse_id, there.summary, err);
}

/* A set, or an archive of sets; for a form it is only known once it has
 * arrived. */
static int
post_file(struct app *app, struct req *req, const char *id, struct err *err)
{
    auto_spool struct spool sp = SPOOL_INIT;
    auto_artist struct artist artist = {0};
    auto_free char *said = name_said(req);
    auto_free char *name = NULL;
    bool may_be_archive = req_body_kind(req) != TAKES_BYTES ||
                          (said != NULL && archive_is_named(said));

    if (artist_get(app->db, id, &artist, err) == -1 ||
        req_turn(req, id, err) == -1 ||
        spool_open(app->store,
                   may_be_archive ? app->conf->max_archive : app->conf->max_als,
                   &sp, err) == -1 ||
        receive_file(req, &sp, &name, err) == -1)
        return -1;
    if (req_body_kind(req) == TAKES_ARCHIVE || archive_is_named(name) ||
        archive_is_zip(sp.path))
        return archive_take(app, req, &artist, &sp, err);
    return post_als(app, req, artist.id, &sp, name, err);
}

int
library_post(struct app *app, struct req *req, struct err *err)
{
    const char *artist;

    if (req_query_uuid(req, "artistId", &artist, err) == -1)
        return -1;
    if (req_body_kind(req) == TAKES_JSON)
        return post_summary(app, req, artist, err);
    return post_file(app, req, artist, err);
}

int
set_get_one(struct app *app, struct req *req, struct err *err)
{
    auto_facts struct facts facts = {0};
    auto_set struct set s = {0};
    json_object *out;

    if (set_get(app->db, req_param(req, "parseId"), &s, err) == -1)
        return -1;
    out = set_row_json(&s);
    json_add_str(out, "artistId", s.artist_id);
    facts_read(&facts, s.summary);
    json_add(out, "facts", facts_json(&facts));
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
