/* Chords that a sentence names; see chords.h. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "music/chords.h"

/* Length of a chord's name, 0 if there is none. A letter alone is major; the
 * words around it decide whether it is a chord at all. */
static size_t
name_at(const char *text, size_t at, struct key *ret)
{
    size_t n;

    if (at > 0 &&
        (text_letter(text[at - 1]) || isdigit((unsigned char)text[at - 1]) ||
         text[at - 1] == '\'' || text[at - 1] == '#'))
        return 0;
    n = key_read(text + at, ret);
    if (n == 0 ||
        (text[at] >= 'a' && (ret->mode == KEY_ANY || text[at] == 'a')))
        return 0;
    if (ret->mode == KEY_ANY)
        ret->mode = KEY_MAJOR;
    /* "Am7", "Fmaj7": the triad is what we know of it. */
    n += strspn(text + at + n, "0123456789");
    return (ret->mode == KEY_MAJOR || ret->mode == KEY_MINOR) &&
                   !text_letter(text[at + n])
               ? n
               : 0;
}

/* Bytes of what joins two names. */
static size_t
joint_at(const char *text)
{
    static const char *const joints[] = {
        ", and ",   ", then ", " and ",    " then ", " to ", ", ",
        " \u2013 ", "\u2013",  " \u2192 ", "\u2192", " - ",  "-",
        " / ",      "/",       " | ",      " "};

    for (size_t i = 0; i < sizeof(joints) / sizeof(*joints); i++) {
        size_t n = strlen(joints[i]);

        if (strncasecmp(text, joints[i], n) == 0)
            return n;
    }
    return 0;
}

/* Whether the text after it says that chords were named. */
static bool
chords_behind(const char *text)
{
    static const char *const words[] = {"chords",       "chord",  "progression",
                                        "progressions", "triads", "triad",
                                        "vamp",         NULL};

    return text_begins(text + strspn(text, " -"), words) > 0;
}

/* Whether the text before `at` says that chords follow: "chords", "chord
 * progression", with "of", a verb or a colon in between. "chords in A minor"
 * are chords of a key. */
static bool
chords_before(const char *text, size_t at)
{
    static const char *const heads[] = {"chords", "chord",   "progression",
                                        "triads", "changes", NULL};
    static const char *const links[] = {
        "of",    "are",     "from",   "through",  "between",   "over",
        "move",  "moves",   "moving", "go",       "goes",      "going",
        "cycle", "cycling", "shift",  "shifting", "alternate", "alternating",
        "run",   "running", "like",   "on",       "the",       "an",
        "a",     "one",     "single", NULL};

    for (int words = 0; words < 5; words++) {
        size_t end;

        while (at > 0 && strchr(" :(", text[at - 1]) != NULL)
            at--;
        end = at;
        while (at > 0 && text_letter(text[at - 1]))
            at--;
        if (at == end)
            return false;
        if (text_begins(text + at, heads) == end - at)
            return true;
        if (text_begins(text + at, links) != end - at)
            return false;
    }
    return false;
}

/* "A chord", "A progression". */
static bool
is_article(const char *text, const struct chords_said *group)
{
    return group->n == 1 && text[group->start] == 'A' &&
           group->end - group->start == 1;
}

static void
read_group(const char *text, size_t at, struct chords_said *ret)
{
    const size_t most = sizeof(ret->v) / sizeof(ret->v[0]);
    struct key k;
    size_t n = name_at(text, at, &k);

    *ret = (struct chords_said){.start = at, .end = at};
    while (n > 0) {
        size_t joint;

        if (ret->n < most) {
            ret->v[ret->n].chord = k;
            ret->v[ret->n].start = at;
            ret->v[ret->n++].end = at + n;
        }
        ret->end = at + n;
        joint = joint_at(text + ret->end);
        if (joint == 0)
            return;
        at = ret->end + joint;
        n = name_at(text, at, &k);
    }
}

bool
chords_find(const char *text, size_t from, struct chords_said *ret)
{
    for (size_t i = from; text[i] != '\0'; i++) {
        read_group(text, i, ret);
        /* "in A minor, F major and C major chords": the first is the key. */
        if (ret->n == 0 || key_announced(text, i) || is_article(text, ret))
            continue;
        if (chords_behind(text + ret->end) || chords_before(text, i))
            return true;
        i = ret->end - 1; /* no name of the group begins another one */
    }
    return false;
}
