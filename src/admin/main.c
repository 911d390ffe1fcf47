/* trainmode-admin: the parts of ./trainmode that need the programs' own
 * access. */
#include <stdio.h>
#include <string.h>

#include "app/objects.h"
#include "app/settings.h"
#include "auth/bearer.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "db/db.h"

enum status { DONE = 0, FAILED = 1, USAGE = 2 };

static int
usage(void)
{
    (void)fputs("usage: trainmode-admin check\n"
                "       trainmode-admin settings [--script | --markdown | "
                "--file]\n"
                "       trainmode-admin store claim | adopt\n"
                "       trainmode-admin sweep [--dry-run | --all]\n"
                "       trainmode-admin token add NAME [ARTIST-SLUG]\n"
                "       trainmode-admin token list\n"
                "       trainmode-admin token revoke NAME\n",
                stderr);
    return USAGE;
}

/* The token itself goes only to standard output, and is stored nowhere. */
static int
add(struct db *db, const char *name, const char *artist, struct err *err)
{
    auto_token struct token made = {0};
    char token[BEARER_LEN + 1];
    char hash[HASH_HEX_LEN + 1];

    bearer_make(BEARER_TOKEN, token);
    (void)bearer_hash(BEARER_TOKEN, token, hash);
    if (tokens_add(db, name, hash, artist, &made, err) == -1)
        return -1;
    (void)puts(token);
    return 0;
}

static void
print_time(const char *what, int64_t when)
{
    char text[CLOCK_TEXT];

    if (when == 0)
        return;
    clock_text(when, text);
    printf(", %s %s", what, text);
}

static int
list(struct db *db, struct err *err)
{
    auto_tokens struct tokens all = {0};

    if (tokens_list(db, &all, err) == -1)
        return -1;
    for (size_t i = 0; i < all.n; i++) {
        const struct token *t = &all.v[i];

        printf("%s: %s", t->name,
               t->artist_slug != NULL ? t->artist_slug : "all artists");
        print_time("made", t->created_at);
        print_time("last used", t->last_used_at);
        print_time("revoked", t->revoked_at);
        (void)putchar('\n');
    }
    return 0;
}

static int
run_token(int argc, char **argv, struct err *err)
{
    auto_conf struct conf *conf = conf_open(app_settings, "admin", err);
    auto_db struct db *db = NULL;

    if (conf == NULL || (db = db_open(conf->database_url, 1, err)) == NULL)
        return -1;
    if (strcmp(argv[0], "list") == 0)
        return list(db, err);
    if (strcmp(argv[0], "revoke") == 0)
        return tokens_revoke(db, argv[1], err);
    return add(db, argv[1], argc > 2 ? argv[2] : NULL, err);
}

static void
shop_close(struct app *app)
{
    store_close(app->store);
    if (app->db != NULL)
        db_close(app->db);
    if (app->conf != NULL)
        conf_close(app->conf);
}

/* Open settings, database and store, for commands that need all three. */
static int
shop_open(struct app *app, struct err *err)
{
    if ((app->conf = conf_open(app_settings, "admin", err)) == NULL ||
        (app->db = db_open(app->conf->database_url, 2, err)) == NULL ||
        (app->store = store_open(app->conf, err)) == NULL)
        return -1;
    objects_watch(app);
    return 0;
}

/* If the storage is away, start anyway: the programs check again. */
static int
claim(struct app *app, struct err *err)
{
    if (owner_claim(app, err) == 0)
        return 0;
    if (err->code != ERR_STORAGE)
        return -1;
    printf("the owner of the store cannot be determined now: %s\n", err->msg);
    err_clear(err);
    return 0;
}

static int
adopt(struct app *app, struct err *err)
{
    long strange = 0;

    if (owner_adopt(app, &strange, err) == -1)
        return -1;
    printf("the store now belongs to this database; %ld objects that it does "
           "not know stay where they are\n",
           strange);
    return 0;
}

static int
run_store(const char *what, struct err *err)
{
    auto_cleanup(shop_close) struct app app = {0};

    if (shop_open(&app, err) == -1)
        return -1;
    return strcmp(what, "claim") == 0 ? claim(&app, err) : adopt(&app, err);
}

static int
run_sweep(const char *how, struct err *err)
{
    auto_cleanup(shop_close) struct app app = {0};
    int gone;

    if (shop_open(&app, err) == -1)
        return -1;
    if (how != NULL && strcmp(how, "--dry-run") == 0)
        return objects_tell(&app, stdout, err);
    gone = objects_sweep(&app, how == NULL ? SWEEP_DUE : SWEEP_ALL, err);
    if (gone == -1)
        return -1;
    printf("%d objects are gone\n", gone);
    return 0;
}

static bool
is_store_call(int argc, char **argv)
{
    return argc == 3 && strcmp(argv[1], "store") == 0 &&
           (strcmp(argv[2], "claim") == 0 || strcmp(argv[2], "adopt") == 0);
}

static bool
is_sweep_call(int argc, char **argv)
{
    if (argc < 2 || argc > 3 || strcmp(argv[1], "sweep") != 0)
        return false;
    return argc == 2 || strcmp(argv[2], "--dry-run") == 0 ||
           strcmp(argv[2], "--all") == 0;
}

static bool
is_token_call(int argc, char **argv)
{
    if (argc < 1)
        return false;
    if (strcmp(argv[0], "list") == 0)
        return argc == 1;
    if (strcmp(argv[0], "revoke") == 0)
        return argc == 2;
    return strcmp(argv[0], "add") == 0 && (argc == 2 || argc == 3);
}

static int
told(int rc, const struct err *err)
{
    if (rc == -1)
        (void)fprintf(stderr, "%s\n", err->msg);
    return rc == -1 ? FAILED : DONE;
}

/* By default a line each, with no secret in it. */
static int
run_settings(const char *how)
{
    static const struct {
        const char *word;
        enum conf_form form;
    } forms[] = {
        {"--script", CONF_SCRIPT},
        {"--markdown", CONF_MARKDOWN},
        {"--file", CONF_FILE},
    };
    struct err err = ERR_INIT;

    if (how == NULL)
        return told(conf_tell(app_settings, CONF_LINES, stdout, &err), &err);
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (strcmp(how, forms[i].word) == 0)
            return told(conf_tell(app_settings, forms[i].form, stdout, &err),
                        &err);
    return usage();
}

int
main(int argc, char **argv)
{
    struct err err = ERR_INIT;

    log_init("admin");
    if (argc == 2 && strcmp(argv[1], "check") == 0) {
        auto_conf struct conf *conf = conf_open(app_settings, "admin", &err);

        return told(conf == NULL ? -1 : 0, &err);
    }
    if ((argc == 2 || argc == 3) && strcmp(argv[1], "settings") == 0)
        return run_settings(argc == 3 ? argv[2] : NULL);
    if (is_store_call(argc, argv))
        return told(run_store(argv[2], &err), &err);
    if (is_sweep_call(argc, argv))
        return told(run_sweep(argc == 3 ? argv[2] : NULL, &err), &err);
    if (argc > 2 && strcmp(argv[1], "token") == 0 &&
        is_token_call(argc - 2, argv + 2))
        return told(run_token(argc - 2, argv + 2, &err), &err);
    return usage();
}
