/*
 * dataset/layout and everything that depends on it: each layout with each
 * format and option, cut and whole, by the rules of its trainers' code,
 * restated here with their places (tests/trainers runs that code itself). The
 * files in the zip are what the check promises.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../audio/make.h"
#include "audio/convert.h"
#include "audio/probe.h"
#include "audio/segment.h"
#include "base/child.h"
#include "base/json.h"
#include "base/mem.h"
#include "dataset/said.h"
#include "db/windows.h"
#include "house.h"

/* ---- real audio ---- */

static void
mp3_of(struct house *h, const struct bytes *wav_bytes, struct bytes *ret)
{
    auto_free char *path = xasprintf("%s/made.mp3", h->at.dir);
    auto_fd int in = make_file(wav_bytes);
    auto_fd int out = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    struct audio_probe p = probe_ok(wav_bytes);
    struct err err = ERR_INIT;
    char block[65536];
    ssize_t n;

    assert_int_equal(audio_convert(in, &p, "mp3", out, &err), 0);
    for (off_t at = 0; (n = pread(out, block, sizeof(block), at)) > 0; at += n)
        bytes_add(ret, block, (size_t)n);
}

static struct item *
add_real(struct house *h, const char *format, double seconds)
{
    static const struct {
        const char *name;
        int form;
    } forms[] = {{"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
                 {"ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
                 {"aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16}};
    auto_bytes struct bytes b = {0}, mp3 = {0};
    struct bytes *use = &b;
    struct audio_probe p;
    struct item *it;

    if (strcmp(format, "wav") == 0 || strcmp(format, "mp3") == 0)
        make_wav(44100, 2, 16, seconds, &b);
    for (size_t i = 0; i < 3; i++)
        if (strcmp(format, forms[i].name) == 0)
            make_snd(forms[i].form, 44100, 2, seconds, &b);
    if (strcmp(format, "mp3") == 0) {
        mp3_of(h, &b, &mp3);
        use = &mp3;
    }
    p = probe_ok(use);
    it = add_item(h, format, use->v, use->n, p.duration_sec, CAPTION);
    it->audio.sample_rate = p.sample_rate;
    return it;
}

/* ---- the files of a zip ---- */

struct found {
    const struct layout *layout;
    size_t files;
    long pieces; /* that its trainer makes of them */
    double seconds;
};

/* Unpack, and check each audio file against what the layout's trainers
 * accept. */
static void
look_at_files(struct house *h, const struct layout *l, struct found *ret)
{
    auto_free char *list = xasprintf("%s/list", h->at.dir);
    FILE *f;
    char name[512];

    *ret = (struct found){.layout = l};
    assert_int_equal(with_zip(h, "cd \"$D/x\" && find . -type f | sort "
                                 "| grep -E '\\.(mp3|wav|flac|ogg|aiff)$' "
                                 ">\"$D/list\""),
                     0);
    f = fopen(list, "r");
    assert_non_null(f);
    while (fgets(name, sizeof(name), f) != NULL) {
        auto_free char *path = NULL;
        struct audio_probe p;
        struct err err = ERR_INIT;

        name[strcspn(name, "\n")] = '\0';
        path = xasprintf("%s/x/%s", h->at.dir, name);
        if (audio_probe_file(path, &p, &err) == -1)
            fail_msg("%s %s: %s", l->name, name, err.msg);
        assert_true(layout_takes(l, p.format));
        assert_true(ends(name, p.format)); /* its name matches its content */
        if (audio_odd_head(&p))
            fail_msg("%s %s has an odd head", l->name, name);
        ret->seconds += p.duration_sec;
        ret->files++;
        ret->pieces += l->pieces(p.duration_sec);
    }
    fclose(f);
}

/* Every cell: the export works, and the check predicted its result. */
static void
every_format_in_every_layout(void **state)
{
    static const char *const formats[] = {"mp3", "wav", "flac", "ogg", "aiff"};
    struct house *h = *state;
    double last;

    for (size_t i = 0; i < 5; i++)
        add_real(h, formats[i], 25.6);
    for (const struct layout *l = layouts; l->name != NULL; l++)
        for (int segment = 0; segment <= 20; segment += 10) {
            struct export_job job = job_of(h, l->name);
            auto_check struct check c = {0};
            struct found found;
            long each =
                segment > 0 ? audio_pieces_count(25.6, segment, &last) : 1;

            if (segment > 0 && (l->options & OPTION_SEGMENT) == 0)
                continue;
            job.opt.segment_sec = segment;
            must_check(h, &job.opt, &c);
            unpack(h, &job);
            look_at_files(h, l, &found);
            assert_int_equal(found.files, 5 * each);
            assert_int_equal(found.pieces, c.pieces);
            assert_int_equal(c.with_text, c.pieces);
        }
}

/* ---- files with a false head, or after a foreign tag ---- */

/* As a program wrote it that could not know how long it would be. */
static void
hide_length(struct bytes *b, bool aiff)
{
    const char *chunk = aiff ? "SSND" : "data";

    for (size_t at = 12; at + 8 < b->n; at++) {
        if (memcmp(b->v + at, chunk, 4) != 0)
            continue;
        memcpy(b->v + at + 4, aiff ? "\x7f\xff\xf0\x00" : "\x00\xf0\xff\x7f",
               4);
        return;
    }
    fail_msg("no chunk %s", chunk);
}

static struct item *
add_odd(struct house *h, int format, const char *name, int tags, bool hide)
{
    auto_bytes struct bytes b = {0}, id3 = {0};
    struct audio_probe p;
    struct item *it;

    make_snd(format, 48000, 2, 25.6, &b);
    if (hide)
        hide_length(&b, strcmp(name, "aiff") == 0);
    make_id3(3, "APIC", 5000, false, &id3);
    for (int i = 0; i < tags; i++)
        bytes_insert(&b, 0, id3.v, id3.n);
    p = probe_ok(&b);
    assert_true(audio_odd_head(&p));
    assert_float_equal(p.duration_sec, 25.6, 0.01);
    it = add_item(h, name, b.v, b.n, p.duration_sec, CAPTION);
    it->audio.sample_rate = p.sample_rate;
    it->audio.odd_head = audio_odd_head(&p);
    return it;
}

/* Files that are cut, converted or unchanged: all of their sound, and a head
 * that says so. */
static void
an_odd_head_is_right_in_every_layout(void **state)
{
    static const struct {
        int format;
        const char *name;
        int tags;
        bool hide;
    } rows[] = {
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, "wav", 0, true},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, "wav", 1, false},
        {SF_FORMAT_WAV | SF_FORMAT_PCM_16, "wav", 2, true},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "aiff", 0, true},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "aiff", 2, false},
        {SF_FORMAT_AIFF | SF_FORMAT_PCM_16, "aiff", 1, true},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "flac", 1, false},
        {SF_FORMAT_FLAC | SF_FORMAT_PCM_16, "flac", 2, false},
        {SF_FORMAT_OGG | SF_FORMAT_VORBIS, "ogg", 1, false},
        {SF_FORMAT_OGG | SF_FORMAT_OPUS, "ogg", 2, false},
    };
    enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
    struct house *h = *state;
    double last;

    for (size_t i = 0; i < ROWS; i++)
        add_odd(h, rows[i].format, rows[i].name, rows[i].tags, rows[i].hide);
    for (const struct layout *l = layouts; l->name != NULL; l++)
        for (int segment = 0; segment <= 10; segment += 10) {
            struct export_job job = job_of(h, l->name);
            struct found found;
            long each =
                segment > 0 ? audio_pieces_count(25.6, segment, &last) : 1;

            if (segment > 0 && (l->options & OPTION_SEGMENT) == 0)
                continue;
            job.opt.segment_sec = segment;
            unpack(h, &job);
            look_at_files(h, l, &found);
            assert_int_equal(found.files, ROWS * each);
            assert_float_equal(found.seconds, ROWS * 25.6, ROWS * 0.1);
        }
}

/* Rests, and the effect of a frame of MP3 or a millisecond on them. */
static void
the_count_is_the_one_of_the_files(void **state)
{
    static const struct {
        double seconds;
        int segment;
        long pieces;
    } rows[] = {{64, 30, 2},   {65.1, 30, 3},  {35.0004, 0, 1},
                {35.01, 0, 2}, {30, 0, 1},     {30.0004, 0, 1},
                {40.9, 18, 2}, {60.02, 20, 3}, {95, 60, 3}};
    struct house *h = *state;
    const struct layout *l = layout_find("replicate");

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct export_job job = job_of(h, "replicate");
        auto_check struct check c = {0};
        struct found found;

        items_release(&h->items);
        h->roll.n = 0;
        h->roll.bytes = 0;
        add_real(h, i % 2 == 0 ? "wav" : "mp3", rows[i].seconds);
        job.roll = &h->roll;
        job.opt.segment_sec = rows[i].segment;
        must_check(h, &job.opt, &c);
        assert_int_equal(c.pieces, rows[i].pieces);
        unpack(h, &job);
        look_at_files(h, l, &found);
        assert_int_equal(found.pieces, c.pieces);
    }
}

/* ---- rates, lengths, counts: of what will be in the zip ---- */

static void
check_of(struct house *h, const char *layout, int segment, struct check *ret)
{
    must_check(h,
               &(struct export_options){.layout = layout_find(layout),
                                        .segment_sec = segment},
               ret);
}

static bool
blocked(struct house *h, const char *layout, int segment, const char *code)
{
    auto_check struct check c = {0};

    check_of(h, layout, segment, &c);
    return has_code(c.blocks, code);
}

static bool
warned(struct house *h, const char *layout, int segment, const char *code)
{
    auto_check struct check c = {0};

    check_of(h, layout, segment, &c);
    return has_code(c.warns, code);
}

static void
rules_look_at_what_will_be_in_the_zip(void **state)
{
    struct house *h = *state;

    for (int i = 0; i < 3; i++)
        add_item(h, "wav", NULL, 0, 70, CAPTION)->audio.sample_rate = 22050;
    /* Only files over 30 s are resampled (train.py:105). */
    assert_false(blocked(h, "replicate", 0, "all_low_sample_rate"));
    assert_true(blocked(h, "replicate", 30, "all_low_sample_rate"));
    assert_false(blocked(h, "replicate", 60, "all_low_sample_rate"));
    /* They become MP3 of 44.1 kHz. */
    assert_false(blocked(h, "plan", 0, "all_low_sample_rate"));
    /* Its configuration says 44,100 Hz, whatever the files have. */
    assert_false(blocked(h, "audiocraft", 0, "all_low_sample_rate"));
    assert_true(blocked(h, "stable-audio", 0, "clip_count"));
    assert_false(blocked(h, "stable-audio", 30, "clip_count")); /* 9 */
    assert_false(warned(h, "audiocraft", 0, "short"));
    assert_true(warned(h, "audiocraft", 20, "short"));
    h->items.v[0].audio.duration_sec = 400;
    assert_true(warned(h, "stable-audio", 0, "cropped"));
    assert_false(warned(h, "stable-audio", 60, "cropped"));
    assert_true(warned(h, "ace-step", 0, "cropped"));
    assert_false(warned(h, "ace-step", 200, "cropped"));
}

/* dreambooth_musicgen.py:833-838. */
static void
dreamboothing_drops_what_is_not_under_30_s(void **state)
{
    struct house *h = *state;
    auto_check struct check whole = {0}, cut = {0};

    add_item(h, "wav", NULL, 0, 70, CAPTION);
    add_item(h, "wav", NULL, 0, 30, CAPTION);
    add_item(h, "wav", NULL, 0, 29.9, CAPTION);
    check_of(h, "audiofolder", 0, &whole);
    assert_int_equal(whole.pieces, 1);
    assert_string_equal(code_of(whole.warns, h->items.v[0].id), "dropped");
    assert_string_equal(code_of(whole.warns, h->items.v[1].id), "dropped");
    assert_int_equal(layout_find("audiofolder")->segment_max, 29);
    check_of(h, "audiofolder", 25, &cut);
    assert_int_equal(cut.pieces, 3 + 2 + 1); /* 4.9 s are not a piece of 25 s */
    assert_false(has_code(cut.warns, "dropped"));
    assert_non_null(
        strstr(layout_find("audiofolder")->use, "train+validation"));
}

/* folder_based_builder.py: Arrow infers a type per split, and they must
 * agree. */
static void
audiofolder_has_one_type_a_column(void **state)
{
    static const double bpms[] = {92, 0, 92.5, 0};
    struct house *h = *state;
    struct export_job job = job_of(h, "audiofolder");

    for (size_t i = 0; i < 4; i++) {
        struct item *it = add_item(h, "mp3", NULL, 0, 20, CAPTION);

        json_object_object_del(it->fields, "bpm");
        if (bpms[i] > 0)
            json_add_num(it->fields, "bpm", bpms[i]);
    }
    job.opt.split = 0.5;
    unpack(h, &job);
    for (int side = 0; side < 2; side++) {
        auto_free char *text =
            text_of(h, side == 0 ? "train/metadata.jsonl"
                                 : "validation/metadata.jsonl");
        char *save = NULL;

        assert_non_null(text);
        for (char *line = strtok_r(text, "\n", &save); line != NULL;
             line = strtok_r(NULL, "\n", &save)) {
            auto_json json_object *o = json_of(line);

            json_object_object_foreach(o, name, value)
            {
                (void)name;
                assert_true(json_object_is_type(value, json_type_string));
            }
        }
    }
}

/* ---- fields: of the generation, else of the set ---- */

/* A caption written by hand, of a set with three sections. */
static struct item *
add_by_hand(struct house *h)
{
    static const char *const labels[] = {"intro", "drop", "other", "outro"};
    struct item *it = add_item(h, "mp3", NULL, 0, 60, CAPTION);
    struct song *s = &it->song;

    json_object_put(steal(&it->fields));
    s->bpm = 174;
    (void)snprintf(s->key, sizeof(s->key), "F# minor");
    s->beats = 3;
    s->unit = 4;
    s->length_sec = 59;
    s->n = 4;
    s->sections = xcalloc(4, sizeof(*s->sections));
    for (size_t i = 0; i < 4; i++)
        s->sections[i] = (struct song_section){.label = xstrdup(labels[i]),
                                               .start_sec = 15.0 * (double)i,
                                               .sec = 15};
    return it;
}

static char *
tag_of(const char *text, const char *tag)
{
    auto_free char *open_tag = xasprintf("<%s>", tag);
    auto_free char *close_tag = xasprintf("</%s>", tag);
    const char *a = strstr(text, open_tag);
    const char *b = a != NULL ? strstr(a, close_tag) : NULL;

    if (b == NULL)
        return NULL;
    a += strlen(open_tag);
    return xstrndup(a, (size_t)(b - a));
}

/* One zip for five readers. Builder A (f30aee4): metadata.csv by file name, a
 * .txt would be lyrics. B, C: .caption.txt, .lyrics.txt, .json. Side-Step
 * (ecd13bd dataset_builder.py): .txt first, which is not there, then
 * .caption.txt and .lyrics.txt; with --dataset-json as training_v2. */
static void
ace_step_has_all_for_each_builder(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "ace-step");
    auto_free char *text = NULL, *csv = NULL, *all = NULL, *lyrics = NULL;
    auto_json json_object *o = NULL, *dataset = NULL;
    json_object *sample;

    add_by_hand(h);
    add_by_hand(h)->song.instrumental = true;
    unpack(h, &job);
    assert_null(text_of(h, "item-001.txt"));
    lyrics = text_of(h, "item-001.lyrics.txt");
    assert_string_equal(lyrics, "[Intro]\n[Drop]\n[Outro]\n");
    free(lyrics);
    lyrics = text_of(h, "item-002.lyrics.txt");
    assert_string_equal(lyrics, "[Instrumental]\n[Intro]\n[Drop]\n[Outro]\n");

    text = text_of(h, "item-001.json");
    o = json_of(text);
    assert_int_equal((int)json_number(o, "bpm", 0), 174);
    assert_string_equal(json_text(o, "keyscale"), "F# minor");
    assert_string_equal(json_text(o, "timesignature"), "3");

    csv = text_of(h, "metadata.csv");
    assert_string_equal(
        csv, "file,caption,bpm,key\r\n"
             "\"item-001.mp3\",\"" CAPTION "\",\"174\",\"F# minor\"\r\n"
             "\"item-002.mp3\",\"" CAPTION "\",\"174\",\"F# minor\"\r\n");

    all = text_of(h, "dataset.json");
    dataset = json_of(all);
    assert_int_equal(json_object_array_length(json_at(dataset, "samples")), 2);
    assert_int_equal(
        (int)json_number(json_at(dataset, "metadata"), "num_samples", 0), 2);
    sample = json_object_array_get_idx(json_at(dataset, "samples"), 1);
    assert_string_equal(json_text(sample, "audio_path"), "item-002.mp3");
    assert_string_equal(json_text(sample, "timesignature"), "3");
    assert_string_equal(json_text(sample, "keyscale"), "F# minor");
    assert_true(json_object_get_boolean(json_at(sample, "is_instrumental")));
}

/* If nothing is known, nothing is said: no file is better than a wrong tag. */
static void
structure_is_told_only_where_it_is_known(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "ace-step");
    auto_free char *first = NULL, *second = NULL;
    struct item *it = add_by_hand(h);

    it->song.length_sec = 20; /* the audio is of something else too */
    add_by_hand(h);
    unpack(h, &job);
    assert_null(text_of(h, "item-001.lyrics.txt"));

    /* Pieces have what sounds in them. */
    add_real(h, "wav", 60);
    h->items.v[2].song = h->items.v[1].song;
    h->items.v[1].song = (struct song){0};
    free(h->items.v[0].audio.format);
    h->items.v[0].audio.format = xstrdup("mp3");
    h->items.v[0].audio.duration_sec = 10;
    h->items.v[1].audio.duration_sec = 10;
    job.opt.segment_sec = 30;
    unpack(h, &job);
    first = text_of(h, "item-003-01.lyrics.txt");
    second = text_of(h, "item-003-02.lyrics.txt");
    assert_string_equal(first, "[Intro]\n[Drop]\n");
    assert_string_equal(second, "[Outro]\n");
}

static void
what_ace_step_does_not_know_is_left_out_and_told(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "ai-toolkit");
    auto_free char *text = NULL;
    auto_check struct check c = {0};
    struct item *it = add_by_hand(h);

    it->song.beats = 7;
    it->song.unit = 8;
    it->song.bpm = 0;
    (void)snprintf(it->song.key, sizeof(it->song.key), "D Dorian");
    must_check(h, &job.opt, &c);
    assert_true(has_code(c.warns, "meter_left_out"));
    assert_true(has_code(c.warns, "key_left_out"));
    assert_true(has_code(c.warns, "no_bpm")); /* taken for 120 */
    unpack(h, &job);
    text = text_of(h, "item-001.txt");
    assert_null(tag_of(text, "TIMESIGNATURE"));
    assert_null(tag_of(text, "KEYSCALE"));
    assert_null(tag_of(text, "BPM"));
}

/* ace_step_15_model.py parse_ace_step_caption: <TAG>(.*?)</TAG>. */
static void
ai_toolkit_parses_its_tags(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "ai-toolkit");
    auto_free char *text = NULL;

    add_by_hand(h);
    free(h->items.v[0].prompt_text);
    h->items.v[0].prompt_text = xstrdup("House </CAPTION> & <b>bass</b>");
    unpack(h, &job);
    text = text_of(h, "item-001.txt");
    auto_free char *caption = tag_of(text, "CAPTION");
    auto_free char *lyrics = tag_of(text, "LYRICS");
    auto_free char *bpm = tag_of(text, "BPM");
    auto_free char *key = tag_of(text, "KEYSCALE");
    auto_free char *meter = tag_of(text, "TIMESIGNATURE");
    auto_free char *duration = tag_of(text, "DURATION");
    assert_string_equal(caption, "House  /CAPTION  &  b bass /b ");
    assert_string_equal(lyrics, "[Intro]\n[Drop]\n[Outro]\n");
    assert_string_equal(bpm, "174");
    assert_string_equal(key, "F# minor");
    assert_string_equal(meter, "3");
    assert_true(strtod(duration, NULL) == 60);
}

static void
simpletuner_reads_caption_and_lyrics(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "simpletuner");
    auto_free char *caption = NULL, *lyrics = NULL;

    add_by_hand(h);
    unpack(h, &job);
    caption = text_of(h, "item-001.txt");
    lyrics = text_of(h, "item-001.lyrics");
    assert_string_equal(caption, CAPTION);
    assert_string_equal(lyrics, "[Intro]\n[Drop]\n[Outro]\n");
}

/* train_lora.py:78: <stem>.txt, stripped. underfit: <stem>.json first. */
static void
stable_audio_3_speaks_its_words(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "stable-audio-3");
    auto_free char *prompt = NULL, *fields = NULL;
    auto_json json_object *o = NULL;

    add_item(h, "mp3", NULL, 0, 60, CAPTION);
    unpack(h, &job);
    prompt = text_of(h, "item-001.txt");
    assert_string_equal(prompt, CAPTION ", Genre: techno, Instruments: pad, "
                                        "bass drum, Moods: dark, BPM: 124, "
                                        "Key: A minor");
    fields = text_of(h, "item-001.json");
    o = json_of(fields);
    assert_string_equal(json_text(o, "prompt"), prompt);
    assert_string_equal(json_text(o, "genre"), "techno");
    assert_true(json_number(o, "bpm", 0) == 124);
}

static void
its_timeline_tells_of_each_window(void **state)
{
    struct house *h = *state;
    struct export_job job = job_of(h, "stable-audio-3");
    struct window v[] = {
        {.start_sec = 0, .end_sec = 20, .prompt_text = (char *)"Pads"},
        {.start_sec = 20, .end_sec = 50},
        {.start_sec = 50, .end_sec = 61, .prompt_text = (char *)"Drums\nonly"}};
    const struct windows ws = {.v = v, .n = 3};
    auto_free char *text = NULL, *alone = NULL, *module = NULL;
    auto_json json_object *o = NULL, *whole = NULL;
    json_object *list, *last;

    add_item(h, "mp3", NULL, 0, 60, CAPTION)->timeline = &ws;
    add_item(h, "mp3", NULL, 0, 60, CAPTION);
    job.opt.trigger = "ndrv";
    unpack(h, &job);
    text = text_of(h, "item-001.timeline.json");
    o = json_of(text);
    assert_true(json_number(o, "seconds_total", 0) == 60);
    list = json_at(o, "captions");
    assert_int_equal(json_object_array_length(list), 2);
    last = json_object_array_get_idx(list, 1);
    assert_true(json_number(last, "start", 0) == 50);
    assert_true(json_number(last, "end", 0) == 60);
    assert_non_null(strstr(json_text(last, "prompt"), "ndrv, Drums only"));
    /* Without windows the whole track is one entry. */
    alone = text_of(h, "item-002.timeline.json");
    whole = json_of(alone);
    list = json_at(whole, "captions");
    assert_int_equal(json_object_array_length(list), 1);
    assert_string_equal(json_text(json_object_array_get_idx(list, 0), "prompt"),
                        json_text(whole, "prompt"));
    module = text_of(h, "trainmode_metadata.py");
    assert_non_null(strstr(module, "def get_custom_metadata(info, audio):"));
}

/* get_audio_filenames: .wav .mp3 .flac .ogg .aif .opus; fal takes .aiff, but
 * the same zip is for all. */
static void
no_stable_audio_has_an_aiff(void **state)
{
    (void)state;
    assert_false(layout_takes(layout_find("stable-audio"), "aiff"));
    assert_false(layout_takes(layout_find("stable-audio-3"), "aiff"));
    assert_false(layout_takes(layout_find("ai-toolkit"), "aiff"));
    assert_non_null(strstr(layout_find("stable-audio")->use,
                           "only through a metadata module"));
}

static void
the_trigger_counts_in_the_length(void **state)
{
    struct house *h = *state;
    auto_free char *caption = xcalloc(1, 2000);
    struct export_options opt = {.layout = layout_find("ace-step")};
    auto_check struct check without = {0}, with = {0};

    for (int i = 0; i < 138; i++)
        memcpy(caption + strlen(caption), "pads ", 6);
    add_item(h, "mp3", NULL, 0, 60, caption);
    must_check(h, &opt, &without);
    assert_false(has_code(without.warns, "caption_cut"));
    opt.trigger = "ozn sound of the north and of the sea";
    must_check(h, &opt, &with);
    assert_true(has_code(with.warns, "caption_cut"));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(every_format_in_every_layout),
        T(an_odd_head_is_right_in_every_layout),
        T(the_count_is_the_one_of_the_files),
        T(rules_look_at_what_will_be_in_the_zip),
        T(dreamboothing_drops_what_is_not_under_30_s),
        T(audiofolder_has_one_type_a_column),
        T(ace_step_has_all_for_each_builder),
        T(structure_is_told_only_where_it_is_known),
        T(what_ace_step_does_not_know_is_left_out_and_told),
        T(ai_toolkit_parses_its_tags),
        T(simpletuner_reads_caption_and_lyrics),
        T(stable_audio_3_speaks_its_words),
        T(its_timeline_tells_of_each_window),
        T(no_stable_audio_has_an_aiff),
        T(the_trigger_counts_in_the_length),
    };

    child_folder("."); /* of the build that runs the tests */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
