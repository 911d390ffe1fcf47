/*
 * Settings, read once: from the environment, otherwise from `trainmode.conf` in
 * the folder that TRAINMODE_STATE names (lines NAME=value, # comments). The
 * only place that calls getenv. All faults are reported in one message.
 * README's table of settings is the only other place that lists them.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"

struct conf {
    char *state;           /* TRAINMODE_STATE, absolute */
    char *database_url;    /* DATABASE_URL: libpq connection string or URI */
    char *storage;         /* STORAGE: "local" or "supabase" */
    char *store_dir;       /* STORE_DIR, default {state}/store */
    char *spool_dir;       /* {store_dir}/.spool: same file system as objects */
    char *sign_key;        /* hex, from {state}/secrets/sign.key (0600) */
    char *public_url;      /* PUBLIC_URL without its final slash, or NULL */
    char *listen;          /* LISTEN: nginx's address, default 127.0.0.1 */
    char *proxies;         /* PROXIES: proxies whose X-Forwarded-For nginx
                            * believes; only for `up`; or NULL */
    char *auth;            /* AUTH: who may: "none", "token" or "supabase" */
    char *cors_origins;    /* CORS_ORIGINS: origins of other pages that may call
                            * us, separated by blanks or commas; or NULL */
    char *openai_key;      /* OPENAI_API_KEY or NULL */
    char *openai_url;      /* OPENAI_BASE_URL or NULL; includes /v1 */
    char *openai_model;    /* OPENAI_MODEL, default gpt-4o-mini */
    char *supabase_url;    /* SUPABASE_URL or NULL */
    char *supabase_key;    /* SUPABASE_SERVICE_ROLE_KEY or NULL */
    char *supabase_bucket; /* SUPABASE_BUCKET, default dawa-exports */
    int64_t supabase_resumable; /* SUPABASE_RESUMABLE_MB (16) in bytes: larger
                                 * files go up in pieces */
    char *supabase_public;      /* SUPABASE_PUBLISHABLE_KEY or NULL */
    char *jwt_secret;           /* SUPABASE_JWT_SECRET or NULL; used
                                 * literally */
    char *replicate_token;      /* REPLICATE_API_TOKEN or NULL */
    char *replicate_url;        /* REPLICATE_BASE_URL, without a version */
    int trainings;              /* TRAININGS_PER_ARTIST (2) at a time */
    char *destinations;   /* TRAINING_DESTINATIONS: what may be trained, as
                           * owner/name; a name of * means all; NULL: any */
    char *trainers;       /* TRAINING_TRAINERS: owner/name of each allowed
                           * trainer, or NULL: any */
    char *webhook_secret; /* REPLICATE_WEBHOOK_SECRET ("whsec_...") or NULL */
    bool anonymous;       /* SUPABASE_ANONYMOUS, default off: anonymous users
                           * of Auth are users here too */
    bool durable;         /* DURABLE, default on: fsync before we say done */
    int64_t max_audio;    /* MAX_AUDIO_MB (2048) in bytes */
    int64_t max_als;      /* MAX_ALS_MB (64) in bytes */
    int64_t max_archive;  /* MAX_ARCHIVE_MB (2048) in bytes, also when
                           * unpacked */
    int url_ttl;          /* URL_TTL_HOURS (24) in seconds */
    int db_connections;   /* DB_CONNECTIONS (8) per program */
    int threads;          /* {PROGRAM}_THREADS: train 512, save 16, export 4,
                             library 16 */
    int analysis_threads; /* ANALYSIS_THREADS (the machine's spare capacity);
                           * 0 pauses the analysis */
    int analysis_lease;   /* ANALYSIS_LEASE_SEC (60) */
    int convert_threads;  /* CONVERT_THREADS (the machine's spare capacity):
                           * conversions ahead of exports; 0: none */
    int export_converts;  /* EXPORT_CONVERTS (one per processor): concurrent
                           * conversions that exports wait for */
    int model_timeout;    /* MODEL_TIMEOUT_SEC (120), all tries together */
    int model_stall;      /* CAPTIONS_PER_MINUTE (1200) per artist; 0: no
                           * limit */
    int captions_minute;  /* CAPTIONS_PER_MINUTE (1200) of one artist; 0: any
                           * number */
    int context_tokens;   /* CAPTION_CONTEXT_TOKENS (6000) */
    int captions_day;     /* CAPTION_DAILY_LIMIT (0: no limit) per artist */
    double price_in;      /* OPENAI_PRICE_IN and the others, per million */
    double price_out;     /* tokens; below 0: not set */
    double price_audio;   /* for input tokens that are audio */
    char *currency;       /* OPENAI_PRICE_CURRENCY ("USD") */
    bool examples;        /* CAPTION_EXAMPLES (on): edited captions are sent
                           * along */
    char *caption_prompt; /* CAPTION_PROMPT: "train-v1", "train-v2", or
                           * "auto": v2 if audio is sent, otherwise v1 */
    char *caption_audio;  /* CAPTION_AUDIO: what a model hears: "off",
                           * "excerpt" or "windows" */
    int audio_sec;        /* CAPTION_AUDIO_SEC (30), the most of one excerpt */
    int audio_count;      /* CAPTION_AUDIO_COUNT (8), most excerpts in a
                           * question */
    char *audio_format;   /* CAPTION_AUDIO_FORMAT: "mp3" or "wav" */
};

/* program: "train", "save", "export" or "library". NULL on failure, with all
 * faults in err's message. The caller closes it. */
struct conf *conf_open(const char *program, struct err *err);
void conf_close(struct conf *conf);
/* A variable of the environment that is not a setting of the programs; NULL if
 * it is not set or empty. Borrowed. */
const char *conf_env(const char *name);
/* Whether only this machine can reach us, as far as the settings tell. */
bool conf_is_loopback(const struct conf *conf);
/* Whether the host at p, up to its port or path, is this machine. */
bool conf_is_here(const char *p);
/* Whether a model is connected: a key or a base URL is set. */
bool conf_has_model(const struct conf *conf);

AUTO_DEFINE(auto_conf_p, struct conf *, conf_close)
#define auto_conf auto_cleanup(auto_conf_p)

#endif
