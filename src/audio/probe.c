/*
 * What a file is: decided first by its initial bytes, then by the reader for
 * that format.
 */
#include "audio/probe.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "audio/parts.h"

#define TAGS_MAX 64 /* tags at either end; more is hostile */
#define UNPACKED_FREE (512.0 * 1024 * 1024) /* bytes at 16 bits */
#define UNPACKED_RATIO 200                  /* for each byte of the file */

/* Kinds of files that people drop by mistake, to name them in the error. */
static const struct magic {
    int offset;
    const char *bytes;
    const char *name;
} magics[] = {
    {0, "%PDF-", "a PDF document"},
    {0, "\x89PNG", "a PNG picture"},
    {0, "\xff\xd8\xff\xe0", "a JPEG picture"},
    {0, "\xff\xd8\xff\xe1", "a JPEG picture"},
    {0, "\xff\xd8\xff\xdb", "a JPEG picture"},
    {0, "GIF8", "a GIF picture"},
    {0, "PK\x03\x04", "a zip archive"},
    {0, "PK\x05\x06", "an empty zip archive"},
    {0, "Rar!\x1a", "a RAR archive"},
    {0, "7z\xbc\xaf", "a 7-Zip archive"},
    {0, "\x1f\x8b", "a gzip file (an Ableton Live set?)"},
    {0, "BZh", "a bzip2 file"},
    {0,
     "\xfd"
     "7zXZ",
     "an xz file"},
    {0, "\x28\xb5\x2f\xfd", "a Zstandard file"},
    {257, "ustar", "a tar archive"},
    {4, "ftyp", "an MP4 file (M4A, AAC, ALAC or video)"},
    {0, "\x1a\x45\xdf\xa3", "a Matroska or WebM file"},
    {0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"},
    {0, "MThd", "a MIDI file"},
    {0, "caff", "a Core Audio file"},
    {0, "ADIF", "an AAC file"},
    {0, "MAC ", "a Monkey's Audio file"},
    {0, "wvpk", "a WavPack file"},
    {0, "riff\x2e\x91\xcf\x11", "a Wave64 file"},
    {0, "ASFA", "an Ableton analysis file (.asd)"},
    {0,
     "\x7f"
     "ELF",
     "a program"},
    {0, "MZ", "a Windows program"},
    {0, "SQLite format 3", "a database"},
    {0, "{\\rtf", "a text document"},
};

void
probe_damage(struct audio_probe *p, int64_t offset, int64_t bytes,
             const char *what)
{
    if (p->damage_count < AUDIO_DAMAGE_MAX)
        p->damage[p->damage_count] = (struct audio_damage){offset, bytes, what};
    p->damage_count++;
}

int
probe_missing(struct audio_probe *p, int64_t missing, int64_t offset,
              struct err *err)
{
    double sec = (double)missing / p->sample_rate;

    if (missing <= 0)
        return 0;
    if (sec > LOST_SEC_MAX)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the %s file is cut off: %.1f of %.1f seconds are "
                       "there (it ends at byte %lld); bounce it again",
                       p->format, p->duration_sec, p->duration_sec + sec,
                       (long long)offset);
    probe_damage(p, offset, 0, "less sound than the header says");
    p->lost_sec += sec;
    return 0;
}

static bool
is_text(const uint8_t *b, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (b[i] < 0x20 ? strchr("\t\r\n", b[i]) == NULL || b[i] == 0
                        : b[i] == 0x7f || b[i] > 0xf4)
            return false;
    return true;
}

/* HTML and XML begin with white space or a byte order mark at times. */
static const char *
name_markup(struct input *in, int64_t at)
{
    char text[65] = "";
    size_t len = 0;
    const uint8_t *b = input_span(in, at, 64, &len);
    const char *s = text;

    if (b == NULL)
        return NULL;
    memcpy(text, b, len < 64 ? len : 64);
    if (strncmp(s, "\xef\xbb\xbf", 3) == 0)
        s += 3;
    s += strspn(s, " \t\r\n");
    if (strncasecmp(s, "<!doctype html", 14) == 0 ||
        strncasecmp(s, "<html", 5) == 0)
        return "a web page (HTML)";
    if (strncmp(s, "<?xml", 5) == 0)
        return "an XML file";
    return is_text(b, len < 64 ? len : 64) ? "a text" : NULL;
}

/* A frame of AAC in ADTS, and another one right after it. */
static bool
is_adts(struct input *in, int64_t at)
{
    for (int i = 0; i < 2; i++) {
        const uint8_t *b = input_at(in, at, 7);
        int length;

        if (b == NULL || b[0] != 0xff || (b[1] & 0xf6) != 0xf0)
            return false;
        length = (b[3] & 3) << 11 | b[4] << 3 | b[5] >> 5;
        if (length < 7)
            return false;
        at += length;
    }
    return true;
}

static const char *
name_other(struct input *in, int64_t at)
{
    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
        if (input_is(in, at + magics[i].offset, magics[i].bytes))
            return magics[i].name;
    if (input_is(in, at, "RIFF"))
        return input_is(in, at + 8, "AVI ")   ? "an AVI video"
               : input_is(in, at + 8, "WEBP") ? "a WebP picture"
                                              : "a RIFF file that is no WAV";
    if (is_adts(in, at))
        return "an AAC file";
    return name_markup(in, at);
}

typedef int probe_reader(struct input *in, int64_t end, struct audio_probe *p,
                         struct err *err);

/* For a format that allows no tags before it: read the file as if they were not
 * there. */
static int
probe_behind(struct input *in, int64_t at, int64_t end, probe_reader *read,
             struct audio_probe *p, struct err *err)
{
    int rc;

    input_rebase(in, at);
    rc = read(in, end - at, p, err);
    input_rebase(in, 0);
    p->file_start = at;
    p->size_at += p->size_at != 0 ? at : 0;
    p->audio_start += at;
    p->audio_end += at;
    for (size_t i = 0; i < p->damage_count && i < AUDIO_DAMAGE_MAX; i++)
        p->damage[i].offset += at;
    return rc;
}

/* Choose the reader by the bytes after any tags at the start. */
static int
probe_kind(struct input *in, int64_t at, int64_t end,
           const struct mp3_visit *visit, struct audio_probe *p,
           struct err *err)
{
    const char *other;

    if ((input_is(in, at, "RIFF") || input_is(in, at, "RF64") ||
         input_is(in, at, "BW64")) &&
        input_is(in, at + 8, "WAVE"))
        return probe_behind(in, at, end, probe_wav, p, err);
    if (input_is(in, at, "FORM") &&
        (input_is(in, at + 8, "AIFF") || input_is(in, at + 8, "AIFC")))
        return probe_behind(in, at, end, probe_aiff, p, err);
    if (input_is(in, at, "OggS"))
        return probe_behind(in, at, end, probe_ogg, p, err);
    if (input_is(in, at, "fLaC"))
        return probe_behind(in, at, end, probe_flac, p, err);
    if ((other = name_other(in, at)) != NULL)
        return err_set(err, ERR_NOT_AUDIO,
                       "we can't use this file: it is %s; send MP3, WAV, "
                       "FLAC, AIFF or Ogg",
                       other);
    return probe_mp3(in, at, end, visit, p, err);
}

static int
probe_input(struct input *in, const struct mp3_visit *visit,
            struct audio_probe *p, struct err *err)
{
    int64_t at = 0, end = in->size, size;
    int tags = 0;

    if (in->size == 0)
        return err_set(err, ERR_NOT_AUDIO,
                       "the file is empty; bounce it again");
    while ((size = tag_at_start(in, at, &p->has_art)) != 0 &&
           tags++ < TAGS_MAX) {
        if (at + size >= in->size)
            return err_set(
                err, ERR_AUDIO_DAMAGED,
                "the file is cut off before any sound (a tag of %lld "
                "bytes begins at byte %lld, the file ends at byte "
                "%lld); bounce it again",
                (long long)size, (long long)at, (long long)in->size);
        at += size;
    }
    tags = 0;
    while ((size = tag_at_end(in, end, &p->has_art)) != 0 && end - size > at &&
           tags++ < TAGS_MAX)
        end -= size;
    return probe_kind(in, at, end, visit, p, err);
}

/*
 * Do not trust a header: a length that no such file can hold is invalid, and
 * sound that would fill a disk when unpacked is not music. Real files, even
 * with much silence, stay far below the ratio; up to UNPACKED_FREE (an hour of
 * stereo) it is not checked.
 */
static int
check_claims(const struct audio_probe *p, struct err *err)
{
    double unpacked = (double)p->samples * p->channels * 2;

    if (p->sample_rate < RATE_MIN || p->sample_rate > RATE_MAX)
        return err_set(err, ERR_NOT_AUDIO,
                       "we can't use this file: it says %d Hz, and audio has "
                       "%d to %d; bounce it again",
                       p->sample_rate, RATE_MIN, RATE_MAX);
    if (unpacked > UNPACKED_FREE &&
        unpacked / UNPACKED_RATIO > (double)p->bytes)
        return err_set(err, ERR_AUDIO_DAMAGED,
                       "the file says %.1f hours of sound in %lld bytes, which "
                       "is silence or no recording; bounce the music alone",
                       p->duration_sec / 3600, (long long)p->bytes);
    return 0;
}

int
probe_visited(int fd, const struct mp3_visit *visit, struct audio_probe *ret,
              struct err *err)
{
    auto_input struct input in = {.fd = -1};
    struct audio_probe p = {0};
    int rc;

    if (input_init(&in, fd, err) == -1)
        return -1;
    p.bytes = in.size;
    rc = probe_input(&in, visit, &p, err);
    if (in.error != 0) {
        err_clear(err); /* what we could not read explains the rest */
        return input_check(&in, err);
    }
    if (rc == -1 || check_claims(&p, err) == -1)
        return -1;
    *ret = p;
    return 0;
}

int
audio_probe_fd(int fd, struct audio_probe *ret, struct err *err)
{
    return probe_visited(fd, NULL, ret, err);
}

int
audio_probe_file(const char *path, struct audio_probe *ret, struct err *err)
{
    auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd == -1)
        return err_errno(err, ERR_INTERNAL, "cannot open the audio file");
    return audio_probe_fd(fd, ret, err);
}

bool
audio_odd_head(const struct audio_probe *p)
{
    return p->file_start > 0 || p->size_at > 0;
}
