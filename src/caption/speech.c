/* Lyrics instead of a description of the track; see speech.h. */
#include "caption/speech.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/text.h"

enum {
    WORD_MAX = 24,
    QUOTED_WORDS = 4, /* this many words in quotation marks do not name a
                       * sound */
    PERSONS = 2,      /* words of the first person; captions have none */
    REPEATED = 4,     /* the same word in a row: la la la la */
    FOREIGN = 2,      /* small words of another language, and more than ours */
};

/* A caption in any of these languages has several of its small words. Words
 * that are English too, or names of sounds, are left out. */
static const char *const foreign[] = {
    "und",  "mit",  "der", "das",   "ein", "eine", "einem", "ist",
    "von",  "sehr", "aux", "avec",  "des", "les",  "une",   "est",
    "dans", "sur",  "el",  "los",   "las", "con",  "una",   "por",
    "del",  "muy",  "y",   "della", "il",  "che",  "di",    "com",
    "uma",  "em",   "dos", "het",   "een", "met",  "och",   "med",
    "ett",  "som",  "z",   "jest",  "ve",  "bir",  "ile",   NULL};
static const char *const ours[] = {"with", "and", "the",  "a",   "at",
                                   "in",   "of",  "over", "for", "on",
                                   "an",   "to",  "bpm",  NULL};
static const char *const persons[] = {"i",  "i'm", "i'll", "i've", "me", "my",
                                      "we", "our", "us",   "mine", NULL};
static const char *const tellers[] = {"lyrics",
                                      "transcript",
                                      "transcription",
                                      "the singer sings",
                                      "speaker says",
                                      "voice says",
                                      "says:",
                                      "sings:",
                                      "singing:",
                                      "saying:",
                                      NULL};

static bool
is_one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static bool
in_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || c == '\'';
}

/* The next word at or after *p, cut to WORD_MAX; false at the end. */
static bool
next_word(const char **p, char ret[WORD_MAX])
{
    size_t n = 0;

    while (**p != '\0' && !in_word(**p))
        (*p)++;
    if (**p == '\0')
        return false;
    for (; in_word(**p); (*p)++)
        if (n < WORD_MAX - 1)
            ret[n++] = **p;
    ret[n] = '\0';
    return true;
}

static long
words_up_to(const char *p, const char *end)
{
    char word[WORD_MAX];
    long n = 0;

    while (p < end && next_word(&p, word) && p <= end)
        n++;
    return n;
}

/* A sentence in quotation marks. */
static bool
quotes(const char *text)
{
    static const struct {
        const char *open, *close;
    } marks[] = {{"\"", "\""},
                 {"\xe2\x80\x9c", "\xe2\x80\x9d"},
                 {"\xc2\xab", "\xc2\xbb"}};

    for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
        const char *open = strstr(text, marks[i].open);
        const char *from, *close;

        if (open == NULL)
            continue;
        from = open + strlen(marks[i].open);
        close = strstr(from, marks[i].close);
        if (close != NULL && words_up_to(from, close) >= QUOTED_WORDS)
            return true;
    }
    return false;
}

static bool
tells_words(const char *text)
{
    for (const char *const *t = tellers; *t != NULL; t++)
        if (strstr(text, *t) != NULL)
            return true;
    return quotes(text);
}

struct tally {
    int foreign, ours, persons, in_row, longest_row;
};

static void
count(const char *text, struct tally *t)
{
    char word[WORD_MAX], last[WORD_MAX] = "";

    while (next_word(&text, word)) {
        t->foreign += is_one_of(word, foreign);
        t->ours += is_one_of(word, ours);
        t->persons += is_one_of(word, persons);
        t->in_row = strcmp(word, last) == 0 ? t->in_row + 1 : 1;
        if (t->in_row > t->longest_row)
            t->longest_row = t->in_row;
        memcpy(last, word, sizeof(last));
    }
}

/* Letters beyond Latin alphabets: Greek and everything after it. */
static bool
other_script(const char *text)
{
    long other = 0, all = 0;
    uint32_t c;

    while ((c = text_next(&text)) != 0) {
        all += c < 0x80 ? isalpha((int)c) != 0 : c < 0x2000 || c > 0x2bff;
        other += c >= 0x370 && (c < 0x2000 || c > 0x2bff) &&
                 !(c >= 0x1f000 && c < 0x20000); /* signs and pictures */
    }
    return other * 4 > all;
}

const char *
speech_fault(const char *text)
{
    struct tally t = {0};

    count(text, &t);
    if (other_script(text) || (t.foreign >= FOREIGN && t.foreign > t.ours))
        return "is not in English";
    if (t.persons >= PERSONS || t.longest_row >= REPEATED || tells_words(text))
        return "writes down what is sung or said, instead of describing the "
               "sound";
    return NULL;
}
