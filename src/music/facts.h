/*
 * What a set says about its music, each fact with its evidence. This is the
 * only reader of any summary: ours (of each summaryVersion, or the same in
 * snake_case), another parser's, one made by hand ({"tempo": 124, "key": "A
 * minor", "tracks": [{"name": "Bass"}]}), or anything between. A fact that is
 * missing, or has a form that we do not know, is unknown; nothing here fails.
 */
#ifndef MUSIC_FACTS_H
#define MUSIC_FACTS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "base/strs.h"
#include "music/chords.h"
#include "music/evidence.h"
#include "music/key.h"
#include "music/part.h"
#include "music/words.h"

/* What holds for the notes of each of several tracks. */
struct bounds {
    /* At least and at most, 0 and infinity if one is unknown: what notes last,
     * but for a tenth of them, and how many sound at a time; octaves make
     * nothing thick, so at least as many are pitch classes. */
    double shortest, longest, thinnest, thickest;
    double release;  /* seconds at most from their ends to silence, likewise */
    double fullness; /* at most: the share of the time from note to note that
                      * they last, likewise */
    double repeats;  /* share that repeats a pitch, at most; 1: unknown */
    int pitches;     /* at least; 0: unknown */
    int lowest, highest; /* medians; 0 and 128 if one is unknown */
};

/* A thing that sounds. */
struct sounding {
    int row; /* in the dictionary */
    enum evidence evidence;
    double amount;   /* share of the music that has it, 0 to 1 */
    double first;    /* where in the song it begins, 0 to 1 */
    double earliest; /* where a track begins that is or may be it */
    bool brief;      /* it hardly sounds: too little to be named */
    /* About its notes, like midi of docs/summary.md; notes 0: unknown. */
    int notes, pitches, median;
    double length, offbeat, steps;
    struct bounds each; /* of its tracks */
};

struct facts {
    double bpm;              /* as the set counts; 0: unknown */
    double bpm_min, bpm_max; /* the range while something sounds, or bpm */
    bool tempo_steady;       /* nine tenths of the music have it */
    double felt_bpm;         /* folded into 60 to 200, rounded; 0: unknown */
    enum evidence tempo_evidence; /* guessed: nothing follows it */
    struct key key;               /* root -1: unknown */
    enum evidence key_evidence;
    char key_text[KEY_TEXT];
    int beats, unit; /* meter as the set counts; "6/8" is 6 and 8; 0: unknown */
    int felt_beats, felt_unit; /* folded with the tempo */
    bool meter_changes;
    double length_sec;  /* 0: unknown */
    char *live_version; /* "12.2"; NULL: unknown */
    enum vocals vocals;
    bool nothing_plays;      /* the summary says that nothing sounds */
    double begins;           /* where in the song anything does, 0 to 1 */
    struct sounding *sounds; /* each row once, by amount, largest first */
    size_t n_sounds;
    struct strs names;      /* the first few that sound */
    struct strs sections;   /* labels in order, each once */
    struct word_set shown;  /* what is stated or heard */
    struct word_set can;    /* what may be claimed: the closure of shown */
    struct word_set maybe;  /* what may sound: all rows if anything may */
    struct word_set absent; /* what the audio does not contain, although it
                             * could; for the caller to fill; empty after
                             * facts_read */
    bool sources_known;     /* tracks or instruments are listed at all */
    int opaque;    /* audible tracks and instruments that could be anything */
    char kick[24]; /* "four on the floor", "half-time", "broken", or "" */
    char hats[24]; /* "off-beat", "quarter", "eighth", "sixteenth", or "" */
    bool swing;
    struct key chords[CHORDS_MAX]; /* that its notes state, as they come */
    size_t n_chords;               /* 0: none are known */
};

void facts_read(struct facts *f, json_object *summary); /* f must be zeroed */
void facts_release(struct facts *f);
#define auto_facts auto_cleanup(facts_release)

/* Whether the key, or the tempo, may be stated: it is stated or heard. */
bool facts_key_known(const struct facts *f);
bool facts_tempo_known(const struct facts *f);

/* Whether it is also known which beats a listener counts. In 6/8 they may be
 * dotted quarters, of which a set's tempo says nothing; of a set that counts
 * slower than 60 each may be one or two, and one that counts twice as fast as
 * music is felt has no half of an odd bar. */
bool facts_pulse_known(const struct facts *f);

/* "A minor, F major and C major"; NULL if no chords are known. The caller
 * frees it. */
char *facts_chords_text(const struct facts *f);
bool facts_has_chord(const struct facts *f, struct key chord);

/* The facts as the library shows them: {tempo, key, meter, vocals,
 * instruments, ...}, each with its evidence. The caller puts it. */
json_object *facts_json(const struct facts *f);

/* The facts that a caption must respect, for the model: only those stated or
 * heard. The caller puts it. */
json_object *facts_for_model(const struct facts *f);

#endif
