/* Sets and bounces, until it is known which belong together; see make.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "make/make.h"

#define WHY(it, ...) (void)snprintf((it)->why, sizeof((it)->why), __VA_ARGS__)

/* ---- the artist ---- */

/* The artist with that name; created if there is none. */
int
steps_artist(struct making *m, struct err *err)
{
    const struct call list = {.method = "GET", .path = "/api/artists"};
    auto_json json_object *body = json_object_new_object();
    const struct call make = {
        .method = "POST", .path = "/api/artists", .json = body};
    auto_answer struct answer all = {0};
    auto_answer struct answer made = {0};
    json_object *artists;

    report_step(m, "Looking for the artist");
    if (client_ask(&m->client, &list, &all, err) == -1)
        return -1;
    artists = json_at(all.body, "artists");
    for (size_t i = 0; i < json_object_array_length(artists); i++) {
        json_object *a = json_object_array_get_idx(artists, i);

        if (strcmp(json_text(a, "name"), m->opt->artist) == 0) {
            m->artist = xstrdup(json_text(a, "id"));
            return 0;
        }
    }
    json_add_str(body, "name", m->opt->artist);
    if (client_ask(&m->client, &make, &made, err) == -1)
        return -1;
    m->artist = xstrdup(json_text(made.body, "id"));
    return 0;
}

/* ---- the sets ---- */

static void
import_set(struct making *m, struct live *set)
{
    const char *slash = strrchr(set->name, '/');
    auto_free char *path = client_path(
        "/api/library",
        (const char *const[]){"artistId", m->artist, "filename",
                              slash != NULL ? slash + 1 : set->name, NULL});
    const struct call call = {.method = "POST",
                              .path = path,
                              .file = set->path,
                              .type = "application/octet-stream"};
    auto_answer struct answer a = {0};
    struct err err = ERR_INIT;

    if (client_ask(&m->client, &call, &a, &err) == -1) {
        WHY(set, "%.190s", err.msg);
        return;
    }
    set->parse_id = xstrdup(json_text(a.body, "parseId"));
    set->project =
        xstrdup(json_text(json_at(a.body, "summary"), "projectName"));
    if (set->parse_id == NULL)
        WHY(set, "the server gave no parseId for it");
}

void
steps_import(struct making *m)
{
    report_step(m, "Reading the Live sets");
    for (size_t i = 0; i < m->folder.n_sets; i++) {
        import_set(m, &m->folder.sets[i]);
        m->done++;
        report_set(m, &m->folder.sets[i]);
    }
}

/* ---- what is already on the server ---- */

static void
hash_sound(struct bounce *s)
{
    auto_hash struct hash *h = hash_open();
    auto_fd int fd = open(s->path, O_RDONLY | O_CLOEXEC);
    auto_free char *block = xmalloc(1 << 16);
    ssize_t n;

    while ((n = fd == -1 ? -1 : read(fd, block, 1 << 16)) > 0)
        hash_add(h, block, (size_t)n);
    if (n < 0)
        WHY(s, "it cannot be read");
    hash_hex(h, s->sha256);
}

static const struct live *
set_of(const struct folder *f, const char *parse_id)
{
    for (size_t i = 0; i < f->n_sets; i++)
        if (f->sets[i].parse_id != NULL &&
            strcmp(f->sets[i].parse_id, parse_id) == 0)
            return &f->sets[i];
    return NULL;
}

/* An item with these bytes comes from an earlier run, and its set is
 * decided. */
static void
recognize(struct making *m, json_object *item)
{
    const char *sha = json_text(json_at(item, "audio"), "sha256");
    const char *parse_id = json_text(item, "parseId");

    for (size_t i = 0; sha != NULL && i < m->folder.n_sounds; i++) {
        struct bounce *s = &m->folder.sounds[i];

        if (s->item != NULL || strcmp(s->sha256, sha) != 0)
            continue;
        s->item = xstrdup(json_text(item, "id"));
        s->set = set_of(&m->folder, parse_id);
        s->alone = s->set == NULL;
        return; /* a copy with another name is handled elsewhere */
    }
}

/* The same file twice is one track. */
static void
drop_copies(struct folder *f)
{
    for (size_t i = 0; i < f->n_sounds; i++)
        for (size_t k = 0; k < i; k++)
            if (f->sounds[i].why[0] == '\0' &&
                strcmp(f->sounds[i].sha256, f->sounds[k].sha256) == 0)
                WHY(&f->sounds[i], "it is the same file as %.120s",
                    f->sounds[k].name);
}

int
steps_known(struct making *m, struct err *err)
{
    auto_free char *cursor = NULL;

    for (size_t i = 0; i < m->folder.n_sounds; i++)
        hash_sound(&m->folder.sounds[i]);
    drop_copies(&m->folder);
    do {
        auto_free char *path =
            client_path("/api/train/items",
                        (const char *const[]){"artistId", m->artist, "limit",
                                              "500", "cursor", cursor, NULL});
        const struct call call = {.method = "GET", .path = path};
        auto_answer struct answer page = {0};
        json_object *items;

        if (client_ask(&m->client, &call, &page, err) == -1)
            return -1;
        items = json_at(page.body, "items");
        for (size_t i = 0; i < json_object_array_length(items); i++)
            recognize(m, json_object_array_get_idx(items, i));
        free(cursor);
        cursor = xstrdup(json_text(page.body, "nextCursor"));
    } while (cursor != NULL);
    return 0;
}

/* ---- which bounce is which set's ---- */

/* The one set that the server hears in it. If the server cannot tell, the sound
 * stays unpaired. */
static void
pair_by_ear(struct making *m, struct bounce *s)
{
    auto_free char *path = client_path(
        "/api/train/match", (const char *const[]){"artistId", m->artist, NULL});
    const struct call call = {.method = "POST",
                              .path = path,
                              .file = s->path,
                              .type = sound_type(s->name)};
    auto_answer struct answer a = {0};
    struct err ignored = ERR_INIT;
    json_object *matches;
    const char *found = NULL;
    int same = 0;

    if (client_ask(&m->client, &call, &a, &ignored) == -1)
        return;
    matches = json_at(a.body, "matches");
    for (size_t i = 0; i < json_object_array_length(matches); i++) {
        json_object *match = json_object_array_get_idx(matches, i);
        const char *verdict = json_text(match, "verdict");

        if (verdict == NULL || strcmp(verdict, "same") != 0)
            continue;
        same++;
        if (found == NULL)
            found = json_text(match, "parseId");
    }
    if (same == 1 && found != NULL)
        s->set = set_of(&m->folder, found);
}

/* On a terminal: ask which set, none, or leave it out. */
static void
pair_by_asking(struct making *m, struct bounce *s)
{
    const struct folder *f = &m->folder;
    char line[32] = "";
    long n;

    (void)fprintf(stderr, "\nWhich set is %s?\n", s->name);
    for (size_t i = 0; i < f->n_sets; i++)
        if (f->sets[i].parse_id != NULL)
            (void)fprintf(stderr, "  %zu  %s\n", i + 1, f->sets[i].name);
    (void)fprintf(stderr, "  a  none: it stands alone\n"
                          "Number, a, or Enter to leave it out: ");
    if (fgets(line, sizeof(line), stdin) == NULL)
        return;
    s->alone = line[0] == 'a' || line[0] == 'A';
    n = strtol(line, NULL, 10);
    if (n >= 1 && (size_t)n <= f->n_sets && f->sets[n - 1].parse_id != NULL)
        s->set = &f->sets[n - 1];
}

void
steps_pair(struct making *m)
{
    struct folder *f = &m->folder;

    report_step(m, "Finding each bounce's set");
    names_pair(f);
    for (size_t i = 0; i < f->n_sounds; i++) {
        struct bounce *s = &f->sounds[i];

        if (s->set != NULL || s->alone || s->why[0] != '\0')
            continue;
        pair_by_ear(m, s);
        if (s->set == NULL && m->opt->ask)
            pair_by_asking(m, s);
        if (s->set == NULL && !s->alone)
            WHY(s, "no set is surely its own; name it like its set");
    }
    names_pair(f); /* keep the newest of those that now belong to one set */
}
