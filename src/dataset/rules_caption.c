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

static const char *
caption_of(const struct item *it)
{
    return it->prompt_text != NULL ? it->prompt_text : "";
}

static bool
no_caption(const struct layout *l, const struct item *it,
           char ret_text[RULE_TEXT])
{
    (void)l;
    if (!text_blank(caption_of(it)))
        return false;
    return SAY(ret_text, "it has no caption and would train without a word; "
                         "write one");
}

const struct rule rule_no_caption = {
    .code = "no_caption",
    .blocks = true,
    .source = "train.py:294-311 (a missing text is silently empty)",
    .item = no_caption,
};

static bool
no_bpm(const struct layout *l, const struct item *it, char ret_text[RULE_TEXT])
{
    (void)l;
    if (strcasestr(caption_of(it), "bpm") != NULL)
        return false;
    return SAY(ret_text, "the caption does not say the tempo (\"124 bpm\"), "
                         "and the trainer has no other place for it");
}

const struct rule rule_no_bpm = {
    .code = "no_bpm",
    .source = "music_dataset.py augment_music_info_description (only the text "
              "reaches the model)",
    .item = no_bpm,
};

static bool
key_comma(const struct layout *l, const struct item *it,
          char ret_text[RULE_TEXT])
{
    const char *key = json_text(it->fields, "key");

    (void)l;
    if (key == NULL || strchr(key, ',') == NULL)
        return false;
    return SAY(ret_text, "the key \"%.40s\" has a comma and is dropped", key);
}

const struct rule rule_key_comma = {
    .code = "key_dropped",
    .source = "music_dataset.py get_musical_key",
    .item = key_comma,
};

/* A guess by letters: one in five or more is not of the English alphabet. */
static bool
not_english(const struct layout *l, const struct item *it,
            char ret_text[RULE_TEXT])
{
    const char *p = caption_of(it);
    size_t letters = 0;
    size_t foreign = 0;
    uint32_t c;

    (void)l;
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
    .source = "audiocraft model_cards/MUSICGEN_MODEL_CARD.md",
    .item = not_english,
};

static bool
over_words(const struct item *it, size_t max, char ret_text[RULE_TEXT],
           const char *what)
{
    size_t n = words_in(caption_of(it));

    if (n <= max)
        return false;
    return SAY(ret_text, "the caption has %zu words; %s", n, what);
}

static bool
long_caption(const struct layout *l, const struct item *it,
             char ret_text[RULE_TEXT])
{
    (void)l;
    return over_words(it, 60, ret_text, "20 to 60 are learned best");
}

const struct rule rule_long_caption = {
    .code = "long_caption",
    .source = "the captions that MusicGen and ACE-Step were made with",
    .item = long_caption,
};

/* About three words make four tokens. */
static bool
over_128(const struct layout *l, const struct item *it,
         char ret_text[RULE_TEXT])
{
    (void)l;
    return over_words(it, 96, ret_text, "what is past 128 tokens is cut off");
}

const struct rule rule_truncated_128 = {
    .code = "caption_cut",
    .source = "stable-audio-tools models/conditioners.py:313",
    .item = over_128,
};

static bool
over_256(const struct layout *l, const struct item *it,
         char ret_text[RULE_TEXT])
{
    (void)l;
    return over_words(it, 160, ret_text,
                      "what is past 256 tokens, with its metadata, is cut off");
}

const struct rule rule_truncated_256 = {
    .code = "caption_cut",
    .source = "ACE-Step-1.5 dataset_builder_modules/preprocess_text.py",
    .item = over_256,
};
