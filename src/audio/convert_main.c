/*
 * trainmode-convert: audio on stdin (a regular file), converted into the empty
 * regular file on descriptor 3. The request comes from stdout, which is a
 * socket: "mp3" or "wav", followed by " low" if nobody waits, or an excerpt
 * (excerpt_text), whose start and length are written there. See
 * audio/converter.h.
 *
 * Exit status: 0 converted; 1 it cannot be, with one of the words that
 * converter.c knows and the reason on stdout; anything else is a fault of ours.
 * Ends with its parent.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audio/convert.h"
#include "audio/converter.h"
#include "audio/excerpt.h"
#include "base/auto.h"
#include "base/jail.h"

#define OUT_FD 3

#define NICE 5
#define NICE_LOW 15 /* below the analysis, too */

/* Three hours of sound take 200 s; a WAV ends at 4 GiB. */
static const struct jail jail = {.memory = (int64_t)512 << 20,
                                 .cpu_sec = 3600,
                                 .file_size = ((int64_t)4 << 30) + 65536};

static int
refuse(const struct err *err)
{
    return child_refuse("trainmode-convert", converter_words, err);
}

/* The request comes from our own parent, and is read before entering the jail,
 * which sets the priority too. */
static char *
begin(void)
{
    struct jail ours = jail;
    char *asked = child_asked();
    char *low = asked != NULL ? strstr(asked, " low") : NULL;

    ours.nice = low != NULL ? NICE_LOW : NICE;
    if (low != NULL)
        *low = '\0';
    (void)jail_enter(&ours);
    return asked;
}

/* "12.500 30.000": its start and length in seconds. */
static int
excerpt(const struct audio_probe *p, const struct excerpt *wish,
        struct err *err)
{
    double start, sec;

    if (excerpt_make(STDIN_FILENO, p, wish, OUT_FD, &start, &sec, err) == -1)
        return -1;
    if (printf("%.3f %.3f\n", start, sec) < 0 || fflush(stdout) == EOF)
        return err_set(err, ERR_INTERNAL, "cannot say what was made");
    return 0;
}

int
main(void)
{
    auto_free char *format = begin();
    struct audio_probe p;
    struct excerpt wish;
    struct err err = ERR_INIT;

    if (format == NULL)
        return 2;
    if (audio_probe_fd(STDIN_FILENO, &p, &err) == -1)
        return refuse(&err);
    if (excerpt_read(format, &wish))
        return excerpt(&p, &wish, &err) == -1 ? refuse(&err) : 0;
    if (audio_convert(STDIN_FILENO, &p, format, OUT_FD, &err) == -1)
        return refuse(&err);
    return 0;
}
