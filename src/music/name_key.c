/* Which file names are one track's; see name_key.h. */
#include "music/name_key.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* Words that say what kind of a file it is, not which track. */
static const char *const said_of_bounces[] = {
    "master",  "mastered", "mastering", "mix",    "mixdown",  "bounce",
    "bounced", "final",    "export",    "render", "rendered", "premaster",
    "demo",    "project",  "24bit",     "16bit",  "44k",      "48k",
    "wav",     "mp3",      "stereo",    "loud",   "ref",      "print"};

static bool
is_said_of_bounces(const char *word)
{
    size_t n = strlen(word);

    for (size_t i = 0; i < sizeof(said_of_bounces) / sizeof(*said_of_bounces);
         i++)
        if (strcmp(word, said_of_bounces[i]) == 0)
            return true;
    /* v2, v10 */
    return n >= 2 && n <= 4 && word[0] == 'v' &&
           strspn(word + 1, "0123456789") == n - 1;
}

static bool
in_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* Words in small letters, with a blank between them. */
static char *
key(const char *name, bool plain)
{
    auto_buf struct buf b = BUF_INIT(4096);
    const char *base =
        strrchr(name, '/') != NULL ? strrchr(name, '/') + 1 : name;
    const char *end = strrchr(base, '.');

    if (end == NULL || end == base)
        end = base + strlen(base);
    for (const char *p = base; p < end;) {
        char word[256];
        size_t n = 0;

        for (; p < end && !in_word(*p); p++)
            continue;
        for (; p < end && in_word(*p); p++)
            if (n < sizeof(word) - 1)
                word[n++] = (char)tolower((unsigned char)*p);
        word[n] = '\0';
        if (n > 0 && (!plain || !is_said_of_bounces(word)))
            (void)buf_addf(&b, "%s%s", b.len > 0 ? " " : "", word);
    }
    if (b.len > 0)
        return buf_steal(&b);
    return xstrndup(base, (size_t)(end - base)); /* "final.wav" */
}

char *
name_key(const char *name)
{
    return key(name, true);
}

char *
name_words(const char *name)
{
    return key(name, false);
}
