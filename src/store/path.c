/* The names of objects, and which names are refused. */
#include "store/path.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "base/id.h"
#include "base/mem.h"
#include "store/store.h"

#define PATH_MAX_LEN 512
#define SEGMENTS_MAX 8

char *
store_path_audio(const char *slug, const char *item, const char *ext)
{
    return xasprintf("artists/%s/training/%s/audio.%s", slug, item, ext);
}

char *
store_path_prompt(const char *slug, const char *item)
{
    return xasprintf("artists/%s/training/%s/prompt.txt", slug, item);
}

char *
store_path_incoming(const char *slug, const char *upload)
{
    return xasprintf("artists/%s/incoming/%s", slug, upload);
}

char *
store_path_converted(const char *audio, const char *id, const char *ext)
{
    const char *slug = audio + strlen("artists/");

    return xasprintf("artists/%.*s/converted/%s.%s", (int)strcspn(slug, "/"),
                     slug, id, ext);
}

char *
store_path_next(const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    size_t stem = strcspn(name, "-.");
    uint32_t tag;

    id_random(&tag, sizeof(tag));
    return xasprintf("%.*s-%08x%s", (int)(name - path + (ptrdiff_t)stem), path,
                     tag, strrchr(name, '.'));
}

char *
store_path_dataset(const char *slug, int64_t now_ms)
{
    time_t seconds = (time_t)(now_ms / 1000);
    char stamp[32];
    struct tm tm;

    gmtime_r(&seconds, &tm);
    (void)strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%S", &tm);
    return xasprintf("artists/%s/datasets/dataset-%s%03dZ.zip", slug, stamp,
                     (int)(now_ms % 1000));
}

/* A segment: ASCII letters, digits, ".", "_", "-", no dot in front; so neither
 * "..", nor a hidden file, nor anything that must be escaped in a URL. */
static bool
segment_valid(const char *s, size_t len)
{
    static const char taken[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789._-";

    return len > 0 && s[0] != '.' && strspn(s, taken) >= len;
}

bool
path_valid(const char *path)
{
    const char *p = path;
    int segments = 0;

    if (strlen(path) > PATH_MAX_LEN || strncmp(path, "artists/", 8) != 0)
        return false;
    for (;;) {
        size_t len = strcspn(p, "/");

        if (!segment_valid(p, len) || ++segments > SEGMENTS_MAX)
            return false;
        if (p[len] == '\0')
            return segments > 1;
        p += len + 1;
    }
}
