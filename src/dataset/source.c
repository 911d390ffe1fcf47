/* An item's audio in the form that a layout accepts; see source.h. */
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

/* A conversion takes minutes; the next process starts it again. */
static bool
ending(void *ctx)
{
    (void)ctx;
    return web_stopping();
}

/* Replace fd with an unlinked file of the converted audio. */
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

/* Of an item with windows; the caller frees them. */
static struct audio_span *
spans_of(const struct windows *ws)
{
    struct audio_span *spans = xcalloc(ws->n + 1, sizeof(*spans));

    for (size_t i = 0; i < ws->n; i++)
        spans[i] = (struct audio_span){ws->v[i].start_sec, ws->v[i].end_sec};
    return spans;
}

static int
cut_windows(const struct audio_probe *p, const struct windows *ws, bool made,
            struct source *s, struct err *err)
{
    auto_free struct audio_span *spans = spans_of(ws);

    return audio_segment_at(s->fd, p, spans, ws->n, made, &s->pieces, err);
}

/* Cut as the outcome says; otherwise one piece with everything but what
 * precedes the actual file. made: it was just decoded. */
static int
cut(const struct audio_probe *p, const struct outcome *o, const struct item *it,
    bool made, struct source *s, struct err *err)
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

/* Audio that can only be cut, or get a head, after a conversion is converted to
 * the format of the item's name in the zip. */
static bool
must_convert(const struct outcome *o, const struct audio_probe *p)
{
    bool headless = o->new_head && p->size_at > 0;

    return strcmp(o->format, p->format) != 0 ||
           ((o->cut || headless) && !audio_segment_possible(p));
}

/* From here on the source is the converted file. */
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

/* Kept for the next time if there is a database to record it. */
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

/* Examine the item's own file, and cut it at the same time if one walk can do
 * both. */
static int
look(const struct outcome *o, const struct item *it, struct source *s,
     struct audio_probe *ret, struct err *err)
{
    struct audio_cutting how = {.seconds = o->file_sec, .count = o->files};
    auto_free struct audio_span *spans = NULL;

    if (!o->cut || strcmp(o->format, it->audio.format) != 0)
        return audio_probe_fd(s->fd, ret, err);
    if (it->windows != NULL) {
        how.spans = spans = spans_of(it->windows);
        how.n = it->windows->n;
    }
    return audio_probe_cut(s->fd, &how, it->audio.duration_sec, ret, &s->pieces,
                           err);
}

/* If it is not the file that was saved, that explains any failure with it. */
static int
explain(const struct source *s, const struct item *it,
        enum object_state *ret_state, struct err *err)
{
    struct err unread = ERR_INIT;

    if (object_compare(s->fd, it, ret_state, &unread) == -1 ||
        *ret_state == OBJECT_AS_SAVED)
        return -1;
    err_clear(err);
    return 0;
}

/* A file that has to be converted is compared with its row first. */
static int
convert_own(const struct export_job *job, const struct outcome *o,
            const struct item *it, const struct audio_probe *p,
            enum object_state *ret_state, struct source *s, struct err *err)
{
    audio_pieces_release(&s->pieces);
    if (object_compare(s->fd, it, ret_state, err) == -1)
        return -1;
    if (*ret_state != OBJECT_AS_SAVED)
        return 0;
    return convert_now(job, o, it, p, ret_state, s, err);
}

/* The item's own file in pieces. *ret_made: it was decoded and is not cut
 * yet. */
static int
open_own(const struct export_job *job, const struct outcome *o,
         const struct item *it, enum object_state *ret_state, struct source *s,
         bool *ret_made, struct err *err)
{
    struct audio_probe p;

    if (object_file(job->store, it, ret_state, &s->fd, err) == -1)
        return -1;
    if (s->fd == -1)
        return 0;
    if (look(o, it, s, &p, err) == -1)
        return explain(s, it, ret_state, err);
    *ret_made = must_convert(o, &p);
    if (*ret_made)
        return convert_own(job, o, it, &p, ret_state, s, err);
    if (s->pieces.n == 0 && cut(&p, o, it, false, s, err) == -1)
        return explain(s, it, ret_state, err);
    return object_compare_pieces(s->fd, it, &s->pieces, ret_state, err);
}

int
source_open(const struct export_job *job, const struct outcome *o,
            const struct item *it, const struct conversion *kept,
            enum object_state *ret_state, struct source *ret, struct err *err)
{
    auto_source struct source s = SOURCE_INIT;
    bool made = kept != NULL;
    struct audio_probe p;

    *ret_state = OBJECT_AS_SAVED;
    if (kept != NULL ? take_kept(job, kept, &s, err) == -1
                     : open_own(job, o, it, ret_state, &s, &made, err) == -1)
        return -1;
    if (*ret_state != OBJECT_AS_SAVED)
        audio_pieces_release(&s.pieces);
    else if (made && !s.spoiled &&
             (audio_probe_fd(s.fd, &p, err) == -1 ||
              cut(&p, o, it, true, &s, err) == -1))
        return -1;
    *ret = s;
    s = SOURCE_INIT;
    return 0;
}
