/* Shared by the files about training_items; private to this room. */
#ifndef DB_ITEMS_H
#define DB_ITEMS_H

#include "db/pg.h"

/* Columns of training_items t, in the order that item_read expects. */
#define ITEM_COLUMNS                                                           \
    "t.id, t.artist_id, t.als_summary_id, t.parse_id, t.als_filename, "        \
    "t.project_name, t.audio_path, t.prompt_path, t.prompt_text, t.status, "   \
    "t.system_prompt_version, t.model_name, "                                  \
    "extract(epoch FROM t.generated_at)::bigint, "                             \
    "extract(epoch FROM t.created_at)::bigint, "                               \
    "extract(epoch FROM t.updated_at)::bigint, t.audio_format, "               \
    "t.audio_bytes, t.audio_sha256, t.audio_duration_sec, "                    \
    "t.audio_sample_rate, t.audio_channels, t.audio_bitrate, "                 \
    "t.analysis_state, t.checks, t.generation_id, t.prompt_edited, t.fields, " \
    "t.error, (extract(epoch FROM t.created_at) * 1000000)::bigint, "          \
    "t.alignment, (SELECT count(*) FROM training_windows w "                   \
    "WHERE w.item_id = t.id AND NOT w.waiting), CASE "                         \
    "WHEN t.als_summary_id IS NULL THEN t.analysis -> 'tempo' END"
#define ITEM_MICROS 28 /* created_at, for cursors */
#define ITEM_ALIGNMENT 29
#define ITEM_WINDOWS 30
#define ITEM_TEMPO 31
#define ITEM_MORE 32 /* the first column after these */

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
