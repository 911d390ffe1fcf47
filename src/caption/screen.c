/* Finds what no caption may contain, whatever the set says; see screen.h. */
#include "caption/screen.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "music/words.h"

enum { PHONE_DIGITS = 7, NAME_MIN = 3 };

struct screen {
    const char *text;
    json_object *warnings;
};

static void
warn(struct screen *s, const char *field, size_t start, size_t end)
{
    json_object *w = json_object_new_object();
    auto_free char *said = xstrndup(s->text + start, end - start);

    json_add_str(w, "field", field);
    json_add_str(w, "said", said);
    json_add_str(w, "set", ""); /* no set has it */
    json_add_int(w, "start", (int64_t)text_count_to(s->text, start));
    json_add_int(w, "end", (int64_t)text_count_to(s->text, end));
    json_object_array_add(s->warnings, w);
}

static bool
in_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* ---- addresses ---- */

/* Whether a word ends in a domain that people write without "http". */
static bool
has_domain(const char *word, size_t len)
{
    static const char *const domains[] = {
        ".com", ".net", ".org", ".io", ".fm",   ".ai", ".app", ".dev",
        ".de",  ".fr",  ".nl",  ".eu", ".info", ".tv", ".gg",  ".co.uk",
        ".ly",  ".jp",  ".ch",  ".at", ".se",   ".be"};

    for (size_t i = 0; i < sizeof(domains) / sizeof(*domains); i++) {
        size_t n = strlen(domains[i]);

        for (size_t at = 1; at + n <= len; at++)
            if (strncasecmp(word + at, domains[i], n) == 0 &&
                (at + n == len || word[at + n] == '/'))
                return true;
    }
    return false;
}

static bool
is_link(const char *word, size_t len)
{
    return (len > 4 && strncasecmp(word, "www.", 4) == 0) ||
           memmem(word, len, "://", 3) != NULL || has_domain(word, len);
}

/* name@host, and @name as an account name. */
static bool
is_email(const char *word, size_t len)
{
    const char *at = memchr(word, '@', len);

    return at != NULL && at + 1 < word + len && in_word(at[1]);
}

/* Each word between blanks, without the marks around it. */
static void
check_words(struct screen *s)
{
    const char *text = s->text;

    for (size_t at = 0; text[at] != '\0';) {
        size_t n = strcspn(text + at, " \t\r\n,;\"'()<>");
        size_t len = n;

        while (len > 0 && strchr(".:!?", text[at + len - 1]) != NULL)
            len--;
        if (is_email(text + at, len))
            warn(s, "email", at, at + len);
        else if (is_link(text + at, len))
            warn(s, "link", at, at + len);
        at += n + (text[at + n] != '\0');
    }
}

/* ---- telephone numbers ---- */

/* Digits in groups, separated by single marks: the length of all, 0 if it is
 * not a phone number. Tempo and year have fewer digits. */
static size_t
phone_at(const char *p)
{
    size_t end = 0;
    int digits = 0;
    int marks = 0;

    for (size_t i = *p == '+'; p[i] != '\0' && marks < 3; i++) {
        if (isdigit((unsigned char)p[i])) {
            digits++;
            marks = 0;
            end = i + 1;
        } else if (strchr(" -().", p[i]) != NULL) {
            marks++;
        } else {
            break;
        }
    }
    return digits >= PHONE_DIGITS && !in_word(p[end]) ? end : 0;
}

static void
check_phones(struct screen *s)
{
    const char *text = s->text;

    for (size_t at = 0; text[at] != '\0'; at++) {
        size_t n = 0;

        if ((at == 0 || !in_word(text[at - 1])) &&
            (text[at] == '+' || isdigit((unsigned char)text[at])))
            n = phone_at(text + at);
        if (n > 0) {
            warn(s, "phone", at, at + n);
            at += n - 1;
        }
    }
}

/* ---- the artist ---- */

static void
check_artist(struct screen *s, const char *artist)
{
    auto_free char *name = artist != NULL ? text_one_line(artist) : NULL;
    size_t n = name != NULL ? strlen(name) : 0;
    struct said said;

    if (n == 0 || text_count(name) < NAME_MIN ||
        (words_find(name, 0, &said) && said.end - said.start == n))
        return;
    for (const char *p = s->text; (p = strcasestr(p, name)) != NULL; p += n)
        if ((p == s->text || !in_word(p[-1])) && !in_word(p[n]))
            warn(s, "artist", (size_t)(p - s->text), (size_t)(p - s->text) + n);
}

static int
by_start(const void *a, const void *b)
{
    double x = json_number(*(json_object *const *)a, "start", 0);
    double y = json_number(*(json_object *const *)b, "start", 0);

    return (x > y) - (x < y);
}

void
screen_check(const char *text, const char *artist, json_object *warnings)
{
    struct screen s = {text, warnings};

    check_words(&s);
    check_phones(&s);
    check_artist(&s, artist);
    json_object_array_sort(warnings, by_start);
}
