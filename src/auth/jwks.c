/* An issuer's public keys; see jwks.h. */
#include "auth/jwks.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/http.h"

#define KEYS_MAX 64
#define OLD_MS (5 * 60 * 1000)      /* fetched again by one thread */
#define TOO_OLD_MS (10 * 60 * 1000) /* waited for */
#define PAUSE_MS 5000               /* between fetches, whatever their result */
#define CONNECT_MS 3000
#define TOTAL_MS 5000
#define BYTES_MAX (256 * 1024)

#define NEVER (-TOO_OLD_MS - 1)

struct jwks {
    char *url;
    char *apikey; /* "apikey: ..." or NULL */
    pthread_mutex_t lock;
    pthread_cond_t fetched;
    /* under the lock */
    struct key keys[KEYS_MAX];
    size_t n;
    int64_t asked_ms; /* when the last fetch began */
    int64_t got_ms;   /* when the last fetch that gave keys ended */
    bool fetching;
    bool away; /* the last one gave none */
};

struct jwks *
jwks_open(const char *url, const char *apikey)
{
    struct jwks *j = xcalloc(1, sizeof(*j));

    j->url = xstrdup(url);
    j->apikey = apikey != NULL ? xasprintf("apikey: %s", apikey) : NULL;
    j->asked_ms = j->got_ms = clock_mono_ms() + NEVER;
    pthread_mutex_init(&j->lock, NULL);
    pthread_cond_init(&j->fetched, NULL);
    return j;
}

static void
drop_keys(struct key *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        key_release(&keys[i]);
}

void
jwks_close(struct jwks *j)
{
    if (j == NULL)
        return;
    drop_keys(j->keys, j->n);
    pthread_cond_destroy(&j->fetched);
    pthread_mutex_destroy(&j->lock);
    free(j->apikey);
    free(j->url);
    free(j);
}

/* ---- fetching ---- */

/* Keys that we cannot use are skipped; the set may be empty. */
static int
read_keys(const struct buf *body, struct key *ret, size_t *ret_n,
          struct err *err)
{
    auto_json json_object *set =
        json_parse_object(buf_str(body), body->len, err);
    json_object *list = NULL;

    if (set == NULL || json_array(set, "keys", &list, err) == -1)
        return -1;
    for (size_t i = 0; i < json_object_array_length(list) && *ret_n < KEYS_MAX;
         i++)
        if (key_from_jwk(json_object_array_get_idx(list, i), &ret[*ret_n]))
            (*ret_n)++;
    return 0;
}

static int
fetch(const struct jwks *j, struct key *ret, size_t *ret_n, struct err *err)
{
    const char *const headers[] = {"Accept: application/json", j->apikey, NULL};
    struct http_req rq = {.method = "GET",
                          .url = j->url,
                          .headers = headers,
                          .connect_ms = CONNECT_MS,
                          .total_ms = TOTAL_MS,
                          .max = BYTES_MAX};
    auto_http_resp struct http_resp resp = {0};

    if (http_do(&rq, &resp, err) == -1)
        return -1;
    if (resp.status != 200)
        return err_set(err, ERR_INTERNAL, "status %d", resp.status);
    return read_keys(&resp.body, ret, ret_n, err);
}

/* Called with the lock held; releases it during the fetch. */
static void
fetch_locked(struct jwks *j)
{
    struct key *keys = xcalloc(KEYS_MAX, sizeof(*keys));
    struct err err = ERR_INIT;
    size_t n = 0;
    int rc;

    j->fetching = true;
    j->asked_ms = clock_mono_ms();
    pthread_mutex_unlock(&j->lock);
    rc = fetch(j, keys, &n, &err);
    if (rc == -1)
        log_warn("sign-in: keys of %s: %s", j->url, err.msg);
    pthread_mutex_lock(&j->lock);
    if (rc == 0) {
        drop_keys(j->keys, j->n);
        memcpy(j->keys, keys, n * sizeof(*keys));
        j->n = n;
        j->got_ms = clock_mono_ms();
    }
    free(keys);
    j->away = rc == -1;
    j->fetching = false;
    pthread_cond_broadcast(&j->fetched);
}

/* ---- finding ---- */

static const struct key *
look_up(const struct jwks *j, const char *kid)
{
    for (size_t i = 0; i < j->n; i++)
        if (strcmp(j->keys[i].id, kid) == 0)
            return &j->keys[i];
    return NULL;
}

/*
 * The key with this name, fresh enough, after at most one fetch. If the issuer
 * is away, a cached key will do. Waits for another thread's fetch only if it
 * could change the answer.
 */
static const struct key *
find_locked(struct jwks *j, const char *kid)
{
    for (;;) {
        const struct key *k = look_up(j, kid);
        int64_t now = clock_mono_ms();
        int64_t age = now - j->got_ms;
        bool will_do = k != NULL && (age < TOO_OLD_MS || j->away);

        if (k != NULL && age < OLD_MS)
            return k;
        if (!j->fetching && now - j->asked_ms >= PAUSE_MS) {
            fetch_locked(j);
            continue;
        }
        if (will_do || !j->fetching)
            return k;
        pthread_cond_wait(&j->fetched, &j->lock);
    }
}

static int
find(struct jwks *j, const char *kid, struct key *ret, struct err *err)
{
    const struct key *k;
    bool away;

    pthread_mutex_lock(&j->lock);
    k = find_locked(j, kid);
    if (k != NULL)
        key_copy(k, ret);
    away = j->away;
    pthread_mutex_unlock(&j->lock);
    if (k != NULL)
        return 0;
    if (!away)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the access token is signed by a key that its project "
                       "does not have; sign in again");
    err->retry_after = PAUSE_MS / 1000;
    return err_set(err, ERR_SIGN_IN_AWAY, "the issuer's keys are not known");
}

bool
jwks_knows(struct jwks *j, const char *kid)
{
    bool known;

    pthread_mutex_lock(&j->lock);
    known = look_up(j, kid) != NULL;
    pthread_mutex_unlock(&j->lock);
    return known;
}

int
jwks_verify(struct jwks *j, const struct jwt *t, struct err *err)
{
    auto_cleanup(key_release) struct key k = {0};

    if (t->kid == NULL)
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the access token does not name its key");
    if (find(j, t->kid, &k, err) == -1)
        return -1;
    if (k.alg != t->alg || !key_verify(&k, t->text, t->sig, t->sig_len))
        return err_set(err, ERR_UNAUTHENTICATED,
                       "the access token's signature is not its project's");
    return 0;
}
