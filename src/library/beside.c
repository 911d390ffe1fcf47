/*
 * The text next to a bounce in an archive is its caption, as on the page for a
 * folder: `stem.caption.txt`, otherwise `stem.txt`.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "library/library.h"

#define CAPTION_MAX 8192    /* bytes, as for a caption that is saved */
#define MARK "\xef\xbb\xbf" /* what Windows puts in front of UTF-8 */

static bool
is_beside(const char *text, const char *ending, const char *audio)
{
    const char *dot = strrchr(audio, '.');
    size_t n = dot != NULL ? (size_t)(dot - audio) : strlen(audio);

    return text_before(text, ending) == n && strncmp(text, audio, n) == 0;
}

static json_object *
find(json_object *texts, const char *ending, const char *audio)
{
    for (size_t i = 0; i < json_object_array_length(texts); i++) {
        json_object *one = json_object_array_get_idx(texts, i);

        if (is_beside(json_text(one, "name"), ending, audio))
            return one;
    }
    return NULL;
}

/* A file that is not text, or too long for a caption, is not one. */
static char *
as_caption(const char *text, size_t len)
{
    auto_free char *line = NULL;

    if (len >= strlen(MARK) && memcmp(text, MARK, strlen(MARK)) == 0) {
        text += strlen(MARK);
        len -= strlen(MARK);
    }
    if (!text_valid(text, len))
        return NULL;
    line = text_one_line(text);
    return *line != '\0' && strlen(line) <= CAPTION_MAX ? steal(&line) : NULL;
}

int
beside_caption(int fd, json_object *texts, const char *audio, char **ret,
               struct err *err)
{
    json_object *one = find(texts, ".caption.txt", audio);
    auto_free char *text = NULL;
    size_t len;
    ssize_t n;

    *ret = NULL;
    if (one == NULL)
        one = find(texts, ".txt", audio);
    if (one == NULL)
        return 0;
    len = (size_t)json_object_get_int64(json_at(one, "bytes"));
    text = xcalloc(len + 1, 1);
    do
        n = pread(fd, text, len, json_object_get_int64(json_at(one, "at")));
    while (n == -1 && errno == EINTR);
    if (n != (ssize_t)len)
        return err_errno(err, ERR_INTERNAL, "read a text that was unpacked");
    *ret = as_caption(text, len);
    return 0;
}
