/* The rules of ACE-Step's trainers about tempo, key and meter; see rules.h. */
#include <stdio.h>
#include <string.h>

#include "dataset/rules.h"
#include "dataset/said.h"

static bool
meter_unknown_to_it(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    char meter[SAID_METER];

    said_meter(in->item, meter);
    if (meter[0] == '\0' || said_ace_meter(in->item) > 0)
        return false;
    return SAY(ret_text,
               "its meter is %s, and ACE-Step knows 2, 3, 4 and 6 beats only; "
               "it is left out",
               meter);
}

const struct rule rule_meter = {
    .code = "meter_left_out",
    .of_text = true,
    .source = "ACE-Step-1.5 acestep/constants.py VALID_TIME_SIGNATURES",
    .item = meter_unknown_to_it,
};

static bool
key_unknown_to_it(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    const char *key = said_key(in->item);
    char known[KEY_TEXT];

    said_ace_key(in->item, known);
    if (*key == '\0' || known[0] != '\0')
        return false;
    return SAY(ret_text,
               "its key is %.40s, and ACE-Step knows major and minor only; it "
               "is left out",
               key);
}

const struct rule rule_key_mode = {
    .code = "key_left_out",
    .of_text = true,
    .source = "ACE-Step-1.5 acestep/constants.py VALID_KEYSCALES",
    .item = key_unknown_to_it,
};

static bool
metas_unread(struct tally *all, char ret_text[RULE_TEXT])
{
    if (all->n == 0)
        return false;
    return SAY(ret_text, "ai-toolkit reads caption, structure and tempo of the "
                         "tags, but neither key nor meter: it trains each as "
                         "key C in 4/4, and what matters of them has to stand "
                         "in the captions");
}

const struct rule rule_metas_unread = {
    .code = "metas_not_read",
    .source = "ai-toolkit ace_step_15_model.py get_prompt_embeds "
              "(json_prompt.get(\"key\", \"C\"), of what "
              "parse_ace_step_caption calls keyscale)",
    .set = metas_unread,
};

static bool
no_tempo(const struct rule_input *in, char ret_text[RULE_TEXT])
{
    if (said_bpm(in->item) > 0)
        return false;
    return SAY(ret_text, "its tempo is not known, and this trainer then takes "
                         "it for 120 BPM");
}

const struct rule rule_no_tempo_120 = {
    .code = "no_bpm",
    .of_text = true,
    .source = "ai-toolkit ace_step_15_model.py parse_ace_step_caption "
              "(to_number(..., 120))",
    .item = no_tempo,
};
