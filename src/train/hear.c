/*
 * Audio for a model to hear: excerpts of an object in storage, made by a child
 * in a jail, as unlinked files. Only a few are made at a time, however many
 * captions are requested.
 */
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/converter.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "caption/model.h"
#include "train/train.h"

enum { NAP_MS = 100 };

#define LEAST_SEC 1.0 /* shortest excerpt that is worth hearing */

/* ---- a few at once ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t freed = PTHREAD_COND_INITIALIZER;
static int making;

static bool
is_gone(void *req)
{
    return req_gone(req);
}

/* -1 if the client has left in the meantime. */
static int
take_place(const struct conf *conf, struct req *req, struct err *err)
{
    int most = conf->analysis_threads > 0 ? conf->analysis_threads : 1;
    bool gone = false;

    (void)pthread_mutex_lock(&lock);
    while (making >= most && !gone) {
        (void)clock_wait(&freed, &lock, clock_mono_ms() + NAP_MS);
        gone = req_gone(req);
    }
    if (!gone)
        making++;
    (void)pthread_mutex_unlock(&lock);
    return gone ? err_set(err, ERR_CLIENT_GONE, "nobody waits any more") : 0;
}

static void
give_place(void)
{
    (void)pthread_mutex_lock(&lock);
    making--;
    (void)pthread_cond_signal(&freed);
    (void)pthread_mutex_unlock(&lock);
}

/* ---- one excerpt ---- */

/* An unlinked file, which is gone when it is closed. */
static int
nameless(struct app *app, struct err *err)
{
    auto_free char *path = NULL;
    int fd = store_spool(app->store, &path, err);

    if (fd != -1)
        (void)unlink(path);
    return fd;
}

static int
make_one(struct app *app, struct req *req, int fd, const struct audio_probe *p,
         const struct excerpt *wish, int position, struct clips *ret,
         struct err *err)
{
    auto_fd int out = nameless(app, err);
    struct clip clip = {.position = position};
    struct stat st;

    if (out == -1 ||
        converter_excerpt(fd, p, wish, out, is_gone, req, &clip.start_sec,
                          &clip.seconds, err) == -1)
        return -1;
    if (fstat(out, &st) == -1)
        return err_errno(err, ERR_INTERNAL, "look at the excerpt");
    clip.bytes = st.st_size;
    clip.fd = out;
    out = -1;
    clips_add(ret, &clip);
    return 0;
}

/* The loudest one, or several that are spread over all of it. */
static int
make_all(struct app *app, struct req *req, int fd, const struct audio_probe *p,
         struct clips *ret, struct err *err)
{
    const struct conf *conf = app->conf;
    struct excerpt wish = {
        .format = ret->format, .start_sec = -1, .seconds = conf->audio_sec};
    int n = 1;

    if (strcmp(conf->caption_audio, "windows") == 0)
        n = (int)fmin(conf->audio_count,
                      fmax(1, floor(p->duration_sec / conf->audio_sec)));
    for (int i = 0; i < n; i++) {
        if (n > 1)
            wish.start_sec = (p->duration_sec / n - conf->audio_sec) / 2 +
                             i * p->duration_sec / n;
        if (make_one(app, req, fd, p, &wish, -1, ret, err) == -1)
            return -1;
    }
    return 0;
}

/* One from the middle of each window; if there are too many windows, from
 * evenly spread ones. */
static int
make_of_windows(struct app *app, struct req *req, int fd,
                const struct audio_probe *p, const struct windows *ws,
                struct clips *ret, struct err *err)
{
    const struct conf *conf = app->conf;
    size_t most = (size_t)conf->audio_count;
    size_t n = ws->n < most ? ws->n : most;

    for (size_t k = 0; k < n; k++) {
        size_t i = k * ws->n / n;
        double len = ws->v[i].end_sec - ws->v[i].start_sec;
        struct excerpt wish = {.format = ret->format,
                               .seconds = fmin(conf->audio_sec, len)};

        wish.start_sec = ws->v[i].start_sec + (len - wish.seconds) / 2;
        if (wish.seconds >= LEAST_SEC &&
            make_one(app, req, fd, p, &wish, ws->v[i].position, ret, err) == -1)
            return -1;
    }
    return 0;
}

/* ---- all of it ---- */

bool
hear_wanted(const struct conf *conf)
{
    return model_is_set(conf) && strcmp(conf->caption_audio, "off") != 0;
}

/* If hearing fails, the caption is written without audio, and says why. */
static int
without(struct clips *clips, struct err *why, char **ret_why_not,
        struct err *err)
{
    clips_release(clips);
    if (why->code == ERR_CLIENT_GONE || why->code == ERR_BUSY)
        return err_set(err, ERR_CLIENT_GONE, "nobody waits any more");
    log_warn("a caption is written unheard: %s", why->msg);
    *ret_why_not = xstrdup(
        why->code == ERR_AUDIO_DAMAGED
            ? "no excerpt could be made of the audio, which does not decode"
            : "no excerpt could be made of the audio");
    return 0;
}

int
hear_object(struct app *app, const struct conf *conf, struct req *req,
            const char *path, const struct windows *ws, struct clips *ret,
            char **ret_why_not, struct err *err)
{
    auto_fd int fd = -1;
    struct audio_probe p;
    struct err why = ERR_INIT;
    int rc = -1;

    if (ear_is_deaf(conf)) {
        *ret_why_not = xstrdup("the model's server does not hear; the audio "
                               "was not sent");
        return 0;
    }
    if (take_place(app->conf, req, err) == -1)
        return -1;
    ret->format = strcmp(app->conf->audio_format, "wav") == 0 ? "wav" : "mp3";
    fd = store_file(app->store, path, &why);
    if (fd != -1 && audio_probe_fd(fd, &p, &why) == 0)
        rc = ws == NULL ? make_all(app, req, fd, &p, ret, &why)
                        : make_of_windows(app, req, fd, &p, ws, ret, &why);
    give_place();
    return rc == 0 ? 0 : without(ret, &why, ret_why_not, err);
}

void
heard_json(json_object *o, enum heard heard, const char *why_not)
{
    if (heard == HEARD_MAYBE)
        json_add(o, "audioHeard", NULL);
    else
        json_add_bool(o, "audioHeard", heard == HEARD_YES);
    if (why_not != NULL)
        json_add_str(o, "audioNote", why_not);
}
