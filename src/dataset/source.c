/* An item's audio as a layout takes it; see source.h. */
#include "dataset/source.h"

#include <string.h>
#include <sys/stat.h>

#include "audio/convert.h"
#include "base/mem.h"

const char *
source_format(const struct layout *l, const struct item *it)
{
    return layout_takes(l, it->audio.format) ? it->audio.format : l->convert_to;
}

bool
source_is_plain(const struct layout *l, const struct item *it, int segment_sec)
{
    return segment_sec == 0 && layout_takes(l, it->audio.format);
}

void
source_release(struct source *s)
{
    if (s->fd != -1)
        close(s->fd);
    audio_pieces_release(&s->pieces);
    *s = SOURCE_INIT;
}

/* Put the converted audio into the place of fd, in a file without a name. */
static int
convert(struct store *store, const struct audio_probe *p, const char *format,
        struct source *s, struct err *err)
{
    auto_free char *name = NULL;
    auto_fd int out = store_spool(store, &name, err);

    if (out == -1)
        return -1;
    (void)unlink(name);
    if (audio_convert(s->fd, p, format, out, err) == -1)
        return -1;
    close(s->fd);
    s->fd = steal_fd(&out);
    return 0;
}

/* Cut where it is to be cut and can be; else one piece with all of it. */
static int
cut(const struct audio_probe *p, int segment_sec, struct source *s,
    struct err *err)
{
    struct stat st;

    if (segment_sec > 0 && p->duration_sec > segment_sec)
        return audio_segment(s->fd, p, segment_sec, &s->pieces, err);
    if (fstat(s->fd, &st) == -1)
        return err_errno(err, ERR_STORAGE, "stat");
    s->pieces.v = xcalloc(1, sizeof(*s->pieces.v));
    s->pieces.n = 1;
    s->pieces.v[0].bytes = st.st_size;
    s->pieces.v[0].duration_sec = p->duration_sec;
    return 0;
}

/* What can be cut only after a conversion is converted to what the item's
 * name in the zip will say. */
int
source_open(struct store *store, const struct layout *l, const struct item *it,
            int segment_sec, struct source *ret, struct err *err)
{
    auto_source struct source s = SOURCE_INIT;
    const char *format = source_format(l, it);
    struct audio_probe p;

    s.fd = store_file(store, it->audio_path, err);
    if (s.fd == -1 || audio_probe_fd(s.fd, &p, err) == -1)
        return -1;
    if (strcmp(format, p.format) != 0 ||
        (segment_sec > 0 && !audio_segment_possible(&p))) {
        if (convert(store, &p, format, &s, err) == -1 ||
            audio_probe_fd(s.fd, &p, err) == -1)
            return -1;
    }
    if (cut(&p, segment_sec, &s, err) == -1)
        return -1;
    *ret = s;
    s = SOURCE_INIT;
    return 0;
}
