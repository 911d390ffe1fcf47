/* Names in the form that the dictionary uses; see words_parts.h. */
#include <string.h>

#include "base/buf.h"
#include "base/auto.h"
#include "base/mem.h"
#include "base/text.h"
#include "music/words_parts.h"

enum { FOLDED_MAX = 4096, RUN_MAX = 128, PARTS_MAX = 6 };

static uint32_t
lower(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0x410 && c <= 0x42f) ||
        (c >= 0xc0 && c <= 0xde && c != 0xd7))
        return c + 32;
    return c;
}

static bool
is_letter(uint32_t c)
{
    return c >= 0x80 || (lower(c) >= 'a' && lower(c) <= 'z');
}

/* Whether a single lower-case word is in the dictionary, including fillers. */
static bool
known(const char *word, size_t len)
{
    const struct word_list *l = &words_all()->names;
    size_t c = (unsigned char)word[0];

    for (size_t i = l->starts[c]; i < l->starts[c + 1]; i++) {
        const struct word_phrase *p = &l->v[i];

        bool plural = p->len + 1 == len && word[len - 1] == 's';

        if ((p->len == len || plural) && strncmp(p->text, word, p->len) == 0)
            return true;
    }
    return false;
}

/* A run of letters: one word, or the words that its capitals begin. */
static void
add_run(struct buf *b, const uint32_t *run, size_t n)
{
    auto_buf struct buf word = BUF_INIT(8 * RUN_MAX);
    size_t at[PARTS_MAX + 1] = {0};
    size_t parts = 1;
    bool split = true;

    for (size_t i = 0; i < n; i++) {
        bool hump = i > 0 && lower(run[i]) != run[i] &&
                    (lower(run[i - 1]) == run[i - 1] ||
                     (i + 1 < n && lower(run[i + 1]) == run[i + 1]));

        if (hump && parts < PARTS_MAX)
            at[parts++] = word.len;
        (void)buf_add_point(&word, lower(run[i]));
    }
    at[parts] = word.len;
    if (parts > 1)
        split = !known(buf_str(&word), word.len);
    for (size_t i = 0; parts > 1 && split && i < parts; i++)
        split = known(buf_str(&word) + at[i], at[i + 1] - at[i]);
    if (parts == 1 || !split) {
        (void)buf_addf(b, "%s ", buf_str(&word));
        return;
    }
    for (size_t i = 0; i < parts; i++)
        (void)buf_addf(b, "%.*s ", (int)(at[i + 1] - at[i]),
                       buf_str(&word) + at[i]);
}

char *
words_fold(const char *name)
{
    struct buf b = BUF_INIT(FOLDED_MAX);
    uint32_t run[RUN_MAX];
    size_t n = 0;
    uint32_t c;
    bool digits = false;

    (void)buf_add_str(&b, " ");
    do {
        c = text_next(&name);
        if (is_letter(c) && n < RUN_MAX) {
            if (digits)
                (void)buf_add_str(&b, " ");
            digits = false;
            run[n++] = c;
            continue;
        }
        if (n > 0)
            add_run(&b, run, n);
        n = 0;
        if (digits && !(c >= '0' && c <= '9'))
            (void)buf_add_str(&b, " ");
        digits = c >= '0' && c <= '9';
        if (digits)
            (void)buf_add_point(&b, c);
        else if (c != 0 && c < 0x80 && strchr("&+/,", (int)c) != NULL)
            (void)buf_addf(&b, "%c ", (int)c);
    } while (c != 0);
    return buf_steal(&b);
}
