/* The bytes of a set, gzip or plain, within limits; see source.h. */
#include "als/source.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"

#define IN_SIZE (64 * 1024)
#define HEAD_SIZE 64

struct als_source {
    int fd;
    const struct als_limits *limits;
    bool gzip;
    bool eof;  /* nothing more in the file */
    bool done; /* nothing more to unpack */
    bool z_open;
    z_stream z;
    int64_t in;
    int64_t out;
    unsigned char *at; /* unread part of buf */
    size_t left;
    unsigned char buf[IN_SIZE];
};

const struct als_limits als_limits_default = {
    .file_bytes = INT64_C(64) << 20,
    .xml_bytes = INT64_C(1) << 30,
    .free_bytes = INT64_C(8) << 20,
    .ratio = 200,
    .depth = ALS_DEPTH_MAX,
    .elements = 20 * 1000 * 1000,
    .parser_bytes = (size_t)16 << 20,
    .tracks = 2000,
    .clips = 200 * 1000,
    .notes = 1000 * 1000,
    .devices = 20 * 1000,
    .events = 500 * 1000,
    .marks = 10 * 1000,
};

/* Other files that are called sets, by their first bytes. */
static const struct {
    const char *magic;
    size_t len;
    const char *what;
} strangers[] = {
    {"PK\003\004", 4, "is a zip archive: unpack it and give the .als inside"},
    {"Rar!", 4, "is a rar archive: unpack it and give the .als inside"},
    {"7z\274\257", 4, "is a 7-Zip archive: unpack it and give the .als inside"},
    {"RIFF", 4, "is a WAV file, not a Live set"},
    {"FORM", 4, "is an AIFF file, not a Live set"},
    {"ID3", 3, "is an MP3 file, not a Live set"},
    {"fLaC", 4, "is a FLAC file, not a Live set"},
    {"OggS", 4, "is an Ogg file, not a Live set"},
    {"MThd", 4, "is a MIDI file, not a Live set"},
    {"version https://git-lfs", 23,
     "is a Git LFS pointer: fetch the file it stands for"},
    {"{", 1, "is JSON, not a Live set"},
    {"%PDF", 4, "is a PDF, not a Live set"},
};

/* Read on from the file after the first `have` bytes of buf. */
static int
refill(struct als_source *s, size_t have, struct err *err)
{
    ssize_t n;

    do {
        n = read(s->fd, s->buf + have, sizeof s->buf - have);
    } while (n == -1 && errno == EINTR);
    if (n == -1)
        return err_errno(err, ERR_INTERNAL, "cannot read the set");
    s->at = s->buf;
    s->left = have + (size_t)n;
    s->in += n;
    s->eof = n == 0;
    if (s->in > s->limits->file_bytes)
        return err_set(err, ERR_NOT_ALS, "the file is over %lld bytes",
                       (long long)s->limits->file_bytes);
    return 0;
}

/* Enough to identify the format, even from a pipe that delivers byte by
 * byte. */
static int
read_head(struct als_source *s, struct err *err)
{
    do {
        if (refill(s, s->left, err) == -1)
            return -1;
    } while (!s->eof && s->left < HEAD_SIZE);
    return 0;
}

static int
sniff(struct als_source *s, struct err *err)
{
    const unsigned char *p = s->at;
    const unsigned char *end = s->at + s->left;

    if (p == end)
        return err_set(err, ERR_NOT_ALS, "the file is empty");
    if (s->left >= 2 && p[0] == 0x1f && p[1] == 0x8b) {
        s->gzip = true;
        return 0;
    }
    if (s->left >= 2 &&
        ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
        return 0; /* UTF-16: the XML parser handles it */
    if (s->left >= 3 && memcmp(p, "\357\273\277", 3) == 0)
        p += 3;
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n'))
        p++;
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++) {
        if ((size_t)(end - p) >= strangers[i].len &&
            memcmp(p, strangers[i].magic, strangers[i].len) == 0)
            return err_set(err, ERR_NOT_ALS, "the file %s", strangers[i].what);
    }
    if (p == end || *p != '<')
        return err_set(err, ERR_NOT_ALS,
                       "this is not a Live set: it is neither gzip nor XML");
    return 0;
}

struct als_source *
als_source_open(int fd, const struct als_limits *limits, struct err *err)
{
    auto_als_source struct als_source *s = xcalloc(1, sizeof *s);

    s->fd = fd;
    s->limits = limits;
    if (read_head(s, err) == -1 || sniff(s, err) == -1)
        return NULL;
    if (s->gzip) {
        if (inflateInit2(&s->z, 15 + 16) != Z_OK) {
            err_set(err, ERR_INTERNAL, "zlib does not start");
            return NULL;
        }
        s->z_open = true;
    }
    return steal(&s);
}

static int
check_sizes(const struct als_source *s, struct err *err)
{
    const struct als_limits *l = s->limits;

    if (s->out > l->xml_bytes)
        return err_set(err, ERR_NOT_ALS,
                       "the file unpacks to more than %lld bytes of XML",
                       (long long)l->xml_bytes);
    if (s->gzip && s->out > l->free_bytes && s->out / l->ratio > s->in)
        return err_set(err, ERR_NOT_ALS,
                       "the file unpacks to more than %d times its size",
                       l->ratio);
    return 0;
}

/* A member of the gzip file has ended. Others may follow, which together are
 * one text (RFC 1952, 2.2); if anything else follows, it is not a set. */
static int
next_member(struct als_source *s, struct err *err)
{
    while (s->left < 2 && !s->eof) {
        memmove(s->buf, s->at, s->left);
        if (refill(s, s->left, err) == -1)
            return -1;
    }
    s->done = s->left < 2 || s->at[0] != 0x1f || s->at[1] != 0x8b;
    if (!s->done && inflateReset(&s->z) != Z_OK)
        return err_set(err, ERR_INTERNAL, "zlib does not start again");
    return 0;
}

/* One call of inflate, after making sure of input. */
static int
inflate_some(struct als_source *s, struct err *err)
{
    int rc;

    if (s->left == 0 && !s->eof && refill(s, 0, err) == -1)
        return -1;
    s->z.next_in = s->at;
    s->z.avail_in = (uInt)s->left;
    rc = inflate(&s->z, Z_NO_FLUSH);
    s->at = s->z.next_in;
    s->left = s->z.avail_in;
    if (rc == Z_STREAM_END)
        return next_member(s, err);
    if (rc == Z_BUF_ERROR && s->eof)
        return err_set(err, ERR_NOT_ALS,
                       "the file is cut off: its gzip stream has no end");
    if (rc != Z_OK && rc != Z_BUF_ERROR)
        return err_set(err, ERR_NOT_ALS, "the file is damaged: %s",
                       s->z.msg != NULL ? s->z.msg : "bad gzip data");
    return 0;
}

static int
read_gzip(struct als_source *s, void *ret_data, size_t size, size_t *ret_len,
          struct err *err)
{
    s->z.next_out = ret_data;
    s->z.avail_out = (uInt)size;
    while (s->z.avail_out > 0 && !s->done) {
        if (inflate_some(s, err) == -1)
            return -1;
    }
    *ret_len = size - s->z.avail_out;
    return 0;
}

static int
read_plain(struct als_source *s, void *ret_data, size_t size, size_t *ret_len,
           struct err *err)
{
    if (s->left == 0 && !s->eof && refill(s, 0, err) == -1)
        return -1;
    *ret_len = s->left < size ? s->left : size;
    memcpy(ret_data, s->at, *ret_len);
    s->at += *ret_len;
    s->left -= *ret_len;
    return 0;
}

int
als_source_read(struct als_source *s, void *ret_data, size_t size,
                size_t *ret_len, struct err *err)
{
    size_t len = 0;
    int rc = s->gzip ? read_gzip(s, ret_data, size, &len, err)
                     : read_plain(s, ret_data, size, &len, err);

    if (rc == -1)
        return -1;
    s->out += (int64_t)len;
    if (check_sizes(s, err) == -1)
        return -1;
    *ret_len = len;
    return 0;
}

bool
als_source_gzip(const struct als_source *s)
{
    return s->gzip;
}

int64_t
als_source_bytes_in(const struct als_source *s)
{
    return s->in;
}

int64_t
als_source_bytes_out(const struct als_source *s)
{
    return s->out;
}

void
als_source_close(struct als_source *s)
{
    if (s == NULL)
        return;
    if (s->z_open)
        inflateEnd(&s->z);
    free(s);
}
