/*
 * The table of layouts, and names from patterns.
 *
 * `train.py` is sakemin/cog-musicgen-fine-tuner at e883b9c.
 */
#include "dataset/layout.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "dataset/rules.h"
#include "dataset/said.h"
#include "dataset/sidecar.h"

static long
pieces_whole(double seconds)
{
    (void)seconds;
    return 1;
}

/* train.py:105-136: files longer than 30 s are cut into pieces of 30 s, and a
 * rest of 5 s or less is dropped. pydub counts milliseconds. */
static long
pieces_of_30(double seconds)
{
    double ms = rint(seconds * 1000);
    double whole = floor(ms / 30000);

    if (ms <= 30000)
        return 1;
    return (long)whole + (ms - 30000 * whole > 5000);
}

/* dreambooth_musicgen.py:833-838: files of 30 s or more are dropped. */
static long
pieces_under_30(double seconds)
{
    return seconds < 30;
}

/* clang-format off */
const struct layout layouts[] = {
    {
        .name = "plan",
        .title = "Numbered folders",
        .use = "dataset/item-{n}/audio.mp3 with prompt.txt; audio.txt beside "
               "it carries the same caption, since that is the name that "
               "MusicGen's trainer reads",
        .options = OPTION_TRIGGER,
        .formats = {"mp3"},
        .convert_to = "mp3",
        .audio = "dataset/item-{n}/audio.{ext}",
        .sidecars = {{"dataset/item-{n}/prompt.txt", sidecar_raw},
                     {"dataset/item-{n}/audio.txt", sidecar_caption}},
        .manifest = true,
        .rules = {&rule_no_audio, &rule_no_caption, &rule_too_short_cut,
                  &rule_all_low_rate_nested, &rule_not_cut, &rule_short,
                  &rule_low_rate, &rule_no_bpm, &rule_not_english,
                  &rule_long_caption, &rule_converted, &rule_same_audio},
        .pieces = pieces_whole,
    },
    {
        .name = "replicate",
        .title = "Replicate MusicGen",
        .use = "sakemin/musicgen-fine-tuner on Replicate: flat, one caption "
               "beside each file; give the URL as dataset_path, with "
               "auto_labeling and drop_vocals off",
        .options = OPTION_TRIGGER | OPTION_SEGMENT,
        .formats = {"mp3", "wav"},
        .convert_to = "wav",
        .audio = "item-{nnn}.{ext}",
        .sidecars = {{"item-{nnn}.txt", sidecar_caption}},
        /* This trainer ignores it (it looks at audio and .txt only); it makes
         * the same zip a Hugging Face audiofolder. */
        .tables = {{"metadata.csv", CSV_HEAD, row_csv, NULL, NULL}},
        .manifest = true,
        .rules = {&rule_no_audio, &rule_no_caption, &rule_too_short_cut,
                  &rule_all_low_rate_flat, &rule_short, &rule_low_rate,
                  &rule_no_bpm, &rule_not_english, &rule_long_caption,
                  &rule_converted, &rule_same_audio},
        .pieces = pieces_of_30,
    },
    {
        .name = "audiocraft",
        .title = "AudioCraft",
        .use = "facebookresearch/audiocraft: unzip in the root of its "
               "checkout and train with dset=audio/trainmode",
        .options = OPTION_TRIGGER | OPTION_SEGMENT | OPTION_SPLIT,
        .formats = {"mp3", "wav", "flac", "ogg"},
        .convert_to = "wav",
        .audio = "dataset/trainmode/item-{nnn}.{ext}",
        .train = "train",
        .validation = "valid",
        .sidecars = {{"dataset/trainmode/item-{nnn}.json", sidecar_music}},
        .tables = {{"egs/trainmode/{split}/data.jsonl", "", row_audiocraft,
                    NULL, NULL}},
        .extra = {"config/dset/audio/trainmode.yaml", extra_audiocraft},
        .manifest = true,
        /* Its configuration assumes 44,100 Hz for any set, so no rate stops
         * it. */
        .rules = {&rule_no_audio, &rule_no_caption, &rule_too_short,
                  &rule_short, &rule_low_rate,
                  &rule_no_bpm, &rule_key_comma, &rule_not_english,
                  &rule_long_caption, &rule_converted, &rule_same_audio},
        .pieces = pieces_whole,
    },
    {
        .name = "audiofolder",
        .title = "Hugging Face audiofolder",
        .use = "datasets and musicgen-dreamboothing: "
               "load_dataset(\"audiofolder\", data_dir=...) after unzipping; "
               "the caption is the column text; with split, "
               "musicgen-dreamboothing's default train+validation works, "
               "without it give --train_split_name train",
        .options = OPTION_TRIGGER | OPTION_SEGMENT | OPTION_SPLIT,
        .segment_max = 29,
        .formats = {"mp3", "wav", "flac", "ogg", "aiff"},
        .convert_to = "wav",
        .audio = "{split}/item-{nnn}.{ext}",
        .train = "train",
        .validation = "validation",
        .tables = {{"{split}/metadata.jsonl", "", row_audiofolder, NULL,
                    NULL}},
        .manifest = true,
        .rules = {&rule_no_audio, &rule_no_caption, &rule_too_short,
                  &rule_dropped, &rule_short, &rule_low_rate, &rule_no_bpm,
                  &rule_not_english, &rule_long_caption, &rule_converted,
                  &rule_same_audio},
        .pieces = pieces_under_30,
    },
    {
        .name = "ace-step",
        .title = "ACE-Step 1.5",
        .use = "ACE-Step 1.5 (its dataset builder and training_v2, unzipped "
               "under its working directory) and Side-Step (with "
               "--dataset-json dataset.json): caption, tempo, key and meter, "
               "and the set's sections as structure tags in .lyrics.txt",
        .options = OPTION_TRIGGER | OPTION_SEGMENT,
        .formats = {"mp3", "wav", "flac", "ogg"},
        .convert_to = "wav",
        .audio = "item-{nnn}.{ext}",
        /* No .txt: the older builder takes it for lyrics, Side-Step for its own
         * format. */
        .sidecars = {{"item-{nnn}.caption.txt", sidecar_caption},
                     {"item-{nnn}.lyrics.txt", said_structure},
                     {"item-{nnn}.json", sidecar_ace_step}},
        .tables = {{"metadata.csv", ACE_CSV_HEAD, row_ace_csv, NULL, NULL},
                   {"dataset.json", "{\"samples\": [\n", row_ace_step, ",\n",
                    tail_ace_step}},
        .manifest = true,
        .rules = {&rule_no_audio, &rule_no_caption, &rule_too_short,
                  &rule_first_240, &rule_truncated_metas, &rule_meter,
                  &rule_key_mode, &rule_converted, &rule_same_audio},
        .pieces = pieces_whole,
    },
    {
        .name = "ai-toolkit",
        .title = "ai-toolkit (ACE-Step 1.5 and XL)",
        .use = "ostris/ai-toolkit with ACE-Step 1.5 or XL: unzip into a "
               "dataset folder; one .txt beside each file has the caption, "
               "tempo, key, meter and structure in its tags (of key and meter "
               "it makes nothing yet)",
        .options = OPTION_TRIGGER | OPTION_SEGMENT,
        .formats = {"mp3", "wav", "flac", "ogg"},
        .convert_to = "wav",
        .audio = "item-{nnn}.{ext}",
        .sidecars = {{"item-{nnn}.txt", sidecar_ai_toolkit}},
        .manifest = true,
        .rules = {&rule_no_audio, &rule_no_caption, &rule_too_short,
                  &rule_no_tempo_120, &rule_metas_unread,
                  &rule_truncated_metas, &rule_meter, &rule_key_mode,
                  &rule_converted, &rule_same_audio},
        .pieces = pieces_whole,
    },
    {
        .name = "simpletuner",
        .title = "SimpleTuner (ACE-Step, HeartMuLa)",
        .use = "bghira/SimpleTuner, dataset_type audio with caption_strategy "
               "textfile: unzip into the folder of a data backend; the "
               "caption in .txt, structure tags in .lyrics; with another "
               "model than ACE-Step set audio.lyrics_filename_format to "
               "\"{filename}.lyrics\"",
        .options = OPTION_TRIGGER | OPTION_SEGMENT,
        .formats = {"mp3", "wav", "flac", "ogg"},
        .convert_to = "wav",
        .audio = "item-{nnn}.{ext}",
        .sidecars = {{"item-{nnn}.txt", sidecar_caption},
                     {"item-{nnn}.lyrics", said_structure}},
        .manifest = true,
        .rules = {&rule_no_audio, &rule_no_caption, &rule_too_short,
                  &rule_no_bpm, &rule_truncated_256, &rule_converted,
                  &rule_same_audio},
        .pieces = pieces_whole,
    },
    {
        .name = "stable-audio",
        .title = "Stable Audio",
        .use = "fal-ai/stable-audio-3-trainer, which reads the zip as it is "
               "by audio_data_url; unzipped, Stability's train_lora.py "
               "--data_dir; stable-audio-tools reads the audio, and the "
               "captions only through a metadata module",
        .options = OPTION_TRIGGER | OPTION_SEGMENT,
        .formats = {"mp3", "wav", "flac", "ogg"},
        .convert_to = "wav", /* they list .aif, never .aiff */
        .audio = "item-{nnn}.{ext}",
        .sidecars = {{"item-{nnn}.txt", sidecar_caption}},
        .manifest = false, /* it is unknown whether it accepts other files */
        .rules = {&rule_no_audio, &rule_no_caption, &rule_clip_count,
                  &rule_truncated_128, &rule_cropped, &rule_converted,
                  &rule_same_audio},
        .pieces = pieces_whole,
    },
    {
        .name = "stable-audio-3",
        .title = "Stable Audio 3 (LoRA)",
        .use = "Stability's scripts/train_lora.py --data_dir and underfit, "
               "unzipped: a prompt in its own words in .txt (\"Genre: ..., "
               "BPM: 124\"), all fields in .json; trainmode_metadata.py as "
               "custom_metadata_module gives each crop its own caption",
        .options = OPTION_TRIGGER | OPTION_SEGMENT,
        .formats = {"mp3", "wav", "flac", "ogg"},
        .convert_to = "wav",
        .audio = "item-{nnn}.{ext}",
        .sidecars = {{"item-{nnn}.txt", sidecar_stable_prompt},
                     {"item-{nnn}.json", sidecar_stable_fields},
                     {"item-{nnn}.timeline.json", sidecar_stable_timeline}},
        .extra = {"trainmode_metadata.py", extra_stable},
        .timeline = true,
        .manifest = true,
        .rules = {&rule_no_audio, &rule_no_caption, &rule_too_short,
                  &rule_truncated_256, &rule_cropped, &rule_converted,
                  &rule_same_audio},
        .pieces = pieces_whole,
    },
    {0},
};
/* clang-format on */

const struct layout *
layout_find(const char *name)
{
    for (const struct layout *l = layouts; l->name != NULL; l++)
        if (strcmp(l->name, name) == 0)
            return l;
    return NULL;
}

bool
layout_takes(const struct layout *l, const char *format)
{
    for (size_t i = 0; l->formats[i] != NULL; i++)
        if (strcmp(l->formats[i], format) == 0)
            return true;
    return false;
}

/* As many digits as the last item needs, at least three, so that names sort
 * as numbers do. */
static int
digits_of(size_t count)
{
    int digits = 3;

    for (size_t n = 1000; count >= n; n *= 10)
        digits++;
    return digits;
}

static void
add_number(struct buf *out, const struct sample *s, int digits)
{
    buf_addf(out, "%0*zu", digits, s->number);
    if (s->parts > 1 || s->window != NULL)
        buf_addf(out, "-%0*d", s->parts > 99 ? 3 : 2, s->part);
}

/* One {word} of a pattern. */
static void
add_word(struct buf *out, const struct layout *l, const char *word,
         const struct sample *s)
{
    if (strcmp(word, "n") == 0)
        add_number(out, s, 1);
    else if (strcmp(word, "nnn") == 0)
        add_number(out, s, digits_of(s->count));
    else if (strcmp(word, "ext") == 0)
        buf_add_str(out, s->format);
    else if (strcmp(word, "split") == 0)
        buf_add_str(out, s->validation ? l->validation : l->train);
}

char *
layout_name(const struct layout *l, const char *pattern, const struct sample *s)
{
    auto_buf struct buf out = BUF_INIT(1024);

    for (const char *p = pattern; *p != '\0';) {
        size_t n = strcspn(p, "{");
        const char *end = strchr(p + n, '}');

        buf_add(&out, p, n);
        p += n;
        if (end != NULL) {
            auto_free char *word = xstrndup(p + 1, (size_t)(end - p - 1));

            add_word(&out, l, word, s);
            p = end + 1;
        }
    }
    return buf_steal(&out);
}
