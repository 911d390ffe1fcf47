/* An item's audio as a layout takes it; see source.h. */
#include "dataset/source.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "audio/converter.h"
#include "base/mem.h"
#include "dataset/conversion.h"
#include "db/windows.h"
#include "web/web.h"

void
source_release(struct source *s)
{
    if (s->fd != -1)
        close(s->fd);
    audio_pieces_release(&s->pieces);
    *s = SOURCE_INIT;
}

/* A conversion takes minutes, and is made anew by the next process. */
static bool
ending(void *ctx)
{
    (void)ctx;
    return web_stopping();
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
    if (converter_run(s->fd, p, format, out, false, ending, NULL, err) == -1)
        return -1;
    close(s->fd);
    s->fd = steal_fd(&out);
    return 0;
}

static int
cut_windows(const struct audio_probe *p, const struct windows *ws, bool made,
            struct source *s, struct err *err)
{
    auto_free struct audio_span *spans = xcalloc(ws->n + 1, sizeof(*spans));

    for (size_t i = 0; i < ws->n; i++)
        spans[i] = (struct audio_span){ws->v[i].start_sec, ws->v[i].end_sec};
    return audio_segment_at(s->fd, p, spans, ws->n, made, &s->pieces, err);
}

/* As the outcome says; else one piece with all of it but what stands in front
 * of the file itself. made: it was just decoded. */
static int
cut(const struct audio_probe *p, const struct outcome *o,
    const struct item *it, bool made, struct source *s, struct err *err)
{
    bool wav = strcmp(p->format, "wav") == 0;
    struct stat st;

    if (it->windows != NULL)
        return cut_windows(p, it->windows, made, s, err);
    if (o->cut || (o->new_head && wav && audio_segment_possible(p)))
        return audio_segment(s->fd, p, fmax(o->file_sec, 1), o->files,
                             &s->pieces, err);
    if (fstat(s->fd, &st) == -1)
        return err_errno(err, ERR_STORAGE, "stat");
    s->pieces.v = xcalloc(1, sizeof(*s->pieces.v));
    s->pieces.n = 1;
    s->pieces.v[0].offset = p->file_start;
    s->pieces.v[0].bytes = st.st_size - p->file_start;
    s->pieces.v[0].duration_sec = p->duration_sec;
    return 0;
}

/* What can be cut, or get a head, only after a conversion is converted to what
 * the item's name in the zip will say. */
static bool
must_convert(const struct outcome *o, const struct audio_probe *p)
{
    bool headless = o->new_head && p->size_at > 0;

    return strcmp(o->format, p->format) != 0 ||
           ((o->cut || headless) && !audio_segment_possible(p));
}

/* From here on the source is what was converted. */
static int
take_kept(const struct export_job *job, const struct conversion *c,
          struct source *s, struct err *err)
{
    if (s->fd != -1)
        close(s->fd);
    s->fd = -1;
    if (conversion_open(job->store, c, &s->fd, err) == -1)
        return -1;
    s->spoiled = s->fd == -1;
    return s->spoiled ? conversion_forget(job->db, c, err) : 0;
}

/* Kept for the next time, where there is a database to say so. */
static int
convert_now(const struct export_job *job, const struct outcome *o,
            const struct item *it, const struct audio_probe *p,
            enum object_state *ret_state, struct source *s, struct err *err)
{
    const struct conversion_job one = {.db = job->db,
                                       .store = job->store,
                                       .artist_id = job->artist_id,
                                       .it = it,
                                       .format = o->format,
                                       .lease_sec = job->lease_sec,
                                       .stop = ending};
    auto_conversion_row struct conversion c = {0};

    if (job->db == NULL)
        return convert(job->store, p, o->format, s, err);
    if (conversion_get(&one, &c, ret_state, err) == -1)
        return -1;
    return c.path != NULL ? take_kept(job, &c, s, err) : 0;
}

/* *ret_made: what it holds was decoded. */
static int
open_whole(const struct export_job *job, const struct outcome *o,
           const struct item *it, const struct conversion *kept,
           enum object_state *ret_state, struct source *s, bool *ret_made,
           struct err *err)
{
    struct audio_probe p;

    *ret_made = kept != NULL;
    *ret_state = OBJECT_AS_SAVED;
    if (kept != NULL)
        return take_kept(job, kept, s, err);
    if (object_open(job->store, it, ret_state, &s->fd, err) == -1)
        return -1;
    if (*ret_state != OBJECT_AS_SAVED)
        return 0;
    if (audio_probe_fd(s->fd, &p, err) == -1)
        return -1;
    *ret_made = must_convert(o, &p);
    return *ret_made ? convert_now(job, o, it, &p, ret_state, s, err) : 0;
}

int
source_open(const struct export_job *job, const struct outcome *o,
            const struct item *it, const struct conversion *kept,
            enum object_state *ret_state, struct source *ret, struct err *err)
{
    auto_source struct source s = SOURCE_INIT;
    struct audio_probe p;
    bool made;

    if (open_whole(job, o, it, kept, ret_state, &s, &made, err) == -1)
        return -1;
    if (*ret_state == OBJECT_AS_SAVED && !s.spoiled &&
        (audio_probe_fd(s.fd, &p, err) == -1 ||
         cut(&p, o, it, made, &s, err) == -1))
        return -1;
    *ret = s;
    s = SOURCE_INIT;
    return 0;
}
