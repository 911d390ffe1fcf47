/*
 * Names in archives. A zip without the flag for UTF-8 uses the encoding of the
 * system that wrote it: UTF-8 anyway (macOS), or a DOS code page, of which 437
 * is the standard; its letters for Western names are the same in 850.
 */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/text.h"
#include "dataset/unpack.h"

#define NAME_BYTES 4096

static const uint16_t cp437[128] = {
    0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea,
    0x00eb, 0x00e8, 0x00ef, 0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6,
    0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9, 0x00ff, 0x00d6, 0x00dc,
    0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa,
    0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc,
    0x00a1, 0x00ab, 0x00bb, 0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561,
    0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b,
    0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
    0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567, 0x2568,
    0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518,
    0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580, 0x03b1, 0x00df, 0x0393,
    0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4,
    0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320,
    0x2321, 0x00f7, 0x2248, 0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2,
    0x25a0, 0x00a0,
};

char *
unpack_name(const char *raw)
{
    auto_buf struct buf b = BUF_INIT(NAME_BYTES);
    bool utf8 = text_valid(raw, strlen(raw));
    bool folders = strchr(raw, '/') != NULL;

    for (; *raw != '\0' && !b.failed; raw++) {
        unsigned char c = (unsigned char)*raw;

        if (c == '\\' && !folders)
            c = '/'; /* Windows tools of old */
        if (utf8)
            (void)buf_add(&b, &c, 1);
        else
            (void)buf_add_point(&b, c < 0x80 ? c : cp437[c - 0x80]);
    }
    return b.failed || b.len == 0 ? NULL : buf_steal(&b);
}

/* ---- what a file is, by its name ---- */

static bool
ends_with_one_of(const char *name, const char *const *endings)
{
    for (; *endings != NULL; endings++)
        if (text_before(name, *endings) > 0)
            return true;
    return false;
}

/* Live's own copies and recordings, and files that systems leave behind:
 * Finder's resource forks (__MACOSX/._x) have the names of the files that they
 * belong to. */
static bool
is_litter(const char *part, size_t len)
{
    static const char *const names[] = {
        "Samples", "Backup", "Ableton Project Info", "Presets", "__MACOSX"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (strlen(names[i]) == len && strncasecmp(part, names[i], len) == 0)
            return true;
    return part[0] == '.' && !(len == 1 || (len == 2 && part[1] == '.'));
}

static bool
is_within(const char *name)
{
    if (*name == '/' || (name[0] != '\0' && name[1] == ':'))
        return false;
    for (const char *p = name; *p != '\0';) {
        size_t len = strcspn(p, "/");

        if (len == 2 && p[0] == '.' && p[1] == '.')
            return false;
        p += len + strspn(p + len, "/");
    }
    return true;
}

enum unpack_kind
unpack_kind_of(const char *name)
{
    static const char *const audio[] = {".mp3", ".wav",  ".wave", ".flac",
                                        ".aif", ".aiff", ".aifc", ".ogg",
                                        ".oga", ".opus", NULL};
    static const char *const archives[] = {".zip", ".tar", ".tgz", ".tar.gz",
                                           ".7z",  ".rar", NULL};

    for (const char *p = name; *p != '\0';) {
        size_t len = strcspn(p, "/");

        if (is_litter(p, len))
            return UNPACK_NOTHING;
        p += len + strspn(p + len, "/");
    }
    if (text_before(name, ".als") > 0)
        return is_within(name) ? UNPACK_SET : UNPACK_OUTSIDE;
    if (ends_with_one_of(name, audio))
        return is_within(name) ? UNPACK_AUDIO : UNPACK_OUTSIDE;
    if (text_before(name, ".txt") > 0 && text_before(name, ".lyrics.txt") == 0)
        return is_within(name) ? UNPACK_TEXT : UNPACK_NOTHING;
    return ends_with_one_of(name, archives) ? UNPACK_ARCHIVE : UNPACK_NOTHING;
}
