/*
 * Excerpts of audio that go along with a question: files without a name, read
 * as the request goes out, so that none is ever held in memory.
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
    int position;              /* of the window that it is; -1: none */
};

struct clips {
    struct clip *v;
    size_t n;
    const char *format; /* "mp3" or "wav", a constant */
};
void clips_release(struct clips *cs); /* closes the files */
#define auto_clips auto_cleanup(clips_release)

void clips_add(struct clips *cs, const struct clip *c); /* takes the file */
double clips_seconds(const struct clips *cs);

/* A request's body: a text in which each clip stands by a name, sent with the
 * clip itself, in base64, in place of the name. */
struct body {
    const char *text; /* borrowed, as the clips and the marker are */
    const struct clips *clips;
    const char *marker;
    size_t at;       /* in the text */
    size_t next;     /* the clip whose name comes next */
    int64_t clip_at; /* bytes of it that went; -1 before its name */
    int64_t len;     /* of all that is sent */
};

/* The name of clip i in a text; the caller frees it. */
char *clip_name(const char *marker, size_t i);
/* Each clip's name must stand in the text once, in their order. */
void body_open(struct body *b, const char *text, const struct clips *clips,
               const char *marker);
/* The next bytes, at least four at a time are asked for; 0 at the end, -1
 * where a file cannot be read. */
ssize_t body_read(struct body *b, void *buf, size_t size);

#endif
