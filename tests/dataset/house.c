/* Items, exports, and their contents; see house.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audio/probe.h"
#include "base/crc.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "dataset/check.h"
#include "dataset/export.h"
#include "house.h"

int
walk_items(void *self, roll_visit *visit, void *ctx, struct err *err)
{
    struct house *h = self;

    for (size_t i = 0; i < h->items.n; i++)
        if (visit(ctx, i, &h->items.v[i], err) == -1)
            return -1;
    return 0;
}

int
setup(void **state)
{
    struct house *h = xcalloc(1, sizeof(*h));

    h->roll = (struct roll){.walk = walk_items, .self = h};
    *state = h;
    return temp_store_open(&h->at, false);
}

int
teardown(void **state)
{
    struct house *h = *state;

    items_release(&h->items);
    temp_store_close(&h->at);
    free(h);
    return 0;
}

/* ---- items ---- */

static void
le(uint8_t *p, uint32_t n, int bytes)
{
    for (int i = 0; i < bytes; i++)
        p[i] = (uint8_t)(n >> (8 * i));
}

/* A mono WAV of 8 kHz: a ramp, so that pieces can be distinguished. The caller
 * frees it. */
uint8_t *
wav(double seconds, size_t *ret_len)
{
    uint32_t samples = (uint32_t)(seconds * 8000);
    uint8_t *p = xcalloc(1, 44 + samples * 2);

    memcpy(p, "RIFF....WAVEfmt ", 16);
    le(p + 4, 36 + samples * 2, 4);
    le(p + 16, 16, 4);
    le(p + 20, 1, 2);
    le(p + 22, 1, 2);
    le(p + 24, 8000, 4);
    le(p + 28, 16000, 4);
    le(p + 32, 2, 2);
    le(p + 34, 16, 2);
    memcpy(p + 36, "data", 4);
    le(p + 40, samples * 2, 4);
    for (uint32_t i = 0; i < samples; i++)
        le(p + 44 + i * 2, i & 0x3fff, 2);
    *ret_len = 44 + samples * 2;
    return p;
}

void
put_bytes(struct house *h, const char *path, const void *data, size_t len)
{
    struct err err = ERR_INIT;
    struct store_writer *w =
        store_write_open(h->at.store, path, "audio/mpeg", -1, &err);

    assert_non_null(w);
    assert_int_equal(store_write(w, data, len, &err), 0);
    assert_int_equal(store_write_commit(w, &err), 0);
}

/* Add an item. data NULL: some bytes that only claim to be audio, which is
 * enough if nothing has to be converted or cut. */
struct item *
add_item(struct house *h, const char *format, const void *data, size_t len,
         double seconds, const char *caption)
{
    struct items *its = &h->items;
    struct item *it;
    auto_free char *made = NULL;

    its->v = xreallocarray(its->v, its->n + 1, sizeof(*its->v));
    it = &its->v[its->n++];
    memset(it, 0, sizeof(*it));
    it->id = xasprintf("00000000-0000-4000-8000-%012zu", its->n);
    it->parse_id = xasprintf("set-%zu", its->n);
    it->project_name = xstrdup("F\u00fcr \u00c9lise \U0001F3B9");
    it->als_filename = xstrdup("F\u00fcr \u00c9lise.als");
    it->prompt_text = xstrdup(caption);
    it->status = xstrdup("ready");
    it->audio_path = store_path_audio("a", it->id, format);
    it->audio.format = xstrdup(format);
    if (data == NULL) {
        made = xasprintf("sound of %s", it->id);
        data = made;
        len = strlen(made);
    }
    it->audio.bytes = (int64_t)len;
    it->audio.sha256 = xcalloc(1, HASH_HEX_LEN + 1);
    hash_hex_of(data, len, it->audio.sha256);
    it->audio.crc32 = crc_add(0, data, len);
    it->audio.has_crc32 = true;
    it->audio.duration_sec = seconds;
    it->audio.sample_rate = 44100;
    it->audio.channels = 2;
    it->fields = json_parse(
        "{\"genre\":\"techno\",\"bpm\":124,\"key\":\"A minor\","
        "\"moods\":[\"dark\"],\"instruments\":[\"pad\",\"bass drum\"],"
        "\"keywords\":[]}",
        strlen("{\"genre\":\"techno\",\"bpm\":124,\"key\":\"A minor\","
               "\"moods\":[\"dark\"],\"instruments\":[\"pad\",\"bass drum\"],"
               "\"keywords\":[]}"),
        &(struct err){0});
    assert_non_null(it->fields);
    h->roll.n = its->n;
    h->roll.bytes += it->audio.bytes;
    put_bytes(h, it->audio_path, data, len);
    return it;
}

void
add_items(struct house *h, size_t n, const char *format)
{
    for (size_t i = 0; i < n; i++)
        add_item(h, format, NULL, 0, 60, CAPTION);
}

/* ---- the zip and its contents ---- */

struct export_job
job_of(struct house *h, const char *layout)
{
    struct export_job job = {.store = h->at.store,
                             .path = ZIP_PATH,
                             .artist = "DJ \u00d6zone",
                             .roll = &h->roll};

    job.opt.layout = layout_find(layout);
    assert_non_null(job.opt.layout);
    return job;
}

void
must_run(const struct export_job *job, struct export_result *ret)
{
    struct err err = ERR_INIT;

    if (export_run(job, ret, &err) == -1)
        fail_msg("export: %s", err.msg);
}

char *
zip_file(const struct house *h)
{
    return xasprintf("%s/dawa-exports/%s", h->at.conf.store_dir, ZIP_PATH);
}

/* Run a shell command with the zip's path in $Z; its status. */
int
with_zip(const struct house *h, const char *command)
{
    auto_free char *zip = zip_file(h);

    setenv("Z", zip, 1);
    setenv("D", h->at.dir, 1);
    return system(command);
}

/* Export and unpack; the folder is `h->at.dir`/x. */
void
unpack(struct house *h, const struct export_job *job)
{
    auto_free char *x = xasprintf("%s/x", h->at.dir);
    struct export_result made;

    temp_tree_remove(x);
    must_run(job, &made);
    assert_int_equal(with_zip(h, "unzip -qq -d \"$D/x\" \"$Z\""), 0);
}

/* A file below the unpacked folder, NULL if there is none. The caller frees
 * it. */
char *
text_of(const struct house *h, const char *name)
{
    auto_free char *path = xasprintf("%s/x/%s", h->at.dir, name);
    auto_fd int fd = open(path, O_RDONLY);
    struct stat st;
    char *text;

    if (fd == -1)
        return NULL;
    assert_int_equal(fstat(fd, &st), 0);
    text = xcalloc(1, (size_t)st.st_size + 1);
    assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
    return text;
}

json_object *
json_of(const char *text)
{
    struct err err = ERR_INIT;
    json_object *o = json_parse_object(text, strlen(text), &err);

    assert_non_null(o);
    return o;
}

bool
ends(const char *s, const char *end)
{
    size_t n = strlen(s);
    size_t m = strlen(end);

    return n >= m && strcmp(s + n - m, end) == 0;
}

/* "a/b.mp3" and ".txt" give "a/b.txt": Path.with_suffix. To be freed. */
char *
with_suffix(const char *name, const char *suffix)
{
    return xasprintf("%.*s%s", (int)(strrchr(name, '.') - name), name, suffix);
}

/* ---- the check ---- */

void
must_check(struct house *h, const struct export_options *opt, struct check *ret)
{
    struct err err = ERR_INIT;

    assert_int_equal(
        check_run(opt, h->at.store, &h->roll, CHECK_ALL, ret, &err), 0);
}

bool
has_code(json_object *list, const char *code)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        json_object *o = json_object_array_get_idx(list, i);

        assert_non_null(json_text(o, "source"));
        if (strcmp(json_text(o, "code"), code) == 0)
            return true;
    }
    return false;
}

const char *
code_of(json_object *blocks, const char *item)
{
    for (size_t i = 0; i < json_object_array_length(blocks); i++) {
        json_object *o = json_object_array_get_idx(blocks, i);

        if (strcmp(json_text(o, "itemId"), item) == 0)
            return json_text(o, "code");
    }
    return NULL;
}
