/*
 * trainmode-parse: a Live set on stdin (a regular file), its summary as JSON on
 * stdout, which is the socket that the set's name comes from.
 *
 * A process of its own, because strangers send sets: one that crashes the
 * parser, or takes forever, harms only this process. See als/parser.h.
 *
 * Exit status: 0 read; 1 not a set, with the reason on stdout instead; anything
 * else is a fault of ours. Ends with its parent.
 */
#include <stdio.h>
#include <unistd.h>

#include "als/summary.h"
#include "base/child.h"
#include "base/jail.h"
#include "base/json.h"

/* The largest known set (48 MB of XML) takes half a second and 60 MiB; a
 * million notes in 200,000 clips take some 400 MiB. */
static const struct jail jail = {
    .memory = (int64_t)768 << 20, .cpu_sec = 20, .nice = 5};

static int
say(const char *text, int status)
{
    return puts(text) == EOF || fflush(stdout) == EOF ? 2 : status;
}

int
main(void)
{
    auto_json json_object *summary = NULL;
    auto_free char *name = NULL;
    struct err err = ERR_INIT;

    (void)jail_enter(&jail);
    name = child_asked();
    if (name == NULL)
        return 2;
    summary = als_summary_from_fd(STDIN_FILENO, name, NULL, &err);
    if (summary != NULL)
        return say(json_out(summary), 0);
    if (err.code == ERR_NOT_ALS)
        return say(err.msg, 1);
    (void)fprintf(stderr, "trainmode-parse: %s\n", err.msg);
    return 2;
}
