/* The trainers' rules about captions; see rules.h. */
#include "dataset/rules.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

static size_t
words_in(const char *s)
{
    size_t n = 0;

    for (bool in = false; *s != '\0'; s++) {
        bool word = !isspace((unsigned char)*s);

        n += word && !in;
        in = word;
    }
    return n;
}

static bool
no_caption(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    if (!text_blank(in->caption))
        return false;
    return SAY(ret_text, "it has no caption and would train without a word; "
                         "write one");
}

const struct rule rule_no_caption = {
    .code = "no_caption",
    .of_text = true,
    .blocks = true,
    .source = "train.py:294-311 (a missing text is silently empty)",
    .item = no_caption,
};

static bool
no_bpm(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    if (strcasestr(in->caption, "bpm") != NULL)
        return false;
    return SAY(ret_text, "the caption does not say the tempo (\"124 bpm\"), "
                         "and the trainer has no other place for it");
}

const struct rule rule_no_bpm = {
    .code = "no_bpm",
    .of_text = true,
    .source = "music_dataset.py augment_music_info_description (only the text "
              "reaches the model)",
    .item = no_bpm,
};

static bool
key_comma(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    const char *key = json_text(in->item->fields, "key");

    if (key == NULL || strchr(key, ',') == NULL)
        return false;
    return SAY(ret_text, "the key \"%.40s\" has a comma and is dropped", key);
}

const struct rule rule_key_comma = {
    .code = "key_dropped",
    .of_text = true,
    .source = "music_dataset.py get_musical_key",
    .item = key_comma,
};

/* A guess by letters: at least one in five is not of the English alphabet. */
static bool
not_english(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    const char *p = in->caption;
    size_t letters = 0;
    size_t foreign = 0;
    uint32_t c;

    while ((c = text_next(&p)) != 0) {
        letters += c >= 0xc0 || isalpha((int)c);
        foreign += c >= 0xc0;
    }
    if (foreign == 0 || foreign * 5 < letters)
        return false;
    return SAY(ret_text, "the caption does not look English; MusicGen \"will "
                         "not perform as well in other languages\"");
}

const struct rule rule_not_english = {
    .code = "not_english",
    .of_text = true,
    .source = "audiocraft model_cards/MUSICGEN_MODEL_CARD.md",
    .item = not_english,
};

static bool
over_words(const struct rule_input *in, size_t max, char ret_text[RULE_TEXT],
           const char *what)
{
    size_t n = words_in(in->caption);

    if (n <= max)
        return false;
    return SAY(ret_text, "the caption has %zu words; %s", n, what);
}

static bool
long_caption(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    return over_words(in, 60, ret_text, "20 to 60 are learned best");
}

const struct rule rule_long_caption = {
    .code = "long_caption",
    .of_text = true,
    .source = "the captions that MusicGen and ACE-Step were made with",
    .item = long_caption,
};

/* About three words make four tokens. */
#define TOKENS(words) ((words)*4 / 3)

static bool
over_tokens(const struct rule_input *in, size_t max, char ret_text[RULE_TEXT],
            const char *what)
{
    size_t n = TOKENS(words_in(in->caption));

    if (n <= max)
        return false;
    return SAY(ret_text, "the caption has some %zu tokens; %s", n, what);
}

static bool
over_128(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    return over_tokens(in, 128, ret_text,
                       "anything past 128 is cut off (256 if the "
                       "configuration says so)");
}

const struct rule rule_truncated_128 = {
    .code = "caption_cut",
    .of_text = true,
    .source = "stable-audio-tools models/conditioners.py:313",
    .item = over_128,
};

static bool
over_256(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    return over_tokens(in, 256, ret_text, "anything past 256 is cut off");
}

const struct rule rule_truncated_256 = {
    .code = "caption_cut",
    .of_text = true,
    .source = "stable-audio-3 model configurations (T5Gemma, 256 tokens)",
    .item = over_256,
};

/* SFT_GEN_PROMPT's own words and the four metas, which come last. */
#define ACE_AROUND 70

static bool
over_256_with_metas(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    return over_tokens(in, 256 - ACE_AROUND, ret_text,
                       "with the tempo, the key and the meter, which come "
                       "last, it is over 256, and these are cut off first; "
                       "make it shorter");
}

const struct rule rule_truncated_metas = {
    .code = "caption_cut",
    .of_text = true,
    .source = "ACE-Step-1.5 dataset_builder_modules/preprocess_text.py "
              "(max_length 256, \"# Metas\" last)",
    .item = over_256_with_metas,
};
