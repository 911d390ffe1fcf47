/* store/supabase against a scripted server: what older servers, gateways and
 * broken ones say, which the double of the API tests does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../net/scripted.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/store.h"

#define KEY "sb_secret_that_nobody_may_read"
#define PATH "artists/a/training/i/audio.mp3"

/* ---- scripts ---- */

static void
answer(int fd, int status, const char *headers, const char *body)
{
    auto_free char *all =
        xasprintf("HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n%s", status,
                  headers, strlen(body), body);

    say(fd, all);
}

static bool
bucket_asked(int fd, const char *request)
{
    if (strncmp(request, "GET /storage/v1/bucket/", 23) != 0)
        return false;
    answer(fd, 200, "", "{\"id\":\"b\",\"public\":false}");
    return true;
}

/* The path of a stat says which refusal it gets. */
static void
refuses(int fd, const char *request, int nth)
{
    static const struct {
        const char *name;
        int status;
        const char *body;
    } rows[] = {
        {"/older-missing", 400,
         "{\"statusCode\":\"404\",\"error\":\"not_found\","
         "\"message\":\"The resource was not found\"}"},
        {"/number", 404,
         "{\"statusCode\":404,\"error\":\"Not Found\","
         "\"message\":\"Route GET:/object not found\"}"},
        {"/inside", 400,
         "{\"statusCode\":\"413\",\"error\":\"Payload too large\","
         "\"message\":\"The object exceeded the maximum allowed size\"}"},
        {"/page", 403, "<html>\r\n<b>Forbidden</b></html>"},
        {"/unpaid", 402, "{\"message\":\"exceed_storage_size_quota\"}"},
        {"/quotes", 400,
         "{\"statusCode\":\"400\",\"code\":\"InvalidRequest\",\"message\":"
         "\"bad key " KEY "\"}"},
        {"/bucket", 400,
         "{\"statusCode\":\"404\",\"error\":\"Bucket not found\",\"code\":"
         "\"NoSuchBucket\",\"message\":\"Bucket not found\"}"},
        {"/sizeless", 200, "{\"last_modified\":\"2026-11-26T23:21:24.1Z\"}"},
        {"/list", 200, "[1,2]"},
    };

    (void)nth;
    if (bucket_asked(fd, request))
        return;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strstr(request, rows[i].name) != NULL) {
            answer(fd, rows[i].status, "", rows[i].body);
            return;
        }
    answer(fd, 500, "", "unexpected");
}

static void
signs(int fd, const char *request, int nth)
{
    (void)nth;
    if (bucket_asked(fd, request))
        return;
    if (strstr(request, "\"expiresIn\":3600") == NULL &&
        strstr(request, "\"expiresIn\": 3600") == NULL)
        answer(fd, 400, "", "{\"message\":\"no time\"}");
    else if (strstr(request, "/odd.zip") != NULL)
        answer(fd, 200, "",
               "{\"signedURL\":\"/object/sign/b/artists/a/datasets/odd.zip"
               "?token=a b\\u00fc\"}");
    else if (strstr(request, "/other.zip") != NULL)
        answer(fd, 200, "",
               "{\"signedURL\":\"/object/sign/b/artists/a/datasets/one.zip"
               "?token=x\"}");
    else
        answer(fd, 200, "", "{\"signedURL\":\"http://elsewhere/one.zip\"}");
}

static void
lists(int fd, const char *request, int nth)
{
    (void)nth;
    if (bucket_asked(fd, request))
        return;
    if (strstr(request, "\"prefix\":\"artists/endless/\"") != NULL)
        answer(fd, 200, "", "{\"hasNext\":true,\"objects\":[]}");
    else if (strstr(request, "\"cursor\":\"two\"") == NULL)
        answer(fd, 200, "",
               "{\"hasNext\":true,\"nextCursor\":\"two\",\"objects\":["
               "{\"name\":\"audio.mp3\",\"key\":\"" PATH "\","
               "\"updated_at\":\"2026-11-26T23:21:24.1Z\","
               "\"metadata\":{\"size\":77}},"
               "{\"name\":\"notes.txt\","
               "\"created_at\":\"2026-11-26T23:21:24.1Z\"}]}");
    else
        answer(fd, 200, "",
               "{\"hasNext\":false,\"objects\":["
               "{\"name\":\"artists/a/training/i/prompt.txt\","
               "\"created_at\":\"2026-11-26T23:21:24.1Z\","
               "\"metadata\":null}]}");
}

/* Ten bytes, five per connection; the path decides what the second one
 * sends. */
static void
breaks(int fd, const char *request, int nth)
{
    bool again = strstr(request, "Range: bytes=5-9") != NULL;

    (void)nth;
    if (bucket_asked(fd, request))
        return;
    if (!again && strstr(request, "/bare") != NULL)
        say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
    else if (!again)
        say(fd, "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 10\r\n"
                "\r\n01234");
    else if (strstr(request, "/replaced") != NULL)
        answer(fd, 206, "ETag: \"two\"\r\n", "xxxxx");
    else if (strstr(request, "/whole") != NULL)
        answer(fd, 200, "ETag: \"one\"\r\n", "0123456789");
    else if (strstr(request, "/shorter") != NULL)
        answer(fd, 206, "ETag: \"one\"\r\n", "567");
    else
        answer(fd, 206, "ETag: \"one\"\r\n", "56789");
    if (!again)
        (void)shutdown(fd, SHUT_RDWR);
}

/* The second of two uploads is refused; a stat shows what exists then. */
static void
refuses_the_second(int fd, const char *request, int nth)
{
    static bool removed; /* in the server's process */

    (void)nth;
    if (bucket_asked(fd, request))
        return;
    if (strncmp(request, "DELETE ", 7) == 0)
        removed = strstr(request, "audio.mp3") != NULL;
    if (strstr(request, "prompt.txt") != NULL ||
        (removed && strncmp(request, "GET ", 4) == 0))
        answer(fd, 400, "",
               "{\"statusCode\":\"404\",\"error\":\"not_found\","
               "\"message\":\"The resource was not found\"}");
    else
        answer(fd, 200, "",
               "{\"size\":5,\"last_modified\":\"2026-11-26T23:21:24.1Z\"}");
}

/* ---- the house ---- */

struct house {
    struct server server;
    struct conf conf;
    struct store *store;
    char dir[64];
};

/* The store keeps a pointer to the settings, so the house must not move. */
static void
open_house(struct house *h, script *fn)
{
    struct err err = ERR_INIT;

    *h = (struct house){.server = server_start(fn)};

    strcpy(h->dir, "/tmp/test_supabase.XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    h->conf.storage = xstrdup("supabase");
    h->conf.spool_dir = xasprintf("%s/spool", h->dir);
    h->conf.supabase_url =
        xstrndup(h->server.url, strcspn(h->server.url + 7, "/") + 7);
    h->conf.supabase_key = xstrdup(KEY);
    h->conf.supabase_bucket = xstrdup("b");
    h->conf.supabase_resumable = 6 << 20;
    h->store = store_open(&h->conf, &err);
    assert_non_null(h->store);
}

static void
close_house(struct house *h)
{
    store_close(h->store);
    server_stop(&h->server);
    (void)rmdir(h->conf.spool_dir);
    (void)rmdir(h->dir);
    free(h->conf.storage);
    free(h->conf.spool_dir);
    free(h->conf.supabase_url);
    free(h->conf.supabase_key);
    free(h->conf.supabase_bucket);
}

/* ---- the tests ---- */

static char *
spool_text(struct house *h, const char *text)
{
    struct err err = ERR_INIT;
    char *path = NULL;
    auto_fd int fd = store_spool(h->store, &path, &err);

    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    return path;
}

static void
several_objects_are_put_or_none(void **state)
{
    struct house h;
    struct err err = ERR_INIT;
    struct store_info info;

    (void)state;
    open_house(&h, refuses_the_second);
    {
        auto_free char *one = spool_text(&h, "sound");
        auto_free char *two = spool_text(&h, "words");
        const struct store_put puts[] = {
            {PATH, one, "audio/mpeg"},
            {"artists/a/training/i/prompt.txt", two, "text/plain"}};

        assert_int_equal(store_put_all(h.store, puts, 2, &err), -1);
        err_clear(&err);
        assert_int_equal(store_stat(h.store, PATH, &info, &err), -1);
        assert_int_equal(err.code, ERR_OBJECT_NOT_FOUND);
        (void)unlink(two);
    }
    close_house(&h);
}

static void
refusals_are_read_whatever_their_form(void **state)
{
    static const struct {
        const char *path;
        enum err_code code;
        const char *says;
    } rows[] = {
        {"artists/a/older-missing", ERR_OBJECT_NOT_FOUND, ""},
        {"artists/a/number", ERR_STORAGE, "Route GET:/object not found"},
        {"artists/a/inside", ERR_TOO_LARGE, "raise the limit"},
        {"artists/a/page", ERR_STORAGE, "refuses SUPABASE_SERVICE_ROLE_KEY"},
        {"artists/a/unpaid", ERR_STORAGE, "exceed_storage_size_quota"},
        {"artists/a/quotes", ERR_STORAGE, "words that hold the key"},
        {"artists/a/bucket", ERR_STORAGE, "no bucket \"b\""},
        {"artists/a/sizeless", ERR_STORAGE, "without size or time"},
        {"artists/a/list", ERR_STORAGE, "is no JSON"},
    };
    struct house h;

    (void)state;
    open_house(&h, refuses);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = ERR_INIT;
        struct store_info info;

        assert_int_equal(store_stat(h.store, rows[i].path, &info, &err), -1);
        assert_int_equal(err.code, rows[i].code);
        assert_non_null(strstr(err.msg, rows[i].says));
        assert_null(strstr(err.msg, KEY));
    }
    close_house(&h);
}

static void
a_signed_url_is_absolute_and_this_objects(void **state)
{
    struct house h;
    auto_free char *want = NULL;
    struct err err = ERR_INIT;
    auto_free char *url = NULL;
    char *none = NULL;
    int64_t until;

    (void)state;
    open_house(&h, signs);
    want = xasprintf("%s/storage/v1/object/sign/b/artists/a/datasets/odd.zip"
                     "?token=a%%20b%%C3%%BC",
                     h.conf.supabase_url);
    assert_int_equal(store_sign(h.store, "artists/a/datasets/odd.zip", 3600,
                                "http://us", &url, &until, &err),
                     0);
    assert_string_equal(url, want);
    assert_int_equal(store_sign(h.store, "artists/a/datasets/other.zip", 3600,
                                "http://us", &none, &until, &err),
                     -1);
    err_clear(&err);
    assert_int_equal(store_sign(h.store, "artists/a/datasets/far.zip", 3600,
                                "http://us", &none, &until, &err),
                     -1);
    assert_int_equal(err.code, ERR_STORAGE);
    close_house(&h);
}

static int
note(void *ctx, const char *path, const struct store_info *info,
     struct err *err)
{
    struct buf *seen = ctx;

    (void)err;
    return buf_addf(seen, "%s %d %d\n", path, (int)info->size,
                    (int)info->modified);
}

static void
a_list_is_read_to_its_end(void **state)
{
    struct house h;
    auto_buf struct buf seen = BUF_INIT(4096);
    struct err err = ERR_INIT;

    (void)state;
    open_house(&h, lists);
    assert_int_equal(store_list(h.store, "artists/", note, &seen, &err), 0);
    assert_string_equal(buf_str(&seen),
                        PATH " 77 1795735284\n"
                             "artists/a/training/i/prompt.txt 0 1795735284\n");
    assert_int_equal(store_list(h.store, "artists/endless/", note, &seen, &err),
                     -1);
    assert_non_null(strstr(err.msg, "does not say where"));
    close_house(&h);
}

/* The bytes read, and whether the end was reached. */
static bool
read_text(struct store *store, const char *path, char ret[16], struct err *err)
{
    int64_t size = -1;
    auto_store_reader struct store_reader *r =
        store_read_open(store, path, &size, err);
    size_t at = 0;
    ssize_t n;

    assert_non_null(r);
    assert_int_equal(size, 10);
    while ((n = store_read(r, ret + at, 15 - at, err)) > 0)
        at += (size_t)n;
    ret[at] = '\0';
    return n == 0;
}

static void
a_broken_download_takes_only_the_rest(void **state)
{
    static const struct {
        const char *path, *says;
    } rows[] = {{"artists/a/replaced", "replaced while it was read"},
                {"artists/a/whole", "another range"},
                {"artists/a/shorter", "another length"},
                {"artists/a/bare", "does not answer"}};
    struct house h;
    struct err err = ERR_INIT;
    char text[16];

    (void)state;
    open_house(&h, breaks);
    assert_true(read_text(h.store, "artists/a/good", text, &err));
    assert_string_equal(text, "0123456789");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        err_clear(&err);
        assert_false(read_text(h.store, rows[i].path, text, &err));
        assert_string_equal(text, "01234");
        assert_int_equal(err.code, ERR_STORAGE);
        assert_non_null(strstr(err.msg, rows[i].says));
    }
    close_house(&h);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals_are_read_whatever_their_form),
        cmocka_unit_test(several_objects_are_put_or_none),
        cmocka_unit_test(a_signed_url_is_absolute_and_this_objects),
        cmocka_unit_test(a_list_is_read_to_its_end),
        cmocka_unit_test(a_broken_download_takes_only_the_rest),
    };

    log_init("test");
    return cmocka_run_group_tests_name("store/supabase", tests, NULL, NULL);
}
