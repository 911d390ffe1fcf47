/*
 * The trainers' rules. `train.py` is sakemin/cog-musicgen-fine-tuner at
 * e883b9c; AudioCraft is facebookresearch/audiocraft at 896ec7c.
 */
#include "dataset/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* ---- the whole set in numbers ---- */

/* 64 bits of the sum: two of a million files are the same by chance once in
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
tally_add(struct tally *t, const struct item *it)
{
    const struct audio_facts *a = &it->audio;
    bool low = a->format != NULL && a->sample_rate < 32000;

    t->n++;
    t->over_30 += a->duration_sec > 30;
    t->low_rate += low;
    t->low_rate_30 += low && a->duration_sec <= 30;
    if (a->format != NULL)
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
no_audio(const struct layout *l, const struct item *it,
         char ret_text[RULE_TEXT])
{
    (void)l;
    if (it->audio_path != NULL && it->audio.format != NULL)
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
converted(const struct layout *l, const struct item *it,
          char ret_text[RULE_TEXT])
{
    if (it->audio.format == NULL || layout_takes(l, it->audio.format))
        return false;
    return SAY(ret_text,
               "the trainer does not take %s as it is; it is "
               "converted to %s",
               it->audio.format,
               strcmp(l->convert_to, "mp3") == 0 ? "MP3 at 320 kbit/s"
                                                 : "16-bit WAV");
}

const struct rule rule_converted = {
    .code = "converted",
    .source = "train.py:91-136 (the stem of .flac is cut wrong, its caption is "
              "lost)",
    .item = converted,
};

/* ---- length ---- */

static bool
under_5(const struct layout *l, const struct item *it, char ret_text[RULE_TEXT])
{
    (void)l;
    if (it->audio.format == NULL || it->audio.duration_sec >= 5)
        return false;
    return SAY(ret_text, "it is %.1f s long, under 5 s; use a longer bounce",
               it->audio.duration_sec);
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
under_30(const struct layout *l, const struct item *it,
         char ret_text[RULE_TEXT])
{
    (void)l;
    if (it->audio.format == NULL || it->audio.duration_sec < 5 ||
        it->audio.duration_sec >= 30)
        return false;
    return SAY(ret_text,
               "it is %.1f s long; up to 30 s it is padded with "
               "silence, which is learned too",
               it->audio.duration_sec);
}

const struct rule rule_short = {
    .code = "short",
    .source = "audio_dataset.py __getitem__ (segment_duration 30)",
    .item = under_30,
};

static bool
over_380(const struct layout *l, const struct item *it,
         char ret_text[RULE_TEXT])
{
    (void)l;
    if (it->audio.duration_sec <= 380)
        return false;
    return SAY(ret_text,
               "it is %.0f s long; what is past 380 s (120 s in the "
               "small model) is cropped",
               it->audio.duration_sec);
}

const struct rule rule_cropped = {
    .code = "cropped",
    .source = "fal.ai/models/fal-ai/stable-audio-3-trainer",
    .item = over_380,
};

static bool
not_cut(struct tally *all, char ret_text[RULE_TEXT])
{
    if (all->over_30 == 0)
        return false;
    return SAY(ret_text,
               "%zu files over 30 s lie in folders, where the "
               "trainer neither cuts nor resamples them; the layout "
               "replicate avoids that",
               all->over_30);
}

const struct rule rule_not_cut = {
    .code = "not_cut",
    .source = "train.py:91 (lists the zip's top level only)",
    .set = not_cut,
};

/* ---- sample rate ---- */

static bool
low_rate(const struct layout *l, const struct item *it,
         char ret_text[RULE_TEXT])
{
    (void)l;
    if (it->audio.format == NULL || it->audio.sample_rate >= 32000)
        return false;
    return SAY(ret_text,
               "its sample rate is %d Hz, under the 32,000 Hz that "
               "MusicGen works at",
               it->audio.sample_rate);
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
    if (all->n == 0 || (all->n >= 4 && all->n <= 2000))
        return false;
    return SAY(ret_text,
               "the trainer takes 4 to 2,000 clips, and these are "
               "%zu",
               all->n);
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
    return SAY(ret_text,
               "%zu files are in the set more than once and are "
               "learned with more weight",
               same);
}

const struct rule rule_same_audio = {
    .code = "same_audio",
    .source = "every trainer draws samples by file",
    .set = same_audio,
};
