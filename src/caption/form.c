/* Whether a text has the form of a caption; see form.h. */
#include "caption/form.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/auto.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/speech.h"

/* How models address the user, in lower case, with straight apostrophes. A
 * caption has no first and no second person. */
static const char *const openings[] = {
    "sure",       "certainly", "of course", "absolutely", "here is",
    "here's",     "here are",  "okay",      "ok",         "alright",
    "sorry",      "apologies", "as an ai",  "let me",     "let's",
    "hmm",        "wait",      "got it",    "understood", "thank",
    "thanks",     "note",      "hello",     "please",     "no problem",
    "based on",   "we need",   "we have",   "we must",    "we should",
    "i",          "my",        "user",      "great!",     "done!",
    "given that", "assistant", "caption",   "captions",   "description"};
static const char *const phrases[] = {
    "you",       "your",          "you're",
    "i'm",       "i'll",          "i've",
    "i'd",       "i am",          "i can",
    "i can't",   "i cannot",      "i will",
    "i have",    "i would",       "i need",
    "i think",   "i hope",        "i should",
    "i must",    "i don't",       "let me know",
    "the user",  "as requested",  "language model",
    "json",      "the schema",    "the instructions",
    "feel free", "happy to help", "word count",
    "words)",    "we need",       "we have",
    "we must",   "we should",     "let's",
    "the set",   "the facts",     "final answer"};

static const char *const markup[] = {
    "```",  "`",    "**",           "__",          "[",      "]",
    "<|",   "|>",   "</",           "{",           "}",      "\\n",
    "\\\"", "&lt;", "&gt;",         "&amp;",       "&quot;", "\":",
    "](",   "||",   "\xe2\x97\x81", "\xe2\x96\xb7" /* Kimi's own brackets */};

long
form_words(const char *text)
{
    auto_free char *line = text_one_line(text);
    long n = line[0] != '\0';

    for (const char *p = line; *p != '\0'; p++)
        n += *p == ' ';
    return n;
}

/* In lower case, typographic apostrophes straight. The caller frees it. */
static char *
plain_letters(const char *line)
{
    char *copy = xstrdup(line);
    char *to = copy;

    for (const char *p = line; *p != '\0';) {
        if (strncmp(p, "\xe2\x80\x99", 3) == 0) {
            *to++ = '\'';
            p += 3;
        } else {
            *to++ = (char)tolower((unsigned char)*p++);
        }
    }
    *to = '\0';
    return copy;
}

static bool
is_letter(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

/* A phrase that ends here, and not within a word ("hi" of "hi-hats"). */
static bool
ends_word(const char *phrase, const char *after)
{
    size_t n = strlen(phrase);

    return !is_letter(phrase[n - 1]) ||
           !(is_letter(*after) || *after == '-' || *after == '\'');
}

static bool
has_phrase(const char *text, const char *phrase)
{
    size_t n = strlen(phrase);

    for (const char *p = text; (p = strstr(p, phrase)) != NULL; p++)
        if ((p == text || !is_letter(p[-1])) && ends_word(phrase, p + n))
            return true;
    return false;
}

static bool
is_talk(const char *text)
{
    for (size_t i = 0; i < sizeof(openings) / sizeof(*openings); i++) {
        size_t n = strlen(openings[i]);

        if (strncmp(text, openings[i], n) == 0 &&
            ends_word(openings[i], text + n))
            return true;
    }
    for (size_t i = 0; i < sizeof(phrases) / sizeof(*phrases); i++)
        if (has_phrase(text, phrases[i]))
            return true;
    return false;
}

/* <b>, </i>, <!-- : but not "tempo < 100". */
static bool
has_tag(const char *text)
{
    for (const char *p = text; (p = strchr(p, '<')) != NULL; p++)
        if (isalpha((unsigned char)p[1]) || strchr("/!?|", p[1]) != NULL)
            return p[1] != '\0';
    return false;
}

/* A heading, a list or a quotation by its first characters. */
static bool
starts_marked(const char *text)
{
    static const char *const starts[] = {"# ",  "## ", "### ",         "- ",
                                         "* ",  "> ",  "\xe2\x80\xa2", "1. ",
                                         "1) ", "| ",  "---",          "==="};

    for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
        if (strncmp(text, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static bool
is_marked(const char *text)
{
    for (size_t i = 0; i < sizeof(markup) / sizeof(*markup); i++)
        if (strstr(text, markup[i]) != NULL)
            return true;
    return has_tag(text) || starts_marked(text) || strchr(text, '*') != NULL;
}

/* Nothing at all, or a word that means nothing. */
static bool
says_nothing(const char *text)
{
    static const char *const words[] = {"null", "none",  "n/a",     "undefined",
                                        "true", "false", "unknown", "nan"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strcmp(text, words[i]) == 0)
            return true;
    while (*text != '\0' && !is_letter(*text))
        text++;
    return text_blank(text);
}

const char *
form_fault(const char *line)
{
    auto_free char *text = plain_letters(line);

    if (says_nothing(text))
        return "says nothing";
    if (strpbrk(line, "\r\n") != NULL)
        return "has more than one line";
    if (is_marked(text))
        return "holds markup or JSON";
    if (is_talk(text))
        return "talks to whoever asked, instead of describing the sound";
    if (form_words(line) > FORM_WORDS_MAX || text_count(line) > FORM_CHARS_MAX)
        return "has more than 60 words";
    return speech_fault(text);
}
