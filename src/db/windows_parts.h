/* Shared by the files about training_windows; private to this room. */
#ifndef DB_WINDOWS_PARTS_H
#define DB_WINDOWS_PARTS_H

#include "db/pg.h"
#include "db/windows.h"

/* Columns of training_windows w, in the order that windows_read expects. */
#define WINDOW_COLUMNS                                                         \
    "w.position, w.start_sec, w.end_sec, w.start_bar, w.bars, w.section, "     \
    "w.sounds, w.known, w.prompt_text, w.fields, w.warnings, w.source, "       \
    "w.edited, w.excluded, w.system_prompt_version, w.model_name, "            \
    "w.generation_id, extract(epoch FROM w.generated_at)::bigint, w.waiting, " \
    "w.enters, w.leaves, w.energy_db"
/* When audio, caption or windows last changed, in microseconds. */
#define WINDOWS_CONTENT "(extract(epoch FROM t.content_at) * 1000000)::bigint"

void windows_read(const struct rows *r, struct windows *ret);

#endif
