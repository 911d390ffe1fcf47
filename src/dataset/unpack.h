/*
 * Unpacks a zip or tar (also gzipped) of Live sets and bounces as if it were a
 * folder: the relevant files are written out, one after the other, with a list
 * of their offsets. No name in the archive ever becomes a path.
 *
 * This is the child's side, trainmode-unpack; callers see unpacker.h.
 */
#ifndef DATASET_UNPACK_H
#define DATASET_UNPACK_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Limits on what an archive may cost us; bytes. */
struct unpack_limits {
    int64_t total; /* of everything that is written out */
    int64_t set;   /* one Live set */
    int64_t audio; /* one piece of audio */
};

enum {
    UNPACK_ENTRIES_MAX = 20000, /* of any kind; projects contain samples */
    UNPACK_FILES_MAX = 2000,    /* sets and bounces together */
    UNPACK_TEXTS_MAX = 2000,    /* more are skipped */
    UNPACK_TEXT_BYTES = 20000,  /* a larger one is not a caption */
    UNPACK_RATIO_MAX = 200,     /* bytes per byte of the archive... */
};
/* ...if there is more than this at all: digital silence packs well. */
#define UNPACK_FREE ((int64_t)256 << 20)

enum unpack_kind {
    UNPACK_NOTHING, /* skipped silently */
    UNPACK_SET,
    UNPACK_AUDIO,
    UNPACK_TEXT,    /* a caption, if it is next to audio */
    UNPACK_ARCHIVE, /* inside the archive; stays closed */
    UNPACK_OUTSIDE, /* one of these, but its name leaves the folder */
};
enum unpack_kind unpack_kind_of(const char *name);
/* UTF-8 with slashes, whatever wrote the archive. NULL for an empty or overlong
 * name. The caller frees it. */
char *unpack_name(const char *raw);

/*
 * in: the archive, a regular file, read from its start; out: an empty one.
 * {files: [{name, kind: "set"|"audio", at, bytes}], texts: [{name, kind:
 * "text", at, bytes}], refused: [{name, code, detail}]}; the caller puts it.
 * NULL with ERR_NOT_ARCHIVE (not an archive, truncated, damaged, encrypted),
 * ERR_TOO_LARGE, ERR_DISK_FULL.
 */
json_object *unpack(int in, int out, const struct unpack_limits *limits,
                    struct err *err);

#endif
