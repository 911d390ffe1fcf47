/* The text of a setting becomes its member of struct conf; see setting.h. */
#include "base/setting.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

void
conf_fault(struct buf *faults, const char *fmt, ...)
{
    char clause[512];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(clause, sizeof(clause), fmt, ap);
    va_end(ap);
    buf_addf(faults, "%s%s", faults->len > 0 ? "; " : "", clause);
}

void
conf_need(struct buf *faults, const char *value, const char *name,
          const char *why)
{
    if (value == NULL)
        conf_fault(faults, "%s is not set%s", name, why);
}

void *
setting_at(struct conf *conf, const struct setting *s)
{
    return (char *)conf + s->at;
}

static void
put_text(struct conf *conf, const struct setting *s, const char *value,
         size_t len)
{
    *(char **)setting_at(conf, s) = xstrndup(value, len);
}

static void
put_url(struct conf *conf, const struct setting *s, const char *value,
        struct buf *faults)
{
    const char *host = strstr(value, "://");
    size_t len = strlen(value);

    if (strncasecmp(value, "http://", 7) != 0 &&
        strncasecmp(value, "https://", 8) != 0) {
        conf_fault(faults, "%s must begin with http:// or https://", s->name);
        return;
    }
    if (strpbrk(value, " \t\r\n#") != NULL || host[3] == '\0' ||
        strchr("/?@:", host[3]) != NULL || value[len - 1] == ':') {
        conf_fault(faults, "%s is not the address of a server", s->name);
        return;
    }
    while (len > 0 && value[len - 1] == '/')
        len--;
    put_text(conf, s, value, len);
}

/* "a, b or c" */
static void
add_words(struct buf *b, const char *const *words)
{
    for (size_t i = 0; i < SETTING_WORDS && words[i] != NULL; i++) {
        bool last = i + 1 == SETTING_WORDS || words[i + 1] == NULL;

        buf_addf(b, "%s%s", i == 0 ? "" : last ? " or " : ", ", words[i]);
    }
}

/* The value is stored even if it is wrong, because checks of several settings
 * look at it. */
static void
put_word(struct conf *conf, const struct setting *s, const char *value,
         struct buf *faults)
{
    auto_buf struct buf words = BUF_INIT(1024);

    put_text(conf, s, value, strlen(value));
    for (size_t i = 0; i < SETTING_WORDS && s->words[i] != NULL; i++)
        if (strcmp(value, s->words[i]) == 0)
            return;
    add_words(&words, s->words);
    conf_fault(faults, "%s must be %s, not \"%.20s\"", s->name, buf_str(&words),
               value);
}

static void
put_folder(struct conf *conf, const struct setting *s, const char *value,
           struct buf *faults)
{
    if (value[0] != '/')
        conf_fault(faults, "%s must be an absolute path", s->name);
    put_text(conf, s, value, strlen(value));
}

static void
put_switch(struct conf *conf, const struct setting *s, const char *value,
           struct buf *faults)
{
    static const char *const on[] = {"on", "1", "yes", "true"};
    static const char *const off[] = {"off", "0", "no", "false"};
    bool *ret = setting_at(conf, s);

    for (size_t i = 0; i < 4; i++) {
        if (strcasecmp(value, on[i]) == 0) {
            *ret = true;
            return;
        }
        if (strcasecmp(value, off[i]) == 0) {
            *ret = false;
            return;
        }
    }
    conf_fault(faults, "%s must be on or off, not \"%.20s\"", s->name, value);
}

static void
put_number(struct conf *conf, const struct setting *s, const char *value,
           const char *program, struct buf *faults)
{
    char *end;
    long n;

    errno = 0;
    n = strtol(value, &end, 10);
    if (end == value || *end != '\0' || errno != 0 || n < s->least ||
        n > s->most) {
        conf_fault(faults,
                   "%s must be a whole number from %ld to %ld, not \"%.20s\"",
                   s->name, s->least, s->most, value);
        return;
    }
    /* Another program's number is only checked, not stored. */
    if (s->program != NULL && strcmp(s->program, program) != 0)
        return;
    if (s->kind == SETTING_NUMBER64)
        *(int64_t *)setting_at(conf, s) = (int64_t)n * s->unit;
    else
        *(int *)setting_at(conf, s) = (int)(n * s->unit);
}

static void
put_price(struct conf *conf, const struct setting *s, const char *value,
          struct buf *faults)
{
    char *end;
    double n = strtod(value, &end);

    if (end == value || *end != '\0' || !(n >= 0 && n < 1e9)) {
        conf_fault(faults,
                   "%s must be the price of a million tokens, such as 0.15, "
                   "not \"%.20s\"",
                   s->name, value);
        return;
    }
    *(double *)setting_at(conf, s) = n;
}

void
setting_put(struct conf *conf, const struct setting *s, const char *value,
            const char *program, struct buf *faults)
{
    switch (s->kind) {
    case SETTING_TEXT:
    case SETTING_SECRET:
        put_text(conf, s, value, strlen(value));
        break;
    case SETTING_WORD:
        put_word(conf, s, value, faults);
        break;
    case SETTING_FOLDER:
        put_folder(conf, s, value, faults);
        break;
    case SETTING_URL:
        put_url(conf, s, value, faults);
        break;
    case SETTING_SWITCH:
        put_switch(conf, s, value, faults);
        break;
    case SETTING_NUMBER:
    case SETTING_NUMBER64:
        put_number(conf, s, value, program, faults);
        break;
    case SETTING_PRICE:
        put_price(conf, s, value, faults);
        break;
    }
}
