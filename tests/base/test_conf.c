/* base/conf.c: the sources of settings, and the reporting of faults. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "app/settings.h"
#include "base/conf.h"
#include "base/mem.h"
#include "base/processors.h"
#include "caption/model.h"

static char dir[] = "/tmp/trainmode-conf-XXXXXX";

static void
write_file(const char *name, const char *text, mode_t mode)
{
    auto_free char *path = xasprintf("%s/%s", dir, name);
    auto_file FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fchmod(fileno(file), mode), 0);
}

#define KEY "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* A state folder as `./trainmode up` makes it, and an empty environment. */
static int
before(void **state)
{
    (void)state;
    for (const struct settings *const *r = app_settings; *r != NULL; r++)
        for (size_t i = 0; i < (*r)->n; i++)
            unsetenv((*r)->rows[i].name);
    setenv("TRAINMODE_STATE", dir, 1);
    setenv("DATABASE_URL", "host=/nowhere dbname=trainmode", 1);
    write_file("trainmode.conf", "# nothing set\n", 0600);
    write_file("secrets/sign.key", KEY "\n", 0600);
    return 0;
}

static bool
opens(void)
{
    struct err err = ERR_INIT;
    auto_conf struct conf *conf = conf_open(app_settings, "save", &err);

    return conf != NULL;
}

static void
expect_fault(const char *part)
{
    struct err err = ERR_INIT;
    auto_conf struct conf *conf = conf_open(app_settings, "save", &err);

    assert_null(conf);
    if (strstr(err.msg, part) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err.msg, part);
}

static void
defaults_are_the_documented_ones(void **state)
{
    struct err err = ERR_INIT;
    auto_conf struct conf *conf = conf_open(app_settings, "save", &err);

    (void)state;
    assert_non_null(conf);
    assert_string_equal(conf->state, dir);
    assert_string_equal(conf->storage, "local");
    assert_memory_equal(conf->store_dir, dir, strlen(dir));
    assert_string_equal(conf->store_dir + strlen(dir), "/store");
    assert_string_equal(conf->spool_dir + strlen(dir), "/store/.spool");
    assert_string_equal(conf->sign_key, KEY);
    assert_null(conf->public_url);
    assert_string_equal(conf->openai_model, "gpt-4o-mini");
    assert_string_equal(conf->supabase_bucket, "dawa-exports");
    assert_true(conf->durable);
    assert_int_equal(conf->max_audio, INT64_C(2048) << 20);
    assert_int_equal(conf->max_als, 64 << 20);
    assert_int_equal(conf->url_ttl, 24 * 3600);
    assert_int_equal(conf->db_connections, 8);
    assert_int_equal(conf->threads, 16);
    assert_in_range(conf->analysis_threads, 1, 16);
    assert_in_range(conf->convert_threads, 1, 16);
    assert_in_range(conf->export_converts, 1, 4096);
    assert_int_equal(conf->model_timeout, 120);
    assert_int_equal(conf->model_stall, 30);
    assert_int_equal(conf->context_tokens, 6000);
    assert_false(model_is_set(conf));
}

/* One processor is left to requests, if there is more than one. */
static void
analyses_take_the_processors_to_spare(void **state)
{
    cpu_set_t all, few;
    int n = 0;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
    CPU_ZERO(&few);
    for (int i = 0; i < CPU_SETSIZE; i++) {
        struct err err = ERR_INIT;
        auto_conf struct conf *conf = NULL;
        int have;

        if (!CPU_ISSET(i, &all))
            continue;
        CPU_SET(i, &few);
        n++;
        assert_int_equal(sched_setaffinity(0, sizeof(few), &few), 0);
        conf = conf_open(app_settings, "save", &err);
        assert_non_null(conf);
        have = processors(); /* fewer than n if there is a quota */
        assert_in_range(have, 1, n);
        assert_int_equal(conf->analysis_threads, have < 2    ? 1
                                                 : have < 17 ? have - 1
                                                             : 16);
    }
    assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
}

static void
each_program_has_its_own_threads(void **state)
{
    static const struct {
        const char *program;
        int threads;
    } rows[] = {{"train", 512}, {"save", 3}, {"export", 4}, {"library", 16}};

    (void)state;
    setenv("SAVE_THREADS", "3", 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct err err = ERR_INIT;
        auto_conf struct conf *conf =
            conf_open(app_settings, rows[i].program, &err);

        assert_non_null(conf);
        assert_int_equal(conf->threads, rows[i].threads);
    }
}

static void
the_environment_wins_over_the_file(void **state)
{
    struct err err = ERR_INIT;
    auto_conf struct conf *conf = NULL;

    (void)state;
    write_file("trainmode.conf",
               "# a comment\n\n"
               "  OPENAI_MODEL = \"a model\"  \n"
               "OPENAI_BASE_URL=http://127.0.0.1:9/v1//\n"
               "MAX_AUDIO_MB='10'\n"
               "DURABLE=off\n"
               "URL_TTL_HOURS=2",
               0600);
    setenv("URL_TTL_HOURS", "5", 1);
    setenv("OPENAI_MODEL", "", 1); /* empty is not set */
    conf = conf_open(app_settings, "train", &err);
    assert_non_null(conf);
    assert_string_equal(conf->openai_model, "a model");
    assert_string_equal(conf->openai_url, "http://127.0.0.1:9/v1");
    assert_int_equal(conf->max_audio, 10 << 20);
    assert_false(conf->durable);
    assert_int_equal(conf->url_ttl, 5 * 3600);
    assert_true(model_is_set(conf));
}

static void
all_faults_are_told_at_once(void **state)
{
    (void)state;
    setenv("MAX_ALS_MB", "many", 1);
    setenv("DURABLE", "perhaps", 1);
    setenv("PUBLIC_URL", "ftp://example.org", 1);
    unsetenv("DATABASE_URL");
    expect_fault("DURABLE must be on or off, not \"perhaps\"; PUBLIC_URL "
                 "must begin with http:// or https://; MAX_ALS_MB must be a "
                 "whole number from 1 to 4096, not \"many\"; DATABASE_URL is "
                 "not set");
}

static void
what_is_no_address_is_told(void **state)
{
    static const char *const bad[] = {"http://", "https:///v1", "http://a b/v1",
                                      "http://a:1/v1#x", "http://?a=b"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        setenv("OPENAI_BASE_URL", bad[i], 1);
        expect_fault("OPENAI_BASE_URL is not the address of a server");
    }
}

static void
numbers_have_bounds(void **state)
{
    static const char *const bad[] = {"0",  "-1",  "4097",
                                      "8 ", "0x8", "99999999999999999999"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        setenv("TRAIN_THREADS", bad[i], 1);
        expect_fault("TRAIN_THREADS must be a whole number");
    }
}

static void
without_sign_in_only_this_machine_may_reach_us(void **state)
{
    static const char *const fine[] = {"http://localhost:8080",
                                       "https://127.0.0.1", "http://[::1]:8"};
    static const char *const others[] = {
        "https://music.test", "http://localhost.test", "http://127.0.0.1.test",
        "http://192.168.1.2:8080"};

    (void)state;
    for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
        struct err err = ERR_INIT;
        auto_conf struct conf *conf = NULL;

        setenv("PUBLIC_URL", fine[i], 1);
        conf = conf_open(app_settings, "train", &err);
        assert_non_null(conf);
        assert_string_equal(conf->auth, "none");
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        setenv("PUBLIC_URL", others[i], 1);
        setenv("AUTH", "", 1);
        expect_fault("PUBLIC_URL says that others reach this server");
        setenv("AUTH", "token", 1);
        assert_true(opens());
    }
    unsetenv("PUBLIC_URL");
    setenv("LISTEN", "0.0.0.0", 1);
    assert_true(opens());
    setenv("AUTH", "none", 1);
    expect_fault("LISTEN says that others reach this server");
    setenv("AUTH", "basic", 1);
    expect_fault("AUTH must be none, token or supabase, not \"basic\"");
    setenv("AUTH", "supabase", 1);
    setenv("SUPABASE_JWT_SECRET", "a short one", 1);
    expect_fault("SUPABASE_URL is not set, AUTH=supabase needs it; "
                 "SUPABASE_PUBLISHABLE_KEY is not set");
    expect_fault("SUPABASE_JWT_SECRET has less than 32 characters");
    setenv("LISTEN", "127.0.0.1; include x", 1);
    expect_fault("LISTEN must be an address");
}

static void
origins_are_written_as_browsers_do(void **state)
{
    static const char *const bad[] = {"*",
                                      "null",
                                      "https://*.example.org",
                                      "https://example.org/",
                                      "https://",
                                      "example.org",
                                      "https://Example.org",
                                      "https://a.test, ftp://b.test"};

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        setenv("CORS_ORIGINS", bad[i], 1);
        expect_fault("CORS_ORIGINS must hold origins");
    }
    setenv("CORS_ORIGINS", "https://a.test,http://localhost:5173  http://[::1]",
           1);
    assert_true(opens());
}

static void
the_file_may_hold_no_nonsense(void **state)
{
    (void)state;
    write_file("trainmode.conf", "\nOPENAI_API_KEI=sk-secret\nsk-lost\n", 0600);
    expect_fault("line 2 of trainmode.conf sets an unknown name; line 3 of "
                 "trainmode.conf is not NAME=value");
}

static void
faults_do_not_repeat_keys(void **state)
{
    struct err err = ERR_INIT;
    auto_conf struct conf *conf = NULL;

    (void)state;
    write_file("trainmode.conf", "sk-lost\nOPENAI_KEY=sk-other\n", 0600);
    conf = conf_open(app_settings, "train", &err);
    assert_null(conf);
    assert_null(strstr(err.msg, "sk-"));
}

static void
supabase_needs_its_address_and_key(void **state)
{
    struct err err = ERR_INIT;
    auto_conf struct conf *conf = NULL;

    (void)state;
    setenv("STORAGE", "supabase", 1);
    expect_fault("SUPABASE_URL is not set, STORAGE=supabase needs it; "
                 "SUPABASE_SERVICE_ROLE_KEY is not set");
    setenv("SUPABASE_URL", "https://example.supabase.co/", 1);
    setenv("SUPABASE_SERVICE_ROLE_KEY", "k", 1);
    conf = conf_open(app_settings, "export", &err);
    assert_non_null(conf);
    assert_string_equal(conf->supabase_url, "https://example.supabase.co");
    setenv("STORAGE", "floppy", 1);
    expect_fault("STORAGE must be local or supabase, not \"floppy\"");
}

static void
the_signing_key_is_private_and_whole(void **state)
{
    (void)state;
    write_file("secrets/sign.key", KEY, 0644);
    expect_fault("may be read by others");
    write_file("secrets/sign.key", "abc\n", 0600);
    expect_fault("does not hold 64 hexadecimal digits");
    write_file("secrets/sign.key", KEY "00\n", 0600);
    expect_fault("does not hold 64 hexadecimal digits");
    write_file("secrets/sign.key", "", 0600);
    expect_fault("does not hold 64 hexadecimal digits");
}

/* As Windows' editors write it: a byte order mark, and CR before each LF. */
static void
the_file_may_come_from_windows(void **state)
{
    struct err err = ERR_INIT;
    auto_conf struct conf *conf = NULL;

    (void)state;
    write_file("trainmode.conf",
               "\xef\xbb\xbfURL_TTL_HOURS=3\r\nMAX_ALS_MB=5\r\n", 0600);
    conf = conf_open(app_settings, "save", &err);
    assert_non_null(conf);
    assert_int_equal(conf->url_ttl, 3 * 3600);
    assert_int_equal(conf->max_als, 5 << 20);
    write_file("trainmode.conf", "A=\n\xef\xbb\xbfURL_TTL_HOURS=3\n", 0600);
    expect_fault("line 2 of trainmode.conf sets an unknown name");
}

static void
paths_are_absolute(void **state)
{
    (void)state;
    setenv("STORE_DIR", "store", 1);
    expect_fault("STORE_DIR must be an absolute path");
    setenv("TRAINMODE_STATE", "var", 1);
    expect_fault("TRAINMODE_STATE must be an absolute path");
    unsetenv("TRAINMODE_STATE");
    expect_fault("TRAINMODE_STATE must be an absolute path");
}

#define TEST(name) cmocka_unit_test_setup(name, before)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(defaults_are_the_documented_ones),
        TEST(analyses_take_the_processors_to_spare),
        TEST(each_program_has_its_own_threads),
        TEST(the_environment_wins_over_the_file),
        TEST(all_faults_are_told_at_once),
        TEST(what_is_no_address_is_told),
        TEST(numbers_have_bounds),
        TEST(the_file_may_hold_no_nonsense),
        TEST(the_file_may_come_from_windows),
        TEST(origins_are_written_as_browsers_do),
        TEST(without_sign_in_only_this_machine_may_reach_us),
        TEST(faults_do_not_repeat_keys),
        TEST(supabase_needs_its_address_and_key),
        TEST(the_signing_key_is_private_and_whole),
        TEST(paths_are_absolute),
    };
    auto_free char *secrets = NULL;
    auto_free char *remove = NULL;
    int failed;

    if (mkdtemp(dir) == NULL)
        return 1;
    secrets = xasprintf("%s/secrets", dir);
    remove = xasprintf("rm -r %s", dir);
    if (mkdir(secrets, 0700) == -1)
        return 1;
    failed = cmocka_run_group_tests_name("conf", tests, NULL, NULL);
    return system(remove) == 0 ? failed : 1;
}
