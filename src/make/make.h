/*
 * trainmode-make: turns a folder of Live sets and bounces into a dataset, with
 * the same API that the page uses. It stores nothing itself: what was done is
 * on the server, so a second run continues where the first one ended.
 */
#ifndef MAKE_MAKE_H
#define MAKE_MAKE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "net/http.h"

struct options { /* from the command line */
    const char *folder, *artist, *layout, *captions, *out;
    bool yes;  /* ask nothing */
    bool json; /* a JSON object per line */
    bool ask;  /* there is somebody to ask */
};

/* ---- client.c: calls ---- */

struct client {
    char *url;           /* without a slash at its end */
    char *authorization; /* a header, or NULL */
};
/* TRAINMODE_URL and TRAINMODE_TOKEN from the environment. */
int client_open(struct client *c, struct err *err);
void client_close(struct client *c);

struct answer {
    int status;
    json_object *body; /* whatever the status; NULL: none */
};
void answer_release(struct answer *a);
#define auto_answer auto_cleanup(answer_release)

struct call {
    const char *method, *path; /* path: with its query */
    json_object *json;         /* a body; borrowed */
    const char *file, *type;   /* or a file's bytes and their media type */
};
/*
 * Retried for some minutes while the server is busy or away. 0 with the final
 * answer, whatever its status; -1 if there is none.
 */
int client_call(struct client *c, const struct call *call, struct answer *ret,
                struct err *err);
/* The same, but anything other than success is an error with the server's
 * message. */
int client_ask(struct client *c, const struct call *call, struct answer *ret,
               struct err *err);
/* A path with a query, given as alternating names and values, NULL at the end;
 * values that are NULL are left out. The caller frees it. */
char *client_path(const char *path, const char *const *query);
/* Download a file from a URL that needs no header; if the hash is wrong,
 * nothing is kept. */
int client_fetch(const char *url, const char *sha256, const char *to,
                 struct err *err);

/* ---- scan.c: the folder ---- */

struct live { /* a Live set */
    char *path, *name;
    char *parse_id, *project; /* once it is in the library */
    int64_t changed;
    char why[200]; /* why it is left out; "": it is not */
};

struct bounce { /* a bounce */
    char *path, *name;
    int64_t changed;
    char sha256[HASH_HEX_LEN + 1];
    const struct live *set; /* NULL: none yet, or it has no set */
    bool alone;
    char *item;    /* its id, once it is saved */
    bool warned;   /* its caption contradicts the set somewhere */
    char why[200]; /* why it is left out; "": it is not */
};

struct folder {
    struct live *sets;
    struct bounce *sounds;
    size_t n_sets, n_sounds;
};
/* Everything below it except what Live itself keeps there (Samples, Backup,
 * ...). */
int folder_scan(const char *path, struct folder *ret, struct err *err);
void folder_release(struct folder *f);
/* The media type by an audio file's name; NULL for any other file. */
const char *sound_type(const char *name);

/* ---- names.c: which names belong to one track ---- */

/* Pair files with the same name; if two bounces match a set, the newer one gets
 * it. */
void names_pair(struct folder *f);

/* ---- steps.c, write.c: what happens to them ---- */

struct making {
    const struct options *opt;
    struct client client;
    struct folder folder;
    char *artist; /* id */
    size_t done;  /* sets and bounces done, for the progress bar */
};
int steps_artist(struct making *m, struct err *err);
void steps_import(struct making *m);
int steps_known(struct making *m, struct err *err);
void steps_pair(struct making *m);
void steps_save(struct making *m);
int steps_settle(struct making *m, struct err *err);
int steps_export(struct making *m, struct err *err);

/* ---- report.c: what is printed ---- */

void report_step(const struct making *m, const char *what);
void report_set(const struct making *m, const struct live *set);
void report_sound(const struct making *m, const struct bounce *s,
                  const char *state, const char *caption);
void report_end(const struct making *m, json_object *dataset, const char *zip,
                const char *trouble);

#endif
