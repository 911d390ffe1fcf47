/*
 * Roles from names, racks, presets, samples and notes; see role.h.
 *
 * Long, since the words that name a role stand here in one table.
 */
#include "als/role.h"

#include <stdio.h>
#include <string.h>

#include "als/device.h"
#include "base/buf.h"
#include "base/text.h"

#define CLIPS_ASKED 64 /* of a track; the names repeat */

struct word {
    const char *word; /* lower case */
    enum als_role role;
};

/*
 * Words of track, preset and sample names, the telling before the general.
 * Free text in any language: English and the Italian, German, French,
 * Spanish, Portuguese, Russian, Japanese, Chinese and Korean that occur.
 */
static const struct word words[] = {
    {"subkick", ALS_KICK},      {"kick", ALS_KICK},
    {"kicks", ALS_KICK},        {"bd", ALS_KICK},
    {"bassdrum", ALS_KICK},     {"bass drum", ALS_KICK},
    {"kik", ALS_KICK},          {"cassa", ALS_KICK},
    {"bombo", ALS_KICK},        {"kck", ALS_KICK},
    {"бочка", ALS_KICK},        {"キック", ALS_KICK},
    {"底鼓", ALS_KICK},         {"킥", ALS_KICK},
    {"snare", ALS_SNARE},       {"snares", ALS_SNARE},
    {"sn", ALS_SNARE},          {"sd", ALS_SNARE},
    {"snr", ALS_SNARE},         {"rim", ALS_SNARE},
    {"rimshot", ALS_SNARE},     {"clap", ALS_SNARE},
    {"claps", ALS_SNARE},       {"rullante", ALS_SNARE},
    {"caja", ALS_SNARE},        {"caixa", ALS_SNARE},
    {"малый", ALS_SNARE},       {"スネア", ALS_SNARE},
    {"军鼓", ALS_SNARE},        {"스네어", ALS_SNARE},
    {"hat", ALS_HAT},           {"hats", ALS_HAT},
    {"hihat", ALS_HAT},         {"hihats", ALS_HAT},
    {"hh", ALS_HAT},            {"ohh", ALS_HAT},
    {"chh", ALS_HAT},           {"openhat", ALS_HAT},
    {"cymbal", ALS_HAT},        {"cymbals", ALS_HAT},
    {"crash", ALS_HAT},         {"ride", ALS_HAT},
    {"charleston", ALS_HAT},    {"хет", ALS_HAT},
    {"хэт", ALS_HAT},           {"тарелк", ALS_HAT},
    {"ハイハット", ALS_HAT},    {"踩镲", ALS_HAT},
    {"perc", ALS_PERCUSSION},   {"percs", ALS_PERCUSSION},
    {"percussion", ALS_PERCUSSION},
    {"percussioni", ALS_PERCUSSION},
    {"perkussion", ALS_PERCUSSION},
    {"shaker", ALS_PERCUSSION}, {"tambourine", ALS_PERCUSSION},
    {"conga", ALS_PERCUSSION},  {"congas", ALS_PERCUSSION},
    {"bongo", ALS_PERCUSSION},  {"bongos", ALS_PERCUSSION},
    {"cowbell", ALS_PERCUSSION}, {"tom", ALS_PERCUSSION},
    {"toms", ALS_PERCUSSION},   {"woodblock", ALS_PERCUSSION},
    {"перкусси", ALS_PERCUSSION}, {"パーカッション", ALS_PERCUSSION},
    {"drum", ALS_DRUMS},        {"drums", ALS_DRUMS},
    {"drumkit", ALS_DRUMS},     {"kit", ALS_DRUMS},
    {"beat", ALS_DRUMS},        {"beats", ALS_DRUMS},
    {"breakbeat", ALS_DRUMS},   {"batteria", ALS_DRUMS},
    {"batterie", ALS_DRUMS},    {"bateria", ALS_DRUMS},
    {"batería", ALS_DRUMS},     {"schlagzeug", ALS_DRUMS},
    {"808", ALS_DRUMS},         {"909", ALS_DRUMS},
    {"барабан", ALS_DRUMS},     {"ударн", ALS_DRUMS},
    {"ドラム", ALS_DRUMS},      {"鼓", ALS_DRUMS},
    {"드럼", ALS_DRUMS},
    {"bass", ALS_BASS},         {"basses", ALS_BASS},
    {"bassline", ALS_BASS},     {"sub", ALS_BASS},
    {"subbass", ALS_BASS},      {"reese", ALS_BASS},
    {"basso", ALS_BASS},        {"bajo", ALS_BASS},
    {"baixo", ALS_BASS},        {"basse", ALS_BASS},
    {"303", ALS_BASS},          {"бас", ALS_BASS},
    {"ベース", ALS_BASS},       {"贝斯", ALS_BASS},
    {"베이스", ALS_BASS},
    {"vocal", ALS_VOCAL},       {"vocals", ALS_VOCAL},
    {"vox", ALS_VOCAL},         {"voice", ALS_VOCAL},
    {"voices", ALS_VOCAL},      {"voce", ALS_VOCAL},
    {"voci", ALS_VOCAL},        {"voz", ALS_VOCAL},
    {"voix", ALS_VOCAL},        {"stimme", ALS_VOCAL},
    {"gesang", ALS_VOCAL},      {"choir", ALS_VOCAL},
    {"coro", ALS_VOCAL},        {"chant", ALS_VOCAL},
    {"adlib", ALS_VOCAL},       {"adlibs", ALS_VOCAL},
    {"acapella", ALS_VOCAL},    {"acappella", ALS_VOCAL},
    {"rap", ALS_VOCAL},         {"вокал", ALS_VOCAL},
    {"голос", ALS_VOCAL},       {"ボーカル", ALS_VOCAL},
    {"人声", ALS_VOCAL},        {"보컬", ALS_VOCAL},
    {"arp", ALS_ARP},           {"arps", ALS_ARP},
    {"arpeggio", ALS_ARP},      {"arpeggiator", ALS_ARP},
    {"арп", ALS_ARP},           {"アルペジオ", ALS_ARP},
    {"pluck", ALS_PLUCK},       {"plucks", ALS_PLUCK},
    {"plucked", ALS_PLUCK},     {"harp", ALS_PLUCK},
    {"kalimba", ALS_PLUCK},     {"marimba", ALS_PLUCK},
    {"bells", ALS_PLUCK},       {"bell", ALS_PLUCK},
    {"lead", ALS_LEAD},         {"leads", ALS_LEAD},
    {"melody", ALS_LEAD},       {"melodia", ALS_LEAD},
    {"melodie", ALS_LEAD},      {"hook", ALS_LEAD},
    {"solo", ALS_LEAD},         {"лид", ALS_LEAD},
    {"мелоди", ALS_LEAD},       {"リード", ALS_LEAD},
    {"メロディ", ALS_LEAD},     {"旋律", ALS_LEAD},
    {"리드", ALS_LEAD},
    {"pad", ALS_PAD},           {"pads", ALS_PAD},
    {"drone", ALS_PAD},         {"ambient", ALS_PAD},
    {"atmo", ALS_PAD},          {"atmosphere", ALS_PAD},
    {"tappeto", ALS_PAD},       {"пэд", ALS_PAD},
    {"пад", ALS_PAD},           {"パッド", ALS_PAD},
    {"패드", ALS_PAD},
    {"piano", ALS_PIANO},       {"pianoforte", ALS_PIANO},
    {"klavier", ALS_PIANO},     {"пианино", ALS_PIANO},
    {"рояль", ALS_PIANO},       {"ピアノ", ALS_PIANO},
    {"钢琴", ALS_PIANO},        {"피아노", ALS_PIANO},
    {"organ", ALS_ORGAN},       {"hammond", ALS_ORGAN},
    {"organo", ALS_ORGAN},      {"orgel", ALS_ORGAN},
    {"орган", ALS_ORGAN},       {"オルガン", ALS_ORGAN},
    {"rhodes", ALS_KEYS},       {"wurli", ALS_KEYS},
    {"wurlitzer", ALS_KEYS},    {"epiano", ALS_KEYS},
    {"keys", ALS_KEYS},         {"keyboard", ALS_KEYS},
    {"clav", ALS_KEYS},         {"tastiere", ALS_KEYS},
    {"клавиш", ALS_KEYS},       {"キーボード", ALS_KEYS},
    {"guitar", ALS_GUITAR},     {"guitars", ALS_GUITAR},
    {"gtr", ALS_GUITAR},        {"chitarra", ALS_GUITAR},
    {"chitarre", ALS_GUITAR},   {"guitarra", ALS_GUITAR},
    {"guitare", ALS_GUITAR},    {"gitarre", ALS_GUITAR},
    {"гитар", ALS_GUITAR},      {"ギター", ALS_GUITAR},
    {"吉他", ALS_GUITAR},       {"기타", ALS_GUITAR},
    {"strings", ALS_STRINGS},   {"string", ALS_STRINGS},
    {"violin", ALS_STRINGS},    {"violins", ALS_STRINGS},
    {"viola", ALS_STRINGS},     {"cello", ALS_STRINGS},
    {"archi", ALS_STRINGS},     {"streicher", ALS_STRINGS},
    {"струн", ALS_STRINGS},     {"скрипк", ALS_STRINGS},
    {"ストリングス", ALS_STRINGS}, {"弦", ALS_STRINGS},
    {"brass", ALS_BRASS},       {"trumpet", ALS_BRASS},
    {"trombone", ALS_BRASS},    {"horn", ALS_BRASS},
    {"horns", ALS_BRASS},       {"tromba", ALS_BRASS},
    {"труб", ALS_BRASS},        {"ブラス", ALS_BRASS},
    {"flute", ALS_WIND},        {"sax", ALS_WIND},
    {"saxophone", ALS_WIND},    {"clarinet", ALS_WIND},
    {"oboe", ALS_WIND},         {"flauto", ALS_WIND},
    {"саксофон", ALS_WIND},     {"флейт", ALS_WIND},
    {"chord", ALS_CHORDS},      {"chords", ALS_CHORDS},
    {"stab", ALS_CHORDS},       {"stabs", ALS_CHORDS},
    {"accordi", ALS_CHORDS},    {"akkorde", ALS_CHORDS},
    {"аккорд", ALS_CHORDS},     {"コード", ALS_CHORDS},
    {"riser", ALS_FX},          {"risers", ALS_FX},
    {"uplifter", ALS_FX},       {"downlifter", ALS_FX},
    {"impact", ALS_FX},         {"sweep", ALS_FX},
    {"noise", ALS_FX},          {"fx", ALS_FX},
    {"sfx", ALS_FX},            {"foley", ALS_FX},
    {"whoosh", ALS_FX},         {"effects", ALS_FX},
    {"vinyl", ALS_FX},          {"эффект", ALS_FX},
    {"slice", ALS_LOOP},        {"loop", ALS_LOOP},
    {"loops", ALS_LOOP},        {"sample", ALS_LOOP},
    {"chop", ALS_LOOP},         {"chops", ALS_LOOP},
};

static const char *const role_names[ALS_ROLE_COUNT] = {
    [ALS_ROLE_NONE] = "other",   [ALS_KICK] = "kick",
    [ALS_SNARE] = "snare",       [ALS_HAT] = "hat",
    [ALS_PERCUSSION] = "percussion", [ALS_DRUMS] = "drums",
    [ALS_BASS] = "bass",         [ALS_LEAD] = "lead",
    [ALS_PAD] = "pad",           [ALS_CHORDS] = "chords",
    [ALS_KEYS] = "keys",         [ALS_PIANO] = "piano",
    [ALS_ORGAN] = "organ",       [ALS_GUITAR] = "guitar",
    [ALS_STRINGS] = "strings",   [ALS_BRASS] = "brass",
    [ALS_WIND] = "wind",         [ALS_VOCAL] = "vocal",
    [ALS_ARP] = "arp",           [ALS_PLUCK] = "pluck",
    [ALS_FX] = "fx",             [ALS_LOOP] = "loop",
};

const char *
als_role_name(enum als_role role)
{
    return role_names[role];
}

const char *
als_evidence_name(enum als_evidence from)
{
    static const char *const names[] = {
        [ALS_BY_NOTHING] = "nothing",      [ALS_BY_TRACK_NAME] = "trackName",
        [ALS_BY_DRUM_RACK] = "drumRack",   [ALS_BY_PRESET] = "preset",
        [ALS_BY_DEVICE] = "device",        [ALS_BY_SAMPLE] = "sample",
        [ALS_BY_CLIP_NAME] = "clipName",   [ALS_BY_GROUP_NAME] = "groupName",
        [ALS_BY_NOTES] = "notes",
    };

    return names[from];
}

bool
als_role_is_drums(enum als_role role)
{
    return role >= ALS_KICK && role <= ALS_DRUMS;
}

/* ---- words in names ---- */

static uint32_t
lower(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0x410 && c <= 0x42f) ||
        (c >= 0xc0 && c <= 0xde && c != 0xd7))
        return c + 32;
    return c;
}

static void
add_utf8(struct buf *b, uint32_t c)
{
    char out[4];
    size_t n = 0;

    if (c < 0x80) {
        out[n++] = (char)c;
    } else if (c < 0x800) {
        out[n++] = (char)(0xc0 | c >> 6);
        out[n++] = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        out[n++] = (char)(0xe0 | c >> 12);
        out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (c & 0x3f));
    } else {
        out[n++] = (char)(0xf0 | c >> 18);
        out[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        out[n++] = (char)(0x80 | (c & 0x3f));
    }
    buf_add(b, out, n);
}

/* Lower case, a blank around and between words; a digit after a letter is a
 * word apart ("Kick2"), and so is a capital after a small letter ("SubBass"). */
static char *
fold(const char *text)
{
    auto_buf struct buf b = BUF_INIT(8 * ALS_TEXT_MAX);
    uint32_t before = ' ';
    uint32_t c;

    buf_add_str(&b, " ");
    while ((c = text_next(&text)) != 0) {
        bool letter = c >= 0x80 || (lower(c) >= 'a' && lower(c) <= 'z');
        bool digit = c >= '0' && c <= '9';
        bool letter_before = before >= 0x80 ||
                             (lower(before) >= 'a' && lower(before) <= 'z');

        if (!letter && !digit)
            c = ' ';
        else if ((digit && letter_before) ||
                 (letter && before >= '0' && before <= '9') ||
                 (lower(c) != c && letter_before && lower(before) == before))
            buf_add_str(&b, " ");
        add_utf8(&b, lower(c));
        before = c;
    }
    buf_add_str(&b, " ");
    return buf_steal(&b);
}

static bool
has_word(const char *folded, const char *word)
{
    size_t len = strlen(word);
    bool latin = (unsigned char)word[0] < 0x80;

    for (const char *p = folded; (p = strstr(p, word)) != NULL; p++) {
        /* Russian words bend at their end, and where one begins in Japanese
         * or Chinese no blank tells. */
        if (!latin && ((unsigned char)word[0] >= 0xe0 || p[-1] == ' '))
            return true;
        if (latin && p[-1] == ' ' && p[len] == ' ')
            return true;
    }
    return false;
}

enum als_role
als_role_in(const char *text)
{
    if (text == NULL)
        return ALS_ROLE_NONE;
    auto_free char *folded = fold(text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (has_word(folded, words[i].word))
            return words[i].role;
    }
    return ALS_ROLE_NONE;
}

/* ---- evidence ---- */

struct looker {
    const struct als_set *set;
    const struct als_play *play;
    size_t track;
    struct als_role_guess *guess;
};

static bool
take(struct looker *l, enum als_role role, enum als_evidence evidence,
     double confidence, const char *said)
{
    if (role == ALS_ROLE_NONE)
        return false;
    l->guess->role = role;
    l->guess->evidence = evidence;
    l->guess->confidence = confidence;
    snprintf(l->guess->said, sizeof l->guess->said, "%s",
             said != NULL ? said : "");
    return true;
}

static bool
take_text(struct looker *l, const char *text, enum als_evidence evidence,
          double confidence)
{
    return text != NULL &&
           take(l, als_role_in(text), evidence, confidence, text);
}

/* A drum rack, unless its pads are the slices of one loop. */
static bool
by_drum_rack(struct looker *l)
{
    const struct als_set *set = l->set;
    size_t pads = 0, slices = 0;
    const struct als_device *rack = NULL;

    for (size_t i = 0; i < set->devices.n; i++) {
        const struct als_device *d = &set->devices.at[i];

        if (d->track == (int)l->track && als_device_is_drums(d) &&
            als_device_heard(set, i))
            rack = d;
    }
    if (rack == NULL)
        return false;
    for (size_t i = 0; i < set->branches.n; i++) {
        const struct als_branch *b = &set->branches.at[i];

        if (set->devices.at[b->device].track != (int)l->track ||
            b->receiving < 0)
            continue;
        pads++;
        slices += b->name != NULL && strncmp(b->name, "Slice ", 6) == 0;
    }
    if (slices * 2 > pads)
        return take(l, ALS_LOOP, ALS_BY_DRUM_RACK, 0.8, rack->user_name);
    return take(l, ALS_DRUMS, ALS_BY_DRUM_RACK, 0.9,
                rack->user_name != NULL ? rack->user_name
                                        : als_device_name(rack));
}

/* The instrument: its preset and where that is kept, the name a person gave
 * it, its own name. */
static bool
by_devices(struct looker *l)
{
    for (size_t i = 0; i < l->set->devices.n; i++) {
        const struct als_device *d = &l->set->devices.at[i];
        enum als_device_kind kind;

        if (d->track != (int)l->track || !als_device_heard(l->set, i))
            continue;
        kind = als_device_kind(l->set, i);
        if (kind != ALS_INSTRUMENT && kind != ALS_RACK)
            continue;
        if (strcmp(d->element, "AudioEffectGroupDevice") == 0)
            continue;
        if (take_text(l, d->user_name, ALS_BY_PRESET, 0.7) ||
            take_text(l, d->preset, ALS_BY_PRESET, 0.7) ||
            take_text(l, d->preset_folder, ALS_BY_PRESET, 0.7))
            return true;
        if (kind == ALS_INSTRUMENT &&
            (take_text(l, d->plug_name, ALS_BY_DEVICE, 0.6) ||
             take_text(l, d->sample, ALS_BY_SAMPLE, 0.6)))
            return true;
    }
    return false;
}

static bool
by_clips(struct looker *l, bool samples)
{
    size_t asked = 0;

    for (size_t i = 0; i < l->set->clips.n && asked < CLIPS_ASKED; i++) {
        const struct als_clip *c = &l->set->clips.at[i];

        if (c->track != (int)l->track || c->disabled)
            continue;
        asked++;
        if (samples ? take_text(l, c->sample, ALS_BY_SAMPLE, 0.7)
                    : take_text(l, c->name, ALS_BY_CLIP_NAME, 0.6))
            return true;
    }
    return false;
}

static bool
by_group(struct looker *l)
{
    int at = als_track_by_id(l->set, l->set->tracks.at[l->track].group);

    return at >= 0 && take_text(l, als_track_name(&l->set->tracks.at[at]),
                                ALS_BY_GROUP_NAME, 0.6);
}

static bool
by_notes(struct looker *l, const struct als_stats *s)
{
    bool even = strcmp(s->grid, "1/16") == 0 || strcmp(s->grid, "1/8") == 0;
    enum als_role role = ALS_ROLE_NONE;

    if (s->notes < 8)
        return false;
    if (s->pitches <= 2 && s->length_mean <= 0.5 && s->notes >= 16)
        role = ALS_PERCUSSION;
    else if (s->pitch_median < 48 && s->polyphony_mean < 1.3)
        role = ALS_BASS;
    else if (s->length_mean > 2 && s->polyphony_mean >= 2.5)
        role = ALS_PAD;
    else if (s->polyphony_mean >= 2.2)
        role = ALS_CHORDS;
    else if (even && s->polyphony_mean < 1.2 && s->length_mean <= 0.5 &&
             s->pitches >= 4 && s->pitch_max - s->pitch_min >= 12)
        role = ALS_ARP;
    else if (s->polyphony_mean < 1.4 && s->pitch_median >= 60)
        role = ALS_LEAD;
    return take(l, role, ALS_BY_NOTES, 0.4, NULL);
}

void
als_role_guess(const struct als_set *set, const struct als_play *play,
               size_t track, const struct als_stats *stats,
               struct als_role_guess *ret_guess)
{
    struct looker l = {set, play, track, ret_guess};
    const char *name = als_track_name(&set->tracks.at[track]);
    bool typed = set->tracks.at[track].user_name != NULL;

    *ret_guess = (struct als_role_guess){0};
    (void)(take_text(&l, name, ALS_BY_TRACK_NAME, typed ? 0.9 : 0.7) ||
           by_drum_rack(&l) || by_devices(&l) || by_clips(&l, true) ||
           by_group(&l) || by_clips(&l, false) || by_notes(&l, stats));
}
