/* What one track is in the music; see part.h. */
#include "music/part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "music/part_parts.h"

#define TONE_MIN 12  /* C-1 and... */
#define TONE_MAX 108 /* ...C7, the range of what has a pitch */
#define LOW_PITCH 52 /* E3: the median of a bass is below this */

const char *
vocals_name(enum vocals v)
{
    static const char *const names[] = {
        [VOCALS_UNKNOWN] = "unknown", [VOCALS_NO] = "no", [VOCALS_YES] = "yes"};

    return names[v];
}

void
part_hints_release(struct part_hints *h)
{
    strs_release(&h->devices);
    strs_release(&h->presets);
    strs_release(&h->folders);
    strs_release(&h->samples);
    strs_release(&h->clips);
    free(h->pads);
    *h = (struct part_hints){0};
}

bool
part_has_word(const struct part *p, int row)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->words[i].row == row)
            return true;
    return false;
}

void
part_add_word(struct judge *j, int row, enum evidence evidence)
{
    struct part *p = j->p;

    if (row < 0 || p->n == PART_WORDS || part_has_word(p, row) ||
        words_says(row) == NULL)
        return;
    p->words[p->n++] = (struct part_word){row, evidence};
}

void
part_set_role(struct judge *j, const char *role, enum evidence evidence,
              const char *from, const char *said)
{
    struct part *p = j->p;

    if (role == NULL || p->evidence != EVIDENCE_NONE)
        return;
    p->role = role;
    p->evidence = evidence;
    p->from = from;
    (void)snprintf(p->said, sizeof(p->said), "%s", said != NULL ? said : "");
}

bool
part_is_drum(int row)
{
    const char *role = words_role(row);

    return role != NULL &&
           (strcmp(role, "kick") == 0 || strcmp(role, "snare") == 0 ||
            strcmp(role, "clap") == 0 || strcmp(role, "hat") == 0 ||
            strcmp(role, "percussion") == 0 || strcmp(role, "drums") == 0);
}

bool
part_has_weak(const struct judge *j, const char *name)
{
    return word_set_has_name(j->weak, name);
}

/* ---- instruments and recordings ---- */

/* On one or two pitches, a synthesizer may play drums, and at the ends of the
 * keyboard noise. */
static bool
synth_for_sure(const struct judge *j)
{
    const struct part_hints *h = j->h;

    if (!part_synthesizes(j))
        return false;
    return h->notes == 0 ||
           ((h->pitch_median == 0 || h->pitch_median >= TONE_MIN) &&
            h->pitch_median <= TONE_MAX && (h->pitches > 2 || h->length > 1));
}

/* A plug-in that is one instrument, or Live's own electric piano: the sound is
 * what the device is a kind of. */
static bool
take_device(struct judge *j)
{
    const struct part_hints *h = j->h;

    for (size_t i = 0; i < h->devices.n; i++) {
        int row = words_device(h->devices.v[i]);

        if (strcmp(h->devices.v[i], "Electric") == 0 &&
            (h->notes == 0 || h->pitch_median >= 40))
            row = words_row("epianos");
        for (int k = 0; row >= 0 && k < words_size(); k++) {
            if (words_kind(row, k)) {
                part_add_word(j, k, EVIDENCE_HEARD);
                part_set_role(j, words_role(k), EVIDENCE_HEARD, "device",
                              h->devices.v[i]);
            }
        }
        if (row < 0)
            (void)part_take_name(j, h->devices.v[i], EVIDENCE_HEARD, "device");
    }
    return j->p->evidence != EVIDENCE_NONE;
}

/* Live names a clip after what is on its track. */
static bool
made_up(const struct part_hints *h, const char *clip)
{
    const char *const names[] = {
        h->name,
        h->presets.n > 0 ? h->presets.v[0] : NULL,
        h->devices.n > 0 ? h->devices.v[0] : NULL,
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (names[i] != NULL && names[i][0] != '\0' &&
            (strcasestr(clip, names[i]) != NULL ||
             strcasestr(names[i], clip) != NULL))
            return true;
    return false;
}

static bool
take_clips(struct judge *j)
{
    const struct part_hints *h = j->h;

    for (size_t i = 0; i < h->clips.n; i++)
        if (!made_up(h, h->clips.v[i]) &&
            part_take_name(j, h->clips.v[i], EVIDENCE_HEARD, "clipName"))
            return true;
    return false;
}

/* From the strongest to the weakest; the first that names something ends it.
 * What another parser calls its role was its business to know. An audio track
 * that nobody named is called after the first file that it ever had. */
static bool
take_texts(struct judge *j)
{
    const struct part_hints *h = j->h;

    return (j->typed &&
            part_take_name(j, h->name, EVIDENCE_STATED, "trackName")) ||
           part_take_name(j, h->role, EVIDENCE_STATED, "role") ||
           part_take_names(j, &h->presets, EVIDENCE_HEARD, "preset") ||
           (!j->typed && !h->audio &&
            part_take_name(j, h->name, EVIDENCE_HEARD, "preset")) ||
           take_device(j) ||
           (word_set_empty(j->weak) &&
            part_take_names(j, &h->folders, EVIDENCE_HEARD, "preset")) ||
           part_take_names(j, &h->samples, EVIDENCE_HEARD, "sample") ||
           part_take_group(j) || take_clips(j);
}

static bool
low_line(const struct part_hints *h)
{
    return !h->audio && h->notes > 0 && h->polyphony <= MONO &&
           h->pitch_median <= LOW_PITCH;
}

/* What it plays, if nothing says on what. */
static void
take_weak(struct judge *j)
{
    for (int i = 0; i < words_size(); i++) {
        const char *name = words_name(i);
        bool says = strcmp(name, "loop") != 0 && strcmp(name, "beat") != 0 &&
                    strcmp(name, "verse") != 0;

        if (!word_set_has(j->weak, i) || part_played_otherwise(j, name))
            continue;
        if (strcmp(name, "verse") == 0 && !j->verse)
            continue; /* the name of a section */
        if (strcmp(name, "leadline") == 0 && synth_for_sure(j))
            part_add_word(j, words_row("lead"), j->weak_evidence);
        else if (says)
            part_add_word(j, i, j->weak_evidence);
        part_set_role(j, words_role(i),
                      says || strcmp(name, "loop") == 0 ? j->weak_evidence
                                                        : EVIDENCE_GUESSED,
                      j->weak_from, j->weak_said);
    }
}

/* A part that the notes suggest: it may order a queue, it is never said. */
static const char *
role_of_notes(const struct part_hints *h)
{
    if (h->notes < 8)
        return NULL;
    if (h->pitches <= 2 && h->length <= 0.5 && h->notes >= 16)
        return "percussion";
    if (h->pitch_median < 48 && h->polyphony < MONO)
        return "bass";
    if (h->length > 2 && h->polyphony >= 2.5)
        return "pad";
    if (h->classes >= 2.2)
        return "chords";
    if (h->even && h->polyphony < 1.2 && h->length <= 0.5 && h->pitches >= 4 &&
        h->pitch_max - h->pitch_min >= 12)
        return "arp";
    if (h->polyphony < 1.4 && h->pitch_median >= 60)
        return "lead";
    return NULL;
}

static void
judge_other(struct judge *j)
{
    const struct part_hints *h = j->h;

    if (!take_texts(j) && j->number_808 && low_line(h) && h->pitches > 1) {
        part_add_word(j, words_row("bass808"), EVIDENCE_STATED);
        part_set_role(j, "bass", EVIDENCE_STATED, "notes", "808");
    }
    if (j->p->n == 0 && j->verse) {
        part_add_word(j, words_row("voice"), EVIDENCE_STATED);
        part_set_role(j, "vocal", EVIDENCE_STATED, "trackName", j->weak_said);
    }
    part_drop_beside(j);
    part_drop_imitated(j);
    if (j->p->n == 0)
        take_weak(j);
    if (j->p->n == 0 && synth_for_sure(j))
        part_add_word(j, words_row("synth"), EVIDENCE_HEARD);
    part_guess_imitated(j);
    part_set_role(j, role_of_notes(h), EVIDENCE_GUESSED, "notes", NULL);
    /* Notes of one or two pitches that are short are hits. */
    j->p->tones =
        h->audio || !(j->p->n > 0 && part_is_drum(j->p->words[0].row));
    if (strcmp(j->p->role, "percussion") == 0 ||
        strcmp(j->p->role, "loop") == 0 || strcmp(j->p->role, "fx") == 0)
        j->p->tones = false;
}

/* ---- voices ---- */

/* Words that do not say whether what they name includes a voice. */
static bool
says_no_voice(int row)
{
    static const char *const open[] = {"fx",       "fieldrec",   "vinyl",
                                       "hiss",     "melody",     "loop",
                                       "leadline", "scratching", "riff"};

    for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++)
        if (strcmp(words_name(row), open[i]) == 0)
            return false;
    return true;
}

static enum vocals
judge_vocals(const struct judge *j)
{
    const struct part *p = j->p;
    bool all = p->n > 0;

    for (size_t i = 0; i < p->n; i++) {
        if (p->words[i].evidence < EVIDENCE_HEARD)
            continue;
        if (words_is(p->words[i].row, "voice"))
            return VOCALS_YES;
        all = all && says_no_voice(p->words[i].row) &&
              !(j->h->audio && words_is(p->words[i].row, "atmosphere"));
    }
    if (j->voice || j->h->vocoder)
        return VOCALS_UNKNOWN;
    if (p->vocals == VOCALS_NO)
        return VOCALS_NO;
    /* If only one of several recordings is named, the others remain unknown. */
    if (j->h->audio && strcmp(p->from, "sample") == 0 && p->n < j->h->samples.n)
        all = false;
    if (part_kit_plays(j) && strcmp(p->from, "trackName") != 0)
        all = false;
    return all || part_only_synths(j) ? VOCALS_NO : VOCALS_UNKNOWN;
}

static bool
has_text(const struct strs *list, const char *text)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcasecmp(list->v[i], text) == 0)
            return true;
    return false;
}

/* A name that is only the preset's or the device's was copied rather than
 * chosen. */
static bool
is_typed(const struct part_hints *h)
{
    return h->typed && h->name != NULL &&
           (h->audio || (!has_text(&h->presets, h->name) &&
                         !has_text(&h->devices, h->name)));
}

void
part_judge(const struct part_hints *h, struct part *ret)
{
    struct judge j = {.h = h, .p = ret, .device = -1, .typed = is_typed(h)};

    *ret = (struct part){.role = "other", .from = "nothing", .tones = true};
    if (h->name != NULL && words_click(h->name)) {
        *ret = (struct part){.role = "other",
                             .from = "trackName",
                             .known = true,
                             .click = true,
                             .vocals = VOCALS_NO};
        return;
    }
    for (size_t i = 0; i < h->devices.n && j.device < 0; i++)
        j.device = words_device(h->devices.v[i]);
    if (h->kick_mic) {
        part_add_word(&j, words_row("kick"), EVIDENCE_STATED);
        part_set_role(&j, "kick", EVIDENCE_STATED, "trackName", h->name);
    }
    if (part_kit_plays(&j))
        part_judge_kit(&j);
    else if (!h->kick_mic)
        judge_other(&j);
    ret->known = ret->n > 0 || part_only_synths(&j);
    ret->vocals = judge_vocals(&j);
}
