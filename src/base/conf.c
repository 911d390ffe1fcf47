/*
 * Settings: one table says what there is; the environment wins over the file.
 * Each fault becomes a clause of one message, so that whoever sets the
 * program up repairs all of them in one go.
 */
#include "base/conf.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/conf_check.h"
#include "base/mem.h"

enum kind {
    TEXT,
    URL,      /* http or https; stored without its final slashes */
    SWITCH,   /* on or off */
    NUMBER,   /* int */
    NUMBER64, /* int64_t */
    PRICE     /* double, 0 and more; not set: below 0 */
};

struct setting {
    const char *name;
    const char *program; /* NULL: of interest to all of them */
    const char *fallback;
    size_t at; /* where in struct conf */
    long min, max, scale;
    enum kind kind;
};

#define AT(member) offsetof(struct conf, member)

/* clang-format off */
static const struct setting settings[] = {
    /* name, whose, default, where, least, most, unit, kind */
    {"DATABASE_URL", NULL, NULL, AT(database_url), 0, 0, 0, TEXT},
    {"STORAGE", NULL, "local", AT(storage), 0, 0, 0, TEXT},
    {"STORE_DIR", NULL, NULL, AT(store_dir), 0, 0, 0, TEXT},
    {"PUBLIC_URL", NULL, NULL, AT(public_url), 0, 0, 0, URL},
    {"LISTEN", NULL, "127.0.0.1", AT(listen), 0, 0, 0, TEXT},
    {"PROXIES", NULL, NULL, AT(proxies), 0, 0, 0, TEXT},
    {"CORS_ORIGINS", NULL, NULL, AT(cors_origins), 0, 0, 0, TEXT},
    {"AUTH", NULL, "none", AT(auth), 0, 0, 0, TEXT},
    {"OPENAI_API_KEY", NULL, NULL, AT(openai_key), 0, 0, 0, TEXT},
    {"OPENAI_BASE_URL", NULL, NULL, AT(openai_url), 0, 0, 0, URL},
    {"OPENAI_MODEL", NULL, "gpt-4o-mini", AT(openai_model), 0, 0, 0, TEXT},
    {"SUPABASE_URL", NULL, NULL, AT(supabase_url), 0, 0, 0, URL},
    {"SUPABASE_SERVICE_ROLE_KEY", NULL, NULL, AT(supabase_key), 0, 0, 0, TEXT},
    {"SUPABASE_PUBLISHABLE_KEY", NULL, NULL, AT(supabase_public), 0, 0, 0,
     TEXT},
    {"SUPABASE_JWT_SECRET", NULL, NULL, AT(jwt_secret), 0, 0, 0, TEXT},
    {"SUPABASE_BUCKET", NULL, "dawa-exports", AT(supabase_bucket), 0, 0, 0,
     TEXT},
    {"SUPABASE_RESUMABLE_MB", NULL, "16", AT(supabase_resumable), 1, 5120,
     1 << 20, NUMBER64},
    {"REPLICATE_API_TOKEN", NULL, NULL, AT(replicate_token), 0, 0, 0, TEXT},
    {"REPLICATE_BASE_URL", NULL, "https://api.replicate.com",
     AT(replicate_url), 0, 0, 0, URL},
    {"TRAININGS_PER_ARTIST", NULL, "2", AT(trainings), 1, 1000, 1, NUMBER},
    {"TRAINING_DESTINATIONS", NULL, NULL, AT(destinations), 0, 0, 0, TEXT},
    {"TRAINING_TRAINERS", NULL, NULL, AT(trainers), 0, 0, 0, TEXT},
    {"REPLICATE_WEBHOOK_SECRET", NULL, NULL, AT(webhook_secret), 0, 0, 0,
     TEXT},
    {"DURABLE", NULL, "on", AT(durable), 0, 0, 0, SWITCH},
    {"SUPABASE_ANONYMOUS", NULL, "off", AT(anonymous), 0, 0, 0, SWITCH},
    {"MAX_AUDIO_MB", NULL, "2048", AT(max_audio), 1, 1 << 20, 1 << 20,
     NUMBER64},
    {"MAX_ALS_MB", NULL, "64", AT(max_als), 1, 4096, 1 << 20, NUMBER64},
    {"MAX_ARCHIVE_MB", NULL, "2048", AT(max_archive), 1, 1 << 20, 1 << 20,
     NUMBER64},
    {"URL_TTL_HOURS", NULL, "24", AT(url_ttl), 1, 8760, 3600, NUMBER},
    {"DB_CONNECTIONS", NULL, "8", AT(db_connections), 1, 1000, 1, NUMBER},
    {"TRAIN_THREADS", "train", "512", AT(threads), 1, 4096, 1, NUMBER},
    {"SAVE_THREADS", "save", "16", AT(threads), 1, 4096, 1, NUMBER},
    {"EXPORT_THREADS", "export", "4", AT(threads), 1, 4096, 1, NUMBER},
    {"LIBRARY_THREADS", "library", "16", AT(threads), 1, 4096, 1, NUMBER},
    {"ANALYSIS_THREADS", NULL, NULL, AT(analysis_threads), 0, 64, 1, NUMBER},
    {"ANALYSIS_LEASE_SEC", NULL, "60", AT(analysis_lease), 3, 3600, 1, NUMBER},
    {"CONVERT_THREADS", NULL, NULL, AT(convert_threads), 0, 64, 1, NUMBER},
    {"EXPORT_CONVERTS", NULL, NULL, AT(export_converts), 1, 256, 1, NUMBER},
    {"CAPTIONS_PER_MINUTE", NULL, "1200", AT(captions_minute), 0, 60000, 1,
     NUMBER},
    {"MODEL_TIMEOUT_SEC", NULL, "120", AT(model_timeout), 1, 3600, 1, NUMBER},
    {"MODEL_STALL_SEC", NULL, "30", AT(model_stall), 1, 3600, 1, NUMBER},
    {"CAPTION_CONTEXT_TOKENS", NULL, "6000", AT(context_tokens), 500, 1000000,
     1, NUMBER},
    {"CAPTION_DAILY_LIMIT", NULL, "0", AT(captions_day), 0, 1000000, 1,
     NUMBER},
    {"OPENAI_PRICE_IN", NULL, NULL, AT(price_in), 0, 0, 0, PRICE},
    {"OPENAI_PRICE_OUT", NULL, NULL, AT(price_out), 0, 0, 0, PRICE},
    {"OPENAI_PRICE_AUDIO", NULL, NULL, AT(price_audio), 0, 0, 0, PRICE},
    {"OPENAI_PRICE_CURRENCY", NULL, "USD", AT(currency), 0, 0, 0, TEXT},
    {"CAPTION_EXAMPLES", NULL, "on", AT(examples), 0, 0, 0, SWITCH},
    {"CAPTION_PROMPT", NULL, "auto", AT(caption_prompt), 0, 0, 0, TEXT},
    {"CAPTION_AUDIO", NULL, "off", AT(caption_audio), 0, 0, 0, TEXT},
    {"CAPTION_AUDIO_SEC", NULL, "30", AT(audio_sec), 5, 300, 1, NUMBER},
    {"CAPTION_AUDIO_COUNT", NULL, "8", AT(audio_count), 1, 64, 1, NUMBER},
    {"CAPTION_AUDIO_FORMAT", NULL, "mp3", AT(audio_format), 0, 0, 0, TEXT},
};
/* clang-format on */

#define SETTINGS (sizeof(settings) / sizeof(settings[0]))

struct loader {
    struct conf *conf;
    const char *program;
    char *from_file[SETTINGS];
    struct buf faults; /* clauses with "; " between them */
};

static void
loader_release(struct loader *l)
{
    for (size_t i = 0; i < SETTINGS; i++)
        free(l->from_file[i]);
    buf_release(&l->faults);
}

/* Cut blanks off both ends, in place. */
static char *
trim(char *s)
{
    char *end;

    while (isspace((unsigned char)*s))
        s++;
    end = s + strlen(s);
    while (end > s && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    return s;
}

/* A value may stand in quotes, as people know it from shells. */
static char *
unquote(char *s)
{
    size_t len = strlen(s);

    if (len >= 2 && (s[0] == '"' || s[0] == '\'') && s[len - 1] == s[0]) {
        s[len - 1] = '\0';
        s++;
    }
    return s;
}

static int
setting_find(const char *name)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(settings[i].name, name) == 0)
            return (int)i;
    return -1;
}

/* Messages name the line and never its text: it may be a key. */
static void
file_line(struct loader *l, char *line, int number)
{
    char *name = trim(line);
    char *equals;
    int i;

    if (name[0] == '\0' || name[0] == '#')
        return;
    equals = strchr(name, '=');
    if (equals == NULL) {
        conf_fault(&l->faults, "line %d of trainmode.conf is not NAME=value",
                   number);
        return;
    }
    *equals = '\0';
    i = setting_find(trim(name));
    if (i == -1) {
        conf_fault(&l->faults, "line %d of trainmode.conf sets an unknown name",
                   number);
        return;
    }
    free(l->from_file[i]);
    l->from_file[i] = xstrdup(unquote(trim(equals + 1)));
}

static void
file_read(struct loader *l)
{
    auto_free char *path = xasprintf("%s/trainmode.conf", l->conf->state);
    auto_file FILE *file = fopen(path, "re");
    auto_free char *line = NULL;
    size_t room = 0;

    if (file == NULL) {
        if (errno != ENOENT)
            conf_fault(&l->faults, "cannot read %s: %s", path, strerror(errno));
        return;
    }
    for (int number = 1; getline(&line, &room, file) != -1; number++) {
        /* Editors on Windows begin a file with a byte order mark. */
        bool bom = number == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0;

        file_line(l, bom ? line + 3 : line, number);
    }
    if (ferror(file))
        conf_fault(&l->faults, "cannot read %s: %s", path, strerror(errno));
}

static void
set_url(struct loader *l, const struct setting *s, const char *value)
{
    char **ret = (char **)((char *)l->conf + s->at);
    const char *host = strstr(value, "://");
    size_t len = strlen(value);

    if (strncasecmp(value, "http://", 7) != 0 &&
        strncasecmp(value, "https://", 8) != 0) {
        conf_fault(&l->faults, "%s must begin with http:// or https://",
                   s->name);
        return;
    }
    if (strpbrk(value, " \t\r\n#") != NULL || host[3] == '\0' ||
        strchr("/?@:", host[3]) != NULL || value[len - 1] == ':') {
        conf_fault(&l->faults, "%s is no address of a server", s->name);
        return;
    }
    while (len > 0 && value[len - 1] == '/')
        len--;
    *ret = xstrndup(value, len);
}

static void
set_switch(struct loader *l, const struct setting *s, const char *value)
{
    static const char *const on[] = {"on", "1", "yes", "true"};
    static const char *const off[] = {"off", "0", "no", "false"};
    bool *ret = (bool *)((char *)l->conf + s->at);

    for (size_t i = 0; i < 4; i++) {
        if (strcasecmp(value, on[i]) == 0) {
            *ret = true;
            return;
        }
        if (strcasecmp(value, off[i]) == 0) {
            *ret = false;
            return;
        }
    }
    conf_fault(&l->faults, "%s must be on or off, not \"%.20s\"", s->name,
               value);
}

static void
set_number(struct loader *l, const struct setting *s, const char *value)
{
    void *ret = (char *)l->conf + s->at;
    char *end;
    long n;

    errno = 0;
    n = strtol(value, &end, 10);
    if (end == value || *end != '\0' || errno != 0 || n < s->min ||
        n > s->max) {
        conf_fault(&l->faults,
                   "%s must be a whole number from %ld to %ld, not \"%.20s\"",
                   s->name, s->min, s->max, value);
        return;
    }
    /* Another program's number is checked all the same, but not ours. */
    if (s->program != NULL && strcmp(s->program, l->program) != 0)
        return;
    if (s->kind == NUMBER64)
        *(int64_t *)ret = (int64_t)n * s->scale;
    else
        *(int *)ret = (int)(n * s->scale);
}

static void
set_price(struct loader *l, const struct setting *s, const char *value)
{
    char *end;
    double n = strtod(value, &end);

    if (end == value || *end != '\0' || !(n >= 0 && n < 1e9)) {
        conf_fault(&l->faults,
                   "%s must be a price of a million tokens, such as 0.15, not "
                   "\"%.20s\"",
                   s->name, value);
        return;
    }
    memcpy((char *)l->conf + s->at, &n, sizeof(n));
}

static void
set_one(struct loader *l, const struct setting *s, const char *value)
{
    switch (s->kind) {
    case TEXT:
        *(char **)((char *)l->conf + s->at) = xstrdup(value);
        break;
    case URL:
        set_url(l, s, value);
        break;
    case SWITCH:
        set_switch(l, s, value);
        break;
    case NUMBER:
    case NUMBER64:
        set_number(l, s, value);
        break;
    case PRICE:
        set_price(l, s, value);
        break;
    }
}

/* An empty value is no value, wherever it stands. */
static void
set_all(struct loader *l)
{
    for (size_t i = 0; i < SETTINGS; i++) {
        const char *value = getenv(settings[i].name);

        if (value == NULL || value[0] == '\0')
            value = l->from_file[i];
        if (value == NULL || value[0] == '\0')
            value = settings[i].fallback;
        if (value != NULL)
            set_one(l, &settings[i], value);
    }
}

struct conf *
conf_open(const char *program, struct err *err)
{
    auto_conf struct conf *conf = xcalloc(1, sizeof(*conf));
    auto_cleanup(loader_release) struct loader l = {
        .conf = conf, .program = program, .faults = BUF_INIT(1 << 16)};
    const char *state = getenv("TRAINMODE_STATE");

    if (state == NULL || state[0] != '/') {
        err_set(err, ERR_INTERNAL,
                "settings: TRAINMODE_STATE must be an absolute path");
        return NULL;
    }
    conf->analysis_threads = CONF_AS_SPARE;
    conf->price_in = conf->price_out = conf->price_audio = -1;
    conf->convert_threads = CONF_AS_SPARE;
    conf->state = xstrdup(state);
    file_read(&l);
    set_all(&l);
    conf_check(conf, &l.faults);
    if (l.faults.len > 0) {
        err_set(err, ERR_INTERNAL, "settings: %s", buf_str(&l.faults));
        return NULL;
    }
    return steal(&conf);
}

const char *
conf_env(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* A key lives in memory for as long as it is needed; what may be one is wiped
 * like one. */
void
conf_close(struct conf *conf)
{
    if (conf == NULL)
        return;
    for (size_t i = 0; i < SETTINGS; i++)
        if (settings[i].kind == TEXT || settings[i].kind == URL)
            free_secret(*(char **)((char *)conf + settings[i].at));
    free(conf->state);
    free(conf->spool_dir);
    free_secret(conf->sign_key);
    free(conf);
}

bool
conf_has_model(const struct conf *conf)
{
    return conf->openai_key != NULL || conf->openai_url != NULL;
}
