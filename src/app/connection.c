/* The model that writes captions; see connection.h. */
#include "app/connection.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "caption/model.h"
#include "db/model.h"

enum { FRESH_MS = 1000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct model_row known;
static int64_t read_at; /* clock_mono_ms(); 0: never */

void
connection_release(struct connection *c)
{
    free(c->url);
    free(c->model);
    free_secret(c->key);
    *c = (struct connection){0};
}

void
connection_try(struct app *app, const char *url, const char *model,
               const char *key, struct connection *ret)
{
    *ret = (struct connection){.conf = *app->conf,
                               .url = xstrdup(url),
                               .model = xstrdup(model),
                               .key = xstrdup(key)};
    ret->conf.openai_url = ret->url;
    ret->conf.openai_key = ret->key;
    if (model != NULL)
        ret->conf.openai_model = ret->model;
}

void
connection_renew(void)
{
    (void)pthread_mutex_lock(&lock);
    read_at = 0;
    (void)pthread_mutex_unlock(&lock);
}

/* The last known connection stays valid while the database is away. */
static int
refresh(struct app *app, struct err *err)
{
    auto_model_row struct model_row row = {0};
    struct err why = ERR_INIT;

    if (model_row_get(app->db, &row, &why) == -1) {
        if (read_at != 0)
            return 0;
        *err = why;
        return -1;
    }
    model_row_release(&known);
    known = row;
    row = (struct model_row){0};
    read_at = clock_mono_ms();
    return 0;
}

int
connection_open(struct app *app, struct connection *ret, struct err *err)
{
    int rc = 0;

    *ret = (struct connection){.conf = *app->conf};
    if (model_is_set(app->conf))
        return 0;
    (void)pthread_mutex_lock(&lock);
    if (read_at == 0 || clock_mono_ms() - read_at > FRESH_MS)
        rc = refresh(app, err);
    if (rc == 0 && known.url != NULL)
        connection_try(app, known.url, known.model, known.key, ret);
    (void)pthread_mutex_unlock(&lock);
    return rc;
}

/* After "https://", and after a user and a password. */
static const char *
host_of(const struct conf *conf)
{
    const char *host = strstr(conf->openai_url, "://") + 3;
    const char *at = strchr(host, '@');

    return at != NULL && strcspn(host, "/?#") > (size_t)(at - host) ? at + 1
                                                                    : host;
}

char *
connection_host(const struct conf *conf)
{
    char *host;

    if (conf->openai_url == NULL)
        return xstrdup("api.openai.com");
    host = xstrndup(host_of(conf), strcspn(host_of(conf), "/?#"));
    for (char *p = host; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    return host;
}

bool
connection_is_here(const struct conf *conf)
{
    return conf->openai_url != NULL && conf_is_here(host_of(conf));
}

/* Letters of a URL, without any that could change its host: no user, no blank,
 * no backslash. */
static bool
is_plain(const char *url)
{
    return url[strspn(url,
                      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                      "0123456789-._~:/?[]=&%+,")] == '\0';
}

const char *
connection_fault(const char *url)
{
    if (!is_plain(url) || strlen(url) > 500)
        return "url is not the address of a server";
    if (strncasecmp(url, "https://", 8) == 0)
        return url[8] != '\0' && strchr("/?:", url[8]) == NULL
                   ? NULL
                   : "url is not the address of a server";
    if (strncasecmp(url, "http://", 7) == 0 && conf_is_here(url + 7))
        return NULL;
    return "url is https, or http on this machine (http://127.0.0.1:8081/v1)";
}
