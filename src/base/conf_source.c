/*
 * Settings as text: the environment overrides the file, the file overrides the
 * default. Only here is getenv called and trainmode.conf read, for the programs
 * and (trainmode-admin settings) for the scripts.
 */
#include "base/conf_source.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define OF_STATE "STATE/"

const struct setting *
conf_row(const struct settings *const *rooms, size_t i)
{
    for (; *rooms != NULL; rooms++) {
        if (i < (*rooms)->n)
            return &(*rooms)->rows[i];
        i -= (*rooms)->n;
    }
    return NULL;
}

/* Cut blanks off both ends, in place. */
static char *
trim(char *s)
{
    char *end;

    while (isspace((unsigned char)*s))
        s++;
    end = s + strlen(s);
    while (end > s && isspace((unsigned char)end[-1]))
        end--;
    *end = '\0';
    return s;
}

/* A value may be in quotes, as in a shell. */
static char *
unquote(char *s)
{
    size_t len = strlen(s);

    if (len >= 2 && (s[0] == '"' || s[0] == '\'') && s[len - 1] == s[0]) {
        s[len - 1] = '\0';
        s++;
    }
    return s;
}

/* The last line with a name counts. Messages give the line's number and never
 * its text, which may be a key. */
static void
file_line(struct conf_source *src, char *line, int number)
{
    char *name = trim(line);
    const struct setting *s;
    char *equals;
    size_t i = 0;

    if (name[0] == '\0' || name[0] == '#')
        return;
    equals = strchr(name, '=');
    if (equals == NULL) {
        conf_fault(&src->faults, "line %d of trainmode.conf is not NAME=value",
                   number);
        return;
    }
    *equals = '\0';
    name = trim(name);
    while ((s = conf_row(src->rooms, i)) != NULL && strcmp(s->name, name) != 0)
        i++;
    if (s == NULL) {
        conf_fault(&src->faults,
                   "line %d of trainmode.conf sets an unknown name", number);
        return;
    }
    free_secret(src->from_file[i]);
    src->from_file[i] = xstrdup(unquote(trim(equals + 1)));
}

static void
file_read(struct conf_source *src)
{
    auto_free char *path = xasprintf("%s/trainmode.conf", src->state);
    auto_file FILE *file = fopen(path, "re");
    auto_free char *line = NULL;
    size_t room = 0;

    if (file == NULL) {
        if (errno != ENOENT)
            conf_fault(&src->faults, "cannot read %s: %s", path,
                       strerror(errno));
        return;
    }
    for (int number = 1; getline(&line, &room, file) != -1; number++) {
        /* Editors on Windows begin a file with a byte order mark. */
        bool bom = number == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0;

        file_line(src, bom ? line + 3 : line, number);
    }
    if (ferror(file))
        conf_fault(&src->faults, "cannot read %s: %s", path, strerror(errno));
}

struct conf_source
conf_source_of(const struct settings *const *rooms, const char *state)
{
    struct conf_source src = {
        .rooms = rooms, .state = state, .faults = BUF_INIT(1 << 16)};
    size_t n = 0;

    while (conf_row(rooms, n) != NULL)
        n++;
    src.from_file = xcalloc(n + 1, sizeof(char *));
    if (state != NULL)
        file_read(&src);
    return src;
}

void
conf_source_release(struct conf_source *src)
{
    for (size_t i = 0; conf_row(src->rooms, i) != NULL; i++)
        free_secret(src->from_file[i]);
    free(src->from_file);
    buf_release(&src->faults);
}

static char *
fallback(const struct conf_source *src, const struct setting *s)
{
    if (s->reckon != NULL)
        return xasprintf("%ld", s->reckon());
    if (s->fallback != NULL && src->state != NULL &&
        strncmp(s->fallback, OF_STATE, strlen(OF_STATE)) == 0)
        return xasprintf("%s/%s", src->state, s->fallback + strlen(OF_STATE));
    return xstrdup(s->fallback);
}

char *
conf_source_value(const struct conf_source *src, size_t i,
                  const char **ret_from)
{
    const struct setting *s = conf_row(src->rooms, i);
    const char *value = conf_env(s->name);

    *ret_from = "environment";
    if (value != NULL)
        return xstrdup(value);
    *ret_from = "file";
    if (src->from_file[i] != NULL && src->from_file[i][0] != '\0')
        return xstrdup(src->from_file[i]);
    *ret_from = "default";
    return fallback(src, s);
}

const char *
conf_env(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}
