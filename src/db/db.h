/*
 * The database as callers see it: one struct and one function per question.
 * No general query function; SQL stays in db/. Every query goes by
 * parameters, inside an explicit transaction, without session state, so that
 * it works through a transaction pooler too.
 *
 * A `struct db` is shared by all threads; each call borrows a connection of a
 * small pool and gives it back before it returns. Never hold a result while
 * waiting for something slow: there is nothing to hold.
 *
 * Errors: ERR_DATABASE (away, and nothing was changed; the connection is made
 * again by itself), ERR_UNSURE (away, and the change may have been made: leave
 * alone what it may speak of), the
 * ERR_*_NOT_FOUND of the thing, ERR_INVALID_FIELD for text that the database
 * cannot hold.
 *
 * Ids and texts in structs are owned by the struct; x_release frees them and
 * leaves it zeroed. Times are seconds since 1970 UTC, 0 where there is none.
 *
 * Long, since all that can be asked stands in one place.
 */
#ifndef DB_DB_H
#define DB_DB_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"
#include "base/err.h"
#include "base/id.h"
#include "music/song.h"

struct db;

struct db *db_open(const char *url, int connections, struct err *err);
void db_close(struct db *db);
AUTO_DEFINE(auto_db_p, struct db *, db_close)
#define auto_db auto_cleanup(auto_db_p)
int db_ping(struct db *db, struct err *err);

/* ---- who.c ---- */

/* On whose behalf a thread asks. */
struct db_who {
    const char *user;   /* UUID: only this user's artists; NULL: no limit */
    const char *artist; /* UUID: only this artist; NULL: no limit */
    const char *claims; /* JSON object for request.jwt.claims: transactions run
                           as the role `authenticated`; NULL: as we logged in */
};

/*
 * All that this thread asks from now on is on behalf of `who`, until the next
 * call; NULL: on our own, as each thread does that never called this. What is
 * not theirs is then exactly as what is not there: ERR_*_NOT_FOUND, no row of
 * a list, nothing changed. Artists that a user makes are theirs; a `who` of
 * one artist makes none (ERR_FORBIDDEN). Borrowed: *who and its texts must
 * stay until the next call.
 */
void db_act_as(const struct db_who *who);

/* ---- outcome.c ---- */

/* Marks of transactions that nobody will ask about any more. */
int commit_marks_trim(struct db *db, struct err *err);

/* ---- artists.c ---- */
struct artist {
    char *id, *name, *slug;
    int64_t created_at;
};
struct artists {
    struct artist *v;
    size_t n;
};
void artist_release(struct artist *a);
void artists_release(struct artists *as);
#define auto_artist auto_cleanup(artist_release)
#define auto_artists auto_cleanup(artists_release)
int artists_list(struct db *db, struct artists *ret, struct err *err);
int artist_get(struct db *db, const char *id, struct artist *ret,
               struct err *err);
/* slug as wanted; where it is taken: exact ? ERR_ARTIST_EXISTS : "-2", "-3". */
int artist_insert(struct db *db, const char *name, const char *slug, bool exact,
                  struct artist *ret, struct err *err);
int artist_rename(struct db *db, const char *id, const char *name,
                  struct artist *ret, struct err *err);
int artist_delete(struct db *db, const char *id, struct err *err);
/* ERR_SCHEMA_NOT_FOUND where the artist has none. Caller puts *ret. */
int schema_get(struct db *db, const char *artist, json_object **ret,
               struct err *err);
int schema_put(struct db *db, const char *artist, json_object *schema,
               struct err *err);

/* ---- sets.c: als_summaries ---- */
struct set {
    char *id, *artist_id, *parse_id, *als_filename, *project_name;
    json_object *summary;     /* NULL in lists */
    double tempo;             /* 0 unknown; lists only, from the summary */
    double duration_sec;      /* 0 unknown */
    char *key, *live_version; /* NULL unknown */
    int64_t created_at;
};
struct sets {
    struct set *v;
    size_t n;
    char *next; /* cursor of the next page, NULL at the end */
};
void set_release(struct set *s);
void sets_release(struct sets *ss);
#define auto_set auto_cleanup(set_release)
#define auto_sets auto_cleanup(sets_release)
int set_get(struct db *db, const char *parse_id, struct set *ret,
            struct err *err);
/* The same, but ERR_SET_NOT_FOUND where it is not this artist's. */
int set_get_of(struct db *db, const char *artist, const char *parse_id,
               struct set *ret, struct err *err);
/* What a caption is written from, in one question. */
struct sources {
    json_object *schema;  /* NULL: the artist has none */
    json_object *summary; /* NULL if no set was asked for */
    char *artist;         /* the name */
};
void sources_release(struct sources *s);
#define auto_sources auto_cleanup(sources_release)
/* parse_id NULL: of no set. ERR_ARTIST_NOT_FOUND, ERR_SET_NOT_FOUND. */
int sources_get(struct db *db, const char *artist, const char *parse_id,
                struct sources *ret, struct err *err);
/* Newest first. q: in file or project name, any case; NULL all. */
int sets_list(struct db *db, const char *artist, const char *q, long limit,
              const char *cursor, struct sets *ret, struct err *err);
/* Insert; *ret_new false where parse_id was there already (ERR_CONFLICT where
 * it is another artist's): then nothing is changed, but a summary of an older
 * summaryVersion gives way to this one. */
int set_insert(struct db *db, const char *artist, const char *parse_id,
               const char *als_filename, const char *project_name,
               json_object *summary, bool *ret_new, struct err *err);
int set_delete(struct db *db, const char *parse_id, struct err *err);

/* ---- items.c: training_items ---- */
struct audio_facts {
    char *format; /* "mp3", "wav", "flac", "aiff", "ogg" */
    char *sha256;
    int64_t bytes;
    double duration_sec;
    int sample_rate, channels, bitrate; /* Hz, count, bit/s */
    uint32_t crc32; /* where it is known; rows of old lack it */
    bool has_crc32;
    bool odd_head; /* has a tag in front that its format does not know, or a
                    * head that does not say how long the sound is */
};
struct windows; /* of db/windows.h, as is: */
struct windows_made;
struct item {
    char *id, *artist_id, *als_summary_id, *parse_id, *als_filename,
        *project_name, *audio_path, *prompt_path, *prompt_text, *status,
        *system_prompt_version, *model_name, *generation_id, *error,
        *analysis_state; /* pending, done, failed */
    bool prompt_edited;
    int64_t generated_at, created_at, updated_at;
    struct audio_facts audio; /* format NULL: no audio */
    json_object *analysis;    /* loudness, peaks, tempo, ...; NULL until done */
    json_object *alignment;   /* where it lies in its set; NULL until done */
    json_object *checks;      /* array; NULL = none */
    json_object *fields;      /* of the caption; NULL unknown */
    struct song song;         /* its set, where an export reads the item */
    /* Where an export takes an item's windows in its place: those that are not
     * left out, maybe none. NULL: it goes whole. Borrowed. */
    const struct windows *windows;
    /* The same of one that goes whole, to be told beside it. NULL: not asked
     * for. Borrowed. */
    const struct windows *timeline;
};
struct items {
    struct item *v;
    size_t n;
    char *next;
    long total, needs_audio, needs_prompt, ready, exported, failed;
    long matches; /* of the query, over all pages */
};
void item_release(struct item *it);
void items_release(struct items *its);
#define auto_item auto_cleanup(item_release)
#define auto_items auto_cleanup(items_release)
int item_get(struct db *db, const char *id, struct item *ret, struct err *err);
/* Which items, and in which order. NULL: all, any; the newest first. */
struct items_query {
    const char *status;
    const char *q;       /* in names or caption, any case */
    const char *problem; /* a check's code, "any", "none", "failed" */
    const char *sort;    /* createdAt, updatedAt, generatedAt, name, status,
                            durationSec, alsFilename, promptText */
    bool descending;     /* of that order */
    long limit;
    const char *cursor; /* an earlier page's `next`, of the same order */
};
/* Counts are over all of the artist's, but `matches`. */
int items_list(struct db *db, const char *artist, const struct items_query *q,
               struct items *ret, struct err *err);
/* A whole item with all that `it` says (status, paths, provenance). With an
 * idempotency key: if the key is known, *ret_known gets the earlier item's id
 * and nothing is inserted (ERR_IDEMPOTENCY_MISMATCH if request_hash
 * differs). */
int item_insert(struct db *db, const struct item *it, const char *idem_key,
                const char *request_hash, char **ret_known, struct err *err);
/* What becomes of the newest item of the same artist and set that has audio:
 * it stays, it goes to rest (items_rest.c), or there is no new one. */
enum if_exists { EXISTS_NEW, EXISTS_REPLACE, EXISTS_REFUSE };
/* The same; *ret_other gets the id of that item, where it matters:
 * ERR_ITEM_EXISTS with EXISTS_REFUSE. The caller frees it, on failure too. */
int item_insert_as(struct db *db, const struct item *it, enum if_exists how,
                   const char *idem_key, const char *request_hash,
                   char **ret_known, char **ret_other, struct err *err);
/* Look only. *ret_known NULL where the key is new. */
int item_by_key(struct db *db, const char *artist, const char *idem_key,
                const char *request_hash, char **ret_known, struct err *err);
/* needs_audio rows for sets; a set that already waits is not put twice. */
int items_enqueue(struct db *db, const char *artist,
                  const char *const *parse_ids, size_t n, struct items *ret,
                  struct err *err);
/* Give a queued or existing item its audio. The status follows. Its windows
 * wait until it is analyzed. */
int item_set_audio(struct db *db, const char *id, const char *audio_path,
                   const struct audio_facts *audio, json_object *checks,
                   struct err *err);
/* NULL leaves a member as it is. The status follows. windows: those that were
 * made anew for it, or NULL. */
int item_set_prompt(struct db *db, const char *id, const char *prompt_path,
                    const char *prompt_text, const struct item *provenance,
                    const char *project_name, struct windows_made *windows,
                    struct err *err);
/* Back to what lacks it; the objects are the caller's business. */
int item_remove_audio(struct db *db, const char *id, struct err *err);
/* The CRC-32 of the bytes that have this SHA-256, for a row that lacks it;
 * nothing is done where the item has other audio meanwhile. */
int item_learn_crc32(struct db *db, const char *id, const char *sha256,
                     uint32_t crc32, struct err *err);
int item_remove_prompt(struct db *db, const char *id, struct err *err);
/* A failed item goes where its audio and caption put it, and is analyzed
 * again. ERR_ITEM_NOT_FOUND for one that has not failed, too. */
int item_retry(struct db *db, const char *id, struct err *err);
/* The oldest item without an analysis of the next artist after this one (NULL:
 * the first), so that each gets a turn however many another has waiting;
 * leased to this caller for lease_sec seconds. ret->id NULL where none waits.
 * No connection is held meanwhile. The analysis is on our own behalf, whoever
 * the thread acts for, to its end. */
int item_take_for_analysis(struct db *db, int lease_sec, const char *after,
                           struct item *ret, struct err *err);
/* Lease it for lease_sec from now. *ret_ours false where it went away or got
 * other audio since it was taken: its analysis is wanted no more. */
int item_keep_for_analysis(struct db *db, const struct item *taken,
                           int lease_sec, bool *ret_ours, struct err *err);
/* The members `sound` and `alignment` of an analysis are kept apart from it.
 * Ignored where the item got other audio since it was taken. checks NULL
 * leaves them. why NULL: it worked; else the item is failed, for this
 * reason. windows: those that were made anew by it, or NULL. */
int item_put_analysis(struct db *db, const struct item *taken, const char *why,
                      json_object *analysis, json_object *checks,
                      struct windows_made *windows, struct err *err);
/* Taken, but not analyzed: the next one may have it at once. */
int item_give_back(struct db *db, const char *id, struct err *err);
/* Analyzed items of an artist, of sets other than this one, whose audio is as
 * long as sec, give or take some: the nearest in length, at most limit. Only
 * id, parse_id, als_filename, project_name and of the analysis {fingerprint,
 * silentFraction} are filled. */
int items_as_long(struct db *db, const char *artist, const char *but_parse_id,
                  double sec, double give_or_take, long limit,
                  struct items *ret, struct err *err);
/* At once; its objects are the caller's business. */
int item_delete(struct db *db, const char *id, struct item *ret_gone,
                struct err *err);

/* ---- items_rest.c: resting_items ---- */

/* Out of sight of every other question; its objects stay. */
int item_rest(struct db *db, const char *id, struct err *err);
/* As it was. *ret_rested false when no such item rests. ERR_CONFLICT for a
 * set that waits again by now. */
int item_restore(struct db *db, const char *id, bool *ret_rested,
                 struct err *err);
/* No way back. Filled in: id and paths of the objects. */
int item_rest_end(struct db *db, const char *id, struct item *ret_gone,
                  struct err *err);
/* The same for all, of anybody, that have rested for sec seconds; at most
 * limit. */
int items_rested(struct db *db, int64_t sec, long limit, struct items *ret,
                 struct err *err);

/* ---- items.c again ---- */
/* Another item of this artist with the same bytes; *ret_id NULL if none. */
int item_same_audio(struct db *db, const char *artist, const char *sha256,
                    const char *but_id, char **ret_id, char **ret_parse_id,
                    struct err *err);
/* The newest item of this artist's set that has audio; *ret_id NULL if none. */
int item_with_audio(struct db *db, const char *artist, const char *parse_id,
                    char **ret_id, char **ret_sha256, struct err *err);
/* Does any row speak of this object? On our own behalf: what is another
 * user's must not be swept away. */
int object_known(struct db *db, const char *path, bool *ret, struct err *err);

/* ---- export_items.c: training_items as an export reads them ---- */

/* Which ones, oldest first. Only this is kept of all: 10,000 whole items are
 * some 50 MB. */
struct export_ids {
    char (*v)[UUID_LEN + 1];
    size_t n;
    int64_t bytes; /* of their audio together */
};
void export_ids_release(struct export_ids *ids);
#define auto_export_ids auto_cleanup(export_ids_release)
/* Those that are ready, or exported too. */
int export_ids_list(struct db *db, const char *artist, bool include_exported,
                    struct export_ids *ret, struct err *err);
/* Those of a list, ready or exported; ids: JSON array of UUIDs, of which some
 * may stand twice. ERR_ITEM_NOT_FOUND, ERR_INVALID_FIELD "itemIds" for one
 * that lacks audio or caption. */
int export_ids_chosen(struct db *db, const char *artist, json_object *ids,
                      struct export_ids *ret, struct err *err);
/* n of them from `first` on, in that order, with what goes into a dataset:
 * without their analysis, checks, prompt_path, error and times but
 * generated_at. With a claim: ERR_CONFLICT where one is gone, or its audio or
 * caption changed since then; ERR_EXPORT_RUNNING where the claim is lost.
 * claim NULL: without those that are gone. */
int export_items_load(struct db *db, const struct export_ids *ids, size_t first,
                      size_t n, const char *claim, struct items *ret,
                      struct err *err);

/* Is the item there, with its audio under this path? */
int item_has_audio(struct db *db, const char *id, const char *path, bool *ret,
                   struct err *err);

/* ---- generations.c: prompt_generations ---- */
struct generation {
    char *id, *artist_id, *parse_id, *prompt, *model, *version, *instructions;
    char *schema_hash, *summary_hash, *error;
    json_object *fields, *warnings, *params;
    long tokens_in, tokens_out, ms;
    long tokens_audio; /* of those in; -1: not told */
    double cost;       /* below 0: not known */
    double audio_sec;  /* that went along with the question */
    enum { GEN_UNTOLD, GEN_UNHEARD, GEN_HEARD } heard; /* whether it did */
    bool windows; /* of windows of a track: no list and no `newest` has it */
    int64_t created_at;
};
struct generations {
    struct generation *v;
    size_t n;
};
void generation_release(struct generation *g);
void generations_release(struct generations *gs);
#define auto_generation auto_cleanup(generation_release)
#define auto_generations auto_cleanup(generations_release)
/* g->id is filled in. */
int generation_insert(struct db *db, struct generation *g, struct err *err);
int generation_get(struct db *db, const char *id, struct generation *ret,
                   struct err *err); /* absent: ERR_INVALID_FIELD */
/* The newest of an artist's set; ret->id NULL where there is none. */
int generation_newest(struct db *db, const char *artist, const char *parse_id,
                      struct generation *ret, struct err *err);
int generations_list(struct db *db, const char *artist, const char *parse_id,
                     struct generations *ret, struct err *err);

/* ---- edits.c: what people made of what models wrote ---- */
struct edit {
    char *item, *written, *text; /* the item's id; the model's, the person's */
};
struct edits {
    struct edit *v;
    size_t n;
};
void edits_release(struct edits *es);
#define auto_edits auto_cleanup(edits_release)
/* The artist's latest, `limit` at most, of all sets but parse_id's. */
int edits_latest(struct db *db, const char *artist, const char *parse_id,
                 int limit, struct edits *ret, struct err *err);

/* ---- datasets.c: training_datasets ---- */
struct dataset {
    char *id, *artist_id, *layout, *path, *sha256;
    long item_count;
    int64_t bytes, created_at;
    json_object *manifest; /* NULL in lists */
};
struct datasets {
    struct dataset *v;
    size_t n;
};
void dataset_release(struct dataset *d);
void datasets_release(struct datasets *ds);
#define auto_dataset auto_cleanup(dataset_release)
#define auto_datasets auto_cleanup(datasets_release)
/* Rows exported, the dataset's row written and the claim released, together
 * or not at all. d->id is filled in; to the manifest come the items' ids, as
 * `items`. */
int dataset_insert(struct db *db, struct dataset *d, const char *const *items,
                   size_t n, const char *claim, struct err *err);
int dataset_get(struct db *db, const char *id, struct dataset *ret,
                struct err *err);
int datasets_list(struct db *db, const char *artist, struct datasets *ret,
                  struct err *err);

/* ---- exports.c: export_claims ---- */

/* One export per artist at a time, over all nodes, without a connection
 * held: a row with a heartbeat, stale after a minute. ERR_EXPORT_RUNNING. */
int export_claim(struct db *db, const char *artist, char **ret_claim,
                 struct err *err);
int export_beat(struct db *db, const char *claim, struct err *err);
int export_release(struct db *db, const char *claim, struct err *err);

struct export_state { /* how far one is */
    char *layout;     /* NULL: it has only just begun */
    int64_t items_done, item_count, bytes_done, bytes, started_at;
    int64_t conversions_done, conversion_count;
};
void export_state_release(struct export_state *s);
#define auto_export_state auto_cleanup(export_state_release)
/* A beat that says how far it is. *ret_cancel: somebody wants it to end. */
int export_report(struct db *db, const char *claim,
                  const struct export_state *state, bool *ret_cancel,
                  struct err *err);
int export_running(struct db *db, const char *artist, struct export_state *ret,
                   bool *ret_any, struct err *err);
/* *ret_any false when none runs. */
int export_cancel(struct db *db, const char *artist, bool *ret_any,
                  struct err *err);

/* ---- trainings.c ---- */
struct training {
    char *id, *dataset_id, *artist_id, *replicate_id, *destination, *version;
    char *status; /* creating, starting, processing; over: succeeded, failed,
                     canceled */
    char *error, *logs;
    json_object *input, *output;
    int64_t created_at, updated_at;
};
struct trainings {
    struct training *v;
    size_t n;
};
void training_release(struct training *t);
void trainings_release(struct trainings *ts);
#define auto_training auto_cleanup(training_release)
#define auto_trainings auto_cleanup(trainings_release)
/* Nothing will change it any more. */
bool training_is_over(const struct training *t);
/* Its status is "creating"; t is filled in with the row. */
int training_insert(struct db *db, struct training *t, int at_once,
                    struct err *err);
int training_get(struct db *db, const char *id, struct training *ret,
                 struct err *err);
/* Of news: replicate_id (kept once known), status, error, logs (NULL leaves
 * them), output. *ret_changed false where the row knows better already, is
 * another training of Replicate's, or is gone. */
int training_update(struct db *db, const char *id, const struct training *news,
                    bool *ret_changed, struct err *err);
int training_delete(struct db *db, const char *id, struct err *err);
int trainings_list(struct db *db, const char *artist, struct trainings *ret,
                   struct err *err);
/* Those that run and that nobody asked about within every_sec, marked as
 * asked about now. A request that was never answered becomes failed. */
int trainings_take_due(struct db *db, const char *artist, int every_sec,
                       struct trainings *ret, struct err *err);

/* ---- tokens.c: trainmode_tokens; always on our own behalf ---- */
struct token {
    char *id, *name;
    char *artist_id, *artist_slug; /* NULL: of all artists */
    int64_t created_at, last_used_at, revoked_at;
};
struct tokens {
    struct token *v;
    size_t n;
};
void token_release(struct token *t);
void tokens_release(struct tokens *ts);
#define auto_token auto_cleanup(token_release)
#define auto_tokens auto_cleanup(tokens_release)
/* hash: SHA-256 of the token, 64 hexadecimal digits. artist_slug NULL: for
 * all artists. ERR_CONFLICT where the name is that of a token in use. */
int tokens_add(struct db *db, const char *name, const char *hash,
               const char *artist_slug, struct token *ret, struct err *err);
/* Oldest first, the revoked ones too. */
int tokens_list(struct db *db, struct tokens *ret, struct err *err);
/* ERR_INVALID_FIELD where no token of that name is in use. */
int tokens_revoke(struct db *db, const char *name, struct err *err);
/* The token in use that has this hash, else ERR_UNAUTHENTICATED. */
int tokens_find(struct db *db, const char *hash, struct token *ret,
                struct err *err);

/* page_sessions: browsers that signed in by a token. hash: of the session's
 * id, as above. A session of a token that is not in use is none. */
int token_session_add(struct db *db, const char *token_id, const char *hash,
                      int64_t seconds, struct err *err);
/* The token that the session is of, else ERR_UNAUTHENTICATED. *ret_expires:
 * seconds since 1970. */
int token_session_find(struct db *db, const char *hash, struct token *ret,
                       int64_t *ret_expires, struct err *err);
/* None is fine. */
int token_session_end(struct db *db, const char *hash, struct err *err);

/* ---- user_sessions.c: browsers of users of the Supabase project ---- */

/* hash: of the session's id, as above. sealed: what auth/ keeps of it, which
 * the id opens. For so many seconds. */
int user_session_add(struct db *db, const char *hash, const char *sealed,
                     int64_t seconds, struct err *err);
/* ERR_UNAUTHENTICATED if it is over. The caller frees *ret_sealed. */
int user_session_find(struct db *db, const char *hash, char **ret_sealed,
                      struct err *err);
/* ERR_UNAUTHENTICATED if it was ended meanwhile. */
int user_session_renew(struct db *db, const char *hash, const char *sealed,
                       int64_t seconds, struct err *err);
int user_session_end(struct db *db, const char *hash, struct err *err);

#endif
