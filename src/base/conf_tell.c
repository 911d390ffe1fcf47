/* Prints the settings: for README, for a new state, for people and for
 * scripts. */
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/conf_source.h"
#include "base/mem.h"

#define COLUMNS 78 /* of a comment in trainmode.conf */

static bool
is_number(const struct setting *s)
{
    return s->kind == SETTING_NUMBER || s->kind == SETTING_NUMBER64;
}

static void
tell_markdown(const struct settings *const *rooms, FILE *to)
{
    const struct setting *s;

    (void)fputs("| setting | default | what it is |\n| --- | --- | --- |\n",
                to);
    for (size_t i = 0; (s = conf_row(rooms, i)) != NULL; i++) {
        const char *tick = is_number(s) ? "" : "`";

        (void)fprintf(to, "| `%s` | ", s->name);
        if (s->unset != NULL || s->fallback == NULL)
            (void)fputs(s->unset != NULL ? s->unset : "none", to);
        else
            (void)fprintf(to, "%s%s%s", tick, s->fallback, tick);
        (void)fprintf(to, " | %s |\n", s->help);
    }
}

/* Markdown without its ticks, and of each link only its target. */
static void
add_plain(struct buf *b, const char *help)
{
    while (*help != '\0') {
        const char *mid = *help == '[' ? strstr(help, "](") : NULL;

        if (mid != NULL) {
            size_t len = strcspn(mid + 2, ")");

            buf_add(b, mid + 2, len);
            help = mid + 2 + len + 1;
        } else {
            if (*help != '`')
                buf_add(b, help, 1);
            help++;
        }
    }
}

/* In lines of COLUMNS that begin with "# ". */
static void
tell_comment(const char *text, FILE *to)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t len = strcspn(text, " ");

        if (column > 0 && column + 1 + len > COLUMNS) {
            (void)fputc('\n', to);
            column = 0;
        }
        (void)fprintf(to, "%s%.*s", column == 0 ? "# " : " ", (int)len, text);
        column += column == 0 ? len + 2 : len + 1;
        text += len + strspn(text + len, " ");
    }
    (void)fputc('\n', to);
}

static void
tell_file(const struct settings *const *rooms, FILE *to)
{
    const struct setting *s;

    (void)fputs(
        "# Settings of this Trainmode. A variable of the same name in the\n"
        "# environment wins over a line here. Take the # away to set one, "
        "then\n"
        "# `./trainmode down` and `./trainmode up`. This file may hold keys: "
        "it is\n"
        "# readable by its owner only.\n",
        to);
    for (size_t i = 0; (s = conf_row(rooms, i)) != NULL; i++) {
        auto_buf struct buf text = BUF_INIT(1 << 14);
        bool elsewhere = s->unset != NULL || s->kind == SETTING_FOLDER;

        add_plain(&text, s->help);
        if (s->unset != NULL)
            buf_addf(&text, " (not set: ");
        if (s->unset != NULL)
            add_plain(&text, s->unset);
        if (s->unset != NULL)
            buf_add_str(&text, ")");
        (void)fputc('\n', to);
        tell_comment(buf_str(&text), to);
        (void)fprintf(to, "#%s=%s\n", s->name,
                      s->fallback != NULL && !elsewhere ? s->fallback : "");
    }
}

static void
tell_line(const struct setting *s, const char *value, const char *from,
          FILE *to)
{
    if (value == NULL)
        (void)fprintf(to, "%s is not set\n", s->name);
    else if (s->kind == SETTING_SECRET)
        (void)fprintf(to, "%s is set (%s)\n", s->name, from);
    else
        (void)fprintf(to, "%s=%s (%s)\n", s->name, value, from);
}

/* For scripts a number has no sign and no leading zeros. */
static void
tell_script(const struct setting *s, const char *value, FILE *to)
{
    char *end = NULL;
    long n = value != NULL && is_number(s) ? strtol(value, &end, 10) : 0;

    if (end != NULL && end != value && *end == '\0')
        (void)fprintf(to, "%s=%ld%c", s->name, n, '\0');
    else
        (void)fprintf(to, "%s=%s%c", s->name, value != NULL ? value : "", '\0');
}

static void
tell_values(const struct conf_source *src, enum conf_form form, FILE *to)
{
    const struct setting *s;

    for (size_t i = 0; (s = conf_row(src->rooms, i)) != NULL; i++) {
        const char *from;
        auto_secret char *value = conf_source_value(src, i, &from);

        if (form == CONF_LINES)
            tell_line(s, value, from, to);
        else
            tell_script(s, value, to);
    }
}

int
conf_tell(const struct settings *const *rooms, enum conf_form form, FILE *to,
          struct err *err)
{
    auto_cleanup(conf_source_release) struct conf_source src =
        conf_source_of(rooms, conf_env("TRAINMODE_STATE"));

    if (form == CONF_MARKDOWN)
        tell_markdown(rooms, to);
    else if (form == CONF_FILE)
        tell_file(rooms, to);
    else
        tell_values(&src, form, to);
    if (fflush(to) == EOF || ferror(to))
        return err_errno(err, ERR_INTERNAL, "write the settings");
    return 0;
}
