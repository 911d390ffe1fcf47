/* What names in a set say; see words.h. */
#include <string.h>

#include "base/auto.h"
#include "base/mem.h"
#include "music/words_parts.h"

/* Length of the folded text that the phrase takes; 0 if it does not match.
 * Words of Latin letters match whole, with a plural s; others may have any
 * ending. */
static size_t
match(const char *text, const struct word_phrase *p)
{
    if (strncmp(text, p->text, p->len) != 0)
        return 0;
    if ((unsigned char)p->text[p->len - 1] >= 0x80)
        return p->len;
    if (text[p->len] == ' ')
        return p->len;
    return text[p->len] == 's' && text[p->len + 1] == ' ' ? p->len + 1 : 0;
}

static const struct word_phrase *
longest_at(const struct word_list *l, const char *text, size_t *ret_len)
{
    size_t c = (unsigned char)text[0];

    for (size_t i = l->starts[c]; i < l->starts[c + 1]; i++)
        if ((*ret_len = match(text, &l->v[i])) > 0)
            return &l->v[i];
    return NULL;
}

/* Folded and without the blanks around it. The caller frees it. */
static char *
folded(const char *name)
{
    auto_free char *whole = words_fold(name);

    return xstrdup(whole + 1);
}

/* ---- two letters ---- */

static const struct {
    const char *code, *row;
} codes[] = {
    {"bd", "kick"},    {"k", "kick"},    {"kd", "kick"},   {"sd", "snare"},
    {"sn", "snare"},   {"rs", "rim"},    {"cp", "clap"},   {"cl", "clap"},
    {"hh", "hat"},     {"ch", "hat"},    {"oh", "hat"},    {"hc", "hat"},
    {"ho", "hat"},     {"cy", "cymbal"}, {"rd", "cymbal"}, {"cr", "cymbal"},
    {"cc", "cymbal"},  {"lt", "tom"},    {"mt", "tom"},    {"ht", "tom"},
    {"cb", "cowbell"}, {"ma", "shaker"}, {"sh", "shaker"}, {"tb", "tambourine"},
};

/* The row of the code at the start of a text; NULL: there is none. */
static const char *
code_at(const char *text)
{
    size_t n = strcspn(text, " ");

    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
        if (strlen(codes[i].code) == n && strncmp(text, codes[i].code, n) == 0)
            return codes[i].row;
    return NULL;
}

/* Whether the word at the start of a text is one of these. */
static bool
is_any(const char *text, const char *const *words, size_t count)
{
    size_t n = strcspn(text, " ");

    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == n && strncmp(text, words[i], n) == 0)
            return true;
    return false;
}

#define IS_ANY(text, words)                                                    \
    is_any(text, words, sizeof(words) / sizeof((words)[0]))

/* Whether two letters in a folded name can be a drum's. They begin the names of
 * a library's sounds too ("SD_Reverse_Quickie"), so that beside them only one
 * word may be unknown. */
static bool
codes_count(const char *text)
{
    static const char *const denials[] = {
        "reverse", "reversed", "rev",   "hit",    "hits",  "fx",   "sfx",
        "impact",  "vox",      "vocal", "vocals", "voice", "riser"};
    static const char *const files[] = {"wav",  "aif", "aiff", "mp3",
                                        "flac", "ogg", "m4a"};
    int unknown = 0;
    size_t n;

    for (; *text != '\0'; text += n + (text[n] == ' ')) {
        size_t word = strcspn(text, " ");

        n = word;
        if (IS_ANY(text, denials))
            return false;
        if (code_at(text) != NULL || IS_ANY(text, files) ||
            longest_at(&words_all()->names, text, &n) != NULL)
            continue;
        n = word;
        unknown += n > 1 && text[0] >= 'a' && text[0] <= 'z';
    }
    return unknown <= 1;
}

/* ---- what a name says ---- */

struct group { /* adjacent words */
    struct word_names *names;
    int noun; /* what they name so far; -1: nothing */
};

static void
close_group(struct group *g)
{
    word_set_add(&g->names->nouns, g->noun);
    g->noun = -1;
}

/* A drum of any kit. */
static bool
is_piece(int row)
{
    return words_is(row, "kick") || words_is(row, "snare") ||
           words_is(row, "clap") || words_is(row, "hat");
}

/* "Violin strings" are violins, "piano keys" a piano, and "Snare Tambo" is a
 * snare with something on top; apart from these, the last word is what is
 * named. */
static bool
says_less(int now, int before)
{
    struct word_set kinds = {{0}};

    if (before < 0)
        return false;
    if (words_is(before, words_name(now)) ||
        (is_piece(before) && words_is(now, "percussion")))
        return true;
    word_set_join(&kinds, words_all()->rows[now].shown_by);
    return strcmp(words_name(now), "keys") == 0 && word_set_has(kinds, before);
}

static void
take_row(struct group *g, int row)
{
    if (words_is(row, "voice"))
        g->names->voice = true;
    if (words_is(row, "fx") && strcmp(words_name(row), "noise") != 0)
        g->names->effect = true;
    if (words_weak(row))
        word_set_add(&g->names->weak, row);
    else if (!says_less(row, g->noun))
        g->noun = row;
}

/* All rows that have exactly this phrase. */
static void
take_phrase(struct group *g, const struct word_phrase *p)
{
    const struct word_list *l = &words_all()->names;
    size_t c = (unsigned char)p->text[0];

    for (size_t i = l->starts[c]; i < l->starts[c + 1]; i++)
        if (l->v[i].row >= 0 && strcmp(l->v[i].text, p->text) == 0)
            take_row(g, l->v[i].row);
}

/* Length of a word that separates two things; 0: it does not. */
static size_t
joins(const char *text)
{
    static const char *const words[] = {"& ",   "+ ",   "/ ",   ", ",
                                        "and ", "und ", "et ",  "with ",
                                        "w ",   "con ", "plus "};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strncmp(text, words[i], strlen(words[i])) == 0)
            return strlen(words[i]);
    return 0;
}

static size_t
take_word(struct group *g, const char *text)
{
    size_t n = strcspn(text, " ");
    bool digits = text[0] >= '0' && text[0] <= '9';

    if (n == 3 && strncmp(text, "808", 3) == 0)
        g->names->number_808 = true;
    else if (!digits)
        g->names->unknown++;
    return n;
}

void
words_in_name(const char *name, struct word_names *ret)
{
    auto_free char *text = folded(name);
    struct group g = {ret, -1};
    size_t n;

    *ret = (struct word_names){0};
    for (size_t at = 0; text[at] != '\0'; at += n) {
        const struct word_phrase *p =
            longest_at(&words_all()->names, text + at, &n);
        bool word = at == 0 || text[at - 1] == ' ';

        if (p != NULL && word && code_at(p->text) != NULL &&
            !codes_count(text)) {
            ret->known++; /* a library's letters, which say nothing */
        } else if (p != NULL && (word || (unsigned char)p->text[0] >= 0xe0)) {
            if (p->row != WORDS_FILLER)
                ret->known++;
            if (p->row >= 0)
                take_phrase(&g, p);
        } else if (word && (n = joins(text + at)) > 0) {
            close_group(&g);
        } else if (word && (unsigned char)text[at] < 0xe0) {
            n = take_word(&g, text + at);
        } else {
            n = 1;
        }
        n += text[at + n] == ' ';
    }
    close_group(&g);
}

bool
words_recorded(const char *file)
{
    return strspn(file, "0123456789") == 4 && file[4] == ' ';
}

bool
words_click(const char *name)
{
    static const char *const clicks[] = {"click",    "clicktrack", "metronome",
                                         "metronom", "metronomo",  "cues",
                                         "talkback", "countin"};
    static const char *const others[] = {"track", "tr", "in", "out", "l", "r"};
    auto_free char *text = folded(name);
    bool any = false;
    size_t n;

    for (char *p = text; *p != '\0'; p += n) {
        bool click = IS_ANY(p, clicks);
        bool fits = click || (*p >= '0' && *p <= '9') || IS_ANY(p, others);

        n = strcspn(p, " ");
        any |= click;
        if (!fits)
            return false;
        n += p[n] == ' ';
    }
    return any;
}

/* ---- devices and pads ---- */

int
words_device(const char *name)
{
    auto_free char *text = folded(name);
    const struct word_list *l = &words_all()->devices;
    size_t n;
    const struct word_phrase *p = longest_at(l, text, &n);

    return p != NULL ? p->row : -1;
}

bool
words_tool(const char *name)
{
    static const char *const words[] = {
        " midi ",       " chord ",      " chords ",     " arpeggiator ",
        " arpeggio ",   " arp ",        " arps ",       " bridge ",
        " sequencer ",  " harmonizer ", " scales ",     " rewire ",
        " transposer ", " remote ",     " controller ", " humanizer ",
        " step seq ",   " router ",     " osc "};
    auto_free char *text = words_fold(name);

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strstr(text, words[i]) != NULL)
            return true;
    return false;
}

int
words_pad(const char *name)
{
    struct word_names names;

    words_in_name(name, &names);
    for (int i = 0; i < words_size(); i++)
        if (word_set_has(names.nouns, i))
            return i;
    auto_free char *text = folded(name);
    for (const char *p = text; *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
        if (code_at(p) != NULL && codes_count(text))
            return words_row(code_at(p));
    return word_set_has_name(names.weak, "loop") ? words_row("loop") : -1;
}

int
words_pad_pitch(int pitch)
{
    static const char *const rows[] = {
        [35] = "kick",   [36] = "kick",    [37] = "rim",    [38] = "snare",
        [39] = "clap",   [40] = "snare",   [41] = "tom",    [42] = "hat",
        [43] = "tom",    [44] = "hat",     [45] = "tom",    [46] = "hat",
        [47] = "tom",    [48] = "tom",     [49] = "cymbal", [50] = "tom",
        [51] = "cymbal", [52] = "cymbal",  [53] = "cymbal", [54] = "tambourine",
        [55] = "cymbal", [56] = "cowbell", [57] = "cymbal", [59] = "cymbal",
    };

    if (pitch < 35 || pitch > 59 || rows[pitch] == NULL)
        return -1;
    return words_row(rows[pitch]);
}
