/* Incoming audio: the body into the spool, the gate, the item. */
#include "app/arrival.h"

#include <fcntl.h>
#include <string.h>

#include "app/handed.h"
#include "app/upload.h"
#include "audio/checks.h"
#include "audio/match.h"
#include "audio/probe.h"
#include "base/mem.h"

int
arrival_raw(struct req *req, struct spool *sp, struct err *err)
{
    if (upload_raw(req, sp, err) == -1 || spool_finish(sp, err) == -1)
        return -1;
    if (sp->bytes == 0)
        return err_set(err, ERR_NOT_AUDIO, "the file is empty");
    return 0;
}

/* The same bytes for another set: somebody dropped the wrong file. */
static int
check_same(struct app *app, const struct item *it, json_object *checks,
           struct err *err)
{
    auto_free char *other = NULL;
    auto_free char *other_parse = NULL;

    if (item_same_audio(app->db, it->artist_id, it->audio.sha256, it->id,
                        &other, &other_parse, err) == -1)
        return -1;
    if (other == NULL || strcmp(other_parse, it->parse_id) == 0)
        return 0;
    checks_add(checks, "same_audio", "warn",
               "the very same file is saved for another set already (item "
               "%s)",
               other);
    return 0;
}

/* If that fails, the file is fetched. */
static void
hand_over(struct app *app, const struct spool *sp)
{
    int fd;

    if (app->conf->analysis_threads == 0 || store_has_files(app->store))
        return;
    fd = open(sp->path, O_RDONLY | O_CLOEXEC);
    if (fd != -1)
        handed_put(sp->sha256, fd);
}

int
arrival_gate(struct app *app, const struct spool *sp, const char *slug,
             json_object *summary, struct item *it, const char **ret_mime,
             struct err *err)
{
    struct audio_probe probe;

    if (audio_probe_file(sp->path, &probe, err) == -1)
        return -1;
    it->audio = (struct audio_facts){
        .format = xstrdup(probe.format),
        .sha256 = xstrdup(sp->sha256),
        .bytes = sp->bytes,
        .crc32 = sp->crc32,
        .has_crc32 = true,
        .odd_head = audio_odd_head(&probe),
        .duration_sec = probe.duration_sec,
        .sample_rate = probe.sample_rate,
        .channels = probe.channels,
        .bitrate = probe.bitrate,
    };
    it->audio_path = store_path_audio(slug, it->id, probe.extension);
    it->checks = audio_checks(&probe);
    audio_checks_length(it->checks, &probe, summary);
    *ret_mime = probe.mime;
    hand_over(app, sp);
    return check_same(app, it, it->checks, err);
}

int
arrival_keep(struct app *app, const struct item *it, struct item *fresh,
             const struct spool *audio, const char *mime, struct err *err)
{
    if (it->audio_path != NULL) {
        auto_free char *first = steal(&fresh->audio_path);

        fresh->audio_path = store_path_next(first);
    }
    if (store_put_file(app->store, fresh->audio_path, audio->path, mime, err) ==
        -1)
        return -1;
    if (item_set_audio(app->db, it->id, fresh->audio_path, &fresh->audio,
                       fresh->checks, err) == -1) {
        if (err->code != ERR_UNSURE)
            store_discard(app->store, fresh->audio_path);
        return -1;
    }
    store_discard(app->store, it->audio_path);
    return 0;
}
