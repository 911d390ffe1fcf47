/* Compares an item's audio object with its row; see object.h. */
#include "dataset/object.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/crc.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mem.h"

#define BLOCK 131072

int
object_look(struct store *store, const struct item *it, enum object_state *ret,
            struct err *err)
{
    struct store_info info;

    *ret = OBJECT_AS_SAVED;
    if (it->audio_path == NULL)
        return 0;
    if (store_stat(store, it->audio_path, &info, err) == 0) {
        if (info.size != it->audio.bytes)
            *ret = OBJECT_CHANGED;
        return 0;
    }
    if (err->code != ERR_OBJECT_NOT_FOUND)
        return -1;
    err_clear(err);
    *ret = OBJECT_LOST;
    return 0;
}

/* ---- all of its bytes ---- */

/* The sums of what has been read so far. */
struct sums {
    struct hash *hash; /* NULL: not asked for */
    uint32_t crc;
    int64_t bytes;
};

static void
sums_release(struct sums *s)
{
    if (s->hash != NULL)
        hash_close(s->hash);
}

static void
sums_add(struct sums *s, const void *data, size_t len)
{
    if (s->hash != NULL)
        hash_add(s->hash, data, len);
    s->crc = crc_add(s->crc, data, len);
    s->bytes += (int64_t)len;
}

static enum object_state
sums_compare(struct sums *s, const struct audio_facts *a)
{
    char sha[HASH_HEX_LEN + 1];

    if (s->bytes != a->bytes)
        return OBJECT_CHANGED;
    if (s->hash == NULL)
        return s->crc == a->crc32 ? OBJECT_AS_SAVED : OBJECT_CHANGED;
    hash_hex(s->hash, sha);
    return strcmp(sha, a->sha256) == 0 ? OBJECT_AS_SAVED : OBJECT_CHANGED;
}

int
object_sum(struct store *store, const struct item *it, enum object_state *ret,
           uint32_t *ret_crc, struct err *err)
{
    auto_cleanup(sums_release) struct sums s = {.hash = hash_open()};
    auto_store_reader struct store_reader *r = NULL;
    auto_free char *block = xmalloc(BLOCK);
    int64_t size;
    ssize_t n;

    r = store_read_open(store, it->audio_path, &size, err);
    if (r == NULL && err->code == ERR_OBJECT_NOT_FOUND) {
        err_clear(err);
        *ret = OBJECT_LOST;
        return 0;
    }
    if (r == NULL)
        return -1;
    while ((n = store_read(r, block, BLOCK, err)) > 0)
        sums_add(&s, block, (size_t)n);
    if (n == -1)
        return -1;
    *ret = sums_compare(&s, &it->audio);
    *ret_crc = s.crc;
    return 0;
}

/* Add the parts of a block to the pieces that contain them; *next: the first
 * piece that is not over. */
static void
sum_pieces(struct audio_pieces *ps, size_t *next, int64_t at,
           const uint8_t *block, int64_t n)
{
    for (; *next < ps->n; (*next)++) {
        struct audio_piece *p = &ps->v[*next];
        int64_t from = p->offset > at ? p->offset : at;
        int64_t end = p->offset + p->bytes;
        int64_t to = end < at + n ? end : at + n;

        if (from < to)
            p->crc32 =
                crc_add(p->crc32, block + (from - at), (size_t)(to - from));
        if (end > at + n)
            return;
    }
}

int
object_compare_pieces(int fd, const struct item *it, struct audio_pieces *ps,
                      enum object_state *ret, struct err *err)
{
    auto_cleanup(sums_release) struct sums s = {
        .hash = it->audio.has_crc32 ? NULL : hash_open()};
    auto_free uint8_t *block = xmalloc(BLOCK);
    size_t next = 0;
    ssize_t n;

    for (size_t i = 0; i < ps->n; i++) {
        struct audio_piece *p = &ps->v[i];

        p->crc32 = crc_add(0, p->head, p->head_len);
        p->has_crc32 = p->fade_bytes == 0;
    }
    while ((n = pread(fd, block, BLOCK, s.bytes)) != 0) {
        if (n == -1 && errno == EINTR)
            continue;
        if (n == -1)
            return err_errno(err, ERR_STORAGE, "read the audio of item %s",
                             it->id);
        sum_pieces(ps, &next, s.bytes, block, n);
        sums_add(&s, block, (size_t)n);
    }
    *ret = sums_compare(&s, &it->audio);
    return 0;
}

int
object_compare(int fd, const struct item *it, enum object_state *ret,
               struct err *err)
{
    struct audio_pieces none = {0};

    return object_compare_pieces(fd, it, &none, ret, err);
}

int
object_file(struct store *store, const struct item *it,
            enum object_state *ret_state, int *ret_fd, struct err *err)
{
    *ret_fd = store_file(store, it->audio_path, err);
    *ret_state = OBJECT_AS_SAVED;
    if (*ret_fd != -1)
        return 0;
    if (err->code != ERR_OBJECT_NOT_FOUND)
        return -1;
    err_clear(err);
    *ret_state = OBJECT_LOST;
    return 0;
}

int
object_open(struct store *store, const struct item *it,
            enum object_state *ret_state, int *ret_fd, struct err *err)
{
    if (object_file(store, it, ret_state, ret_fd, err) == -1)
        return -1;
    return *ret_fd == -1 ? 0 : object_compare(*ret_fd, it, ret_state, err);
}

json_object *
object_block(const struct item *it, enum object_state state)
{
    json_object *o = json_object_new_object();
    bool lost = state == OBJECT_LOST;

    json_add_str(o, "itemId", it->id);
    json_add_str(o, "code", lost ? "audio_lost" : "audio_changed");
    json_add_str(o, "detail",
                 lost ? "its audio is gone from the storage; add the bounced "
                        "file again"
                      : "its audio in the storage is not the file that was "
                        "saved; add the bounced file again");
    json_add_str(o, "source", "what the storage holds, beside the item's row");
    return o;
}
