/*
 * dataset/export: for each layout, the trainer's own look-up applied to the
 * real zip, by the rules of its code: no audio without its caption. Then what
 * must hold for all of them: readers agree, the bytes are the same each time,
 * a break in the middle leaves nothing.
 */
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
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "dataset/check.h"
#include "dataset/export.h"
#include "../store/temp_store.h"

#define ZIP_PATH "artists/a/datasets/dataset-1.zip"
#define CAPTION "Melodic techno, 124 bpm in A minor, warm pads"

struct house {
    struct temp_store at;
    struct items items;
    struct roll roll; /* of them */
};

static int
walk_items(void *self, roll_visit *visit, void *ctx, struct err *err)
{
    struct house *h = self;

    for (size_t i = 0; i < h->items.n; i++)
        if (visit(ctx, i, &h->items.v[i], err) == -1)
            return -1;
    return 0;
}

static int
setup(void **state)
{
    struct house *h = xcalloc(1, sizeof(*h));

    h->roll = (struct roll){.walk = walk_items, .self = h};
    *state = h;
    return temp_store_open(&h->at, false);
}

static int
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

/* A mono WAV of 8 kHz: a ramp, so that pieces can be told apart. The caller
 * frees it. */
static uint8_t *
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

static void
put_bytes(struct house *h, const char *path, const void *data, size_t len)
{
    struct err err = ERR_INIT;
    struct store_writer *w =
        store_write_open(h->at.store, path, "audio/mpeg", -1, &err);

    assert_non_null(w);
    assert_int_equal(store_write(w, data, len, &err), 0);
    assert_int_equal(store_write_commit(w, &err), 0);
}

/* One more item. data NULL: some bytes that only claim to be audio, which is
 * enough where nothing has to be converted or cut. */
static struct item *
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

static void
add_items(struct house *h, size_t n, const char *format)
{
    for (size_t i = 0; i < n; i++)
        add_item(h, format, NULL, 0, 60, CAPTION);
}

/* ---- the zip and what is in it ---- */

static struct export_job
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

static void
must_run(const struct export_job *job, struct export_result *ret)
{
    struct err err = ERR_INIT;

    if (export_run(job, ret, &err) == -1)
        fail_msg("export: %s", err.msg);
}

static char *
zip_file(const struct house *h)
{
    return xasprintf("%s/dawa-exports/%s", h->at.conf.store_dir, ZIP_PATH);
}

/* Run a shell command with the zip's path in $Z; its status. */
static int
with_zip(const struct house *h, const char *command)
{
    auto_free char *zip = zip_file(h);

    setenv("Z", zip, 1);
    setenv("D", h->at.dir, 1);
    return system(command);
}

/* Export and unpack; the folder is `h->at.dir`/x. */
static void
unpack(struct house *h, const struct export_job *job)
{
    auto_free char *x = xasprintf("%s/x", h->at.dir);
    struct export_result made;

    temp_tree_remove(x);
    must_run(job, &made);
    assert_int_equal(with_zip(h, "unzip -qq -d \"$D/x\" \"$Z\""), 0);
}

/* A file below the unpacked folder, NULL where there is none. To be freed. */
static char *
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

static json_object *
json_of(const char *text)
{
    struct err err = ERR_INIT;
    json_object *o = json_parse_object(text, strlen(text), &err);

    assert_non_null(o);
    return o;
}

static bool
ends(const char *s, const char *end)
{
    size_t n = strlen(s);
    size_t m = strlen(end);

    return n >= m && strcmp(s + n - m, end) == 0;
}

/* "a/b.mp3" and ".txt" give "a/b.txt": Path.with_suffix. To be freed. */
static char *
with_suffix(const char *name, const char *suffix)
{
    return xasprintf("%.*s%s", (int)(strrchr(name, '.') - name), name, suffix);
}

/* Call fn for each file below the unpacked folder; how many were audio. */
static size_t
each_audio(const struct house *h, const char *dir,
           void (*fn)(const struct house *, const char *name))
{
    auto_free char *path = xasprintf("%s/x/%s", h->at.dir, dir);
    auto_dir DIR *d = opendir(path);
    const struct dirent *e;
    size_t n = 0;

    assert_non_null(d);
    while ((e = readdir(d)) != NULL) {
        auto_free char *name =
            xasprintf("%s%s%s", dir, dir[0] != '\0' ? "/" : "", e->d_name);

        if (e->d_name[0] == '.')
            continue;
        if (e->d_type == DT_DIR) {
            n += each_audio(h, name, fn);
        } else if (ends(name, ".mp3") || ends(name, ".wav") ||
                   ends(name, ".flac")) {
            fn(h, name);
            n++;
        }
    }
    return n;
}

/* ---- sakemin/cog-musicgen-fine-tuner ---- */

/* train.py:294-304: <stem>.txt beside the audio, first line only; an empty
 * one is what loses a caption. */
static void
sakemin_reads(const struct house *h, const char *name)
{
    auto_free char *txt = with_suffix(name, ".txt");
    auto_free char *text = text_of(h, txt);

    assert_non_null(text);
    assert_int_equal(strcspn(text, "\r\n"), strlen(text));
    assert_string_equal(text, CAPTION);
    assert_true((unsigned char)text[0] < 0x80); /* no BOM */
}

/* train.py:91: only what lies at the top level is cut and resampled. */
static void
sakemin_cuts(const struct house *h, const char *name)
{
    assert_null(strchr(name, '/'));
    sakemin_reads(h, name);
}

static void
plan_is_read_by_its_trainer(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "plan");
    auto_free char *prompt = NULL;
    auto_free char *sound = NULL;

    add_items(h, 3, "mp3");
    unpack(h, &job);
    assert_int_equal(each_audio(h, "", sakemin_reads), 3);
    prompt = text_of(h, "dataset/item-2/prompt.txt");
    assert_string_equal(prompt, CAPTION);
    sound = text_of(h, "dataset/item-2/audio.mp3");
    assert_string_equal(sound, "sound of 00000000-0000-4000-8000-000000000002");
}

static void
replicate_is_read_and_cut_by_its_trainer(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "replicate");
    auto_free char *csv = NULL;

    add_items(h, 2, "mp3");
    add_items(h, 1, "wav");
    unpack(h, &job);
    assert_int_equal(each_audio(h, "", sakemin_cuts), 3);
    assert_int_equal(with_zip(h, "! unzip -Z1 \"$Z\" | grep -q /"), 0);
    csv = text_of(h, "metadata.csv");
    assert_int_equal(strncmp(csv, "file_name,text,", 15), 0);
    assert_non_null(strstr(csv, "\"item-003.wav\",\"" CAPTION "\""));
}

/* ---- facebookresearch/audiocraft ---- */

/* music_dataset.py:223-236 and MusicInfo.from_dict. */
static void
audiocraft_reads(const struct house *h, const char *path)
{
    static const char *const needed[] = {"title",       "artist", "key",
                                         "bpm",         "genre",  "moods",
                                         "description", "name",   "instrument"};
    auto_free char *sidecar = with_suffix(path, ".json");
    auto_free char *text = text_of(h, sidecar);
    auto_json json_object *o = NULL;

    assert_non_null(text);
    o = json_of(text);
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        assert_true(json_object_object_get_ex(o, needed[i], NULL));
    assert_string_equal(json_text(o, "description"), CAPTION);
    /* get_keyword drops a list, get_keyword_list splits a text at blanks. */
    assert_string_equal(json_text(o, "instrument"), "pad, bass drum");
    assert_true(json_object_is_type(json_at(o, "moods"), json_type_array));
    assert_int_equal((int)json_number(o, "bpm", 0), 124);
}

static void
none(const struct house *h, const char *name)
{
    (void)h;
    (void)name;
}

/* Rows of a JSON lines file; fn gets each one. */
static size_t
each_row(const struct house *h, const char *name,
         void (*fn)(const struct house *, json_object *))
{
    auto_free char *text = text_of(h, name);
    size_t n = 0;

    assert_non_null(text);
    for (char *line = text, *end; *line != '\0'; line = end + 1, n++) {
        auto_json json_object *o = NULL;

        end = strchr(line, '\n');
        assert_non_null(end);
        *end = '\0';
        o = json_of(line);
        fn(h, o);
    }
    return n;
}

/* audio_dataset.py AudioMeta: the path works from the root, where docs say to
 * train. */
static void
audiocraft_row(const struct house *h, json_object *o)
{
    auto_free char *sound = text_of(h, json_text(o, "path"));

    assert_non_null(sound);
    assert_int_equal((int)json_number(o, "duration", 0), 60);
    assert_int_equal((int)json_number(o, "sample_rate", 0), 44100);
    audiocraft_reads(h, json_text(o, "path"));
}

static void
audiocraft_is_read_by_its_trainer(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "audiocraft");
    auto_free char *yaml = NULL;

    add_items(h, 10, "mp3");
    unpack(h, &job);
    assert_int_equal(each_audio(h, "", audiocraft_reads), 10);
    assert_int_equal(
        each_row(h, "egs/trainmode/train/data.jsonl", audiocraft_row), 10);
    yaml = text_of(h, "config/dset/audio/trainmode.yaml");
    assert_non_null(strstr(yaml, "valid: egs/trainmode/train\n"));

    job.opt.split = 0.2;
    free(yaml);
    unpack(h, &job);
    assert_int_equal(
        each_row(h, "egs/trainmode/train/data.jsonl", audiocraft_row), 8);
    assert_int_equal(
        each_row(h, "egs/trainmode/valid/data.jsonl", audiocraft_row), 2);
    yaml = text_of(h, "config/dset/audio/trainmode.yaml");
    assert_non_null(strstr(yaml, "valid: egs/trainmode/valid\n"));
}

/* ---- Hugging Face audiofolder ---- */

/* folder_based_builder.py: file_name is relative to the metadata's folder. */
static void
audiofolder_row(const struct house *h, json_object *o)
{
    const char *name = json_text(o, "file_name");
    auto_free char *train = xasprintf("train/%s", name);
    auto_free char *validation = xasprintf("validation/%s", name);
    auto_free char *a = text_of(h, train);
    auto_free char *b = text_of(h, validation);

    assert_true((a == NULL) != (b == NULL));
    assert_string_equal(json_text(o, "text"), CAPTION);
}

static void
audiofolder_is_read_by_its_loader(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "audiofolder");

    add_items(h, 6, "flac");
    job.opt.split = 0.5;
    unpack(h, &job);
    assert_int_equal(each_audio(h, "train", none), 3);
    assert_int_equal(each_row(h, "train/metadata.jsonl", audiofolder_row), 3);
    assert_int_equal(each_row(h, "validation/metadata.jsonl", audiofolder_row),
                     3);
    /* Two metadata extensions at once are an error. */
    assert_int_equal(
        with_zip(h, "! unzip -Z1 \"$Z\" | grep -qE 'metadata.(csv|parquet)'"),
        0);
}

/* ---- ACE-Step 1.5 ---- */

/* audio_io.py, scan.py and its PR 438: <stem>.txt is lyrics, .caption.txt the
 * caption. */
static void
ace_step_reads(const struct house *h, const char *name)
{
    auto_free char *caption_name = with_suffix(name, ".caption.txt");
    auto_free char *lyrics_name = with_suffix(name, ".txt");
    auto_free char *json_name = with_suffix(name, ".json");
    auto_free char *caption = text_of(h, caption_name);
    auto_free char *lyrics = text_of(h, lyrics_name);
    auto_free char *json = text_of(h, json_name);
    auto_json json_object *o = json_of(json);

    assert_null(lyrics);
    assert_string_equal(caption, CAPTION);
    assert_string_equal(json_text(o, "caption"), CAPTION);
    assert_string_equal(json_text(o, "keyscale"), "A minor");
    assert_int_equal((int)json_number(o, "bpm", 0), 124);
}

static void
ace_step_is_read_by_its_builder(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "ace-step");

    add_items(h, 3, "mp3");
    unpack(h, &job);
    assert_int_equal(each_audio(h, "", ace_step_reads), 3);
}

/* ---- fal-ai/stable-audio-3-trainer ---- */

static void
fal_reads(const struct house *h, const char *name)
{
    auto_free char *txt = with_suffix(name, ".txt");
    auto_free char *text = text_of(h, txt);

    assert_non_null(text);
    assert_string_equal(text, CAPTION);
    assert_true(text_valid(text, strlen(text)));
}

static void
stable_audio_is_read_by_its_trainer(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "stable-audio");
    auto_free char *beside = export_manifest_path(ZIP_PATH);
    struct store_info info;
    struct err err = ERR_INIT;

    add_items(h, 4, "mp3");
    unpack(h, &job);
    assert_int_equal(each_audio(h, "", fal_reads), 4);
    /* A clip and its text, nothing else; the manifest lies beside. */
    assert_int_equal(with_zip(h, "test \"$(unzip -Z1 \"$Z\" | wc -l)\" -eq 8"),
                     0);
    assert_int_equal(store_stat(h->at.store, beside, &info, &err), 0);
    assert_int_equal(export_remove(h->at.store, ZIP_PATH, &err), 0);
    assert_int_equal(store_stat(h->at.store, beside, &info, &err), -1);
}

/* ---- options ---- */

static void
a_trigger_word_stands_before_every_caption(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "plan");
    auto_free char *prompt = NULL;
    auto_free char *caption = NULL;

    add_item(h, "mp3", NULL, 0, 60, "Two lines\r\nof \u00dcmlaut \U0001F3B9 ");
    job.opt.trigger = "ozn";
    unpack(h, &job);
    prompt = text_of(h, "dataset/item-1/prompt.txt");
    assert_string_equal(prompt, "ozn, Two lines\r\nof \u00dcmlaut \U0001F3B9 ");
    caption = text_of(h, "dataset/item-1/audio.txt");
    assert_string_equal(caption, "ozn, Two lines of \u00dcmlaut \U0001F3B9");
}

static double
seconds_of(const struct house *h, const char *name, const char *format)
{
    auto_free char *path = xasprintf("%s/x/%s", h->at.dir, name);
    struct audio_probe p;
    struct err err = ERR_INIT;

    if (audio_probe_file(path, &p, &err) == -1)
        fail_msg("%s: %s", name, err.msg);
    assert_string_equal(p.format, format);
    return p.duration_sec;
}

static void
audio_is_cut_into_pieces_with_a_caption_each(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "replicate");
    auto_free uint8_t *sound = NULL;
    size_t len;

    sound = wav(70, &len);
    add_item(h, "wav", sound, len, 70, CAPTION);
    job.opt.segment_sec = 30;
    unpack(h, &job);
    assert_int_equal(each_audio(h, "", sakemin_cuts), 3);
    assert_int_equal((int)seconds_of(h, "item-001-01.wav", "wav"), 30);
    assert_int_equal((int)seconds_of(h, "item-001-02.wav", "wav"), 30);
    assert_int_equal((int)seconds_of(h, "item-001-03.wav", "wav"), 10);
}

static void
audio_that_a_layout_does_not_take_is_converted(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "plan");
    auto_free uint8_t *sound = NULL;
    struct export_result first;
    struct export_result second;
    size_t len;
    double seconds;

    sound = wav(6, &len);
    add_item(h, "wav", sound, len, 6, CAPTION);
    unpack(h, &job);
    assert_int_equal(each_audio(h, "", sakemin_reads), 1);
    seconds = seconds_of(h, "dataset/item-1/audio.mp3", "mp3");
    assert_true(seconds > 5.9 && seconds < 6.1);
    must_run(&job, &first);
    must_run(&job, &second);
    assert_string_equal(first.sha256, second.sha256);
}

/* ---- what must hold for all ---- */

static void
zip_readers_agree(void **state)
{
    struct house *h = *state;

    add_items(h, 5, "mp3");
    for (const struct layout *l = layouts; l->name != NULL; l++) {
        struct export_job job = job_of(h, l->name);
        struct export_result made;

        must_run(&job, &made);
        assert_int_equal(with_zip(h, "unzip -tqq \"$Z\""), 0);
        assert_int_equal(with_zip(h, "unzip -Z1 \"$Z\" >\"$D/a\" && bsdtar -tf "
                                     "\"$Z\" >\"$D/b\" && "
                                     "cmp \"$D/a\" \"$D/b\""),
                         0);
        /* No folders of their own, nothing hidden, nothing deflated. */
        assert_int_equal(with_zip(h, "! grep -qE '/$|(^|/)\\.' \"$D/a\""), 0);
        assert_int_equal(with_zip(h, "! unzip -v \"$Z\" | grep -q Defl"), 0);
        if (system("command -v python3 >/dev/null") != 0) {
            print_message("[  SKIPPED ] no python3 to read zips\n");
            continue;
        }
        assert_int_equal(
            with_zip(h, "python3 -c 'import zipfile,sys; "
                        "z=zipfile.ZipFile(sys.argv[1]); "
                        "assert z.testzip() is None; "
                        "print(\"\\n\".join(z.namelist()))' \"$Z\" >\"$D/b\" "
                        "&& cmp \"$D/a\" \"$D/b\""),
            0);
    }
}

static void
nothing_one_and_999(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "replicate");
    struct export_result made;
    struct store_info info;
    struct err err = ERR_INIT;

    assert_int_equal(export_run(&job, &made, &err), -1);
    assert_int_equal(err.code, ERR_NOTHING_READY);
    assert_int_equal(store_stat(h->at.store, ZIP_PATH, &info, &err), -1);

    add_items(h, 1, "mp3");
    unpack(h, &job);
    assert_int_equal(each_audio(h, "", sakemin_cuts), 1);
    add_items(h, 998, "mp3");
    unpack(h, &job);
    assert_int_equal(each_audio(h, "", sakemin_cuts), 999);
}

static void
the_same_items_give_the_same_bytes(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "plan");
    struct export_result a;
    struct export_result b;
    struct export_result c;
    struct store_info info;
    struct err err = ERR_INIT;

    add_items(h, 3, "mp3");
    must_run(&job, &a);
    must_run(&job, &b);
    assert_string_equal(a.sha256, b.sha256);
    assert_int_equal(store_stat(h->at.store, ZIP_PATH, &info, &err), 0);
    assert_int_equal(info.size, a.bytes);
    h->items.v[1].prompt_text[0] = 'm';
    must_run(&job, &c);
    assert_string_not_equal(a.sha256, c.sha256);
}

static int
stop_after_two(void *ctx, const struct export_progress *p, struct err *err)
{
    ++*(int *)ctx;
    if (p->items_done < 2)
        return 0;
    return err_set(err, ERR_BUSY, "stopped");
}

static int
files_below(const char *dir)
{
    auto_free char *command = xasprintf("find '%s' -type f | wc -l", dir);
    FILE *f = popen(command, "r");
    int n = -1;

    assert_int_equal(fscanf(f, "%d", &n), 1);
    pclose(f);
    return n;
}

static void
a_break_in_the_middle_leaves_nothing(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "plan");
    struct export_result made;
    struct err err = ERR_INIT;
    int calls = 0;

    add_items(h, 5, "mp3");
    job.progress = stop_after_two;
    job.ctx = &calls;
    assert_int_equal(export_run(&job, &made, &err), -1);
    assert_int_equal(err.code, ERR_BUSY);
    assert_int_equal(calls, 2);
    assert_int_equal(files_below(h->at.conf.store_dir), 5);

    job.progress = NULL;
    must_run(&job, &made);
}

static void
audio_that_is_not_what_the_row_says_is_refused(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "plan");
    struct export_result made;
    struct err err = ERR_INIT;

    add_items(h, 3, "mp3");
    put_bytes(h, h->items.v[1].audio_path, "short", 5);
    assert_int_equal(export_run(&job, &made, &err), -1);
    assert_int_equal(err.code, ERR_DATASET_BLOCKED);
    assert_non_null(strstr(err.msg, h->items.v[1].id));

    err_clear(&err);
    assert_int_equal(store_remove(h->at.store, h->items.v[1].audio_path, &err),
                     0);
    assert_int_equal(export_run(&job, &made, &err), -1);
    assert_int_equal(err.code, ERR_DATASET_BLOCKED);
    assert_int_equal(files_below(h->at.conf.store_dir), 2);
}

struct renaming {
    struct house *h;
    int walks, at; /* the walk before which an item is renamed */
};

static int
walk_renaming(void *self, roll_visit *visit, void *ctx, struct err *err)
{
    struct renaming *r = self;
    struct item *it = &r->h->items.v[1];

    if (r->walks++ == r->at) {
        free(it->project_name);
        it->project_name = xstrdup("Another Name");
    }
    return walk_items(r->h, visit, ctx, err);
}

/* In whichever walk it shows: in a sidecar, or in the manifest only. */
static void
an_item_that_changes_under_it_ends_the_export(void **state)
{
    static const struct {
        const char *layout;
        int walks; /* measure, items, each file about all */
    } rows[] = {{"plan", 3}, {"audiocraft", 4}, {"stable-audio", 3}};
    struct house *h = *state;

    add_items(h, 4, "mp3");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (int at = 1; at <= rows[i].walks; at++) {
            struct renaming r = {.h = h, .at = at};
            struct export_job job = job_of(h, rows[i].layout);
            const struct roll roll = {.n = h->items.n,
                                      .bytes = h->roll.bytes,
                                      .walk = walk_renaming,
                                      .self = &r};
            struct export_result made;
            struct err err = ERR_INIT;

            free(h->items.v[1].project_name);
            h->items.v[1].project_name = xstrdup("F\u00fcr \U0001F3B9");
            job.roll = &roll;
            if (at == rows[i].walks) { /* there is no such walk */
                must_run(&job, &made);
                assert_int_equal(r.walks, rows[i].walks);
                continue;
            }
            assert_int_equal(export_run(&job, &made, &err), -1);
            assert_int_equal(err.code, ERR_CONFLICT);
            assert_int_equal(export_remove(h->at.store, ZIP_PATH, &err), 0);
            assert_int_equal(files_below(h->at.conf.store_dir), 4);
        }
}

static void
the_manifest_says_what_it_was_made_of(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "replicate");
    auto_free char *text = NULL;
    auto_json json_object *o = NULL;
    json_object *first;

    add_items(h, 2, "mp3");
    unpack(h, &job);
    text = text_of(h, "MANIFEST.json");
    o = json_of(text);
    first = json_object_array_get_idx(json_at(o, "items"), 0);
    assert_string_equal(json_text(first, "itemId"), h->items.v[0].id);
    assert_string_equal(json_text(first, "alsFilename"),
                        "F\u00fcr \u00c9lise.als");
    assert_string_equal(json_text(json_at(first, "audio"), "sha256"),
                        h->items.v[0].audio.sha256);
    assert_non_null(json_text(json_at(first, "caption"), "sha256"));
}

/* ---- the check ---- */

static bool
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

static void
must_check(struct house *h, const struct layout *l, struct check *ret)
{
    struct err err = ERR_INIT;

    assert_int_equal(check_run(l, &h->roll, 0, CHECK_ALL, ret, &err), 0);
}

static void
the_check_says_what_the_trainer_makes_of_it(void **state)
{
    struct house *h = *state;
    auto_check struct check plan = {0};
    auto_check struct check flat = {0};
    auto_check struct check fal = {0};

    add_item(h, "mp3", NULL, 0, 70, CAPTION); /* 30 + 30 + 10 */
    add_item(h, "mp3", NULL, 0, 64, CAPTION); /* 30 + 30, 4 are dropped */
    add_item(h, "flac", NULL, 0, 20, "pads"); /* short, no tempo */
    must_check(h, layout_find("replicate"), &flat);
    assert_int_equal(json_object_array_length(flat.blocks), 0);
    assert_int_equal(flat.pieces, 6);
    assert_int_equal(flat.with_text, 6);
    assert_true(has_code(flat.warns, "short"));
    assert_true(has_code(flat.warns, "no_bpm"));
    assert_true(has_code(flat.warns, "converted"));

    h->items.v[0].audio.duration_sec = 4.9;
    h->items.v[1].prompt_text[0] = '\0';
    must_check(h, layout_find("plan"), &plan);
    assert_true(has_code(plan.blocks, "too_short"));
    assert_true(has_code(plan.blocks, "no_caption"));
    assert_true(has_code(plan.warns, "not_cut"));
    assert_int_equal(plan.with_text, 2);

    must_check(h, layout_find("stable-audio"), &fal);
    assert_true(has_code(fal.blocks, "clip_count"));
}

static void
low_sample_rates_block_where_nothing_resamples(void **state)
{
    struct house *h = *state;
    auto_check struct check nested = {0};
    auto_check struct check flat = {0};

    add_item(h, "mp3", NULL, 0, 70, CAPTION)->audio.sample_rate = 22050;
    must_check(h, layout_find("plan"), &nested);
    assert_true(has_code(nested.blocks, "all_low_sample_rate"));
    must_check(h, layout_find("replicate"), &flat);
    assert_false(has_code(flat.blocks, "all_low_sample_rate"));
    assert_true(has_code(flat.warns, "low_sample_rate"));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(plan_is_read_by_its_trainer),
        T(replicate_is_read_and_cut_by_its_trainer),
        T(audiocraft_is_read_by_its_trainer),
        T(audiofolder_is_read_by_its_loader),
        T(ace_step_is_read_by_its_builder),
        T(stable_audio_is_read_by_its_trainer),
        T(a_trigger_word_stands_before_every_caption),
        T(audio_is_cut_into_pieces_with_a_caption_each),
        T(audio_that_a_layout_does_not_take_is_converted),
        T(zip_readers_agree),
        T(nothing_one_and_999),
        T(the_same_items_give_the_same_bytes),
        T(a_break_in_the_middle_leaves_nothing),
        T(audio_that_is_not_what_the_row_says_is_refused),
        T(an_item_that_changes_under_it_ends_the_export),
        T(the_manifest_says_what_it_was_made_of),
        T(the_check_says_what_the_trainer_makes_of_it),
        T(low_sample_rates_block_where_nothing_resamples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
