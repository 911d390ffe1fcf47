/* Unpacks an archive; see unpack.h. */
#include "dataset/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/mem.h"

#define BLOCK (256 << 10)

AUTO_DEFINE(archive_p, struct archive *, archive_read_free)
#define auto_archive auto_cleanup(archive_p)

struct work {
    struct archive *a;
    const struct unpack_limits *limits;
    json_object *files, *texts, *refused;
    char *block;
    int out;
    int64_t packed; /* bytes of the archive */
    int64_t total;  /* written out so far */
    size_t entries;
};

static void
refuse(struct work *w, const char *name, const char *code, const char *detail)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "name", name);
    json_add_str(o, "code", code);
    json_add_str(o, "detail", detail);
    json_object_array_add(w->refused, o);
}

static int
damaged(struct err *err)
{
    return err_set(err, ERR_NOT_ARCHIVE,
                   "the archive breaks off or is damaged; pack it and send it "
                   "again. Nothing of it was taken");
}

/* ---- one file ---- */

static int
write_out(struct work *w, size_t n, struct err *err)
{
    for (size_t done = 0; done < n;) {
        ssize_t m = write(w->out, w->block + done, n - done);

        if (m == -1 && errno == EINTR)
            continue;
        if (m == -1)
            return err_errno(err, ERR_INTERNAL, "write what is unpacked");
        done += (size_t)m;
    }
    w->total += (int64_t)n;
    return 0;
}

/* Limits the ratio of what is written out; skipped entries only cost the time
 * of one process, which is limited. */
static int
hold(const struct work *w, struct err *err)
{
    if (w->total > w->limits->total)
        return err_set(err, ERR_TOO_LARGE,
                       "the archive unpacks to more than %lld MiB; send it in "
                       "parts",
                       (long long)(w->limits->total >> 20));
    if (w->total > UNPACK_FREE && w->total / UNPACK_RATIO_MAX > w->packed)
        return err_set(err, ERR_TOO_LARGE,
                       "the archive unpacks to more than %d times its size",
                       UNPACK_RATIO_MAX);
    return 0;
}

/* *ret_fits is false if the file exceeds max. */
static int
copy(struct work *w, int64_t max, int64_t *ret_bytes, bool *ret_fits,
     struct err *err)
{
    la_ssize_t n;

    *ret_bytes = 0;
    *ret_fits = true;
    while ((n = archive_read_data(w->a, w->block, BLOCK)) > 0) {
        *ret_bytes += n;
        *ret_fits = *ret_bytes <= max;
        if (!*ret_fits)
            return 0;
        if (write_out(w, (size_t)n, err) == -1 || hold(w, err) == -1)
            return -1;
    }
    return n < 0 ? damaged(err) : 0;
}

static void
list(json_object *to, const char *name, const char *kind, int64_t at,
     int64_t bytes)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "name", name);
    json_add_str(o, "kind", kind);
    json_add_int(o, "at", at);
    json_add_int(o, "bytes", bytes);
    json_object_array_add(to, o);
}

/* A text that is too large, or one too many, is not a caption. */
static int
take_text(struct work *w, const char *name, struct err *err)
{
    int64_t at = w->total, bytes;
    bool fits;

    if (json_object_array_length(w->texts) >= UNPACK_TEXTS_MAX)
        return 0;
    if (copy(w, UNPACK_TEXT_BYTES, &bytes, &fits, err) == -1)
        return -1;
    if (fits)
        list(w->texts, name, "text", at, bytes);
    return 0;
}

static int
take(struct work *w, const char *name, enum unpack_kind kind, struct err *err)
{
    int64_t at = w->total;
    int64_t max = kind == UNPACK_SET ? w->limits->set : w->limits->audio;
    int64_t bytes;
    bool fits;

    if (json_object_array_length(w->files) >= UNPACK_FILES_MAX)
        return err_set(err, ERR_TOO_LARGE,
                       "the archive holds more than %d sets and bounces; send "
                       "it in parts",
                       UNPACK_FILES_MAX);
    if (copy(w, max, &bytes, &fits, err) == -1)
        return -1;
    if (!fits) {
        refuse(w, name, "too_large",
               kind == UNPACK_SET ? "the set is larger than MAX_ALS_MB"
                                  : "the audio is larger than MAX_AUDIO_MB");
        return 0;
    }
    list(w->files, name, kind == UNPACK_SET ? "set" : "audio", at, bytes);
    return 0;
}

/* ---- all of them ---- */

static bool
is_link(struct archive_entry *e)
{
    return archive_entry_hardlink(e) != NULL ||
           archive_entry_filetype(e) == AE_IFLNK;
}

static int
visit(struct work *w, struct archive_entry *e, struct err *err)
{
    const char *raw = archive_entry_pathname(e);
    auto_free char *name = raw != NULL ? unpack_name(raw) : NULL;
    enum unpack_kind kind =
        name != NULL ? unpack_kind_of(name) : UNPACK_NOTHING;

    if (kind == UNPACK_NOTHING || archive_entry_filetype(e) == AE_IFDIR)
        return 0;
    if (archive_entry_is_encrypted(e) > 0)
        return err_set(err, ERR_NOT_ARCHIVE,
                       "the archive is encrypted; pack it again without a "
                       "password");
    if (kind == UNPACK_TEXT)
        return !is_link(e) && archive_entry_filetype(e) == AE_IFREG
                   ? take_text(w, name, err)
                   : 0;
    if (kind == UNPACK_ARCHIVE)
        refuse(w, name, "not_als",
               "an archive within the archive is not opened; send it by "
               "itself");
    else if (kind == UNPACK_OUTSIDE)
        refuse(w, name, "not_als",
               "its name leads out of the archive's folder");
    else if (is_link(e))
        refuse(w, name, "not_als", "it is a link; pack the file itself");
    else if (archive_entry_filetype(e) == AE_IFREG)
        return take(w, name, kind, err);
    return 0;
}

static int
visit_all(struct work *w, struct err *err)
{
    struct archive_entry *e;
    int rc;

    while ((rc = archive_read_next_header(w->a, &e)) == ARCHIVE_OK ||
           rc == ARCHIVE_WARN) {
        if (++w->entries > UNPACK_ENTRIES_MAX)
            return err_set(err, ERR_TOO_LARGE,
                           "the archive holds more than %d files; send the "
                           "sets and bounces alone",
                           UNPACK_ENTRIES_MAX);
        if (visit(w, e, err) == -1)
            return -1;
    }
    if (rc == ARCHIVE_EOF && w->entries > 0)
        return 0;
    return w->entries > 0 ? damaged(err)
                          : err_set(err, ERR_NOT_ARCHIVE,
                                    "this is not a readable zip or tar");
}

json_object *
unpack(int in, int out, const struct unpack_limits *limits, struct err *err)
{
    auto_archive struct archive *a = archive_read_new();
    auto_free char *block = xmalloc(BLOCK);
    auto_json json_object *all = json_object_new_object();
    struct work w = {.a = a,
                     .limits = limits,
                     .files = json_object_new_array(),
                     .texts = json_object_new_array(),
                     .refused = json_object_new_array(),
                     .block = block,
                     .out = out};
    struct stat st;

    json_add(all, "files", w.files);
    json_add(all, "texts", w.texts);
    json_add(all, "refused", w.refused);
    if (a == NULL || fstat(in, &st) == -1) {
        err_set(err, ERR_INTERNAL, "no archive can be read");
        return NULL;
    }
    w.packed = st.st_size;
    (void)archive_read_support_filter_gzip(a);
    (void)archive_read_support_format_zip(a);
    (void)archive_read_support_format_tar(a);
    if (archive_read_open_fd(a, in, BLOCK) != ARCHIVE_OK) {
        err_set(err, ERR_NOT_ARCHIVE, "this is not a readable zip or tar");
        return NULL;
    }
    return visit_all(&w, err) == 0 ? steal(&all) : NULL;
}
