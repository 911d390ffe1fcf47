/*
 * Audio of a format that a test in JavaScript cannot write itself, on stdout:
 *
 *     sound flac|ogg|aiff SECONDS
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sndfile.h>

#include "make.h"

#define RATE 44100

static const struct {
    const char *name;
    int format;
} formats[] = {{"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
               {"ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
               {"aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16}};

int
main(int argc, char **argv)
{
    auto_bytes struct bytes b = {0};

    for (size_t i = 0; argc == 3 && i < sizeof(formats) / sizeof(*formats); i++)
        if (strcmp(formats[i].name, argv[1]) == 0)
            make_snd(formats[i].format, RATE, 1, strtod(argv[2], NULL), &b);
    if (b.n == 0)
        return 2;
    return fwrite(b.v, 1, b.n, stdout) == b.n && fflush(stdout) == 0 ? 0 : 1;
}
