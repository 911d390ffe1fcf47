/* trainmode-make: a folder of Live sets and bounces becomes a dataset. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "make/make.h"

enum status { DONE = 0, FAILED = 1, USAGE = 2 };

static int
usage(const char *why)
{
    if (why != NULL)
        (void)fprintf(stderr, "trainmode make: %s\n", why);
    (void)fputs("usage: ./trainmode make FOLDER --artist NAME [--layout NAME]\n"
                "           [--captions track|windows] [--out FILE.zip] "
                "[--yes] [--json]\n",
                stderr);
    return USAGE;
}

/* An option's value, in the next argument or after "="; NULL if this is another
 * option. *i moves on. */
static const char *
value_of(char **argv, int *i, const char *name)
{
    size_t n = strlen(name);

    if (strncmp(argv[*i], name, n) != 0)
        return NULL;
    if (argv[*i][n] == '=')
        return argv[*i] + n + 1;
    if (argv[*i][n] != '\0')
        return NULL;
    return argv[*i + 1] != NULL ? argv[++*i] : "";
}

static const char *
read_option(char **argv, int *i, struct options *o)
{
    static char why[200];
    const char *value;

    if (strcmp(argv[*i], "--yes") == 0)
        o->yes = true;
    else if (strcmp(argv[*i], "--json") == 0)
        o->json = true;
    else if ((value = value_of(argv, i, "--artist")) != NULL)
        o->artist = value;
    else if ((value = value_of(argv, i, "--layout")) != NULL)
        o->layout = value;
    else if ((value = value_of(argv, i, "--captions")) != NULL)
        o->captions = value;
    else if ((value = value_of(argv, i, "--out")) != NULL)
        o->out = value;
    else if (argv[*i][0] != '-' && o->folder == NULL)
        o->folder = argv[*i];
    else {
        (void)snprintf(why, sizeof(why), "unknown argument '%.150s'", argv[*i]);
        return why;
    }
    return NULL;
}

static const char *
read_options(char **argv, struct options *o)
{
    const char *why;

    *o = (struct options){.out = "dataset.zip"};
    for (int i = 1; argv[i] != NULL; i++)
        if ((why = read_option(argv, &i, o)) != NULL)
            return why;
    if (o->folder == NULL || o->folder[0] == '\0')
        return "which folder?";
    if (o->artist == NULL || o->artist[0] == '\0')
        return "whose tracks are they? --artist NAME says so";
    if (o->out[0] == '\0')
        return "--out needs a file";
    if (o->captions != NULL && strcmp(o->captions, "track") != 0 &&
        strcmp(o->captions, "windows") != 0)
        return "--captions is track or windows";
    o->ask = !o->yes && !o->json && isatty(STDIN_FILENO) == 1 &&
             isatty(STDERR_FILENO) == 1;
    return NULL;
}

static void
making_release(struct making *m)
{
    folder_release(&m->folder);
    client_close(&m->client);
    free(m->artist);
}

static int
run(struct making *m, struct err *err)
{
    if (folder_scan(m->opt->folder, &m->folder, err) == -1 ||
        client_open(&m->client, err) == -1 || steps_artist(m, err) == -1)
        return -1;
    steps_import(m);
    if (steps_known(m, err) == -1)
        return -1;
    steps_pair(m);
    steps_save(m);
    if (steps_settle(m, err) == -1)
        return -1;
    return steps_export(m, err);
}

int
main(int argc, char **argv)
{
    struct options opt;
    auto_cleanup(making_release) struct making m = {.opt = &opt};
    struct err err = ERR_INIT;
    const char *why = read_options(argv, &opt);

    (void)argc;
    if (why != NULL)
        return usage(why);
    if (run(&m, &err) == 0)
        return DONE;
    report_end(&m, NULL, NULL, err.msg);
    return FAILED;
}
