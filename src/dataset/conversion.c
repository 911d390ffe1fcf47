/* Converted audio that is kept; see conversion.h. */
#include "dataset/conversion.h"

#include "audio/convert.h"
#include "audio/converter.h"
#include "base/clock.h"
#include "base/crc.h"
#include "base/log.h"
#include "base/mem.h"

#define BLOCK 131072
#define TRIES 3 /* others may take the lease away, and fail */

/* A conversion in progress. */
struct work {
    const struct conversion_job *job;
    struct conversion *c;
    int64_t beat; /* when the lease is to be renewed, clock_mono_ms */
    bool lost;    /* it is somebody else's by now */
    int in, out;
    char *spool; /* NULL once the store has it */
};

static void
work_release(struct work *w)
{
    if (w->in != -1)
        close(w->in);
    if (w->out != -1)
        close(w->out);
    if (w->spool != NULL)
        (void)unlink(w->spool);
    free(w->spool);
}

/* Renews the lease, so that only leases of dead workers expire. If renewing
 * fails, the work goes on: conversion_put decides. */
static bool
wants_stop(void *ctx)
{
    struct work *w = ctx;
    const struct conversion_job *job = w->job;
    struct err why = ERR_INIT;
    bool ours = true;

    if (job->stop != NULL && job->stop(job->ctx))
        return true;
    if (clock_mono_ms() < w->beat)
        return false;
    if (conversion_keep(job->db, w->c, job->lease_sec, &ours, &why) == -1)
        log_warn("the conversion of item %s goes on without its lease: %s",
                 job->it->id, why.msg);
    w->beat = clock_mono_ms() + job->lease_sec * 1000 / 3;
    w->lost = !ours;
    return w->lost;
}

/* ---- the result ---- */

static int
sum(struct work *w, struct err *err)
{
    auto_free char *block = xmalloc(BLOCK);
    struct conversion *c = w->c;
    ssize_t n;

    c->bytes = 0;
    c->crc32 = 0;
    while ((n = pread(w->out, block, BLOCK, c->bytes)) > 0) {
        c->crc32 = crc_add(c->crc32, block, (size_t)n);
        c->bytes += n;
    }
    return n == -1 ? err_errno(err, ERR_STORAGE, "read what was converted") : 0;
}

/* The object first, then the row that refers to it. */
static int
keep(struct work *w, const struct audio_probe *p, struct err *err)
{
    const struct conversion_job *job = w->job;
    struct conversion *c = w->c;
    char id[UUID_LEN + 1];
    bool ours = false;
    int rc;

    id_make(id);
    c->path = store_path_converted(job->it->audio_path, id, p->format);
    c->duration_sec = p->duration_sec;
    if (sum(w, err) == -1 ||
        store_put_file(job->store, c->path, w->spool, p->mime, err) == -1) {
        free(steal(&c->path));
        return -1;
    }
    rc = conversion_put(job->db, c, &ours, err);
    if (ours)
        return 0;
    if (rc == 0 || err->code != ERR_UNSURE)
        store_discard(job->store, c->path);
    free(steal(&c->path));
    return rc;
}

static int
convert(struct work *w, struct err *err)
{
    const struct conversion_job *job = w->job;
    struct audio_probe p;

    if (audio_probe_fd(w->in, &p, err) == -1 ||
        (w->out = store_spool(job->store, &w->spool, err)) == -1)
        return -1;
    if (converter_run(w->in, &p, job->format, w->out, job->low, wants_stop, w,
                      err) == 0)
        return audio_probe_fd(w->out, &p, err) == -1 ? -1 : keep(w, &p, err);
    if (!w->lost)
        return -1;
    err_clear(err);
    return 0;
}

int
conversion_make(const struct conversion_job *job, struct conversion *c,
                enum object_state *ret_state, struct err *err)
{
    auto_cleanup(work_release) struct work w = {
        .job = job,
        .c = c,
        .beat = clock_mono_ms() + job->lease_sec * 1000 / 3,
        .in = -1,
        .out = -1};

    if (object_open(job->store, job->it, ret_state, &w.in, err) == -1)
        return -1;
    return *ret_state == OBJECT_AS_SAVED ? convert(&w, err) : 0;
}

/* ---- for an export ---- */

/* After a failure others may try at once. */
static void
give_back(const struct conversion_job *job, const struct conversion *c)
{
    struct err why = ERR_INIT;

    if (conversion_give_back(job->db, c, &why) == -1)
        log_warn("give back the conversion of item %s: %s", job->it->id,
                 why.msg);
}

int
conversion_get(const struct conversion_job *job, struct conversion *ret,
               enum object_state *ret_state, struct err *err)
{
    *ret_state = OBJECT_AS_SAVED;
    for (int i = 0; i < TRIES; i++) {
        auto_conversion_row struct conversion c = {0};

        if (conversion_take(job->db, job->artist_id, job->it->audio.sha256,
                            audio_convert_recipe(job->format), job->lease_sec,
                            &c, err) == -1)
            return -1;
        if (c.id == NULL)
            break;
        if (c.path == NULL && conversion_make(job, &c, ret_state, err) == -1) {
            give_back(job, &c);
            return -1;
        }
        if (c.path != NULL) {
            *ret = c;
            c = (struct conversion){0};
        }
        if (ret->path != NULL || *ret_state != OBJECT_AS_SAVED)
            return 0;
    }
    return err_set(err, ERR_CONFLICT,
                   "an item was changed while it was exported; export again");
}

int
conversion_open(struct store *store, const struct conversion *c, int *ret_fd,
                struct err *err)
{
    const struct item as = {
        .id = c->id,
        .audio_path = c->path,
        .audio = {.bytes = c->bytes, .crc32 = c->crc32, .has_crc32 = true}};
    auto_fd int fd = -1;
    enum object_state state;

    if (object_open(store, &as, &state, &fd, err) == -1)
        return -1;
    *ret_fd = state == OBJECT_AS_SAVED ? steal_fd(&fd) : -1;
    return 0;
}
