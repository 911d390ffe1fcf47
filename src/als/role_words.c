/* Words of names, and the part that each speaks of; see role.h. */
#include <string.h>

#include "als/role.h"
#include "base/buf.h"
#include "base/text.h"

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
    {"percussion", ALS_PERCUSSION}, {"percussioni", ALS_PERCUSSION},
    {"perkussion", ALS_PERCUSSION}, {"shaker", ALS_PERCUSSION},
    {"tambourine", ALS_PERCUSSION}, {"conga", ALS_PERCUSSION},
    {"congas", ALS_PERCUSSION}, {"bongo", ALS_PERCUSSION},
    {"bongos", ALS_PERCUSSION}, {"cowbell", ALS_PERCUSSION},
    {"tom", ALS_PERCUSSION},    {"toms", ALS_PERCUSSION},
    {"woodblock", ALS_PERCUSSION}, {"перкусси", ALS_PERCUSSION},
    {"パーカッション", ALS_PERCUSSION}, {"drum", ALS_DRUMS},
    {"drums", ALS_DRUMS},       {"drumkit", ALS_DRUMS},
    {"breakbeat", ALS_DRUMS},   {"batteria", ALS_DRUMS},
    {"batterie", ALS_DRUMS},    {"bateria", ALS_DRUMS},
    {"batería", ALS_DRUMS},     {"schlagzeug", ALS_DRUMS},
    {"барабан", ALS_DRUMS},     {"ударн", ALS_DRUMS},
    {"ドラム", ALS_DRUMS},      {"鼓", ALS_DRUMS},
    {"드럼", ALS_DRUMS},        {"bass", ALS_BASS},
    {"basses", ALS_BASS},       {"bassline", ALS_BASS},
    {"sub", ALS_BASS},          {"subbass", ALS_BASS},
    {"reese", ALS_BASS},        {"basso", ALS_BASS},
    {"bajo", ALS_BASS},         {"baixo", ALS_BASS},
    {"basse", ALS_BASS},        {"303", ALS_BASS},
    {"бас", ALS_BASS},          {"ベース", ALS_BASS},
    {"贝斯", ALS_BASS},         {"베이스", ALS_BASS},
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
    {"리드", ALS_LEAD},         {"pad", ALS_PAD},
    {"pads", ALS_PAD},          {"drone", ALS_PAD},
    {"ambient", ALS_PAD},       {"atmo", ALS_PAD},
    {"atmosphere", ALS_PAD},    {"tappeto", ALS_PAD},
    {"пэд", ALS_PAD},           {"пад", ALS_PAD},
    {"パッド", ALS_PAD},        {"패드", ALS_PAD},
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
};

/* Said of other things too ("Beat That Bass", "guitar loop"), so they count
 * where no word of the above is there. */
static const struct word weak_words[] = {
    {"kit", ALS_DRUMS},
    {"beat", ALS_DRUMS},
    {"beats", ALS_DRUMS},
    {"808", ALS_DRUMS},
    {"909", ALS_DRUMS},
    {"slice", ALS_LOOP},
    {"loop", ALS_LOOP},
    {"loops", ALS_LOOP},
    {"sample", ALS_LOOP},
    {"chop", ALS_LOOP},
    {"chops", ALS_LOOP},
};

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

static enum als_role
find_word(const char *folded, const struct word *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (has_word(folded, list[i].word))
            return list[i].role;
    }
    return ALS_ROLE_NONE;
}

enum als_role
als_role_in(const char *text)
{
    enum als_role role;

    if (text == NULL)
        return ALS_ROLE_NONE;
    auto_free char *folded = fold(text);
    role = find_word(folded, words, sizeof words / sizeof words[0]);
    if (role != ALS_ROLE_NONE)
        return role;
    return find_word(folded, weak_words,
                     sizeof weak_words / sizeof weak_words[0]);
}
