/* Puts audio into the zip, comparing it with its row as it passes; see
 * pack.h. */
#include <errno.h>

#include "base/crc.h"
#include "dataset/pack.h"

#define REPORT_BYTES (8 << 20)
#define FADE_BLOCK 8192

int
pack_report(void *ctx, struct err *err)
{
    struct pack *x = ctx;
    const struct export_job *job = x->job;

    x->reported = x->progress.bytes_done;
    if (job->progress == NULL)
        return 0;
    return job->progress(job->ctx, &x->progress, err);
}

int
pack_copied(struct pack *x, size_t n, struct err *err)
{
    x->progress.bytes_done += (int64_t)n;
    if (x->progress.bytes_done - x->reported >= REPORT_BYTES)
        return pack_report(x, err);
    return 0;
}

int
pack_broken(struct pack *x, const struct item *it, enum object_state state,
            struct err *err)
{
    bool holds;

    if (roll_holds(x->job->roll, it, &holds, err) == -1)
        return -1;
    if (!holds)
        return pack_changed(err);
    if (x->broken++ < PACK_NAMED)
        buf_addf(&x->named, "%s%s", x->broken > 1 ? ", " : "", it->id);
    if (x->job->blocks != NULL)
        json_object_array_add(x->job->blocks, object_block(it, state));
    return 0;
}

/* If a row is older than the CRC column, its audio is read once more. */
static int
crc_of(struct pack *x, const struct item *it, enum object_state *ret,
       uint32_t *ret_crc, struct err *err)
{
    const struct export_job *job = x->job;

    *ret = OBJECT_AS_SAVED;
    *ret_crc = it->audio.crc32;
    if (it->audio.has_crc32)
        return 0;
    if (object_sum(job->store, it, ret, ret_crc, err) == -1)
        return -1;
    if (*ret != OBJECT_AS_SAVED || job->learnt == NULL)
        return 0;
    return job->learnt(job->ctx, it, *ret_crc, err);
}

/* An object that goes into the zip as a whole, according to a row. */
struct whole {
    struct pack *x;
    const struct sample *s; /* which names it */
    const char *path;
    int64_t size;
    uint32_t crc;
    bool counted;               /* its bytes are reported as done */
    const struct conversion *c; /* which it is; NULL: an item's object */
};

/* Copy all that comes; *ret_same tells whether length and CRC match the row. */
static int
copy_object(const struct whole *whole, struct zip *zip, struct store_reader *r,
            bool *ret_same, struct err *err)
{
    struct pack *x = whole->x;
    int64_t left = whole->size;
    uint32_t sum = 0;
    ssize_t n;

    do {
        size_t room;
        void *block = zip_room(zip, &room);

        n = store_read(r, block, room, err);
        if (n == -1)
            return -1;
        left -= n;
        sum = crc_add(sum, block, (size_t)n);
        if (left >= 0 && x->broken == 0 &&
            zip_write(zip, block, (size_t)n, err) == -1)
            return -1;
        if (pack_copied(x, whole->counted ? (size_t)n : 0, err) == -1)
            return -1;
    } while (n > 0 && left >= 0);
    *ret_same = left == 0 && sum == whole->crc;
    return 0;
}

static int
put_opened(const struct whole *whole, struct zip *zip, struct store_reader *r,
           bool *ret_same, struct err *err)
{
    bool sound = whole->x->broken == 0;

    if (sound &&
        zip_begin(zip, whole->s->name, whole->size, whole->crc, err) == -1)
        return -1;
    if (copy_object(whole, zip, r, ret_same, err) == -1)
        return -1;
    return *ret_same && sound ? zip_end(zip, err) : 0;
}

/* *ret_state: what was found; if the audio is not as saved, the zip is void. */
static int
put_whole(const struct whole *whole, struct zip *zip,
          enum object_state *ret_state, struct err *err)
{
    auto_store_reader struct store_reader *r = NULL;
    bool same = false;
    int64_t found;

    r = store_read_open(whole->x->job->store, whole->path, &found, err);
    if (r == NULL && err->code != ERR_OBJECT_NOT_FOUND)
        return -1;
    *ret_state = r == NULL ? OBJECT_LOST : OBJECT_CHANGED;
    if (r == NULL || found != whole->size) {
        err_clear(err);
        return 0;
    }
    if (put_opened(whole, zip, r, &same, err) == -1)
        return -1;
    *ret_state = same ? OBJECT_AS_SAVED : OBJECT_CHANGED;
    return 0;
}

static int
put_object(void *ctx, struct zip *zip, struct err *err)
{
    struct whole *whole = ctx;
    const struct item *it = whole->s->item;
    enum object_state state;

    if (crc_of(whole->x, it, &state, &whole->crc, err) == -1 ||
        (state == OBJECT_AS_SAVED && put_whole(whole, zip, &state, err) == -1))
        return -1;
    return state == OBJECT_AS_SAVED ? 0 : pack_broken(whole->x, it, state, err);
}

int
pack_object(struct pack *x, const struct sample *s, struct err *err)
{
    struct whole whole = {.x = x,
                          .s = s,
                          .path = s->item->audio_path,
                          .size = s->item->audio.bytes,
                          .counted = true};

    return sink_add(x->sink, s->name, whole.size, put_object, &whole, err);
}

int
pack_spoiled(struct pack *x, struct err *err)
{
    x->spoiled = true;
    return err_set(err, ERR_CONFLICT,
                   "a converted file was not what was kept; export again");
}

static int
put_kept(void *ctx, struct zip *zip, struct err *err)
{
    const struct whole *whole = ctx;
    struct pack *x = whole->x;
    enum object_state state = OBJECT_AS_SAVED;

    if (x->broken == 0 && put_whole(whole, zip, &state, err) == -1)
        return -1;
    if (state != OBJECT_AS_SAVED)
        return conversion_forget(x->job->db, whole->c, err) == -1
                   ? -1
                   : pack_spoiled(x, err);
    return pack_copied(x, (size_t)whole->s->item->audio.bytes, err);
}

int
pack_kept(struct pack *x, const struct sample *s, const struct conversion *c,
          struct err *err)
{
    struct whole whole = {.x = x,
                          .s = s,
                          .path = c->path,
                          .size = c->bytes,
                          .crc = c->crc32,
                          .c = c};

    return sink_add(x->sink, s->name, whole.size, put_kept, &whole, err);
}

/* A part of the file fd. */
struct part {
    const char *name;
    int64_t size;
    int fd;
    const struct audio_piece *piece;
};

/* One walk over a piece: its bytes go into the zip or, before that, into
 * *ret_crc. */
static int
walk_range(const struct part *part, struct zip *zip, uint32_t *ret_crc,
           struct err *err)
{
    const struct audio_piece *piece = part->piece;
    int64_t at = piece->offset, left = piece->bytes;
    uint8_t own[FADE_BLOCK];

    while (left > 0) {
        size_t room;
        void *block = zip_room(zip, &room);
        ssize_t n;

        if (piece->fade_bytes > 0) { /* whole frames fade */
            block = own;
            room = sizeof(own) - sizeof(own) % (size_t)piece->frame_bytes;
        }
        n = pread(part->fd, block, left < (int64_t)room ? (size_t)left : room,
                  at);

        if (n == -1 && errno == EINTR)
            continue;
        if (n <= 0)
            return err_errno(err, ERR_STORAGE, "read a piece of audio");
        audio_piece_fade(piece, at - piece->offset, block, (size_t)n);
        if (ret_crc != NULL)
            *ret_crc = crc_add(*ret_crc, block, (size_t)n);
        else if (zip_write(zip, block, (size_t)n, err) == -1)
            return -1;
        at += n;
        left -= n;
    }
    return 0;
}

static int
put_piece(void *ctx, struct zip *zip, struct err *err)
{
    const struct part *part = ctx;
    const struct audio_piece *piece = part->piece;
    uint32_t crc = piece->has_crc32 ? piece->crc32
                                    : crc_add(0, piece->head, piece->head_len);

    if ((!piece->has_crc32 && walk_range(part, zip, &crc, err) == -1) ||
        zip_begin(zip, part->name, part->size, crc, err) == -1 ||
        zip_write(zip, piece->head, piece->head_len, err) == -1 ||
        walk_range(part, zip, NULL, err) == -1)
        return -1;
    return zip_end(zip, err);
}

int
pack_piece(struct pack *x, const struct sample *s, int fd,
           const struct audio_piece *piece, struct err *err)
{
    struct part part = {.name = s->name,
                        .size = (int64_t)piece->head_len + piece->bytes,
                        .fd = fd,
                        .piece = piece};

    return sink_add(x->sink, s->name, part.size, put_piece, &part, err);
}
