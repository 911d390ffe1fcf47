/* sql/: training_items has its agreed columns, and no row can be
 * inconsistent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/mem.h"
#include "cluster.h"
#include "rows.h"

static const char *const statuses[] = {"needs_audio", "needs_prompt", "ready",
                                       "exported", "failed"};
#define STATUSES (sizeof(statuses) / sizeof(statuses[0]))

/* Row: from; column: to; as docs/database.md has it. */
static const bool allowed[STATUSES][STATUSES] = {
    /*               audio  prompt ready  exported failed */
    /* audio    */ {true, true, true, false, true},
    /* prompt   */ {true, true, true, false, true},
    /* ready    */ {true, true, true, true, true},
    /* exported */ {true, true, true, true, true},
    /* failed   */ {true, true, true, false, true},
};

static void
test_plan_columns(void **state)
{
    struct cluster *c = *state;
    auto_free char *columns = must_ask(
        c->db,
        "SELECT string_agg(concat_ws(' ', column_name, udt_name, is_nullable, "
        "column_default), E'\\n' ORDER BY ordinal_position) "
        "FROM information_schema.columns WHERE table_name = 'training_items' "
        "AND ordinal_position <= 15",
        0, NULL);

    assert_string_equal(columns, "id uuid NO gen_random_uuid()\n"
                                 "artist_id uuid YES\n"
                                 "als_summary_id uuid YES\n"
                                 "parse_id text NO\n"
                                 "als_filename text YES\n"
                                 "project_name text YES\n"
                                 "audio_path text YES\n"
                                 "prompt_path text YES\n"
                                 "prompt_text text YES\n"
                                 "status text YES 'needs_audio'::text\n"
                                 "system_prompt_version text YES\n"
                                 "model_name text YES\n"
                                 "generated_at timestamptz YES\n"
                                 "created_at timestamptz YES now()\n"
                                 "updated_at timestamptz YES now()");
}

static void
test_plan_keys(void **state)
{
    struct cluster *c = *state;
    auto_free char *index =
        must_ask(c->db,
                 "SELECT indexdef FROM pg_indexes "
                 "WHERE indexname = 'idx_training_items_artist_status'",
                 0, NULL);
    auto_free char *keys = must_ask(
        c->db,
        "SELECT string_agg(pg_get_constraintdef(oid), '; ' ORDER BY conname) "
        "FROM pg_constraint WHERE conrelid = 'training_items'::regclass "
        "AND contype = 'f'",
        0, NULL);

    assert_string_equal(index,
                        "CREATE INDEX idx_training_items_artist_status ON "
                        "public.training_items USING btree (artist_id, "
                        "status)");
    assert_string_equal(keys, "FOREIGN KEY (als_summary_id) REFERENCES "
                              "als_summaries(id) ON DELETE SET NULL; "
                              "FOREIGN KEY (artist_id) REFERENCES artists(id) "
                              "ON DELETE CASCADE");
}

/* Every added column has a comment; docs/database.md names them all. */
static void
test_columns_documented(void **state)
{
    struct cluster *c = *state;
    auto_free char *silent =
        must_ask(c->db,
                 "SELECT string_agg(attname, ' ') FROM pg_attribute "
                 "WHERE attrelid = 'training_items'::regclass AND attnum > 15 "
                 "AND col_description(attrelid, attnum) IS NULL",
                 0, NULL);
    auto_free char *names = must_ask(
        c->db,
        "SELECT string_agg('`' || column_name || '`', ' ') "
        "FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name <> 'schema_migrations'",
        0, NULL);
    auto_file FILE *f = fopen(SRCDIR "/docs/database.md", "r");
    auto_free char *doc = xcalloc(1, 65536);
    char *rest = NULL;

    assert_string_equal(silent, "");
    assert_non_null(f);
    assert_true(fread(doc, 1, 65535, f) > 1000);
    for (char *n = strtok_r(names, " ", &rest); n != NULL;
         n = strtok_r(NULL, " ", &rest))
        if (strstr(doc, n) == NULL)
            fail_msg("docs/database.md does not name %s", n);
}

/* A row of that status, with the columns that it promises. */
static char *
row_of(struct db *db, const char *artist, const char *status)
{
    return must_ask(
        db,
        "INSERT INTO training_items (artist_id, parse_id, status, audio_path, "
        "prompt_text) VALUES ($1, 'p', $2, "
        "CASE WHEN $2 <> 'needs_audio' THEN 'a.mp3' END, "
        "CASE WHEN $2 <> 'needs_prompt' THEN 'deep house' END) RETURNING id",
        2, P(artist, status));
}

static void
move(struct db *db, const char *artist, size_t from, size_t to)
{
    struct err err = ERR_INIT;
    auto_free char *id = row_of(db, artist, statuses[from]);
    auto_free char *done = ask(
        db, &err,
        "UPDATE training_items SET status = $2, "
        "audio_path = CASE WHEN $2 <> 'needs_audio' THEN 'a.mp3' END, "
        "prompt_text = CASE WHEN $2 <> 'needs_prompt' THEN 'deep house' END "
        "WHERE id = $1",
        2, P(id, statuses[to]));
    auto_free char *now = must_ask(
        db, "SELECT status FROM training_items WHERE id = $1", 1, P(id));

    if ((done != NULL) != allowed[from][to])
        fail_msg("%s to %s was %s", statuses[from], statuses[to],
                 done != NULL ? "let through" : err.msg);
    assert_string_equal(now, statuses[done != NULL ? to : from]);
    if (done == NULL)
        assert_err(err, ERR_CONFLICT);
}

static void
test_every_transition(void **state)
{
    struct cluster *c = *state;
    auto_free char *artist = some_artist(c->db);

    for (size_t from = 0; from < STATUSES; from++)
        for (size_t to = 0; to < STATUSES; to++)
            move(c->db, artist, from, to);
}

/* Rows that are not allowed, and the constraint that refuses each. */
static void
test_rows_keep_promises(void **state)
{
    static const struct {
        const char *status, *audio, *prompt, *constraint;
    } lies[] = {
        {"ready", NULL, "deep house", "training_items_whole"},
        {"ready", "a.mp3", NULL, "training_items_whole"},
        {"exported", NULL, "deep house", "training_items_whole"},
        {"exported", "a.mp3", NULL, "training_items_whole"},
        {"needs_prompt", NULL, NULL, "training_items_waits"},
        {"needs_prompt", "a.mp3", "deep house", "training_items_waits"},
        {"needs_audio", "a.mp3", NULL, "training_items_waits"},
        {"done", "a.mp3", "deep house", "training_items_status_check"},
        {NULL, "a.mp3", "deep house", "training_items_status_check"},
    };
    struct cluster *c = *state;
    auto_free char *artist = some_artist(c->db);

    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        struct err err = ERR_INIT;
        auto_pg struct pg *tx = pg_begin(c->db, &err);
        auto_rows struct rows *r = NULL;

        assert_non_null(tx);
        r = pg_query(tx, PG_NONE, &err,
                     "INSERT INTO training_items (artist_id, parse_id, "
                     "status, audio_path, prompt_text) "
                     "VALUES ($1, 'p', $2, $3, $4)",
                     4,
                     P(artist, lies[i].status, lies[i].audio, lies[i].prompt));
        if (r != NULL)
            fail_msg("lie %zu was let through", i);
        if (strstr(err.msg, lies[i].constraint) == NULL)
            fail_msg("%s, not by %s", err.msg, lies[i].constraint);
        assert_err(err, ERR_INTERNAL);
    }
}

/* NULL is no way around the trigger either. */
static void
test_no_status_is_refused(void **state)
{
    struct cluster *c = *state;
    struct err err = ERR_INIT;
    auto_free char *artist = some_artist(c->db);
    auto_free char *id = row_of(c->db, artist, "ready");

    assert_null(ask(c->db, &err,
                    "UPDATE training_items SET status = NULL WHERE id = $1", 1,
                    P(id)));
    assert_int_not_equal(err.code, ERR_NONE);
}

static void
test_updated_at_follows(void **state)
{
    struct cluster *c = *state;
    auto_free char *artist = some_artist(c->db);
    auto_free char *id = row_of(c->db, artist, "ready");
    auto_free char *later = NULL;

    must_do(c->db,
            "UPDATE training_items SET project_name = 'x', "
            "updated_at = '2001-01-01' WHERE id = $1",
            1, P(id));
    later = must_ask(c->db,
                     "SELECT updated_at > created_at FROM training_items "
                     "WHERE id = $1",
                     1, P(id));
    assert_string_equal(later, "t");
}

/* On Supabase the API's roles must not read our tables. */
static void
test_row_level_security(void **state)
{
    struct cluster *c = *state;
    auto_free char *open = must_ask(
        c->db,
        "SELECT string_agg(relname, ' ') FROM pg_class WHERE relname IN "
        "('training_items', 'prompt_generations', 'training_datasets', "
        "'export_claims', 'idempotency_keys', 'trainings') AND NOT relrowsecurity",
        0, NULL);

    assert_string_equal(open, "");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan_columns),
        cmocka_unit_test(test_plan_keys),
        cmocka_unit_test(test_columns_documented),
        cmocka_unit_test(test_every_transition),
        cmocka_unit_test(test_rows_keep_promises),
        cmocka_unit_test(test_no_status_is_refused),
        cmocka_unit_test(test_updated_at_follows),
        cmocka_unit_test(test_row_level_security),
    };
    const char *missing = cluster_missing();

    if (missing != NULL) {
        printf("1..1\nok 1 - status # SKIP %s\n", missing);
        return 0;
    }
    return cmocka_run_group_tests_name("db/status", tests, cluster_setup,
                                       cluster_teardown);
}
