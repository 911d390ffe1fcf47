/* What the names of a track say; see part.h. */
#include <string.h>
#include <strings.h>

#include "music/part_parts.h"

#define E3 52

/* Pads made from a voice, and vowel sounds of a synthesizer, are not what a
 * listener calls vocals. */
static bool
sound_of_voice(const struct word_names *n)
{
    static const char *const sounds[] = {"pad",   "drone", "arp",   "pluck",
                                         "synth", "stabs", "chords"};

    for (size_t i = 0; i < sizeof(sounds) / sizeof(*sounds); i++)
        if (word_set_has_name(n->weak, sounds[i]))
            return true;
    return false;
}

bool
part_only_synths(const struct judge *j)
{
    return !j->h->audio && j->device >= 0 &&
           strcmp(words_name(j->device), "synths") == 0;
}

bool
part_above_bass(const struct part_hints *h)
{
    return h->pitch_median >= (h->polyphony >= PART_CHORDS ? E3 : BASS_MAX);
}

/* Whether a name says more than the one Live would have given. */
static bool
long_title(const struct word_names *n)
{
    return n->unknown > 2 && n->unknown > 2 * n->known;
}

/* Whether it is the name of a recording, as libraries of sounds give them. */
static bool
of_recording(const char *from)
{
    return strcmp(from, "sample") == 0 || strcmp(from, "clipName") == 0;
}

/* A voice that is played on keys by a preset's name ("Female Voice") sounds
 * like a choir of an organ; that nobody sings is not known either. */
static bool
sings(const struct judge *j, const struct word_names *n, int row,
      const char *from)
{
    if (sound_of_voice(n) || part_only_synths(j))
        return false;
    return j->h->audio || strcmp(from, "preset") != 0 ||
           strcmp(words_name(row), "voice") != 0;
}

/* Live's Electric is an electric piano, whatever it is called. */
static int
as_played(const struct judge *j, int row)
{
    const struct strs *devices = &j->h->devices;

    if (words_is(row, "piano"))
        for (size_t i = 0; i < devices->n; i++)
            if (strcmp(devices->v[i], "Electric") == 0)
                return words_row("epiano");
    return row;
}

/* A recorded voice whose file is a speech does not sing. */
static int
as_spoken(const struct judge *j, int row)
{
    int spoken = words_row("spokenword");

    for (size_t i = 0;
         row == words_row("voice") && j->h->audio && i < j->h->samples.n; i++) {
        struct word_names n;

        words_in_name(j->h->samples.v[i], &n);
        if (word_set_has(n.nouns, spoken))
            return spoken;
    }
    return row;
}

/* The clip that a file of notes called "Trombone" tells the part, not the sound
 * that plays it now. -1: nothing. */
static int
as_part(const struct judge *j, int row, const char *from)
{
    if (row < 0 || strcmp(from, "clipName") != 0 || j->h->audio ||
        part_is_drum(row) || words_is(row, "synth"))
        return row;
    return words_is(row, "bass") ? words_row("bass") : -1;
}

/* Whether a name is that of a device's sound, which its maker gave. */
static bool
of_sound(const struct judge *j, const char *from)
{
    return strcmp(from, "preset") == 0 ||
           (strcmp(from, "sample") == 0 && !j->h->audio);
}

/* Whether it has one of these words. */
static bool
has_any(struct word_set set, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (word_set_has_name(set, names[i]))
            return true;
    return false;
}

/* "Kalimba effect" beside "Kalimba clean" is that with effects, and so is the
 * "0001 Kalimba effect.aif" that Live recorded there. */
static bool
is_copy(const struct word_names *n, const char *name, enum evidence evidence)
{
    return n->unknown > 0 &&
           (evidence == EVIDENCE_STATED || words_recorded(name));
}

static bool
has_tones(const struct word_names *n)
{
    static const char *const tones[] = {"chords", "stabs",  "pad", "arp",
                                        "pluck",  "melody", "lead"};

    return has_any(n->weak, tones, sizeof(tones) / sizeof(*tones));
}

/* Whether the row is what a word for a kind of sound names too: strings may be
 * a pad, a synth brass is a synth. */
static bool
is_that_sound(struct word_set sounds, int row)
{
    for (int i = 0; i < words_size(); i++)
        if (word_set_has(sounds, i) && words_is(row, words_name(i)))
            return true;
    return words_is(row, "strings") && !words_is(row, "synth") &&
           !word_set_has_name(sounds, "synth") &&
           !word_set_has_name(sounds, "lead");
}

/* A person who types a kind of sound says how it sounds, whatever the preset
 * was made from: "Pad" of a grand piano, and on a synthesizer also "Lead". */
static bool
typed_otherwise(const struct judge *j, int row)
{
    static const char *const sounds[] = {"pad", "drone", "atmosphere", "synth"};
    static const char *const of_synths[] = {"lead", "leadline", "arp", "pluck"};

    if (word_set_empty(j->weak) || j->weak_evidence != EVIDENCE_STATED ||
        strcmp(j->weak_from, "trackName") != 0 || is_that_sound(j->weak, row))
        return false;
    return has_any(j->weak, sounds, sizeof(sounds) / sizeof(*sounds)) ||
           (part_only_synths(j) &&
            has_any(j->weak, of_synths,
                    sizeof(of_synths) / sizeof(*of_synths)));
}

/* What the folders in Live's browser say. */
static struct word_names
in_folders(const struct judge *j)
{
    struct word_names all = {0};

    for (size_t i = 0; i < j->h->folders.n; i++) {
        struct word_names n;

        words_in_name(j->h->folders.v[i], &n);
        word_set_join(&all.nouns, n.nouns);
        word_set_join(&all.weak, n.weak);
    }
    return all;
}

/* Live keeps "Lute Fantasia" of a synthesizer in its folder "Synth Lead". */
static bool
kept_otherwise(const struct judge *j, int row)
{
    struct word_names n;

    if (!part_only_synths(j))
        return false;
    n = in_folders(j);
    word_set_join(&n.nouns, n.weak);
    return !word_set_empty(n.weak) && !is_that_sound(n.nouns, row);
}

static bool
is_folder(const struct judge *j, const char *name)
{
    for (size_t i = 0; i < j->h->folders.n; i++)
        if (name == j->h->folders.v[i])
            return true;
    return false;
}

/* A synthesizer's preset in the folder "Winds" or "Piano & Keys" is seldom
 * taken for them, and what is in "Effects" or "Impacts" may be played. */
static bool
only_likened(const struct judge *j, int row, const char *name)
{
    return is_folder(j, name) &&
           (words_is(row, "fx") ||
            (part_only_synths(j) && !words_is(row, "bass")));
}

/* Of what is played, folders tell little: "Impact Sequences" are no arpeggios.
 */
static struct word_set
kinds_of_folder(struct word_set weak)
{
    static const char *const told[] = {"pad", "lead", "synth"};
    struct word_set kept = {0};

    for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
        if (word_set_has_name(weak, told[i]))
            word_set_add(&kept, words_row(told[i]));
    return kept;
}

/* What is in a folder "Grand Piano Hybrid" was made from one. */
static bool
is_hybrid(const struct judge *j)
{
    for (size_t i = 0; i < j->h->folders.n; i++) {
        const char *last = strrchr(j->h->folders.v[i], ' ');

        if (last != NULL && strcasecmp(last, " hybrid") == 0)
            return true;
    }
    return false;
}

/* Whether something better than the name of a device's sound says that it is
 * not this instrument. */
static bool
sounds_otherwise(const struct judge *j, int row, const char *from)
{
    if (part_kit_plays(j) || !of_sound(j, from))
        return false;
    if ((part_is_drum(row) || words_is(row, "fx")) &&
        (part_held(j->h) || part_far_from_root(j->h)))
        return true;
    if (words_is(row, "fx") && part_tuneful(j->h))
        return true;
    if (part_only_synths(j) && words_is(row, "strings") &&
        !words_is(row, "synth") && word_set_has_name(j->weak, "pad"))
        return true;
    return is_hybrid(j) || kept_otherwise(j, row) || typed_otherwise(j, row);
}

/* The strongest source that says what is played decides. */
static void
take_weak(struct judge *j, const struct word_names *n, const char *name,
          enum evidence evidence, const char *from)
{
    if (word_set_empty(n->weak) ||
        (!word_set_empty(j->weak) && strcmp(j->weak_from, from) != 0))
        return;
    if (word_set_empty(j->weak)) {
        j->weak_evidence = evidence;
        j->weak_from = from;
        j->weak_said = name;
        j->weak_unknown = n->unknown;
    }
    word_set_join(&j->weak, n->weak);
}

/* Read one name. True if it names something that sounds. */
bool
part_take_name(struct judge *j, const char *name, enum evidence evidence,
               const char *from)
{
    struct word_names n;
    size_t before = j->p->n;

    if (name == NULL)
        return false;
    words_in_name(name, &n);
    if (evidence != EVIDENCE_STATED && long_title(&n))
        return false;
    if (is_folder(j, name))
        n.weak = kinds_of_folder(n.weak);
    if (word_set_has_name(n.weak, "synth") &&
        part_denied(j, words_row("synth"), from))
        n.weak = (struct word_set){0};
    j->voice |= n.voice;
    j->number_808 |= n.number_808;
    j->verse |= j->h->audio && strcmp(from, "trackName") == 0 &&
                word_set_has_name(n.weak, "verse");
    take_weak(j, &n, name, evidence, from);
    for (int i = 0; i < words_size(); i++) {
        int row;

        if (!word_set_has(n.nouns, i))
            continue;
        row = as_spoken(j, as_part(j, as_played(j, i), from));
        if (row < 0 || (words_is(i, "voice") && !sings(j, &n, i, from)) ||
            sounds_otherwise(j, row, from) || only_likened(j, row, name) ||
            part_denied(j, row, from) ||
            (part_is_drum(row) && part_only_synths(j) && j->h->length >= HELD))
            continue;
        /* A group of that name may as well be one of effect devices, "Bass
         * synth effects" are a bass, and "FX Vocoder Chord Pluck" is tones. */
        if (row == words_row("fx") &&
            (strcmp(from, "groupName") == 0 ||
             (strcmp(from, "trackName") == 0 && n.known > 1) ||
             is_copy(&n, name, evidence) ||
             (of_sound(j, from) && has_tones(&n))))
            continue;
        /* A library's "riser airy voice transition G" is one effect. */
        if (n.effect && n.unknown > 2 && of_recording(from))
            row = words_row("fx");
        part_add_word(j, row, evidence);
        part_set_role(j, words_role(row), evidence, from, name);
    }
    return j->p->n > before || j->p->evidence != EVIDENCE_NONE;
}

bool
part_take_names(struct judge *j, const struct strs *list,
                enum evidence evidence, const char *from)
{
    bool any = false;

    for (size_t i = 0; i < list->n; i++)
        any |= part_take_name(j, list->v[i], evidence, from);
    return any;
}

static bool
names_drums(const char *name)
{
    struct word_names n;

    if (name == NULL)
        return false;
    words_in_name(name, &n);
    for (int i = 0; i < words_size(); i++)
        if (word_set_has(n.nouns, i) && part_is_drum(i))
            return true;
    return false;
}

/* "Guitar 1" is guitars, "Apocalypse Piano" may be what was made of one. */
static bool
is_title(const char *group)
{
    struct word_names n;

    if (group == NULL)
        return false;
    words_in_name(group, &n);
    return n.unknown > 0 && !n.voice && !names_drums(group);
}

/* A recording keeps the name that its library gave it: a drum loop among the
 * basses is none. What another track played is what that one is. */
bool
part_take_group(struct judge *j)
{
    const struct part_hints *h = j->h;

    if (h->outsider || is_title(h->group) ||
        (h->audio && !h->typed && names_drums(h->name) &&
         !names_drums(h->group)))
        return false;
    return part_take_name(j, h->group, EVIDENCE_STATED, "groupName");
}
