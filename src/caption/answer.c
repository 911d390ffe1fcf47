/* Finds the caption in a model's whole answer; see answer.h. */
#include "caption/answer.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/auto.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/answer_parts.h"
#include "caption/form.h"
#include "caption/scan.h"

enum {
    OBJECTS_MAX = 64, /* braces that are tried */
};

const char answer_only_thoughts[] = "holds thoughts and no answer";

/* ---- thoughts ---- */

static const char *const thinking[] = {
    "think",      "thinking", "thought",    "thoughts",       "reasoning",
    "reason",     "analysis", "reflection", "scratchpad",     "seed:think",
    "reflection", "planning", "internal",   "inner_monologue"};

/* Length of a mark at s that opens (or closes) thoughts, 0 for none: <think>,
 * [THINK], Kimi's triangles. */
static size_t
thought_mark(const char *s, bool closing)
{
    static const struct {
        const char *open, *close;
    } brackets[] = {{"<", ">"}, {"[", "]"}, {"\xe2\x97\x81", "\xe2\x96\xb7"}};

    for (size_t b = 0; b < sizeof(brackets) / sizeof(*brackets); b++)
        for (size_t i = 0; i < sizeof(thinking) / sizeof(*thinking); i++) {
            char mark[40];
            int n =
                snprintf(mark, sizeof(mark), "%s%s%s%s", brackets[b].open,
                         closing ? "/" : "", thinking[i], brackets[b].close);

            if (strncasecmp(s, mark, (size_t)n) == 0)
                return (size_t)n;
        }
    return 0;
}

static bool
may_be_mark(char c)
{
    return c == '<' || c == '[' || c == '\xe2';
}

/* After the last mark that closes thoughts; s if there is none. */
static const char *
behind_thoughts(const char *s)
{
    const char *behind = s;

    for (const char *p = s; *p != '\0'; p++) {
        size_t n = may_be_mark(*p) ? thought_mark(p, true) : 0;

        if (n > 0)
            behind = p + n;
        else if (strncmp(p, "<channel|>", 10) == 0)
            behind = p + 10;
    }
    return behind;
}

static bool
opens_thoughts(const char *s)
{
    for (const char *p = s; *p != '\0'; p++)
        if (may_be_mark(*p) && thought_mark(p, false) > 0)
            return true;
    return false;
}

static const char *
last_of(const char *s, const char *mark)
{
    const char *last = NULL;

    for (const char *p = s; (p = strstr(p, mark)) != NULL; p++)
        last = p;
    return last;
}

/* Models with channels think in one and answer in another, marked by special
 * tokens (<|channel|>final<|message|>) or by what remains of them. NULL if the
 * last channel is not the one for answers. */
static const char *
behind_channels(const char *s)
{
    const char *channel = last_of(s, "<|channel|>");
    const char *bare = last_of(s, "assistantfinal");
    const char *message;

    if (channel == NULL && bare == NULL)
        return strncmp(s, "<|channel>", 10) == 0 ? NULL : s;
    if (channel == NULL)
        return bare + strlen("assistantfinal");
    if (strncmp(channel + strlen("<|channel|>"), "final", 5) != 0)
        return NULL;
    message = strstr(channel, "<|message|>");
    return message != NULL ? message + strlen("<|message|>")
                           : channel + strlen("<|channel|>final");
}

const char *
answer_proper(const char *text)
{
    const char *s = behind_thoughts(text);

    if (strncmp(s, "\xef\xbb\xbf", 3) == 0)
        s += 3;
    if (opens_thoughts(s) || (s = behind_channels(s)) == NULL)
        return NULL;
    return s + strspn(s, " \t\r\n");
}

/* ---- the object ---- */

/* The end of the object that starts at s, after its brace; NULL if it has
 * none. */
const char *
answer_object_end(const char *s)
{
    bool within = false;
    int depth = 0;

    for (; *s != '\0'; s++) {
        if (within && *s == '\\' && s[1] != '\0')
            s++;
        else if (*s == '"')
            within = !within;
        else if (!within && *s == '{')
            depth++;
        else if (!within && *s == '}' && --depth == 0)
            return s + 1;
    }
    return NULL;
}

/* The object within `value` that has a caption member; borrowed. */
json_object *
answer_captioned(json_object *value, int depth)
{
    json_object *inner = NULL;

    if (depth > ANSWER_NESTED_MAX)
        return NULL;
    if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < json_object_array_length(value) && !inner; i++)
            inner = answer_captioned(json_object_array_get_idx(value, i),
                                     depth + 1);
        return inner;
    }
    if (!json_object_is_type(value, json_type_object))
        return NULL;
    json_object_object_foreach(value, name, child)
    {
        if (scan_is_caption(name) &&
            json_object_is_type(child, json_type_string))
            return value;
    }
    json_object_object_foreach(value, key, member)
    {
        (void)key;
        if (inner == NULL)
            inner = answer_captioned(member, depth + 1);
    }
    return inner;
}

struct found {
    char *line;
    json_object *object;
};

static void
found_release(struct found *f)
{
    free(f->line);
    json_object_put(f->object);
    *f = (struct found){0};
}

/* The caption of a text that is one object; true if it has one. A later one
 * replaces an earlier one. */
static bool
take_object(const char *s, size_t len, struct found *f)
{
    struct err ignored = ERR_INIT;
    auto_json json_object *whole = json_parse_object(s, len, &ignored);
    json_object *inner = answer_captioned(whole, 0);
    auto_scan struct scan scan = SCAN_INIT;

    if (inner != NULL) {
        const char *text = json_out(inner);

        (void)scan_feed(&scan, text, strlen(text));
    } else if (whole == NULL) {
        (void)scan_feed(&scan, s, len);
    }
    if (!scan.whole)
        return false;
    found_release(f);
    f->line = scan_text(&scan);
    f->object = json_object_get(inner);
    return true;
}

/* The last object of the text that has a caption. False for none. */
static bool
find_object(const char *s, struct found *f)
{
    bool any = false;

    for (int i = 0; i < OBJECTS_MAX && (s = strchr(s, '{')) != NULL; i++) {
        const char *end = answer_object_end(s);

        if (end != NULL && take_object(s, (size_t)(end - s), f)) {
            any = true;
            s = end;
        } else {
            s++;
        }
    }
    return any;
}

/* ---- plain text ---- */

/* Cut marks that servers leave at an answer's end, blanks too. */
static void
strip_end(char *s)
{
    static const char *const ends[] = {
        "</s>",       "<eos>",      "<end_of_turn>", "<|return|>", "<|end|>",
        "<|im_end|>", "<|eot_id|>", "<|endoftext|>", "```"};
    bool again = true;

    while (again) {
        size_t n = strlen(s);

        while (n > 0 && isspace((unsigned char)s[n - 1]))
            s[--n] = '\0';
        again = false;
        for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
            size_t m = strlen(ends[i]);

            if (n >= m && strcmp(s + n - m, ends[i]) == 0) {
                s[n - m] = '\0';
                again = true;
                break;
            }
        }
    }
}

/* Without a label before it or quotes around it. The caller frees it. */
static char *
unwrapped(const char *s)
{
    static const char *const labels[] = {"caption:", "description:", "prompt:"};
    static const char *const quotes[][2] = {{"\"", "\""},
                                            {"\xe2\x80\x9c", "\xe2\x80\x9d"}};
    size_t n;

    for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
        if (strncasecmp(s, labels[i], strlen(labels[i])) == 0) {
            s += strlen(labels[i]);
            break;
        }
    s += strspn(s, " \t\r\n");
    n = strlen(s);
    for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++) {
        size_t a = strlen(quotes[i][0]);
        size_t b = strlen(quotes[i][1]);

        if (n > a + b && strncmp(s, quotes[i][0], a) == 0 &&
            strcmp(s + n - b, quotes[i][1]) == 0)
            return xstrndup(s + a, n - a - b);
    }
    return xstrdup(s);
}

/* Whether a text goes on in its next line, or something else begins there. */
static bool
goes_on(const char *text)
{
    for (const char *p = text; (p = strchr(p, '\n')) != NULL;) {
        const char *next = p + strspn(p, " \t\r\n");
        const char *last = p;

        while (last > text && isspace((unsigned char)last[-1]))
            last--;
        if (last == text || strchr(".:!?", last[-1]) != NULL ||
            !(islower((unsigned char)*next) || isdigit((unsigned char)*next)))
            return false;
        p = next;
    }
    return true;
}

static const char *
plain(const char *s, char **ret_line)
{
    auto_free char *text = NULL;
    auto_free char *bare = NULL;

    if (strncmp(s, "```", 3) == 0)
        s += strcspn(s, "\n");
    text = xstrdup(s + strspn(s, " \t\r\n"));
    strip_end(text);
    bare = unwrapped(text);
    if (!goes_on(bare))
        return "has more than one line";
    *ret_line = text_one_line(bare);
    return NULL;
}

/* ---- the whole ---- */

const char *
answer_read(const char *text, char **ret_line, json_object **ret_object)
{
    const char *s = answer_proper(text);
    auto_cleanup(found_release) struct found f = {0};
    const char *fault;

    if (s == NULL)
        return answer_only_thoughts;
    if (!find_object(s, &f) && (fault = plain(s, &f.line)) != NULL)
        return fault;
    if ((fault = form_fault(f.line)) != NULL)
        return fault;
    *ret_line = steal(&f.line);
    *ret_object = steal(&f.object);
    return NULL;
}
