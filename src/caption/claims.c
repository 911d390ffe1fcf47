/* The claims that a sentence makes in numbers; see claims.h. */
#include "caption/claims.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static bool
is_digit(char c)
{
    return isdigit((unsigned char)c);
}

static bool
ends_with(const char *text, size_t at, const char *const *words)
{
    for (; *words != NULL; words++) {
        size_t n = strlen(*words);

        if (at >= n && strncasecmp(text + at - n, *words, n) == 0 &&
            (at == n || !text_letter(text[at - n - 1])))
            return true;
    }
    return false;
}

static size_t
gap(const char *text)
{
    return strspn(text, " -");
}

/* A number that starts at `at` (and not before it). Returns its length, 0 if
 * there is none. */
static size_t
number_at(const char *text, size_t at, double *ret)
{
    size_t n = 0;

    if (at > 0 && (is_digit(text[at - 1]) || text_letter(text[at - 1]) ||
                   (at > 1 && strchr(".:/", text[at - 1]) != NULL &&
                    is_digit(text[at - 2]))))
        return 0;
    while (is_digit(text[at + n]))
        n++;
    if (n > 0 && n < 7 && text[at + n] == '.' && is_digit(text[at + n + 1]))
        for (n++; is_digit(text[at + n]);)
            n++;
    if (n == 0 || n > 12)
        return 0;
    *ret = strtod(text + at, NULL);
    return n;
}

/* ---- tempo ---- */

static bool
tempo_at(const char *text, size_t at, struct claim *ret)
{
    static const char *const units[] = {"bpm", "beats per minute",
                                        "beats-per-minute", NULL};
    static const char *const heads[] = {
        "bpm: ",         "bpm:",   "bpm ",      "bpm of ",
        "tempo: ",       "tempo:", "tempo of ", "tempo of about ",
        "tempo around ", "tempo ", NULL};
    double n;
    size_t len = number_at(text, at, &n);
    size_t unit;

    if (len == 0 || n < 20 || n > 999)
        return false;
    unit = text_begins(text + at + len + gap(text + at + len), units);
    if (unit > 0)
        len += gap(text + at + len) + unit;
    else if (!ends_with(text, at, heads))
        return false;
    *ret = (struct claim){.start = at, .end = at + len, .value = n};
    return true;
}

bool
claim_tempo(const char *text, size_t from, struct claim *ret)
{
    for (size_t i = from; text[i] != '\0'; i++)
        if (tempo_at(text, i, ret))
            return true;
    return false;
}

/* ---- meter ---- */

/* "7/8" anywhere, but "1/16" only if the text calls it a time; otherwise it is
 * a note. */
static bool
meter_at(const char *text, size_t at, struct claim *ret)
{
    static const char *const said[] = {"time",      "meter",  "metre",
                                       "signature", "groove", NULL};
    char *end;
    long beats;
    long unit;
    size_t n;

    if (!is_digit(text[at]) ||
        (at > 0 && (is_digit(text[at - 1]) || strchr("/.", text[at - 1]))))
        return false;
    beats = strtol(text + at, &end, 10);
    if (*end != '/' || !is_digit(end[1]))
        return false;
    unit = strtol(end + 1, &end, 10);
    if (is_digit(*end) || text_letter(*end) || *end == '/' || beats < 1 ||
        beats > 32 || (unit != 2 && unit != 4 && unit != 8 && unit != 16))
        return false;
    n = (size_t)(end - text);
    if ((beats == 1 || unit == 16) && text_begins(end + gap(end), said) == 0)
        return false;
    *ret = (struct claim){
        .start = at, .end = n, .value = (double)beats, .unit = (int)unit};
    return true;
}

bool
claim_meter(const char *text, size_t from, struct claim *ret)
{
    static const char *const waltz[] = {"waltz", NULL};

    for (size_t i = from; text[i] != '\0'; i++) {
        if (meter_at(text, i, ret))
            return true;
        if ((i == 0 || !text_letter(text[i - 1])) &&
            text_begins(text + i, waltz) > 0) {
            *ret =
                (struct claim){.start = i, .end = i + 5, .value = 3, .unit = 4};
            return true;
        }
    }
    return false;
}

/* ---- length ---- */

static size_t
spelled_number(const char *text, double *ret)
{
    static const char *const words[] = {"one", "two",   "three", "four", "five",
                                        "six", "seven", "eight", "nine", "ten"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t n = strlen(words[i]);

        if (strncasecmp(text, words[i], n) == 0 && !text_letter(text[n])) {
            *ret = (double)i + 1;
            return n;
        }
    }
    return 0;
}

/* "3:42" if the text calls it a length or it follows a word for one. */
static size_t
clock_at(const char *text, size_t at, double *ret)
{
    static const char *const after[] = {"long",      "minutes", "min", "track",
                                        "in length", "piece",   NULL};
    static const char *const before[] = {"length: ", "length ",    "lasts ",
                                         "lasting ", "duration: ", NULL};
    int minutes;
    int seconds;
    int n = 0;

    if (sscanf(text + at, "%3d:%2d%n", &minutes, &seconds, &n) != 2 ||
        seconds > 59 || minutes < 0 || text[at + (size_t)n] == ':' ||
        is_digit(text[at + (size_t)n]))
        return 0;
    if (text_begins(text + at + n + gap(text + at + n), after) == 0 &&
        !ends_with(text, at, before))
        return 0;
    *ret = minutes * 60.0 + seconds;
    return (size_t)n;
}

/* A few seconds belong to a riser or an echo, unless the text calls them a
 * length. */
static bool
length_at(const char *text, size_t at, struct claim *ret)
{
    static const char *const minutes[] = {"minutes", "minute", "mins", "min",
                                          NULL};
    static const char *const seconds[] = {"seconds", "second", "secs", "sec",
                                          NULL};
    static const char *const whole[] = {"long",  "track", "loop",
                                        "piece", "song",  NULL};
    double n;
    size_t len;
    size_t unit;

    if (at > 0 && (text_letter(text[at - 1]) || is_digit(text[at - 1])))
        return false;
    if (is_digit(text[at]) && (len = clock_at(text, at, &n)) > 0) {
        *ret = (struct claim){at, at + len, n, 5, 0};
        return true;
    }
    if ((len = number_at(text, at, &n)) == 0)
        len = spelled_number(text + at, &n);
    if (len == 0)
        return false;
    len += gap(text + at + len);
    if ((unit = text_begins(text + at + len, minutes)) > 0) {
        *ret = (struct claim){at, at + len + unit, n * 60, 31, 0};
        return true;
    }
    if ((unit = text_begins(text + at + len, seconds)) == 0)
        return false;
    len += unit;
    if (n < 15 &&
        text_begins(text + at + len + gap(text + at + len), whole) == 0)
        return false;
    *ret = (struct claim){at, at + len, n, 5, 0};
    return true;
}

bool
claim_length(const char *text, size_t from, struct claim *ret)
{
    for (size_t i = from; text[i] != '\0'; i++)
        if (length_at(text, i, ret))
            return true;
    return false;
}

/* ---- denial ---- */

bool
claim_denied(const char *text, size_t at)
{
    static const char *const denials[] = {
        "no ",          "without ",   "without any ", "not ",
        "lacks ",       "lacking ",   "free of ",     "zero ",
        "absent ",      "minus ",     "no audible ",  "non-",
        "no lead ",     "never any ", "without a ",   "lacks a ",
        "without the ", NULL};

    return ends_with(text, at, denials);
}
