/*
 * The trainers' rules. `train.py` is sakemin/cog-musicgen-fine-tuner at
 * e883b9c; AudioCraft is facebookresearch/audiocraft at 896ec7c.
 */
#include "dataset/rules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "dataset/said.h"
#include "db/windows.h"

#define RATE_LEAST 32000 /* Hz; MusicGen's own rate */

/* Seconds of the longest and the shortest file in the zip. */
static double
longest(const struct outcome *o)
{
    return o->files > 1 ? fmax(o->file_sec, o->last_sec) : o->last_sec;
}

static double
shortest(const struct outcome *o)
{
    return o->files > 1 ? fmin(o->file_sec, o->last_sec) : o->last_sec;
}

/* "it is", or "a piece of it is" if the export cuts it. */
static const char *
subject(const struct outcome *o)
{
    return o->cut ? "a piece of it is" : "it is";
}

/* How to get shorter pieces. */
static const char *
way_to(const struct rule_input *in)
{
    return in->item->windows != NULL
               ? "generate its windows with maxSec 29"
               : "cut it into clips of 29 s or less (segmentSec)";
}

/* ---- the whole set in numbers ---- */

/* 64 bits of the sum: among a million files, two are equal by chance once in
 * forty million sets. */
static void
add_sum(struct tally *t, const char *sha256)
{
    char start[17] = "";

    if ((t->sums_n & (t->sums_n - 1)) == 0) /* full: twice the room */
        t->sums = xreallocarray(t->sums, t->sums_n > 0 ? 2 * t->sums_n : 1,
                                sizeof(*t->sums));
    memcpy(start, sha256, strnlen(sha256, 16));
    t->sums[t->sums_n++] = strtoull(start, NULL, 16);
}

void
tally_add(struct tally *t, const struct rule_input *in)
{
    const struct audio_facts *a = &in->item->audio;
    const struct outcome *o = &in->out;
    bool low = a->format != NULL && o->rate < RATE_LEAST;

    t->n++;
    t->files += o->files;
    t->over_30 += a->format != NULL && longest(o) > 30;
    t->low_rate += low;
    t->low_rate_30 += low && longest(o) <= 30;
    if (in->item->windows != NULL)
        t->minutes += said_windows_sec(in->item) / 60;
    else if (a->format != NULL)
        t->minutes += a->duration_sec / 60;
    if (a->sha256 != NULL)
        add_sum(t, a->sha256);
}

void
tally_release(struct tally *t)
{
    free(t->sums);
    *t = (struct tally){0};
}

/* ---- what every layout needs ---- */

static bool
no_audio(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    if (in->item->audio_path != NULL && in->item->audio.format != NULL)
        return false;
    return SAY(ret_text, "it has no audio; add the bounced file");
}

const struct rule rule_no_audio = {
    .code = "no_audio",
    .blocks = true,
    .source = "every trainer reads an audio file per sample",
    .item = no_audio,
};

static bool
no_windows(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    if (in->item->windows == NULL || in->item->windows->n > 0)
        return false;
    return SAY(ret_text, "it has no windows, or all are left out; generate "
                         "them, or caption by track");
}

const struct rule rule_no_windows = {
    .code = "no_windows",
    .blocks = true,
    .source = "a dataset with a caption for each window",
    .item = no_windows,
};

static bool
converted(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    const char *from = in->item->audio.format;

    if (from == NULL || strcmp(from, in->out.format) == 0)
        return false;
    return SAY(ret_text, "it is %s, which %s; it is converted to %s", from,
               layout_takes(in->layout, from) ? "is not cut without decoding it"
                                              : "the trainer does not take",
               strcmp(in->out.format, "mp3") == 0 ? "MP3 at 320 kbit/s"
                                                  : "16-bit WAV");
}

const struct rule rule_converted = {
    .code = "converted",
    .source = "the formats that the layout's trainers list; MusicGen's loses "
              "a FLAC's caption (train.py:91-136)",
    .item = converted,
};

/* ---- length ---- */

static bool
under_5(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    const struct audio_facts *a = &in->item->audio;

    if (a->format != NULL && in->item->windows != NULL)
        return in->out.files > 0 && shortest(&in->out) < 5 &&
               SAY(ret_text,
                   "a window is %.1f s long, under 5 s; leave it "
                   "out, or generate them with a larger minSec",
                   shortest(&in->out));
    if (a->format == NULL || a->duration_sec >= 5)
        return false;
    return SAY(ret_text, "it is %.1f s long, under 5 s; use a longer bounce",
               a->duration_sec);
}

const struct rule rule_too_short_cut = {
    .code = "too_short",
    .blocks = true,
    .source = "train.py:105-136 (pieces of 5 s and less are dropped) and its "
              "input help, \"longer than 5 seconds\"",
    .item = under_5,
};

const struct rule rule_too_short = {
    .code = "too_short",
    .blocks = true,
    .source = "audio_dataset.py __getitem__ (segments of 30 s, the rest is "
              "padded with silence)",
    .item = under_5,
};

static bool
under_30(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    double seconds = shortest(&in->out);

    if (in->item->windows != NULL) /* they are short on purpose */
        return false;
    if (in->item->audio.format == NULL || in->item->audio.duration_sec < 5 ||
        seconds >= 30)
        return false;
    return SAY(ret_text,
               "%s %.1f s long; up to 30 s it is padded with silence, which "
               "is learned too",
               subject(&in->out), seconds);
}

const struct rule rule_short = {
    .code = "short",
    .source = "audio_dataset.py __getitem__ (segment_duration 30)",
    .item = under_30,
};

static bool
over_380(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    double seconds = longest(&in->out);

    if (in->item->audio.format == NULL || seconds <= 380)
        return false;
    return SAY(ret_text,
               "%s %.0f s long; only a part of anything over 380 s (120 s in "
               "the small model) is used",
               subject(&in->out), seconds);
}

const struct rule rule_cropped = {
    .code = "cropped",
    .source = "fal.ai/models/fal-ai/stable-audio-3-trainer",
    .item = over_380,
};

/* clip.audio: files of 30 s or more are silently filtered out. */
static bool
dropped(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    const struct outcome *o = &in->out;

    if (in->item->audio.format == NULL || o->pieces == o->files)
        return false;
    return SAY(ret_text,
               "%s %.1f s long, and musicgen-dreamboothing drops files of 30 "
               "s or more; %s",
               subject(o), longest(o), way_to(in));
}

const struct rule rule_dropped = {
    .code = "dropped",
    .source = "dreambooth_musicgen.py:833-838 (max_duration_in_seconds 30, "
              "strictly less)",
    .item = dropped,
};

static bool
over_240(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    double seconds = longest(&in->out);

    if (in->item->audio.format == NULL || seconds <= 240)
        return false;
    return SAY(ret_text,
               "%s %.0f s long; only its first 240 s are learned, with a "
               "caption about the whole; cut it into clips (segmentSec)",
               subject(&in->out), seconds);
}

const struct rule rule_first_240 = {
    .code = "cropped",
    .source = "ACE-Step-1.5 dataset_builder_modules/preprocess.py "
              "(max_duration 240)",
    .item = over_240,
};

static bool
not_cut(struct tally *all, char ret_text[RULE_TEXT])
{
    if (all->over_30 == 0)
        return false;
    return SAY(ret_text,
               "%zu files over 30 s are in folders, where the trainer "
               "neither cuts nor resamples them; the layout replicate avoids "
               "that",
               all->over_30);
}

const struct rule rule_not_cut = {
    .code = "not_cut",
    .source = "train.py:91 (lists the zip's top level only)",
    .set = not_cut,
};

/* ---- sample rate ---- */

static bool
low_rate(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    int rate = in->item->audio.sample_rate;

    if (in->item->audio.format == NULL || rate >= RATE_LEAST)
        return false;
    return SAY(ret_text,
               "its sample rate is %d Hz, under the 32,000 Hz that MusicGen "
               "works at; its highs are missing whatever it becomes",
               rate);
}

const struct rule rule_low_rate = {
    .code = "low_sample_rate",
    .source = "audiocraft/solvers/builders.py get_audio_datasets",
    .item = low_rate,
};

/* low: how many stay under 32,000 Hz in the trainer too. */
static bool
all_low_rate(const struct tally *all, size_t low, char ret_text[RULE_TEXT])
{
    if (all->n == 0 || low < all->n)
        return false;
    return SAY(ret_text, "no file has 32,000 Hz or more, and the training "
                         "would stop at once; bounce at 44,100 Hz");
}

static bool
all_low_rate_nested(struct tally *all, char ret_text[RULE_TEXT])
{
    return all_low_rate(all, all->low_rate, ret_text);
}

const struct rule rule_all_low_rate_nested = {
    .code = "all_low_sample_rate",
    .blocks = true,
    .source = "audiocraft/solvers/builders.py get_audio_datasets (asserts "
              "32000 <= max_sample_rate)",
    .set = all_low_rate_nested,
};

static bool
all_low_rate_flat(struct tally *all, char ret_text[RULE_TEXT])
{
    return all_low_rate(all, all->low_rate_30, ret_text);
}

const struct rule rule_all_low_rate_flat = {
    .code = "all_low_sample_rate",
    .blocks = true,
    .source = "audiocraft/solvers/builders.py get_audio_datasets; only files "
              "over 30 s are resampled (train.py:105-136)",
    .set = all_low_rate_flat,
};

/* ---- the whole set ---- */

static bool
clip_count(struct tally *all, char ret_text[RULE_TEXT])
{
    if (all->n == 0 || (all->files >= 4 && all->files <= 2000))
        return false;
    return SAY(ret_text,
               "the trainer takes 4 to 2,000 clips, and these are %ld",
               all->files);
}

const struct rule rule_clip_count = {
    .code = "clip_count",
    .blocks = true,
    .source = "fal.ai/models/fal-ai/stable-audio-3-trainer",
    .set = clip_count,
};

static int
by_sum(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static bool
same_audio(struct tally *all, char ret_text[RULE_TEXT])
{
    size_t same = 0;

    if (all->sums_n == 0)
        return false;
    qsort(all->sums, all->sums_n, sizeof(*all->sums), by_sum);
    for (size_t i = 1; i < all->sums_n; i++)
        same += all->sums[i - 1] == all->sums[i];
    if (same == 0)
        return false;
    return same == 1
               ? SAY(ret_text, "1 file appears twice and will count double")
               : SAY(ret_text,
                     "%zu files are copies of others and will count "
                     "double",
                     same);
}

const struct rule rule_same_audio = {
    .code = "same_audio",
    .source = "every trainer draws samples by file",
    .set = same_audio,
};
