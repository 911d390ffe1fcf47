/* trainmode-als: the summary of Live sets, as JSON or as a page of text. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "als/summary.h"
#include "base/json.h"
#include "music/digest.h"

#define PAGE_MAX 65536

enum status { DONE = 0, FAILED = 1, USAGE = 2 };

static int
usage(FILE *to)
{
    (void)fputs("usage: trainmode-als [--text] FILE...\n"
                "Print what Ableton Live sets say of their music, as JSON; "
                "with --text as a page\nfor a person. FILE - is standard "
                "input.\n"
                "Exit status: 0 all read, 1 a file could not be read, 2 wrong "
                "usage.\n",
                to);
    return to == stdout ? DONE : USAGE;
}

static json_object *
read_one(const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    auto_fd int fd = -1;

    if (strcmp(path, "-") == 0)
        return als_summary_from_fd(STDIN_FILENO, "standard input", NULL, err);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
        err_set(err, ERR_INTERNAL, "%s", strerror(errno));
        return NULL;
    }
    return als_summary_from_fd(fd, slash != NULL ? slash + 1 : path, NULL, err);
}

static void
print_text(json_object *summary)
{
    auto_free char *page = digest_write(summary, PAGE_MAX);
    const char *live = json_text(json_at(summary, "live"), "version");

    printf("%s\nLive %s\n%s", json_text(summary, "projectName"),
           live != NULL ? live : "(version unknown)", page);
}

static int
print_one(const char *path, bool text)
{
    struct err err = ERR_INIT;
    auto_json json_object *summary = read_one(path, &err);

    if (summary == NULL) {
        (void)fprintf(stderr, "trainmode-als: %s: %s\n", path, err.msg);
        return FAILED;
    }
    if (text)
        print_text(summary);
    else
        printf("%s\n",
               json_object_to_json_string_ext(
                   summary, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                JSON_C_TO_STRING_NOSLASHESCAPE));
    return DONE;
}

int
main(int argc, char **argv)
{
    static const struct option options[] = {{"text", no_argument, NULL, 't'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    bool text = false;
    int status = DONE;
    int c;

    while ((c = getopt_long(argc, argv, "th", options, NULL)) != -1) {
        if (c == 't')
            text = true;
        else
            return usage(c == 'h' ? stdout : stderr);
    }
    if (optind == argc)
        return usage(stderr);
    for (int i = optind; i < argc; i++) {
        if (i > optind && text)
            (void)putchar('\n');
        if (print_one(argv[i], text) != DONE)
            status = FAILED;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("trainmode-als: standard output");
        return FAILED;
    }
    return status;
}
