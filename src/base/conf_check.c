/* Settings held against each other; see conf_check.h. */
#include "base/conf_check.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/mem.h"

#define SPARE_MAX 16       /* processors that analyze, unless more are set */
#define SIGN_KEY_DIGITS 64 /* 32 bytes */
#define JWT_SECRET_MIN 32  /* as the hash is long (RFC 7518) */

void
conf_fault(struct buf *faults, const char *fmt, ...)
{
    char clause[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(clause, sizeof(clause), fmt, ap);
    va_end(ap);
    buf_addf(faults, "%s%s", faults->len > 0 ? "; " : "", clause);
}

/* The key that signs URLs; whoever reads it can sign, so it must be ours
 * alone. */
static void
sign_key_read(struct conf *conf, struct buf *faults)
{
    auto_free char *path = xasprintf("%s/secrets/sign.key", conf->state);
    auto_file FILE *file = fopen(path, "re");
    char key[SIGN_KEY_DIGITS + 2] = "";
    struct stat st;

    if (file == NULL || fstat(fileno(file), &st) == -1) {
        conf_fault(faults, "cannot read %s: %s", path, strerror(errno));
        return;
    }
    if ((st.st_mode & 077) != 0)
        conf_fault(faults, "%s may be read by others (chmod 600 it)", path);
    if (fgets(key, sizeof(key), file) == NULL ||
        strspn(key, "0123456789abcdefABCDEF") != SIGN_KEY_DIGITS) {
        conf_fault(faults, "%s does not hold %d hexadecimal digits", path,
                   SIGN_KEY_DIGITS);
        return;
    }
    conf->sign_key = xstrndup(key, SIGN_KEY_DIGITS);
}

static void
need(struct buf *faults, const char *value, const char *name, const char *why)
{
    if (value == NULL)
        conf_fault(faults, "%s is not set%s", name, why);
}

static void
check_storage(struct conf *c, struct buf *faults)
{
    if (strcmp(c->storage, "supabase") == 0) {
        need(faults, c->supabase_url, "SUPABASE_URL",
             ", STORAGE=supabase needs it");
        need(faults, c->supabase_key, "SUPABASE_SERVICE_ROLE_KEY",
             ", STORAGE=supabase needs it");
    } else if (strcmp(c->storage, "local") == 0) {
        sign_key_read(c, faults);
    } else {
        conf_fault(faults, "STORAGE must be local or supabase, not \"%.20s\"",
                   c->storage);
    }
    if (c->store_dir == NULL)
        c->store_dir = xasprintf("%s/store", c->state);
    else if (c->store_dir[0] != '/')
        conf_fault(faults, "STORE_DIR must be an absolute path");
    c->spool_dir = xasprintf("%s/.spool", c->store_dir);
}

/* Is the host at p, up to its port or path, this machine's own? */
bool
conf_is_here(const char *p)
{
    size_t len = *p == '[' ? strcspn(p, "]") + 1 : strcspn(p, ":/");

    return (len == 9 && strncasecmp(p, "localhost", 9) == 0) ||
           (len == 5 && strncmp(p, "[::1]", 5) == 0) ||
           (strncmp(p, "127.", 4) == 0 && strspn(p, "0123456789.") == len);
}

bool
conf_is_loopback(const struct conf *conf)
{
    const char *url = conf->public_url;

    if (!conf_is_here(conf->listen))
        return false;
    return url == NULL || conf_is_here(strstr(url, "://") + 3);
}

static bool
is_address(const char *s)
{
    size_t len = s[0] == '[' ? strspn(s + 1, "0123456789abcdefABCDEF:.")
                             : strspn(s, "0123456789.");

    return len > 1 && strcmp(s[0] == '[' ? s + 1 + len : s + len,
                             s[0] == '[' ? "]" : "") == 0;
}

/* As browsers write one: scheme, host, and a port that is not the scheme's.
 * Never "*" and never "null", which any page can be. */
static bool
is_origin(const char *s, size_t len)
{
    size_t scheme = strncmp(s, "https://", 8) == 0  ? 8
                    : strncmp(s, "http://", 7) == 0 ? 7
                                                    : 0;

    return scheme > 0 && len > scheme &&
           strspn(s + scheme, "abcdefghijklmnopqrstuvwxyz0123456789.-:[]") ==
               len - scheme;
}

static void
check_origins(const struct conf *c, struct buf *faults)
{
    for (const char *p = c->cors_origins; p != NULL && *p != '\0';) {
        size_t len;

        p += strspn(p, " \t,");
        len = strcspn(p, " \t,");
        if (len > 0 && !is_origin(p, len))
            conf_fault(faults,
                       "CORS_ORIGINS must hold origins such as "
                       "https://studio.example.org, not \"%.*s\"",
                       (int)(len < 60 ? len : 60), p);
        p += len;
    }
}

static void
check_supabase(const struct conf *c, struct buf *faults)
{
    need(faults, c->supabase_url, "SUPABASE_URL", ", AUTH=supabase needs it");
    need(faults, c->supabase_public, "SUPABASE_PUBLISHABLE_KEY",
         ", AUTH=supabase needs it for people to sign in on the page");
    if (c->jwt_secret != NULL && strlen(c->jwt_secret) < JWT_SECRET_MIN)
        conf_fault(faults,
                   "SUPABASE_JWT_SECRET has less than %d characters, "
                   "so it can be guessed",
                   JWT_SECRET_MIN);
}

/* Without sign-in, whoever reaches us may do everything. */
static void
check_auth(struct conf *c, struct buf *faults)
{
    if (!is_address(c->listen))
        conf_fault(faults,
                   "LISTEN must be an address such as 127.0.0.1, 0.0.0.0 or "
                   "[::], not \"%.60s\"",
                   c->listen);
    if (strcmp(c->auth, "supabase") == 0) {
        check_supabase(c, faults);
        return;
    }
    if (strcmp(c->auth, "token") == 0)
        return;
    if (strcmp(c->auth, "none") != 0)
        conf_fault(faults,
                   "AUTH must be none, token or supabase, not \"%.20s\"",
                   c->auth);
    else if (!conf_is_loopback(c))
        conf_fault(faults,
                   "%s says that others reach this server, and with AUTH=none "
                   "everybody who does may read, change and delete all of it: "
                   "set AUTH=token (then ./trainmode token add NAME) or "
                   "AUTH=supabase",
                   conf_is_here(c->listen) ? "PUBLIC_URL" : "LISTEN");
}

static int
processors(void)
{
    cpu_set_t ours;

    if (sched_getaffinity(0, sizeof(ours), &ours) == -1)
        return 1; /* more processors than the set has room for, or no word */
    return CPU_COUNT(&ours);
}

/* One processor is left to requests, where there is more than one. */
static int
processors_to_spare(void)
{
    int n = processors() - 1;

    return n < 1 ? 1 : n > SPARE_MAX ? SPARE_MAX : n;
}

static void
one_of(struct buf *faults, const char *name, const char *value,
       const char *const *words, const char *said)
{
    for (; *words != NULL; words++)
        if (strcmp(value, *words) == 0)
            return;
    conf_fault(faults, "%s must be %s, not \"%.20s\"", name, said, value);
}

static void
check_captions(const struct conf *c, struct buf *faults)
{
    static const char *const hears[] = {"off", "excerpt", "windows", NULL};
    static const char *const forms[] = {"mp3", "wav", NULL};
    static const char *const prompts[] = {"auto", "train-v1", "train-v2", NULL};

    one_of(faults, "CAPTION_AUDIO", c->caption_audio, hears,
           "off, excerpt or windows");
    one_of(faults, "CAPTION_AUDIO_FORMAT", c->audio_format, forms,
           "mp3 or wav");
    one_of(faults, "CAPTION_PROMPT", c->caption_prompt, prompts,
           "auto, train-v1 or train-v2");
}

void
conf_check(struct conf *conf, struct buf *faults)
{
    need(faults, conf->database_url, "DATABASE_URL", "");
    check_storage(conf, faults);
    check_origins(conf, faults);
    check_auth(conf, faults);
    check_captions(conf, faults);
    if (conf->analysis_threads == CONF_AS_SPARE)
        conf->analysis_threads = processors_to_spare();
    if (conf->convert_threads == CONF_AS_SPARE)
        conf->convert_threads = processors_to_spare();
    if (conf->export_converts == 0)
        conf->export_converts = processors();
}
