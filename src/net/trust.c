/* One store of certificate authorities for all handles; see trust.h. */
#include "net/trust.h"

#include <openssl/ssl.h>
#include <pthread.h>
#include <string.h>

#include "base/log.h"

static pthread_once_t looked = PTHREAD_ONCE_INIT;
static pthread_once_t loaded = PTHREAD_ONCE_INIT;
static const char *file;  /* NULL: libcurl's own way */
static X509_STORE *store; /* lives to the end */

static void
look(void)
{
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

    if (v->ssl_version != NULL && strncmp(v->ssl_version, "OpenSSL/", 8) == 0 &&
        v->age >= CURLVERSION_SEVENTH)
        file = v->cainfo;
}

static void
load(void)
{
    X509_STORE *s = X509_STORE_new();

    if (s == NULL)
        return;
    if (X509_STORE_load_locations(s, file, NULL) != 1) {
        log_warn("cannot read the certificate authorities in %s", file);
        X509_STORE_free(s);
        return;
    }
    /* As libcurl does: an intermediate authority may be trusted. */
    (void)X509_STORE_set_flags(s, X509_V_FLAG_PARTIAL_CHAIN);
    store = s;
}

/* Called by libcurl for each new TLS connection, before the handshake. */
static CURLcode
use_store(CURL *c, void *ssl_ctx, void *data)
{
    (void)c;
    (void)data;
    (void)pthread_once(&loaded, load);
    if (store == NULL)
        return CURLE_SSL_CACERT_BADFILE;
    SSL_CTX_set1_cert_store(ssl_ctx, store);
    return CURLE_OK;
}

void
trust_shared(CURL *c)
{
    (void)pthread_once(&looked, look);
    if (file == NULL ||
        curl_easy_setopt(c, CURLOPT_SSL_CTX_FUNCTION, use_store) != CURLE_OK)
        return;
    /* Or it would read its own copy first, only to drop it. */
    (void)curl_easy_setopt(c, CURLOPT_CAINFO, NULL);
    (void)curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
}
