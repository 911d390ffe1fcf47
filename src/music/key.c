/* Musical keys in words; see key.h. */
#include "music/key.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "music/chords.h"

/* How far the relative major is above a key's root, in semitones. */
static const int parent_of[] = {
    [KEY_MAJOR] = 0,    [KEY_MINOR] = 3,  [KEY_DORIAN] = 10,
    [KEY_PHRYGIAN] = 8, [KEY_LYDIAN] = 7, [KEY_MIXOLYDIAN] = 5,
    [KEY_LOCRIAN] = 1,
};

static const struct {
    const char *word;
    enum key_mode mode;
} modes[] = {
    {"major pentatonic", KEY_MAJOR},
    {"minor pentatonic", KEY_MINOR},
    {"minor blues", KEY_MINOR},
    {"harmonic minor", KEY_MINOR},
    {"melodic minor", KEY_MINOR},
    {"natural minor", KEY_MINOR},
    {"hungarian minor", KEY_MINOR},
    {"harmonic major", KEY_MAJOR},
    {"major", KEY_MAJOR},
    {"maj", KEY_MAJOR},
    {"minor", KEY_MINOR},
    {"min", KEY_MINOR},
    {"dorian", KEY_DORIAN},
    {"phrygian", KEY_PHRYGIAN},
    {"lydian", KEY_LYDIAN},
    {"mixolydian", KEY_MIXOLYDIAN},
    {"aeolian", KEY_MINOR},
    {"ionian", KEY_MAJOR},
    {"locrian", KEY_LOCRIAN},
    {"whole tone", KEY_OTHER},
    {"blues", KEY_OTHER},
};

/* Bytes of an accidental, and its semitones. */
static size_t
accidental(const char *s, int *ret)
{
    static const struct {
        const char *text;
        int by;
    } words[] = {{"\u266f", 1}, {"\u266d", -1}, {" sharp", 1},
                 {"-sharp", 1}, {" flat", -1},  {"-flat", -1}};

    *ret = 0;
    if (*s == '#') {
        *ret = 1;
        return 1;
    }
    if (*s == 'b' &&
        (!text_letter(s[1]) || (s[1] == 'm' && !text_letter(s[2])) ||
         strncmp(s + 1, "maj", 3) == 0 || strncmp(s + 1, "min", 3) == 0)) {
        *ret = -1;
        return 1;
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t n = strlen(words[i].text);

        if (strncasecmp(s, words[i].text, n) == 0 && !text_letter(s[n])) {
            *ret = words[i].by;
            return n;
        }
    }
    return 0;
}

/* Bytes of a mode with the gap before it. */
static size_t
mode_read(const char *s, enum key_mode *ret)
{
    size_t gap = strspn(s, " -_");

    *ret = KEY_ANY;
    if (gap == 0 && s[0] == 'm' && !text_letter(s[1])) {
        *ret = KEY_MINOR;
        return 1;
    }
    for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
        size_t n = strlen(modes[i].word);

        if (strncasecmp(s + gap, modes[i].word, n) == 0 &&
            !text_letter(s[gap + n])) {
            *ret = modes[i].mode;
            return gap + n;
        }
    }
    return 0;
}

size_t
key_read(const char *text, struct key *ret)
{
    static const int roots[] = {9, 11, 0, 2, 4, 5, 7}; /* A to G */
    int letter = toupper((unsigned char)text[0]);
    int shift;
    size_t n;
    size_t mode;
    struct key k;

    if (letter < 'A' || letter > 'G')
        return 0;
    n = 1 + accidental(text + 1, &shift);
    k.root = (roots[letter - 'A'] + shift + 12) % 12;
    mode = mode_read(text + n, &k.mode);
    if (mode == 0 && text_letter(text[n]))
        return 0;
    *ret = k;
    return n + mode;
}

bool
key_announced(const char *text, size_t at)
{
    static const char *const words[] = {"in ", "key of ", "key: ", "key ",
                                        "key:"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t n = strlen(words[i]);

        if (at >= n && strncasecmp(text + at - n, words[i], n) == 0)
            return true;
    }
    return false;
}

/* "A minor" at the start of a sentence may be an article: it is a key when
 * the sentence goes on as after a name. */
static bool
article(const char *text, size_t at, size_t end)
{
    if (text[at] == 'a')
        return true;
    if (text[at + 1] != ' ' || text[at] != 'A')
        return false;
    while (at > 0 && text[at - 1] == ' ')
        at--;
    if (at > 0 && strchr(".!?", text[at - 1]) == NULL)
        return false;
    return text[end] == '-' ||
           (text[end] == ' ' && text_letter(text[end + 1]) &&
            strncasecmp(text + end, " at ", 4) != 0 &&
            strncasecmp(text + end, " and ", 5) != 0);
}

static bool
claims(const char *text, size_t at, size_t end, const struct key *k)
{
    bool said = key_announced(text, at);

    if (text[at] >= 'a')
        return said && k->mode != KEY_ANY && text[at] != 'a';
    if (k->mode == KEY_ANY)
        /* "in D" is a key; "in A nutshell" and "B section" are not. */
        return said && strncasecmp(text + at - 3, "in ", 3) != 0;
    if (end - at <= 3 && text[end - 1] == 'm') /* "Am", "F#m" */
        return said || end - at == 3 || (at >= 2 && text[at - 2] == ',');
    return said || !article(text, at, end);
}

bool
key_find(const char *text, size_t from, struct key *ret, size_t *ret_start,
         size_t *ret_end)
{
    struct chords_said chords;
    bool any = chords_find(text, from, &chords);

    for (size_t i = from; text[i] != '\0'; i++) {
        struct key k;
        size_t n;

        while (any && chords.end <= i)
            any = chords_find(text, chords.end, &chords);
        if (any && chords.start <= i)
            continue;
        if (i > 0 &&
            (text_letter(text[i - 1]) || isdigit((unsigned char)text[i - 1])))
            continue;
        n = key_read(text + i, &k);
        if (n == 0 || !claims(text, i, i + n, &k))
            continue;
        *ret = k;
        *ret_start = i;
        *ret_end = i + n;
        return true;
    }
    return false;
}

static bool
minorish(enum key_mode m)
{
    return m == KEY_MINOR || m == KEY_DORIAN || m == KEY_PHRYGIAN ||
           m == KEY_LOCRIAN;
}

/* A root alone fits a key of that root and the relative keys of it. */
static bool
root_fits(int root, struct key k)
{
    int parent;

    if (k.mode == KEY_ANY || k.mode == KEY_OTHER)
        return root == k.root;
    parent = (k.root + parent_of[k.mode]) % 12;
    return root == k.root || root == parent || root == (parent + 9) % 12;
}

bool
key_agree(struct key a, struct key b)
{
    if (a.root < 0 || b.root < 0)
        return true;
    if (a.mode == KEY_ANY || a.mode == KEY_OTHER)
        return root_fits(a.root, b);
    if (b.mode == KEY_ANY || b.mode == KEY_OTHER)
        return root_fits(b.root, a);
    if ((a.root + parent_of[a.mode]) % 12 == (b.root + parent_of[b.mode]) % 12)
        return true;
    return a.root == b.root && minorish(a.mode) == minorish(b.mode);
}

int
key_parent(struct key k)
{
    if (k.root < 0 || k.mode == KEY_ANY || k.mode == KEY_OTHER)
        return -1;
    return (k.root + parent_of[k.mode]) % 12;
}

void
key_text(struct key k, char ret[KEY_TEXT])
{
    static const char *const sharp[] = {"C",  "C#", "D",  "Eb", "E",  "F",
                                        "F#", "G",  "G#", "A",  "Bb", "B"};
    static const char *const major[] = {"C",  "Db", "D",  "Eb", "E",  "F",
                                        "F#", "G",  "Ab", "A",  "Bb", "B"};
    static const char *const names[] = {
        [KEY_ANY] = "",
        [KEY_MAJOR] = " major",
        [KEY_MINOR] = " minor",
        [KEY_DORIAN] = " Dorian",
        [KEY_PHRYGIAN] = " Phrygian",
        [KEY_LYDIAN] = " Lydian",
        [KEY_MIXOLYDIAN] = " Mixolydian",
        [KEY_LOCRIAN] = " Locrian",
        [KEY_OTHER] = "",
    };

    ret[0] = '\0';
    if (k.root >= 0)
        (void)snprintf(ret, KEY_TEXT, "%s%s",
                       (k.mode == KEY_MAJOR ? major : sharp)[k.root],
                       names[k.mode]);
}
