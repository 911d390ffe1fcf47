/*
 * Settings, read once: from the environment, otherwise from `trainmode.conf` in
 * the folder that TRAINMODE_STATE names (lines NAME=value, # comments); see
 * conf_source.h. All faults are reported in one message. This header only lists
 * the values; the rooms give each setting its name, default and bounds
 * (base/setting.h).
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/auto.h"
#include "base/err.h"

struct settings; /* of a room: base/setting.h */

struct conf {
    const struct settings *const *rooms; /* the rooms whose values these are */
    char *state;                         /* TRAINMODE_STATE, absolute */

    /* db/ */
    char *database_url;
    int db_connections; /* per program */

    /* store/ */
    char *storage;
    char *store_dir;
    char *spool_dir;    /* {store_dir}/.spool: same file system as objects */
    char *sign_key;     /* hex, from {state}/secrets/sign.key; NULL if the
                         * storage itself signs */
    char *supabase_key; /* or NULL */
    char *supabase_bucket;
    int64_t supabase_resumable; /* bytes */
    bool durable;
    int url_ttl; /* seconds */

    /* auth/ */
    char *auth;
    char *supabase_url; /* or NULL; the store's too */
    char *supabase_public;
    char *jwt_secret; /* or NULL; used literally */
    bool anonymous;

    /* web/ */
    char *public_url; /* without final slash, or NULL */
    char *listen;
    char *proxies;      /* for `up` alone, or NULL */
    char *cors_origins; /* or NULL */
    int threads;        /* of the program that is running */

    /* caption/ */
    char *openai_key; /* or NULL */
    char *openai_url; /* or NULL; includes /v1 */
    char *openai_model;
    int model_timeout, model_stall; /* seconds */
    int context_tokens;
    int captions_minute, captions_day;       /* 0: no limit */
    double price_in, price_out, price_audio; /* below 0: not set */
    char *currency;
    bool examples;
    char *caption_prompt;
    char *caption_audio;
    int audio_sec, audio_count;
    char *audio_format;

    /* trainer/ */
    char *replicate_token; /* or NULL */
    char *replicate_url;   /* without a version */
    int trainings;
    char *destinations, *trainers; /* NULL: any */
    char *webhook_secret;          /* or NULL */

    /* ingest/ */
    int64_t max_audio, max_als, max_archive; /* bytes */

    /* audio/ */
    int analysis_threads, convert_threads; /* 0: none */
    int analysis_lease;                    /* seconds */
    int export_converts;
};

/* rooms: NULL at the end; they outlive it. program: "train", "save", "export",
 * "library", or another that has no threads. NULL on failure, with all faults
 * in err's message. The caller closes it. */
struct conf *conf_open(const struct settings *const *rooms, const char *program,
                       struct err *err);
/* Only from the environment, without a state and without the rooms' checks. */
struct conf *conf_open_bare(const struct settings *const *rooms,
                            struct err *err);
void conf_close(struct conf *conf);

/* The forms of printing the settings: README's table; the trainmode.conf of a
 * new state; current values, one per line and without secrets; or all current
 * values for a script, each "NAME=value" and a NUL. Faults in the file are
 * ignored. */
enum conf_form { CONF_MARKDOWN, CONF_FILE, CONF_LINES, CONF_SCRIPT };
int conf_tell(const struct settings *const *rooms, enum conf_form form,
              FILE *to, struct err *err);
/* A variable of the environment that is not a setting of the programs; NULL if
 * it is not set or empty. Borrowed. */
const char *conf_env(const char *name);
/* Whether the host at p, up to its port or path, is this machine. */
bool conf_is_here(const char *p);

AUTO_DEFINE(auto_conf_p, struct conf *, conf_close)
#define auto_conf auto_cleanup(auto_conf_p)

#endif
