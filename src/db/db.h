/*
 * The database as callers see it: one struct and one function per question. No
 * general query function; SQL stays in db/. Every query uses parameters, inside
 * an explicit transaction, without session state, so that it works through a
 * transaction pooler too.
 *
 * A `struct db` is shared by all threads; each call borrows a connection from a
 * small pool and gives it back before it returns, so a caller never holds one
 * while it waits for something slow.
 *
 * Errors: ERR_DATABASE (away, and nothing was changed; reconnects by itself),
 * ERR_UNSURE (away, and the change may have been made: leave alone what it may
 * refer to), the ERR_*_NOT_FOUND of the thing, ERR_INVALID_FIELD for text that
 * the database cannot store.
 *
 * Ids and texts in structs are owned by the struct; x_release frees them and
 * leaves it zeroed. Times are seconds since 1970 UTC, 0 if there is none.
 *
 * Long, since every question is in this one place.
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
#include "base/setting.h"
#include "base/strs.h"
#include "music/song.h"

extern const struct settings db_settings; /* settings.c */

struct db;

struct db *db_open(const char *url, int connections, struct err *err);
void db_close(struct db *db);
AUTO_DEFINE(auto_db_p, struct db *, db_close)
#define auto_db auto_cleanup(auto_db_p)
int db_ping(struct db *db, struct err *err);

/* ---- who.c ---- */

/* The identity that a thread's queries are made for. */
struct db_who {
    const char *user;   /* UUID: only this user's artists; NULL: no limit */
    const char *artist; /* UUID: only this artist; NULL: no limit */
    const char *claims; /* JSON object for request.jwt.claims: transactions run
                           as the role `authenticated`; NULL: as we logged in */
};

/*
 * Everything that this thread asks from now on is on behalf of `who`, until the
 * next call; NULL: on our own behalf, as in a thread that never called this.
 * Anything that is not theirs behaves as if it did not exist: ERR_*_NOT_FOUND,
 * no row in a list, nothing changed. Artists that a user creates are theirs; a
 * `who` limited to one artist creates none (ERR_FORBIDDEN). Borrowed: *who and
 * its texts must stay until the next call.
 */
void db_act_as(const struct db_who *who);

/* ---- outcome.c ---- */

/* Delete marks of transactions that nobody will ask about any more. */
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
/* Wanted slug; if it is taken: exact ? ERR_ARTIST_EXISTS : "-2", "-3". */
int artist_insert(struct db *db, const char *name, const char *slug, bool exact,
                  struct artist *ret, struct err *err);
int artist_rename(struct db *db, const char *id, const char *name,
                  struct artist *ret, struct err *err);
int artist_delete(struct db *db, const char *id, struct err *err);
/* ERR_SCHEMA_NOT_FOUND if the artist has none. The caller puts *ret. */
int schema_get(struct db *db, const char *artist, json_object **ret,
               struct err *err);
int schema_put(struct db *db, const char *artist, json_object *schema,
               struct err *err);

/* ---- sets.c: als_summaries ---- */
struct set {
    char *id, *artist_id, *parse_id, *als_filename, *project_name;
    json_object *summary;     /* NULL in lists */
    double tempo;             /* 0: unknown; lists only, from the summary */
    double duration_sec;      /* 0: unknown */
    char *key, *live_version; /* NULL: unknown */
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
/* The same, but ERR_SET_NOT_FOUND if it is not this artist's. */
int set_get_of(struct db *db, const char *artist, const char *parse_id,
               struct set *ret, struct err *err);
/* The sources of a caption, in one query. */
struct sources {
    json_object *schema;  /* NULL: the artist has none */
    json_object *summary; /* NULL if no set was requested */
    char *artist;         /* the name */
};
void sources_release(struct sources *s);
#define auto_sources auto_cleanup(sources_release)
/* parse_id NULL: no set. ERR_ARTIST_NOT_FOUND, ERR_SET_NOT_FOUND. */
int sources_get(struct db *db, const char *artist, const char *parse_id,
                struct sources *ret, struct err *err);
/* Newest first. q: in file or project name, in any case; NULL: all. */
int sets_list(struct db *db, const char *artist, const char *q, long limit,
              const char *cursor, struct sets *ret, struct err *err);
/* The rest of such a list after its page with that `next`, in cursors of parts
 * of `limit` rows, each to be read to its end. Rows that come or go meanwhile
 * change the size of a part, and no row is in two or in none. */
int sets_ranges(struct db *db, const char *artist, const char *next, long limit,
                struct strs *ret, struct err *err);
/* Insert. *ret_new is false if parse_id exists already (ERR_CONFLICT if it is
 * another artist's): then nothing is changed, except that a summary with an
 * older summaryVersion is replaced by this one. */
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
    uint32_t crc32;                     /* if known; older rows lack it */
    bool has_crc32;
    bool odd_head; /* it has a tag that its format does not know, or no
                    * length of its sound */
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
    json_object *alignment;   /* its place in its set; NULL until done */
    json_object *tempo;       /* measured, of audio without a set; or NULL */
    json_object *checks;      /* array; NULL: none */
    json_object *fields;      /* of the caption; NULL: unknown */
    long windows_n;           /* that it is divided into */
    struct song song;         /* its set, if an export reads the item */
    /* What an export takes instead of the item: its windows that are not
     * excluded, possibly none. NULL: the whole item. Borrowed. */
    const struct windows *windows;
    /* The windows of an item that is exported whole, to be described next to
     * it. NULL: not requested. Borrowed. */
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
/* Which items, and in which order. NULL: all; the newest first. */
struct items_query {
    const char *status;
    const char *q;       /* in names or caption, in any case */
    const char *problem; /* a check's code, "any", "none", "failed" */
    const char *sort;    /* createdAt, updatedAt, generatedAt, name, status,
                          * durationSec, alsFilename, promptText */
    bool descending;     /* the order is descending */
    long limit;
    const char *cursor; /* `next` of an earlier page, in the same order */
};
/* Counts are over all of the artist's items, except `matches`. */
int items_list(struct db *db, const char *artist, const struct items_query *q,
               struct items *ret, struct err *err);
/* As sets_ranges, of a list that is sorted by nothing. */
int items_ranges(struct db *db, const char *artist, const char *next,
                 long limit, struct strs *ret, struct err *err);
/* Insert a complete item with all of `it` (status, paths, provenance). With an
 * idempotency key: if the key is known, *ret_known gets the earlier item's id
 * and nothing is inserted (ERR_IDEMPOTENCY_MISMATCH if request_hash
 * differs). */
int item_insert(struct db *db, const struct item *it, const char *idem_key,
                const char *request_hash, char **ret_known, struct err *err);
/* What happens to the newest item of the same artist and set with audio: it
 * stays, it is put to rest (items_rest.c), or the new one is refused. */
enum if_exists { EXISTS_NEW, EXISTS_REPLACE, EXISTS_REFUSE };
/* The same; *ret_other gets the id of that item if it matters: ERR_ITEM_EXISTS
 * with EXISTS_REFUSE. The caller frees it, on failure too. */
int item_insert_as(struct db *db, const struct item *it, enum if_exists how,
                   const char *idem_key, const char *request_hash,
                   char **ret_known, char **ret_other, struct err *err);
/* Only look. *ret_known is NULL if the key is new. */
int item_by_key(struct db *db, const char *artist, const char *idem_key,
                const char *request_hash, char **ret_known, struct err *err);
/* Insert needs_audio rows for sets; a set that is already queued is skipped. */
int items_enqueue(struct db *db, const char *artist,
                  const char *const *parse_ids, size_t n, struct items *ret,
                  struct err *err);
/* Give a queued or existing item its audio. The status follows. Its windows
 * wait until the audio is analyzed. */
int item_set_audio(struct db *db, const char *id, const char *audio_path,
                   const struct audio_facts *audio, json_object *checks,
                   struct err *err);
/* NULL leaves a member unchanged. The status follows. windows: those remade for
 * it, or NULL. */
int item_set_prompt(struct db *db, const char *id, const char *prompt_path,
                    const char *prompt_text, const struct item *provenance,
                    const char *project_name, struct windows_made *windows,
                    struct err *err);
/* The item needs it again; removing the objects is up to the caller. */
int item_remove_audio(struct db *db, const char *id, struct err *err);
/* Set the CRC-32 of the bytes with this SHA-256 in a row that lacks it; does
 * nothing if the item has other audio by now. */
int item_learn_crc32(struct db *db, const char *id, const char *sha256,
                     uint32_t crc32, struct err *err);
int item_remove_prompt(struct db *db, const char *id, struct err *err);
/* A failed item gets the status that its audio and caption imply, and is
 * analyzed again. ERR_ITEM_NOT_FOUND also for one that has not failed. */
int item_retry(struct db *db, const char *id, struct err *err);
/* The oldest item without an analysis, from the next artist after this one
 * (NULL: the first), so that each artist gets a turn however many items another
 * has waiting; leased for lease_sec seconds. ret->id is NULL if none waits. No
 * connection is held meanwhile. The whole analysis is on our own behalf,
 * whoever the thread acts for. */
int item_take_for_analysis(struct db *db, int lease_sec, const char *after,
                           struct item *ret, struct err *err);
/* Lease it for lease_sec from now. *ret_ours is false if it was deleted or got
 * other audio since it was taken: its analysis is no longer wanted. */
int item_keep_for_analysis(struct db *db, const struct item *taken,
                           int lease_sec, bool *ret_ours, struct err *err);
/* The members `sound` and `alignment` of an analysis are stored separately.
 * Ignored if the item got other audio since it was taken. checks NULL leaves
 * them unchanged. why NULL: success; otherwise the item is failed, for this
 * reason. windows: those remade because of it, or NULL. */
int item_put_analysis(struct db *db, const struct item *taken, const char *why,
                      json_object *analysis, json_object *checks,
                      struct windows_made *windows, struct err *err);
/* Taken, but not analyzed: anybody may take it at once. */
int item_give_back(struct db *db, const char *id, struct err *err);
/* Analyzed items of an artist, from other sets, whose audio is within
 * give_or_take of sec: the nearest in length, at most limit. Only id, parse_id,
 * als_filename, project_name and {fingerprint, silentFraction} of the analysis
 * are filled in. */
int items_as_long(struct db *db, const char *artist, const char *but_parse_id,
                  double sec, double give_or_take, long limit,
                  struct items *ret, struct err *err);
/* Immediately; removing its objects is up to the caller. */
int item_delete(struct db *db, const char *id, struct item *ret_gone,
                struct err *err);

/* ---- items_rest.c: resting_items ---- */

/* Hidden from every other question; its objects stay. */
int item_rest(struct db *db, const char *id, struct err *err);
/* As it was. *ret_rested is false if no such item rests. ERR_CONFLICT if its
 * set is queued again by now. */
int item_restore(struct db *db, const char *id, bool *ret_rested,
                 struct err *err);
/* Cannot be undone. Fills in the id and the paths of the objects. */
int item_rest_end(struct db *db, const char *id, struct item *ret_gone,
                  struct err *err);
/* The same for all items, whoever owns them, that have rested for sec seconds;
 * at most limit. */
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
/* Does any row refer to this object? On our own behalf: another user's objects
 * must not be swept away. */
int object_known(struct db *db, const char *path, bool *ret, struct err *err);

/* ---- names.c ---- */

/* An array of texts, each in Unicode's composed form (NFC), in the same order;
 * the caller puts it. */
int names_compose(struct db *db, json_object *names, json_object **ret,
                  struct err *err);

/* ---- export_items.c: training_items as an export reads them ---- */

/* Ids of the items, oldest first. Only these are kept for all items: 10,000
 * whole items take some 50 MB. */
struct export_ids {
    char (*v)[UUID_LEN + 1];
    size_t n;
    int64_t bytes; /* total size of their audio */
};
void export_ids_release(struct export_ids *ids);
#define auto_export_ids auto_cleanup(export_ids_release)
/* The items that are ready, or exported too. */
int export_ids_list(struct db *db, const char *artist, bool include_exported,
                    struct export_ids *ret, struct err *err);
/* The listed items, ready or exported; ids: JSON array of UUIDs, maybe with
 * duplicates. ERR_ITEM_NOT_FOUND, ERR_INVALID_FIELD "itemIds" for one that
 * lacks audio or caption. */
int export_ids_chosen(struct db *db, const char *artist, json_object *ids,
                      struct export_ids *ret, struct err *err);
/* n of them from `first` on, in that order, with what goes into a dataset:
 * without their analysis, checks, prompt_path, error and times other than
 * generated_at. With a claim: ERR_CONFLICT if one is gone, or its audio or
 * caption has changed since the claim; ERR_EXPORT_RUNNING if the claim is lost.
 * claim NULL: skips those that are gone. */
int export_items_load(struct db *db, const struct export_ids *ids, size_t first,
                      size_t n, const char *claim, struct items *ret,
                      struct err *err);

/* Whether the item exists with its audio under this path. */
int item_has_audio(struct db *db, const char *id, const char *path, bool *ret,
                   struct err *err);

/* ---- generations.c: prompt_generations ---- */
struct generation {
    char *id, *artist_id, *parse_id, *prompt, *model, *version, *instructions;
    char *schema_hash, *summary_hash, *error;
    json_object *fields, *warnings, *params;
    long tokens_in, tokens_out, ms;
    long tokens_audio; /* part of tokens_in; -1: not reported */
    double cost;       /* below 0: unknown */
    double audio_sec;  /* of audio sent with the question */
    enum {
        GEN_UNTOLD,
        GEN_UNHEARD,
        GEN_HEARD
    } heard;      /* whether the model
                   * heard it */
    bool windows; /* of a track's windows: in no list, and never `newest` */
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
/* Fills in g->id. */
int generation_insert(struct db *db, struct generation *g, struct err *err);
int generation_get(struct db *db, const char *id, struct generation *ret,
                   struct err *err); /* absent: ERR_INVALID_FIELD */
/* The newest for an artist's set; ret->id is NULL if there is none. */
int generation_newest(struct db *db, const char *artist, const char *parse_id,
                      struct generation *ret, struct err *err);
int generations_list(struct db *db, const char *artist, const char *parse_id,
                     struct generations *ret, struct err *err);

/* ---- edits.c: what users made of what models wrote ---- */
struct edit {
    char *item, *written, *text; /* the item's id; the model's text, the
                                  * user's text */
};
struct edits {
    struct edit *v;
    size_t n;
};
void edits_release(struct edits *es);
#define auto_edits auto_cleanup(edits_release)
/* The artist's latest, at most `limit`, from all sets but parse_id's. */
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
/* Marks the rows exported, inserts the dataset's row and releases the claim,
 * all or nothing. Fills in d->id; adds the items' ids to the manifest, as
 * `items`. */
int dataset_insert(struct db *db, struct dataset *d, const char *const *items,
                   size_t n, const char *claim, struct err *err);
int dataset_get(struct db *db, const char *id, struct dataset *ret,
                struct err *err);
int datasets_list(struct db *db, const char *artist, struct datasets *ret,
                  struct err *err);

/* ---- exports.c: export_claims ---- */

/* One export per artist at a time, across all nodes, without a connection: a
 * row with a heartbeat, stale after a minute. ERR_EXPORT_RUNNING. */
int export_claim(struct db *db, const char *artist, char **ret_claim,
                 struct err *err);
int export_beat(struct db *db, const char *claim, struct err *err);
int export_release(struct db *db, const char *claim, struct err *err);

struct export_state { /* the progress of one */
    char *layout;     /* NULL: it has only just begun */
    int64_t items_done, item_count, bytes_done, bytes, started_at;
    int64_t conversions_done, conversion_count;
};
void export_state_release(struct export_state *s);
#define auto_export_state auto_cleanup(export_state_release)
/* A heartbeat with the progress. *ret_cancel: somebody wants it to end. */
int export_report(struct db *db, const char *claim,
                  const struct export_state *state, bool *ret_cancel,
                  struct err *err);
int export_running(struct db *db, const char *artist, struct export_state *ret,
                   bool *ret_any, struct err *err);
/* *ret_any is false if none runs. */
int export_cancel(struct db *db, const char *artist, bool *ret_any,
                  struct err *err);

/* ---- trainings.c ---- */
struct training {
    char *id, *dataset_id, *artist_id, *replicate_id, *destination, *version;
    char *status; /* creating, starting, processing; final: succeeded,
                   * failed, canceled */
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
/* Whether its status is final. */
bool training_is_over(const struct training *t);
/* Its status is "creating"; t is filled in from the row. */
int training_insert(struct db *db, struct training *t, int at_once,
                    struct err *err);
int training_get(struct db *db, const char *id, struct training *ret,
                 struct err *err);
/* From `news`: replicate_id (kept once known), status, error, logs (NULL leaves
 * them), output. *ret_changed is false if the row is newer, belongs to another
 * training of Replicate's, or is gone. */
int training_update(struct db *db, const char *id, const struct training *news,
                    bool *ret_changed, struct err *err);
int training_delete(struct db *db, const char *id, struct err *err);
int trainings_list(struct db *db, const char *artist, struct trainings *ret,
                   struct err *err);
/* Those that run and were not asked about within every_sec, now marked as asked
 * about. A request that was never answered becomes failed. */
int trainings_take_due(struct db *db, const char *artist, int every_sec,
                       struct trainings *ret, struct err *err);

/* ---- tokens.c: trainmode_tokens; always on our own behalf ---- */
struct token {
    char *id, *name;
    char *artist_id, *artist_slug; /* NULL: all artists */
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
/* hash: SHA-256 of the token, 64 hexadecimal digits. artist_slug NULL: for all
 * artists. ERR_CONFLICT if a token in use has that name. */
int tokens_add(struct db *db, const char *name, const char *hash,
               const char *artist_slug, struct token *ret, struct err *err);
/* Oldest first, including revoked ones. */
int tokens_list(struct db *db, struct tokens *ret, struct err *err);
/* ERR_INVALID_FIELD if no token in use has that name. */
int tokens_revoke(struct db *db, const char *name, struct err *err);
/* The token in use with this hash, else ERR_UNAUTHENTICATED. */
int tokens_find(struct db *db, const char *hash, struct token *ret,
                struct err *err);

/* page_sessions: browsers that signed in with a token. hash: of the session's
 * id. A session is invalid unless its token is in use. */
int token_session_add(struct db *db, const char *token_id, const char *hash,
                      int64_t seconds, struct err *err);
/* The session's token, else ERR_UNAUTHENTICATED. *ret_expires: seconds since
 * 1970. */
int token_session_find(struct db *db, const char *hash, struct token *ret,
                       int64_t *ret_expires, struct err *err);
/* A missing session is fine. */
int token_session_end(struct db *db, const char *hash, struct err *err);

/* ---- user_sessions.c: browsers of users of the Supabase project ---- */

/* hash: of the session's id, as above. sealed: auth/'s data, which the id
 * unseals. It ends after `seconds`. */
int user_session_add(struct db *db, const char *hash, const char *sealed,
                     int64_t seconds, struct err *err);
/* ERR_UNAUTHENTICATED if it is over. The caller frees *ret_sealed. */
int user_session_find(struct db *db, const char *hash, char **ret_sealed,
                      struct err *err);
/* ERR_UNAUTHENTICATED if it has ended in the meantime. */
int user_session_renew(struct db *db, const char *hash, const char *sealed,
                       int64_t seconds, struct err *err);
int user_session_end(struct db *db, const char *hash, struct err *err);

#endif
