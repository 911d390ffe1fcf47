/* Shared by the files about training_items; private to this room. */
#ifndef DB_ITEMS_H
#define DB_ITEMS_H

#include "db/pg.h"

/* Each column of training_items t that an item has: its number, the member of
 * struct item, how it is read, its SQL. What follows from the list has no
 * number of its own. */
#define ITEM_FIELDS(X)                                                         \
    X(ARTIST_ID, artist_id, text, "t.artist_id")                               \
    X(SUMMARY_ID, als_summary_id, text, "t.als_summary_id")                    \
    X(PARSE_ID, parse_id, text, "t.parse_id")                                  \
    X(ALS_FILENAME, als_filename, text, "t.als_filename")                      \
    X(PROJECT_NAME, project_name, text, "t.project_name")                      \
    X(AUDIO_PATH, audio_path, text, "t.audio_path")                            \
    X(PROMPT_PATH, prompt_path, text, "t.prompt_path")                         \
    X(PROMPT_TEXT, prompt_text, text, "t.prompt_text")                         \
    X(STATUS, status, text, "t.status")                                        \
    X(VERSION, system_prompt_version, text, "t.system_prompt_version")         \
    X(MODEL_NAME, model_name, text, "t.model_name")                            \
    X(GENERATED_AT, generated_at, int,                                         \
      "extract(epoch FROM t.generated_at)::bigint")                            \
    X(CREATED_AT, created_at, int, "extract(epoch FROM t.created_at)::bigint") \
    X(UPDATED_AT, updated_at, int, "extract(epoch FROM t.updated_at)::bigint") \
    X(AUDIO_FORMAT, audio.format, text, "t.audio_format")                      \
    X(AUDIO_BYTES, audio.bytes, int, "t.audio_bytes")                          \
    X(AUDIO_SHA256, audio.sha256, text, "t.audio_sha256")                      \
    X(AUDIO_DURATION, audio.duration_sec, num, "t.audio_duration_sec")         \
    X(AUDIO_RATE, audio.sample_rate, int, "t.audio_sample_rate")               \
    X(AUDIO_CHANNELS, audio.channels, int, "t.audio_channels")                 \
    X(AUDIO_BITRATE, audio.bitrate, int, "t.audio_bitrate")                    \
    X(ANALYSIS_STATE, analysis_state, text, "t.analysis_state")                \
    X(CHECKS, checks, json, "t.checks")                                        \
    X(GENERATION_ID, generation_id, text, "t.generation_id")                   \
    X(PROMPT_EDITED, prompt_edited, bool, "t.prompt_edited")                   \
    X(FIELDS, fields, json, "t.fields")                                        \
    X(ERROR, error, text, "t.error")                                           \
    X(ALIGNMENT, alignment, json, "t.alignment")                               \
    X(WINDOWS, windows_n, int,                                                 \
      "(SELECT count(*) FROM training_windows w "                              \
      "WHERE w.item_id = t.id AND NOT w.waiting)")                             \
    X(TEMPO, tempo, json,                                                      \
      "CASE WHEN t.als_summary_id IS NULL THEN t.analysis -> 'tempo' END")

#define ITEM_SQL(name, member, kind, sql) ", " sql
#define ITEM_COLUMNS                                                           \
    "t.id" ITEM_FIELDS(                                                        \
        ITEM_SQL) ", (extract(epoch FROM t.created_at) * 1000000)::bigint"

#define ITEM_NUMBER(name, member, kind, sql) ITEM_##name,
enum {
    ITEM_ID,
    ITEM_FIELDS(ITEM_NUMBER) ITEM_MICROS, /* created_at, for cursors */
    ITEM_MORE                             /* the first column after these */
};

void item_read(const struct rows *r, size_t i, struct item *ret);
void items_read(const struct rows *r, size_t n, struct items *ret);

/* Before inserting an item: what happens to the newest one of the same set, see
 * item_insert_as. Queries in the middle of a transaction. */
int item_make_room(struct pg *tx, const struct item *it, enum if_exists how,
                   char **ret_other, struct err *err);
/* Afterwards: the windows of the item that was put to rest wait in the new one
 * for its audio's analysis, as they do when an item gets other audio; the old
 * one keeps its own. In the middle of a transaction. */
int item_inherit_windows(struct pg *tx, const char *id, const char *from,
                         struct err *err);

/* Remade windows replace all that the item has; see db/windows.h. In the middle
 * of a transaction. */
struct windows_made;
int windows_swap(struct pg *tx, const char *item, struct windows_made *made,
                 struct err *err);

/* ERR_ITEM_NOT_FOUND. Always -1. */
int item_missing(const char *id, struct err *err);

#endif
