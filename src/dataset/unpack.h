/*
 * A zip or tar (packed by gzip, too) of Live sets and bounces, taken apart as
 * if it were the folder: what a folder is read for is written out, one file
 * behind the other, with a list of where each lies. No name of the archive
 * ever becomes a path.
 *
 * This is the child's side, trainmode-unpack; callers see unpacker.h.
 */
#ifndef DATASET_UNPACK_H
#define DATASET_UNPACK_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* What an archive may cost us; bytes. */
struct unpack_limits {
    int64_t total; /* of all that is written out */
    int64_t set;   /* one Live set */
    int64_t audio; /* one piece of audio */
};

enum {
    UNPACK_ENTRIES_MAX = 20000, /* of any kind; projects hold samples */
    UNPACK_FILES_MAX = 2000,    /* sets and bounces together */
    UNPACK_TEXTS_MAX = 2000,    /* more are passed over */
    UNPACK_TEXT_BYTES = 20000,  /* a larger one is no caption */
    UNPACK_RATIO_MAX = 200,     /* bytes for each byte of the archive... */
};
/* ...where it is more than this at all: digital silence packs well. */
#define UNPACK_FREE ((int64_t)256 << 20)

enum unpack_kind {
    UNPACK_NOTHING, /* passed over without a word */
    UNPACK_SET,
    UNPACK_AUDIO,
    UNPACK_TEXT,    /* a caption, if audio lies beside it */
    UNPACK_ARCHIVE, /* within the archive; stays closed */
    UNPACK_OUTSIDE, /* one of these, under a name that leaves the folder */
};
enum unpack_kind unpack_kind_of(const char *name);
/* UTF-8 with slashes, whatever the archive's maker wrote. NULL for an empty
 * or an endless one. The caller frees it. */
char *unpack_name(const char *raw);

/*
 * in: the archive, a regular file, read from its start; out: an empty one.
 * {files: [{name, kind: "set"|"audio", at, bytes}], texts: [{name, kind:
 * "text", at, bytes}], refused: [{name, code, detail}]}; the caller puts it.
 * NULL with ERR_NOT_ARCHIVE (no archive, cut off, damaged, encrypted),
 * ERR_TOO_LARGE, ERR_DISK_FULL.
 */
json_object *unpack(int in, int out, const struct unpack_limits *limits,
                    struct err *err);

#endif
