/*
 * The settings as the programs see them. Each fault becomes a clause of one
 * message, so that whoever sets the program up can repair all of them at once.
 */
#include "base/conf.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/conf_source.h"
#include "base/mem.h"

static void
put_all(struct conf *conf, const struct conf_source *src, const char *program,
        struct buf *faults)
{
    const struct setting *s;

    for (size_t i = 0; (s = conf_row(src->rooms, i)) != NULL; i++) {
        const char *from;
        auto_secret char *value = conf_source_value(src, i, &from);

        if (s->kind == SETTING_PRICE)
            *(double *)setting_at(conf, s) = -1;
        if (value != NULL)
            setting_put(conf, s, value, program, faults);
    }
}

static struct conf *
conf_read(const struct settings *const *rooms, const char *program,
          const char *state, struct err *err)
{
    auto_conf struct conf *conf = xcalloc(1, sizeof(*conf));
    auto_cleanup(conf_source_release) struct conf_source src =
        conf_source_of(rooms, state);

    conf->rooms = rooms;
    conf->state = xstrdup(state);
    put_all(conf, &src, program, &src.faults);
    for (; state != NULL && *rooms != NULL; rooms++)
        if ((*rooms)->check != NULL)
            (*rooms)->check(conf, &src.faults);
    if (src.faults.len > 0) {
        err_set(err, ERR_INTERNAL, "settings: %s", buf_str(&src.faults));
        return NULL;
    }
    return steal(&conf);
}

static const char *
state_of_environment(struct err *err)
{
    const char *state = conf_env("TRAINMODE_STATE");

    if (state != NULL && state[0] == '/')
        return state;
    err_set(err, ERR_INTERNAL,
            "settings: TRAINMODE_STATE must be an absolute path");
    return NULL;
}

struct conf *
conf_open(const struct settings *const *rooms, const char *program,
          struct err *err)
{
    const char *state = state_of_environment(err);

    return state == NULL ? NULL : conf_read(rooms, program, state, err);
}

struct conf *
conf_open_bare(const struct settings *const *rooms, struct err *err)
{
    return conf_read(rooms, "", NULL, err);
}

static bool
is_text(enum setting_kind kind)
{
    return kind == SETTING_TEXT || kind == SETTING_SECRET ||
           kind == SETTING_WORD || kind == SETTING_FOLDER ||
           kind == SETTING_URL;
}

/* A key is kept in memory as long as it is needed; whatever may be a key is
 * wiped like one. */
void
conf_close(struct conf *conf)
{
    const struct setting *s;

    if (conf == NULL)
        return;
    for (size_t i = 0; (s = conf_row(conf->rooms, i)) != NULL; i++)
        if (is_text(s->kind))
            free_secret(*(char **)setting_at(conf, s));
    free(conf->state);
    free(conf->spool_dir);
    free_secret(conf->sign_key);
    free(conf);
}

bool
conf_is_here(const char *p)
{
    size_t len = *p == '[' ? strcspn(p, "]") + 1 : strcspn(p, ":/");

    return (len == 9 && strncasecmp(p, "localhost", 9) == 0) ||
           (len == 5 && strncmp(p, "[::1]", 5) == 0) ||
           (strncmp(p, "127.", 4) == 0 && strspn(p, "0123456789.") == len);
}
