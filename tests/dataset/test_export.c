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
#include "base/child.h"
#include "base/crc.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "dataset/check.h"
#include "dataset/export.h"
#include "dataset/shelf.h"
#include "house.h"

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

/* train.py:294-304: <stem>.txt next to the audio, first line only; an empty one
 * loses the caption. */
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

/* train.py:91: only files at the top level are cut and resampled. */
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

/* audio_dataset.py AudioMeta: the path works from the root, where the docs say
 * to train. */
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
    /* A clip and its text, nothing else; the manifest is next to the zip. */
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

/* In a pipe there is no directory to look up: only the header before an
 * entry. */
static void
zip_is_read_from_a_stream(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "replicate");
    struct export_result made;

    add_items(h, 3, "mp3");
    must_run(&job, &made);
    assert_int_equal(with_zip(h, "unzip -Z1 \"$Z\" >\"$D/a\" && "
                                 "cat \"$Z\" | bsdtar -tf - >\"$D/b\" && "
                                 "cmp \"$D/a\" \"$D/b\""),
                     0);
    if (system("command -v java >/dev/null") != 0) {
        print_message("[  SKIPPED ] no java to read a stream\n");
        return;
    }
    assert_int_equal(with_zip(h, "java '" SRCDIR
                                 "/tests/dataset/ReadZip.java' <\"$Z\" "
                                 ">\"$D/b\" && cmp \"$D/a\" \"$D/b\""),
                     0);
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

/* All of them, not just the first one: nobody should have to export once for
 * each repair. Unchanged ones, and converted or cut ones. */
static void
all_that_is_lost_or_changed_is_named(void **state)
{
    static const struct {
        const char *layout;
        int segment;
    } rows[] = {{"plan", 0}, {"audiocraft", 5}};
    struct house *h = *state;

    for (size_t i = 0; i < 7; i++) {
        size_t len;
        auto_free uint8_t *data = wav(6, &len);

        data[100] = (uint8_t)i;
        add_item(h, "wav", data, len, 6, CAPTION);
        if (i % 3 == 2) { /* by as many bytes */
            data[200]++;
            put_bytes(h, h->items.v[i].audio_path, data, len);
        }
    }
    h->items.v[2].audio.has_crc32 = false;
    put_bytes(h, h->items.v[3].audio_path, "short", 5);
    assert_int_equal(
        store_remove(h->at.store, h->items.v[4].audio_path, &(struct err){0}),
        0);
    for (size_t k = 0; k < 2; k++) {
        auto_json json_object *blocks = json_object_new_array();
        struct export_job job = job_of(h, rows[k].layout);
        struct export_result made;
        struct err err = ERR_INIT;

        job.opt.segment_sec = rows[k].segment;
        job.blocks = blocks;
        assert_int_equal(export_run(&job, &made, &err), -1);
        assert_int_equal(err.code, ERR_DATASET_BLOCKED);
        assert_int_equal(json_object_array_length(blocks), 4);
        for (size_t i = 2; i < 6; i++)
            assert_string_equal(code_of(blocks, h->items.v[i].id),
                                i == 4 ? "audio_lost" : "audio_changed");
        assert_int_equal(files_below(h->at.conf.store_dir), 6);
    }
}

static int
keep_crc(void *ctx, const struct item *it, uint32_t crc32, struct err *err)
{
    (void)err;
    assert_int_equal(strcmp(it->status, "ready"), 0);
    *(uint32_t *)ctx = crc32;
    return 0;
}

static void
a_row_without_a_sum_gets_it(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "plan");
    struct export_result before, after;
    uint32_t learnt = 0;

    add_items(h, 3, "mp3");
    must_run(&job, &before);
    h->items.v[1].audio.has_crc32 = false;
    job.learnt = keep_crc;
    job.ctx = &learnt;
    must_run(&job, &after);
    assert_int_equal(learnt, h->items.v[1].audio.crc32);
    assert_string_equal(before.sha256, after.sha256);
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
    must_check(h, &(struct export_options){.layout = layout_find("replicate")},
               &flat);
    assert_int_equal(json_object_array_length(flat.blocks), 0);
    assert_int_equal(flat.pieces, 6);
    assert_int_equal(flat.with_text, 6);
    assert_true(has_code(flat.warns, "short"));
    assert_true(has_code(flat.warns, "no_bpm"));
    assert_true(has_code(flat.warns, "converted"));

    h->items.v[0].audio.duration_sec = 4.9;
    h->items.v[1].prompt_text[0] = '\0';
    must_check(h, &(struct export_options){.layout = layout_find("plan")},
               &plan);
    assert_true(has_code(plan.blocks, "too_short"));
    assert_true(has_code(plan.blocks, "no_caption"));
    assert_true(has_code(plan.warns, "not_cut"));
    assert_int_equal(plan.with_text, 2);

    must_check(h,
               &(struct export_options){.layout = layout_find("stable-audio")},
               &fal);
    assert_true(has_code(fal.blocks, "clip_count"));
}

static void
the_check_sees_what_is_lost_and_what_has_another_size(void **state)
{
    struct house *h = *state;
    auto_check struct check c = {0};

    add_items(h, 3, "mp3");
    put_bytes(h, h->items.v[1].audio_path, "short", 5);
    assert_int_equal(
        store_remove(h->at.store, h->items.v[2].audio_path, &(struct err){0}),
        0);
    must_check(h, &(struct export_options){.layout = layout_find("plan")}, &c);
    assert_int_equal(json_object_array_length(c.blocks), 2);
    assert_string_equal(code_of(c.blocks, h->items.v[1].id), "audio_changed");
    assert_string_equal(code_of(c.blocks, h->items.v[2].id), "audio_lost");
}

static int
holds_no_more(void *self, const struct item *it, bool *ret, struct err *err)
{
    const struct house *h = self;

    (void)err;
    *ret = it != &h->items.v[1] && it != &h->items.v[2];
    return 0;
}

/* As if an item were replaced and another one deleted after their rows were
 * read: the objects of then are gone, and nothing is lost. */
static void
what_is_replaced_meanwhile_is_not_lost(void **state)
{
    static const struct {
        const char *layout;
        int segment;
    } rows[] = {{"plan", 0}, {"audiocraft", 2}};
    struct house *h = *state;
    auto_check struct check c = {0};

    for (size_t i = 0; i < 4; i++) {
        size_t len;
        auto_free uint8_t *data = wav(6, &len);

        data[100] = (uint8_t)i;
        add_item(h, "wav", data, len, 6, CAPTION);
    }
    put_bytes(h, h->items.v[1].audio_path, "short", 5);
    assert_int_equal(
        store_remove(h->at.store, h->items.v[2].audio_path, &(struct err){0}),
        0);
    h->roll.holds = holds_no_more;
    must_check(h, &(struct export_options){.layout = layout_find("plan")}, &c);
    assert_false(has_code(c.blocks, "audio_changed"));
    assert_false(has_code(c.blocks, "audio_lost"));
    for (size_t k = 0; k < 2; k++) {
        struct export_job job = job_of(h, rows[k].layout);
        struct export_result made;
        struct err err = ERR_INIT;

        job.opt.segment_sec = rows[k].segment;
        assert_int_equal(export_run(&job, &made, &err), -1);
        assert_int_equal(err.code, ERR_CONFLICT);
    }
}

/* The same with the store's list, which is used for more than a few items;
 * objects that it does not show as saved are asked for individually. */
static void
many_items_are_looked_up_in_a_list(void **state)
{
    struct house *h = *state;
    auto_check struct check c = {0};
    struct shelf shelf;
    enum object_state found;
    struct err err = ERR_INIT;
    struct item *late;

    add_items(h, 60, "mp3");
    put_bytes(h, h->items.v[17].audio_path, "short", 5);
    assert_int_equal(store_remove(h->at.store, h->items.v[33].audio_path, &err),
                     0);
    must_check(h, &(struct export_options){.layout = layout_find("plan")}, &c);
    assert_int_equal(json_object_array_length(c.blocks), 2);
    assert_string_equal(code_of(c.blocks, h->items.v[17].id), "audio_changed");
    assert_string_equal(code_of(c.blocks, h->items.v[33].id), "audio_lost");

    shelf_init(&shelf, h->at.store, 60);
    assert_int_equal(shelf_look(&shelf, &h->items.v[0], &found, &err), 0);
    assert_int_equal(shelf.n, 59);
    /* Saved after the list was made. */
    late = add_item(h, "mp3", NULL, 0, 60, CAPTION);
    assert_int_equal(shelf_look(&shelf, late, &found, &err), 0);
    assert_int_equal(found, OBJECT_AS_SAVED);
    shelf_release(&shelf);
}

static void
low_sample_rates_block_where_nothing_resamples(void **state)
{
    struct house *h = *state;
    auto_check struct check nested = {0};
    auto_check struct check flat = {0};

    add_item(h, "mp3", NULL, 0, 70, CAPTION)->audio.sample_rate = 22050;
    must_check(h, &(struct export_options){.layout = layout_find("plan")},
               &nested);
    assert_true(has_code(nested.blocks, "all_low_sample_rate"));
    must_check(h, &(struct export_options){.layout = layout_find("replicate")},
               &flat);
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
        T(zip_is_read_from_a_stream),
        T(all_that_is_lost_or_changed_is_named),
        T(a_row_without_a_sum_gets_it),
        T(the_check_sees_what_is_lost_and_what_has_another_size),
        T(what_is_replaced_meanwhile_is_not_lost),
        T(many_items_are_looked_up_in_a_list),
        T(nothing_one_and_999),
        T(the_same_items_give_the_same_bytes),
        T(a_break_in_the_middle_leaves_nothing),
        T(audio_that_is_not_what_the_row_says_is_refused),
        T(an_item_that_changes_under_it_ends_the_export),
        T(the_manifest_says_what_it_was_made_of),
        T(the_check_says_what_the_trainer_makes_of_it),
        T(low_sample_rates_block_where_nothing_resamples),
    };

    child_folder("."); /* of the build that runs the tests */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
