/*
 * auth/jwks: if many threads need the keys at the same time, they are fetched
 * once; an unknown key does not wait; an issuer that is away is not a bad
 * token.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>

#include "auth/jwks.h"
#include "base/json.h"
#include "base/mem.h"
#include "issuer.h"
#include "../net/scripted.h"

#define THREADS 8

static EVP_PKEY *key;
static char *answer; /* set before the server forks */

/* The first time the keys, slowly; afterwards none any more. */
static void
keys_once(int fd, const char *request, int nth)
{
    static int asked;

    (void)nth;
    if (strncmp(request, "GET ", 4) != 0 ||
        strstr(request, "apikey: a-key\r\n") == NULL)
        asked++;
    nap(300);
    if (asked++ == 0) {
        say(fd, answer);
        return;
    }
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{\"keys\":[]}");
}

static void
no_keys(int fd, const char *request, int nth)
{
    (void)request;
    (void)nth;
    say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"keys\":[{]}");
}

static int
setup(void **state)
{
    auto_json json_object *set = json_object_new_object();
    json_object *list = json_object_new_array();
    const char *text;

    (void)state;
    key = issuer_ec();
    json_object_array_add(list, NULL); /* and something that is not a key */
    json_object_array_add(list, json_object_new_string("x"));
    json_object_array_add(list, issuer_jwk(key, "known"));
    json_add(set, "keys", list);
    text = json_out(set);
    answer = xasprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu\r\n\r\n%s",
                       strlen(text), text);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    EVP_PKEY_free(key);
    free(answer);
    return 0;
}

struct visit {
    struct jwks *keys;
    const char *token;
    enum err_code got;
};

static void *
visit(void *arg)
{
    struct visit *v = arg;
    auto_jwt struct jwt t = {0};
    struct err err = ERR_INIT;

    if (jwt_read(v->token, &t, &err) == 0)
        (void)jwks_verify(v->keys, &t, &err);
    v->got = err.code;
    return NULL;
}

static enum err_code
verdict(struct jwks *j, const char *token)
{
    struct visit v = {j, token, ERR_NONE};

    (void)visit(&v);
    return v.got;
}

static void
many_at_once_fetch_once(void **state)
{
    struct server s = server_start(keys_once);
    struct jwks *j = jwks_open(s.url, "a-key");
    auto_free char *good = issuer_token("ES256", "known", issuer_claims(), key);
    auto_free char *strange =
        issuer_token("ES256", "unknown", issuer_claims(), key);
    auto_free char *nameless =
        issuer_token("ES256", NULL, issuer_claims(), key);
    struct visit visits[THREADS];
    pthread_t threads[THREADS];

    (void)state;
    assert_false(jwks_knows(j, "known"));
    for (size_t i = 0; i < THREADS; i++) {
        visits[i] = (struct visit){j, good, ERR_INTERNAL};
        assert_int_equal(pthread_create(&threads[i], NULL, visit, &visits[i]),
                         0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(visits[i].got, ERR_NONE);
    }
    assert_true(jwks_knows(j, "known"));
    /* too soon to fetch again, and no reason to forget known keys */
    assert_int_equal(verdict(j, strange), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(j, nameless), ERR_UNAUTHENTICATED);
    assert_int_equal(verdict(j, good), ERR_NONE);
    jwks_close(j);
    server_stop(&s);
}

static void
away_is_not_unauthenticated(void **state)
{
    struct server s = server_start(no_keys);
    struct jwks *j = jwks_open(s.url, NULL);
    auto_free char *good = issuer_token("ES256", "known", issuer_claims(), key);
    auto_jwt struct jwt t = {0};
    struct err err = ERR_INIT;

    (void)state;
    assert_int_equal(jwt_read(good, &t, &err), 0);
    for (int i = 0; i < 3; i++) { /* fetched once, reported each time */
        assert_int_equal(jwks_verify(j, &t, &err), -1);
        assert_int_equal(err.code, ERR_SIGN_IN_AWAY);
        assert_true(err.retry_after > 0);
        err_clear(&err);
    }
    jwks_close(j);
    server_stop(&s);
    j = jwks_open(s.url, NULL); /* nobody listens there any more */
    assert_int_equal(verdict(j, good), ERR_SIGN_IN_AWAY);
    jwks_close(j);
    jwks_close(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_at_once_fetch_once),
        cmocka_unit_test(away_is_not_unauthenticated),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
