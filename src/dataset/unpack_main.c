/*
 * trainmode-unpack: an archive on stdin (a regular file), unpacked into the
 * empty regular file on descriptor 3. The list of offsets is JSON on stdout, a
 * socket, from which the limits come: three numbers. See unpacker.h.
 *
 * Exit status: 0 done; 1 refused, with a word that unpacker.c knows and the
 * reason on stdout; anything else is a fault of ours. Ends with its parent.
 */
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include "base/jail.h"
#include "base/json.h"
#include "dataset/unpacker.h"

#define OUT_FD 3

/* Two GiB of deflate take ten seconds. */
static struct jail jail = {
    .memory = (int64_t)256 << 20, .cpu_sec = 120, .nice = 5};

static int
refuse(const struct err *err)
{
    return child_refuse("trainmode-unpack", unpacker_words, err);
}

int
main(void)
{
    auto_free char *asked = child_asked();
    auto_json json_object *list = NULL;
    struct unpack_limits limits;
    struct err err = ERR_INIT;
    long long total, set, audio;

    if (asked == NULL ||
        sscanf(asked, "%lld %lld %lld", &total, &set, &audio) != 3)
        return 2;
    limits = (struct unpack_limits){.total = total, .set = set, .audio = audio};
    /* libarchive returns names in the locale's character set. Without this
     * locale it returns the bytes that it cannot convert. */
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    jail.file_size = limits.total + (1 << 20);
    (void)jail_enter(&jail);
    list = unpack(STDIN_FILENO, OUT_FD, &limits, &err);
    if (list == NULL)
        return refuse(&err);
    return puts(json_out(list)) == EOF || fflush(stdout) == EOF ? 2 : 0;
}
