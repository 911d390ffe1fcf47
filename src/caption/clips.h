/*
 * Excerpts of audio that accompany a question: unlinked files, read while the
 * request is sent, so that none is ever held in memory.
 */
#ifndef CAPTION_CLIPS_H
#define CAPTION_CLIPS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/auto.h"
#include "base/err.h"

struct clip {
    int fd; /* a regular file, read from its start */
    int64_t bytes;
    double start_sec, seconds; /* of the track */
    int position;              /* of the window that it shows; -1: none */
};

struct clips {
    struct clip *v;
    size_t n;
    const char *format; /* "mp3" or "wav", a constant */
};
void clips_release(struct clips *cs); /* closes the files */
#define auto_clips auto_cleanup(clips_release)

void clips_add(struct clips *cs, const struct clip *c); /* takes ownership of
                                                         * the file */
double clips_seconds(const struct clips *cs);

/* A request's body: a text that contains a name for each clip. When the body is
 * sent, the clip itself, in base64, replaces its name. */
struct body {
    const char *text; /* borrowed, as are the clips and the marker */
    const struct clips *clips;
    const char *marker;
    size_t at;       /* in the text */
    size_t next;     /* the clip whose name comes next */
    int64_t clip_at; /* bytes of it already sent; -1 before its name */
    int64_t len;     /* of everything that is sent */
};

/* The name of clip i in a text; the caller frees it. */
char *clip_name(const char *marker, size_t i);
/* Each clip's name must occur in the text once, in the order of the clips. */
void body_open(struct body *b, const char *text, const struct clips *clips,
               const char *marker);
/* The next bytes; size must be at least four. 0 at the end, -1 if a file cannot
 * be read. */
ssize_t body_read(struct body *b, void *buf, size_t size);

#endif
