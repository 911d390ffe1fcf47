/*
 * A summary of one window contains what sounds there and nothing else; what the
 * audio contradicts is left out; and the facts that are read from it are the
 * window's.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/sound.h"
#include "music/facts.h"
#include "music/window_summary.h"
#include "music/window_tell.h"
#include "song.h"

/* 120 BPM, 64 beats, 32 s. Drums: kick on each beat from 0 to 64, one snare,
 * hats from 32 on. Pad held from 0 to 32. Bass notes from 32 on. A lead of
 * three beats at 40. A muted track is not in the timeline. */
static json_object *
a_song(void)
{
    static struct timeline_hit drums[64 + 64 + 1];
    static struct timeline_hit bass[32];
    static struct timeline_hit pad[] = {{.beat = 0,
                                         .end = 32,
                                         .kind = TIMELINE_PITCHED,
                                         .pitch = 60,
                                         .weight = 1}};
    static struct timeline_hit lead[] = {{.beat = 40,
                                          .end = 43,
                                          .kind = TIMELINE_PITCHED,
                                          .pitch = 72,
                                          .weight = 1}};
    static struct timeline_span spans[] = {
        {0, 64, 0, 0}, {0, 32, 0, 0}, {32, 64, 0, 0}, {40, 43, 0, 0}};
    struct timeline_tempo tempo[] = {{0, 0, 120, 120}};
    struct timeline_meter meters[] = {{0, 0, 4, 4}};
    struct timeline_track tracks[] = {
        {.index = 0, .hits = drums, .spans = &spans[0], .span_count = 1},
        {.index = 1,
         .hits = pad,
         .hit_count = 1,
         .spans = &spans[1],
         .span_count = 1},
        {.index = 2,
         .hits = bass,
         .hit_count = 32,
         .spans = &spans[2],
         .span_count = 1},
        {.index = 3,
         .hits = lead,
         .hit_count = 1,
         .spans = &spans[3],
         .span_count = 1}};
    struct timeline t = {.end_beat = 64,
                         .tempo = tempo,
                         .tempo_count = 1,
                         .meters = meters,
                         .meter_count = 1,
                         .tracks = tracks,
                         .track_count = 4};
    json_object *s = json_tokener_parse(
        "{\"summaryVersion\":3,\"projectName\":\"x\","
        "\"key\":{\"text\":\"A minor\"},\"devices\":{\"instruments\":"
        "[{\"name\":\"Grand Piano\"}]},\"samples\":[{\"name\":\"vox\"}],"
        "\"sections\":[{\"name\":\"Intro\",\"label\":\"intro\","
        "\"startSec\":0,\"sec\":16},{\"name\":\"Drop\",\"label\":\"drop\","
        "\"startSec\":16,\"sec\":16}],\"tracks\":["
        "{\"index\":0,\"name\":\"Kit\",\"role\":\"drums\",\"audible\":true,"
        "\"sounds\":[{\"name\":\"drums\",\"row\":\"drums\"},"
        "{\"name\":\"kick drum\",\"row\":\"kick\"},"
        "{\"name\":\"snare\",\"row\":\"snare\"},"
        "{\"name\":\"hi-hats\",\"row\":\"hat\"}]},"
        "{\"index\":1,\"name\":\"Pad\",\"role\":\"pad\",\"audible\":true},"
        "{\"index\":2,\"name\":\"Bass\",\"role\":\"bass\",\"audible\":true},"
        "{\"index\":3,\"name\":\"Lead\",\"role\":\"lead\",\"audible\":true},"
        "{\"index\":4,\"name\":\"Muted\",\"role\":\"vocal\","
        "\"audible\":false}]}");
    size_t n = 0;

    for (int i = 0; i < 64; i++) {
        drums[n++] = (struct timeline_hit){
            .beat = i, .kind = TIMELINE_KICK, .weight = 1};
        if (i == 3)
            drums[n++] = (struct timeline_hit){
                .beat = i, .kind = TIMELINE_SNARE, .weight = 1};
        if (i >= 32)
            drums[n++] = (struct timeline_hit){
                .beat = i + 0.5, .kind = TIMELINE_HAT, .weight = 1};
    }
    tracks[0].hit_count = n;
    for (int i = 0; i < 32; i++)
        bass[i] = (struct timeline_hit){.beat = 32 + i,
                                        .end = 32.5 + i,
                                        .kind = TIMELINE_BASS,
                                        .pitch = i % 8 == 7 ? 38 : 36,
                                        .weight = 1};
    json_add(s, "timeline", timeline_json(&t));
    return s;
}

static bool
has(json_object *array, const char *member, const char *text)
{
    for (size_t i = 0; i < json_object_array_length(array); i++) {
        json_object *one = json_object_array_get_idx(array, i);
        const char *is = member != NULL ? json_text(one, member)
                                        : json_object_get_string(one);

        if (is != NULL && strcmp(is, text) == 0)
            return true;
    }
    return false;
}

static json_object *
window(double from, double to, const struct sound *heard, json_object **ret)
{
    auto_json json_object *s = a_song();
    auto_timeline struct timeline *t = timeline_open(s);

    assert_non_null(t);
    return window_summary(s, t, from, to, heard, from, ret);
}

static void
only_what_sounds(void **state)
{
    auto_json json_object *no = NULL, *nor = NULL;
    auto_json json_object *first = window(0, 16, NULL, &no);
    auto_json json_object *second = window(16, 32, NULL, &nor);
    json_object *tracks = json_at(first, "tracks");
    json_object *sounds =
        json_at(json_object_array_get_idx(tracks, 0), "sounds");

    (void)state;
    assert_int_equal(json_object_array_length(tracks), 2);
    assert_true(has(tracks, "name", "Kit") && has(tracks, "name", "Pad"));
    assert_true(has(sounds, "row", "kick") && has(sounds, "row", "drums"));
    assert_false(has(sounds, "row", "hat"));   /* none is hit yet */
    assert_false(has(sounds, "row", "snare")); /* a single one */
    assert_null(json_at(first, "devices"));
    assert_null(json_at(first, "samples"));
    assert_int_equal(json_object_array_length(no), 0);

    tracks = json_at(second, "tracks");
    assert_int_equal(json_object_array_length(tracks), 2);
    assert_true(has(tracks, "name", "Bass"));
    assert_false(has(tracks, "name", "Lead")); /* 1.5 s are too little */
    sounds = json_at(json_object_array_get_idx(tracks, 0), "sounds");
    assert_true(has(sounds, "row", "hat"));
}

static void
its_own_measures(void **state)
{
    auto_json json_object *no = NULL;
    auto_json json_object *s = window(16, 31, NULL, &no);

    (void)state;
    assert_true(has(json_at(s, "sections"), "label", "drop"));
    assert_int_equal(json_object_array_length(json_at(s, "sections")), 1);
    assert_true(json_number(json_at(s, "tempo"), "bpm", 0) == 120);
    assert_true(json_number(json_at(s, "length"), "sec", 0) == 15);
    assert_string_equal(json_text(json_at(s, "meter"), "main"), "4/4");
    assert_string_equal(json_text(json_at(s, "drums"), "kickPattern"),
                        "four-on-floor");
    assert_string_equal(json_text(json_at(s, "key"), "text"), "A minor");
}

/* Where nothing sounds, and where only what the bounce may lack does. */
static void
no_tempo_without_a_sound(void **state)
{
    static const char *const tempos[] = {"{\"bpm\":120}",
                                         "{\"bpm\":120,\"followed\":true}",
                                         "{\"bpm\":120,\"followed\":false}"};

    (void)state;
    for (size_t i = 0; i < 9; i++) {
        auto_json json_object *no = NULL;
        auto_json json_object *s = a_song();
        auto_timeline struct timeline *t = timeline_open(s);
        json_object *tracks = json_at(s, "tracks");
        auto_facts struct facts f = {0};

        for (size_t k = 0; k < json_object_array_length(tracks); k++) {
            json_object *one = json_object_array_get_idx(tracks, k);

            if (i >= 3)
                json_add_bool(one, "doubtful", true);
            if (i >= 6)
                json_add_bool(one, "audible", false);
        }
        json_add(s, "tempo", json_tokener_parse(tempos[i % 3]));
        auto_json json_object *w = window_summary(s, t, 0, 16, NULL, 0, &no);
        facts_read(&f, w);
        assert_int_equal(facts_tempo_known(&f), i < 2);
    }
}

/* A window whose notes all began before it, and are held. */
static void
what_is_held_sounds(void **state)
{
    auto_json json_object *no = NULL;
    auto_json json_object *s = window(8, 16, NULL, &no);

    (void)state;
    assert_true(has(json_at(s, "tracks"), "name", "Pad"));
}

static void
what_the_audio_contradicts_is_not_said(void **state)
{
    auto_sound struct sound *heard = sound_open(0, 0, 64);
    auto_json json_object *against = NULL, *none = NULL;
    auto_json json_object *s = NULL, *fine = NULL;
    json_object *sounds;

    (void)state;
    for (size_t i = 0; i < 64; i++) { /* nothing low or high from 16 s on */
        heard->level[i].loudness = -14;
        heard->level[i].band[SOUND_MID] = -20;
        heard->level[i].band[SOUND_LOW] = i < 32 ? -20 : -75;
        heard->level[i].band[SOUND_HIGH] = i < 32 ? -40 : -90;
    }
    s = window(16, 32, heard, &against);
    assert_false(has(json_at(s, "tracks"), "name", "Bass"));
    sounds =
        json_at(json_object_array_get_idx(json_at(s, "tracks"), 0), "sounds");
    assert_false(has(sounds, "row", "kick"));
    assert_false(has(sounds, "row", "hat"));
    assert_true(has(sounds, "row", "drums"));
    assert_null(json_at(s, "drums"));
    assert_true(has(against, NULL, "bass") && has(against, NULL, "kick") &&
                has(against, NULL, "hat"));
    fine = window(0, 16, heard, &none);
    assert_int_equal(json_object_array_length(none), 0);
    assert_non_null(json_at(fine, "drums"));
}

/* A track of which nothing is left is not named either. */
static void
a_name_alone_does_not_stay(void **state)
{
    auto_sound struct sound *heard = sound_open(0, 0, 64);
    auto_json json_object *s = a_song();
    auto_timeline struct timeline *t = timeline_open(s);
    auto_json json_object *against = NULL, *no = NULL, *deaf = NULL;
    auto_json json_object *low = NULL;

    (void)state;
    json_add(json_object_array_get_idx(json_at(s, "tracks"), 0), "sounds",
             json_tokener_parse("[{\"name\":\"kick\",\"row\":\"kick\"}]"));
    deaf = window_summary(s, t, 0, 16, NULL, 0, &no);
    assert_true(has(json_at(deaf, "tracks"), "name", "Kit"));
    for (size_t i = 0; i < 64; i++) {
        heard->level[i].loudness = -14;
        heard->level[i].band[SOUND_LOW] = -75;
    }
    low = window_summary(s, t, 0, 16, heard, 0, &against);
    assert_true(has(against, NULL, "kick"));
    assert_false(has(json_at(low, "tracks"), "name", "Kit"));
}

static void
kicks(void **state)
{
    auto_json json_object *s = a_song();
    auto_timeline struct timeline *t = timeline_open(s);

    (void)state;
    assert_string_equal(window_kick(t, 0, 16), "four-on-floor");
    assert_null(window_kick(t, 0, 2)); /* too short to tell */
    assert_null(window_kick(t, 40, 60));
    for (size_t i = 0; i < t->tracks[0].hit_count; i += 3)
        t->tracks[0].hits[i].kind = TIMELINE_PERCUSSION;
    assert_null(window_kick(t, 16, 32));
}

/* Audio that runs 1 % slower and begins 2 s before the set. */
static void
it_is_told_by_the_clock_of_the_audio(void **state)
{
    auto_json json_object *s = a_song();
    struct window_track track = {.summary = s,
                                 .placed = true,
                                 .offset = -2,
                                 .drift = 0.01,
                                 .audio_sec = 36};
    struct window_rule rule = {16.5, 4, false};
    auto_window_teller struct window_teller *w = window_teller_open(&track);
    auto_window_cuts struct window_cuts cuts = {0};
    auto_window_told struct window_told told = {0};

    (void)state;
    assert_true(window_teller_knows(w));
    window_teller_cut(w, &rule, &cuts);
    assert_int_equal(cuts.n, 2);
    assert_true(fabs(cuts.v[0].start_sec - 2.02) < 0.01);
    assert_true(fabs(cuts.v[1].start_sec - 18.18) < 0.01);
    assert_true(cuts.v[1].start_bar == 9);
    window_teller_tell(w, cuts.v[1].start_sec, cuts.v[1].end_sec, &told);
    assert_true(fabs(told.start_bar - 9) < 0.01);
    assert_string_equal(told.section, "drop");
    assert_true(has(json_at(told.summary, "tracks"), "name", "Bass"));
    assert_false(told.silent);
}

/* Elsewhere than in its set: of the tracks only the kit sounds all the time,
 * and of the kit only the kick. */
static void
what_holds_throughout(void **state)
{
    auto_json json_object *s = a_song();
    struct window_track track = {.summary = s, .audio_sec = 32};
    auto_window_teller struct window_teller *w = window_teller_open(&track);
    auto_window_teller struct window_teller *none = NULL;
    auto_window_told struct window_told told = {0}, nothing = {0};
    json_object *tracks, *sounds;

    (void)state;
    json_add_num(s, "tempo", 120);
    assert_false(window_teller_knows(w));
    window_teller_tell(w, 0, 16, &told);
    tracks = json_at(told.summary, "tracks");
    assert_int_equal(json_object_array_length(tracks), 1);
    assert_true(has(tracks, "name", "Kit"));
    sounds = json_at(json_object_array_get_idx(tracks, 0), "sounds");
    assert_int_equal(json_object_array_length(sounds), 2);
    assert_true(has(sounds, "row", "kick") && has(sounds, "row", "drums"));
    assert_true(isnan(told.start_bar) && told.section == NULL);
    assert_string_equal(json_text(json_at(told.summary, "key"), "text"),
                        "A minor");
    track.foreign = true; /* another set's: nothing of it holds */
    none = window_teller_open(&track);
    window_teller_tell(none, 0, 16, &nothing);
    assert_int_equal(
        json_object_array_length(json_at(nothing.summary, "tracks")), 0);
    assert_null(json_at(nothing.summary, "key"));
}

/* A part that is high and short in one half, low and long in the other. */
static void
how_it_plays_is_of_the_window(void **state)
{
    auto_json json_object *s = a_song();
    auto_json json_object *no = NULL, *nor = NULL, *a = NULL, *b = NULL;
    auto_timeline struct timeline *t = NULL;
    json_object *midi;

    (void)state;
    for (size_t i = 1; i < 3; i++)
        json_add(json_object_array_get_idx(json_at(s, "tracks"), i), "midi",
                 json_tokener_parse("{\"notes\":999,\"pitchMedian\":1,"
                                    "\"grid\":\"1/8\",\"releaseSec\":0.6,"
                                    "\"spacingMedianBeats\":9}"));
    t = timeline_open(s);
    a = window_summary(s, t, 0, 16, NULL, 0, &no);
    b = window_summary(s, t, 16, 32, NULL, 0, &nor);
    midi = json_at(json_object_array_get_idx(json_at(a, "tracks"), 1), "midi");
    assert_true(json_number(midi, "notes", 0) == 1);
    assert_true(json_number(midi, "pitchMedian", 0) == 60);
    assert_true(fabs(json_number(midi, "lengthMeanBeats", 0) - 32) < 0.01);
    assert_string_equal(json_text(midi, "grid"), "1/8");
    assert_true(json_number(midi, "releaseSec", 0) == 0.6);
    assert_true(json_number(midi, "spacingMedianBeats", 1) == 0);
    midi = json_at(json_object_array_get_idx(json_at(b, "tracks"), 1), "midi");
    assert_true(json_number(midi, "notes", 0) == 32);
    assert_true(json_number(midi, "pitchMedian", 0) == 36);
    assert_true(fabs(json_number(midi, "lengthMeanBeats", 0) - 0.5) < 0.02);
    assert_true(fabs(json_number(midi, "polyphonyMean", 0) - 1) < 0.01);
    assert_true(fabs(json_number(midi, "spacingMedianBeats", 0) - 1) < 0.02);
    assert_true(json_number(midi, "offbeat", 1) == 0);
    assert_true(fabs(json_number(midi, "steps", 1) - 7.0 / 31) < 0.01);
    /* Hats play in the second half only, off the beat. */
    assert_null(json_text(json_at(a, "drums"), "hats"));
    assert_string_equal(json_text(json_at(b, "drums"), "hats"), "off-beat");
}

/* A melody in octaves makes no chords, and what repeats its pitch no line. */
static void
classes_and_repeats_are_of_the_window(void **state)
{
    static const struct {
        int with; /* every other note is that much higher, and begins with the
                   * one before */
        double classes, repeats;
    } rows[] = {{12, 1, 0}, {7, 2, 0}, {0, 1, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_json json_object *s = a_song();
        auto_json json_object *no = NULL, *b = NULL;
        auto_timeline struct timeline *t = timeline_open(s);
        struct timeline_hit *hits = t->tracks[2].hits;
        json_object *midi;

        json_add(json_object_array_get_idx(json_at(s, "tracks"), 2), "midi",
                 json_tokener_parse("{\"notes\":32,\"classesMean\":9,"
                                    "\"repeats\":9}"));
        for (size_t k = 0; k < 32; k += 2) {
            hits[k + 1].beat = hits[k].beat;
            hits[k + 1].sec = hits[k].sec;
            hits[k + 1].end = hits[k].end;
            hits[k].pitch = 36;
            hits[k + 1].pitch = (uint8_t)(36 + rows[i].with);
        }
        b = window_summary(s, t, 16, 32, NULL, 0, &no);
        midi =
            json_at(json_object_array_get_idx(json_at(b, "tracks"), 1), "midi");
        assert_true(fabs(json_number(midi, "polyphonyMean", 0) - 2) < 0.01);
        assert_true(
            fabs(json_number(midi, "classesMean", 0) - rows[i].classes) < 0.01);
        assert_true(fabs(json_number(midi, "repeats", -1) - rows[i].repeats) <
                    0.01);
    }
}

/* Most notes are short, a few are long: the usual length tells. */
static void
the_usual_length_is_of_the_window(void **state)
{
    auto_json json_object *s = a_song();
    auto_json json_object *no = NULL, *b = NULL;
    auto_timeline struct timeline *t = timeline_open(s);
    json_object *midi;

    (void)state;
    json_add(json_object_array_get_idx(json_at(s, "tracks"), 2), "midi",
             json_tokener_parse("{\"notes\":32,\"lengthMedianBeats\":9}"));
    for (size_t i = 0; i < t->tracks[2].hit_count; i += 4)
        t->tracks[2].hits[i].end += 4;
    b = window_summary(s, t, 16, 32, NULL, 0, &no);
    midi = json_at(json_object_array_get_idx(json_at(b, "tracks"), 1), "midi");
    assert_true(json_number(midi, "lengthMeanBeats", 0) > 2);
    assert_true(fabs(json_number(midi, "lengthMedianBeats", 0) - 0.5) < 0.02);
    assert_true(fabs(json_number(midi, "lengthLowBeats", 0) - 0.5) < 0.02);
    assert_true(json_number(midi, "lengthHighBeats", 0) > 4);
}

/* Drums of which nobody knows the hits may have hi-hats anywhere. */
static void
hats_that_others_hide_are_not_told(void **state)
{
    static const char *const tracks[] = {
        "{\"index\":2,\"name\":\"Loop\",\"audible\":true,\"sounds\":"
        "[{\"name\":\"drums\",\"row\":\"drums\"}]}",
        "{\"index\":0,\"name\":\"Kit\",\"audible\":true,\"midi\":"
        "{\"retimed\":true},\"sounds\":[{\"name\":\"hi-hats\",\"row\":"
        "\"hat\"}]}"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        auto_json json_object *s = a_song();
        auto_json json_object *no = NULL, *b = NULL;
        auto_timeline struct timeline *t = timeline_open(s);

        json_object_array_put_idx(json_at(s, "tracks"), i == 0 ? 2 : 0,
                                  json_tokener_parse(tracks[i]));
        b = window_summary(s, t, 16, 32, NULL, 0, &no);
        assert_null(json_text(json_at(b, "drums"), "hats"));
        assert_string_equal(json_text(json_at(b, "drums"), "kickPattern"),
                            "four-on-floor");
    }
}

/* Of several recordings on one track it is unknown which of them plays. */
static void
one_of_several_recordings_is_not_named(void **state)
{
    static const struct {
        const char *samples;
        bool named;
    } rows[] = {{"[\"Rye-Kick.aif\",\"Rye-KickSnare.aif\"]", false},
                {"[\"Pad 1.aif\",\"Pad 2.aif\"]", true},
                {"[\"Pad 1.aif\"]", true}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_json json_object *s = a_song();
        auto_json json_object *no = NULL, *a = NULL;
        auto_timeline struct timeline *t = timeline_open(s);
        json_object *track = json_object_array_get_idx(json_at(s, "tracks"), 1);
        json_object *audio = json_object_new_object();

        json_add(audio, "samples", json_tokener_parse(rows[i].samples));
        json_add(track, "audio", audio);
        json_add(track, "roleFrom",
                 json_tokener_parse("{\"evidence\":\"sample\"}"));
        json_add(track, "sounds",
                 json_tokener_parse("[{\"name\":\"pads\",\"row\":\"pad\"}]"));
        a = window_summary(s, t, 0, 16, NULL, 0, &no);
        assert_int_equal(has(json_at(a, "tracks"), "name", "Pad"),
                         rows[i].named);
    }
}

/* A tempo that nothing in the set follows is none of a window's either. */
static void
a_default_tempo_stays_one(void **state)
{
    auto_json json_object *s = a_song();
    auto_json json_object *no = NULL, *nor = NULL, *a = NULL, *b = NULL;
    auto_timeline struct timeline *t = timeline_open(s);

    (void)state;
    a = window_summary(s, t, 0, 16, NULL, 0, &no);
    assert_null(json_at(json_at(a, "tempo"), "default"));
    json_add(s, "tempo", json_tokener_parse("{\"bpm\":120,\"default\":true}"));
    b = window_summary(s, t, 0, 16, NULL, 0, &nor);
    assert_true(
        json_object_get_boolean(json_at(json_at(b, "tempo"), "default")));
}

/* A stretch of drums alone is in no key. */
static void
no_key_without_notes(void **state)
{
    auto_json json_object *s = a_song();
    auto_json json_object *no = NULL, *a = NULL;
    auto_timeline struct timeline *t = timeline_open(s);

    (void)state;
    t->tracks[1].hits[0].end = 4;
    a = window_summary(s, t, 8, 15, NULL, 0, &no);
    assert_null(json_at(a, "key"));
}

/* The figure of docs/windows.md: five minutes of eight tracks. */
static void
five_minutes_are_ten_windows(void **state)
{
    const struct song music = {.seed = 3, .bpm = 128, .bars = 160};
    auto_timeline struct timeline *made = song_timeline(&music);
    auto_json json_object *s = json_object_new_object();
    json_object *tracks = json_object_new_array();
    struct window_track track = {
        .summary = s, .placed = true, .audio_sec = 300};
    const struct window_rule rule = {WINDOW_MAX_SEC, WINDOW_MIN_SEC, false};
    auto_window_cuts struct window_cuts cuts = {0};

    (void)state;
    for (int i = 0; i < (int)made->track_count; i++) {
        json_object *o = json_object_new_object();

        json_add_int(o, "index", i);
        json_add_bool(o, "audible", true);
        json_add(o, "midi", json_tokener_parse("{\"notes\":1}"));
        json_object_array_add(tracks, o);
    }
    json_add(s, "tracks", tracks);
    json_add(s, "timeline", timeline_json(made));
    auto_window_teller struct window_teller *w = window_teller_open(&track);

    window_teller_cut(w, &rule, &cuts);
    for (size_t i = 0; i < cuts.n; i++) {
        auto_window_told struct window_told told = {0};

        window_teller_tell(w, cuts.v[i].start_sec, cuts.v[i].end_sec, &told);
        assert_true(json_object_array_length(json_at(told.summary, "tracks")) >
                    0);
    }
    assert_int_equal(cuts.n, 10);
}

static void
silence_is_heard(void **state)
{
    auto_json json_object *s = a_song();
    auto_sound struct sound *heard = sound_open(0, 0, 64);
    auto_free char *text = NULL;
    struct window_track track = {.summary = s, .placed = true, .audio_sec = 32};
    auto_window_teller struct window_teller *w = NULL;
    auto_window_told struct window_told loud = {0}, silent = {0};

    (void)state;
    for (size_t i = 0; i < 64; i++) {
        heard->level[i].loudness = i < 32 ? -14 : -90;
        for (int b = 0; b < SOUND_BANDS; b++)
            heard->level[i].band[b] = i < 32 ? -20 : -95;
    }
    text = sound_text(heard);
    track.sound = text;
    w = window_teller_open(&track);
    window_teller_tell(w, 0, 16, &loud);
    window_teller_tell(w, 16, 32, &silent);
    assert_false(loud.silent);
    assert_true(silent.silent);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_sounds),
        cmocka_unit_test(its_own_measures),
        cmocka_unit_test(what_is_held_sounds),
        cmocka_unit_test(what_the_audio_contradicts_is_not_said),
        cmocka_unit_test(a_name_alone_does_not_stay),
        cmocka_unit_test(kicks),
        cmocka_unit_test(it_is_told_by_the_clock_of_the_audio),
        cmocka_unit_test(what_holds_throughout),
        cmocka_unit_test(silence_is_heard),
        cmocka_unit_test(how_it_plays_is_of_the_window),
        cmocka_unit_test(the_usual_length_is_of_the_window),
        cmocka_unit_test(classes_and_repeats_are_of_the_window),
        cmocka_unit_test(hats_that_others_hide_are_not_told),
        cmocka_unit_test(one_of_several_recordings_is_not_named),
        cmocka_unit_test(no_key_without_notes),
        cmocka_unit_test(no_tempo_without_a_sound),
        cmocka_unit_test(a_default_tempo_stays_one),
        cmocka_unit_test(five_minutes_are_ten_windows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
