/*
 * trainmode-make: a folder of Live sets and bounces becomes a dataset, by the
 * same API that the page uses. Nothing is kept here: what was done is on the
 * server, so a second run goes on where the first one ended.
 */
#ifndef MAKE_MAKE_H
#define MAKE_MAKE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "net/http.h"

struct options { /* of the command line */
    const char *folder, *artist, *layout, *captions, *out;
    bool yes;  /* ask nothing */
    bool json; /* a JSON object for each line */
    bool ask;  /* there is somebody to ask */
};

/* ---- client.c: calls ---- */

struct client {
    struct http *http;
    char *url;           /* without a slash at its end */
    char *authorization; /* a header, or NULL */
};
/* TRAINMODE_URL and TRAINMODE_TOKEN of the environment. */
int client_open(struct client *c, struct err *err);
void client_close(struct client *c);

struct answer {
    int status;
    json_object *body; /* of any status; NULL for none */
};
void answer_release(struct answer *a);
#define auto_answer auto_cleanup(answer_release)

struct call {
    const char *method, *path; /* path: with its query */
    json_object *json;         /* a body; borrowed */
    const char *file, *type;   /* or a file's bytes and their media type */
};
/*
 * Tried again while the server is busy or away, for some minutes. 0 with an
 * answer of any status that remains; -1 when there is none.
 */
int client_call(struct client *c, const struct call *call, struct answer *ret,
                struct err *err);
/* The same, and anything but a success is an error that says what the server
 * said. */
int client_ask(struct client *c, const struct call *call, struct answer *ret,
               struct err *err);
/* A path with a query of name and value in turn, NULL at the end; values that
 * are NULL are left out. The caller frees it. */
char *client_path(const char *path, const char *const *query);
/* A file from a URL that needs no header; false hash: nothing is kept. */
int client_fetch(struct client *c, const char *url, const char *sha256,
                 const char *to, struct err *err);

/* ---- scan.c: the folder ---- */

struct live { /* a Live set */
    char *path, *name;
    char *parse_id, *project; /* once it is in the library */
    int64_t changed;
    char why[200]; /* it is left out; "" else */
};

struct sound { /* a bounce */
    char *path, *name;
    int64_t changed;
    char sha256[HASH_HEX_LEN + 1];
    const struct live *set; /* NULL: none yet, or it stands alone */
    bool alone;
    char *item;    /* its id, once it is saved */
    bool warned;   /* its caption contradicts the set somewhere */
    char why[200]; /* it is left out; "" else */
};

struct folder {
    struct live *sets;
    struct sound *sounds;
    size_t n_sets, n_sounds;
};
/* All below it but what Live itself keeps there (Samples, Backup, ...). */
int folder_scan(const char *path, struct folder *ret, struct err *err);
void folder_release(struct folder *f);
/* The media type of an audio file's name; NULL for any other file. */
const char *sound_type(const char *name);

/* ---- names.c: which names are one track's ---- */

/* Pair what has one name; what two bounces claim, the newer one gets. */
void names_pair(struct folder *f);

/* ---- steps.c, write.c: what is done with them ---- */

struct making {
    const struct options *opt;
    struct client client;
    struct folder folder;
    char *artist; /* id */
    size_t done;  /* of all sets and bounces, for the bar */
};
int steps_artist(struct making *m, struct err *err);
void steps_import(struct making *m);
int steps_known(struct making *m, struct err *err);
void steps_pair(struct making *m);
void steps_save(struct making *m);
int steps_settle(struct making *m, struct err *err);
int steps_export(struct making *m, struct err *err);

/* ---- report.c: what is said ---- */

void report_step(const struct making *m, const char *what);
void report_set(const struct making *m, const struct live *set);
void report_sound(const struct making *m, const struct sound *s,
                  const char *state, const char *caption);
void report_end(const struct making *m, json_object *dataset, const char *zip,
                const char *trouble);

#endif
