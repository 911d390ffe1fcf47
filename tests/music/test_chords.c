/*
 * Chords are reported if the notes state them, and never otherwise; in a
 * sentence they are chords, and not keys.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "music/chords.h"
#include "music/sound.h"

#define BARS 8

/* 120 BPM, 4/4: a bar is 2 s. A pad and a bass, one chord for each bar. */
struct piece {
    struct timeline t;
    struct timeline_track tracks[2];
    struct timeline_hit pad[BARS * 8], bass[BARS];
    struct timeline_tempo tempo;
    struct timeline_meter meter;
    json_object *list;
};

static void
piece_release(struct piece *p)
{
    json_object_put(p->list);
}

static void
add_hit(struct timeline_track *track, double sec, double end, int pitch)
{
    track->hits[track->hit_count++] = (struct timeline_hit){
        .beat = sec * 2,
        .sec = sec,
        .end = end,
        .weight = 1,
        .kind = pitch < 48 ? TIMELINE_BASS : TIMELINE_PITCHED,
        .pitch = (uint8_t)pitch};
}

/* loop: for each bar the tones of the pad, the bass (0: none) before them;
 * each list ends with 0. */
static void
piece_make(struct piece *p, const int loop[][6], size_t n, const char *tracks)
{
    *p = (struct piece){.tempo = {0, 0, 120, 120}, .meter = {0, 0, 4, 4}};
    p->t = (struct timeline){.ticks = 48,
                             .end_beat = BARS * 4,
                             .end = BARS * 2,
                             .tempo = &p->tempo,
                             .tempo_count = 1,
                             .meters = &p->meter,
                             .meter_count = 1,
                             .tracks = p->tracks,
                             .track_count = 2};
    p->tracks[0] = (struct timeline_track){.index = 0, .hits = p->pad};
    p->tracks[1] = (struct timeline_track){.index = 4, .hits = p->bass};
    for (int bar = 0; bar < BARS; bar++) {
        const int *one = loop[(size_t)bar % n];

        if (one[0] > 0)
            add_hit(&p->tracks[1], bar * 2, bar * 2 + 2, one[0]);
        for (int i = 1; one[i] > 0; i++)
            add_hit(&p->tracks[0], bar * 2, bar * 2 + 2, one[i]);
    }
    p->list = json_tokener_parse(tracks);
}

static const char both[] = "[{\"index\":0,\"midi\":{\"tones\":true}},"
                           "{\"index\":4,\"midi\":{\"tones\":true}}]";

/* What is reported for from..to, as text. */
static void
told_of(const struct piece *p, double from, double to, const struct sound *s,
        char *ret, size_t size)
{
    struct key chords[CHORDS_MAX];
    size_t n = chords_tell(&p->t, p->list, from, to, s, from, 1, chords);
    struct buf b = BUF_INIT(size);

    for (size_t i = 0; i < n; i++) {
        char name[KEY_TEXT];

        key_text(chords[i], name);
        assert_int_equal(buf_addf(&b, "%s%s", i > 0 ? ", " : "", name), 0);
    }
    (void)snprintf(ret, size, "%s", buf_str(&b));
    buf_release(&b);
}

static void
is_told(const int loop[][6], size_t n, const char *want)
{
    auto_cleanup(piece_release) struct piece p;
    char got[128];

    piece_make(&p, loop, n, both);
    told_of(&p, 0, BARS * 2, NULL, got, sizeof(got));
    assert_string_equal(got, want);
}

#define TOLD(want, ...)                                                        \
    do {                                                                       \
        static const int loop[][6] = {__VA_ARGS__};                            \
        is_told(loop, sizeof(loop) / sizeof(loop[0]), want);                   \
    } while (0)

static void
notes_state_chords(void **state)
{
    (void)state;
    TOLD("A minor, F major, C major, G major", {33, 57, 60, 64},
         {29, 53, 57, 60}, {36, 55, 60, 64}, {31, 55, 59, 62});
    /* inversions, and no bass at all */
    TOLD("C major, F major", {40, 55, 60, 64}, {33, 60, 65, 69});
    TOLD("E minor, C major", {0, 64, 67, 71}, {0, 60, 64, 67});
    TOLD("D minor", {38, 62, 65, 69});
    /* sevenths over their roots */
    TOLD("A minor, F major, G major", {33, 60, 64, 67}, {29, 57, 60, 64},
         {31, 59, 62, 65});
}

static void
what_they_do_not_state_is_not_told(void **state)
{
    (void)state;
    TOLD("", {33, 57, 64}, {29, 53, 60});         /* no thirds */
    TOLD("", {36, 60, 64, 67, 69});               /* C6, or A minor 7 */
    TOLD("", {38, 57, 60, 64}, {31, 53, 57, 60}); /* a foreign bass */
    TOLD("", {33, 57, 60, 64}, {33, 58, 61, 66}); /* half of it has none */
    TOLD("", {33, 33 + 24, 34 + 24, 36 + 24});    /* a cluster */
    TOLD("", {33}, {29});                         /* a line */
    /* not the only one, if the fourth bar has something else */
    TOLD("", {38, 62, 66, 69}, {38, 62, 66, 69}, {38, 62, 66, 69},
         {38, 62, 63, 64});
    /* five chords are not a progression to report */
    TOLD("", {33, 57, 60, 64}, {29, 53, 57, 60}, {36, 55, 60, 64},
         {31, 55, 59, 62}, {38, 62, 65, 69});
}

static void
only_tracks_whose_pitches_sound_count(void **state)
{
    static const int loop[][6] = {{33, 57, 60, 64}, {29, 53, 57, 60}};
    static const char *const lists[] = {
        "[{\"index\":0,\"midi\":{\"tones\":false}},"
        "{\"index\":4,\"midi\":{\"tones\":true}}]",
        "[{\"index\":0,\"midi\":{}},{\"index\":4,\"midi\":{\"tones\":true}}]",
        "[null,7,{\"index\":0}]", "7", "null"};
    char got[128];

    (void)state;
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        auto_cleanup(piece_release) struct piece p;

        piece_make(&p, loop, 2, lists[i]);
        told_of(&p, 0, BARS * 2, NULL, got, sizeof(got));
        assert_string_equal(got, "");
    }
}

/* Two chords in each bar, and bars of 3/4, of 1.5 s each. A chord of one bar in
 * eight is named, of half a bar in eight it only passes by. */
static void
chords_change_with_bars_or_halves(void **state)
{
    static const int tones[][4] = {{33, 57, 60, 64}, {29, 53, 57, 60}};
    static const struct {
        double sec; /* each chord lasts */
        int beats;  /* of a bar */
        int first;  /* how many of the first one before one of the other */
        const char *want;
    } rows[] = {
        {1, 4, 1, "A minor, F major"},
        {1.5, 3, 1, "A minor, F major"},
        {2, 4, 7, "A minor, F major"},
        {1, 4, 15, "A minor"},
        {0.5, 4, 1, ""}, /* quarters of a bar are too short */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_cleanup(piece_release) struct piece p;
        auto_free struct timeline_hit *hits = xcalloc(256, sizeof(*hits));
        char got[128];
        double at = 0;

        piece_make(&p, (const int[][6]){{0}}, 1, both);
        p.meter.numerator = rows[i].beats;
        p.tracks[0].hits = hits;
        for (int n = 0; at < BARS * 2; n++, at += rows[i].sec)
            for (int k = 0; k < 4; k++)
                add_hit(&p.tracks[0], at, at + rows[i].sec,
                        tones[n % (rows[i].first + 1) == rows[i].first][k]);
        told_of(&p, 0, at, NULL, got, sizeof(got));
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("row %zu: \"%s\"", i, got);
    }
}

/* A huge set whose onsets were cut reports none; a stretch reports its own. */
static void
stretches_tell_their_own(void **state)
{
    static const int loop[][6] = {
        {33, 57, 60, 64}, {33, 57, 60, 64}, {33, 57, 60, 64}, {33, 57, 60, 64},
        {29, 53, 57, 60}, {31, 55, 59, 62}, {29, 53, 57, 60}, {31, 55, 59, 62}};
    auto_cleanup(piece_release) struct piece p;
    char got[128];

    (void)state;
    piece_make(&p, loop, 8, both);
    told_of(&p, 0, 8, NULL, got, sizeof(got));
    assert_string_equal(got, "A minor");
    told_of(&p, 8, 16, NULL, got, sizeof(got));
    assert_string_equal(got, "F major, G major");
    /* bars count from the beginning of the stretch, a little off the line */
    told_of(&p, 8.01, 15.98, NULL, got, sizeof(got));
    assert_string_equal(got, "F major, G major");
    told_of(&p, 16, 24, NULL, got, sizeof(got));
    assert_string_equal(got, "");
    p.t.cut = true;
    told_of(&p, 0, 8, NULL, got, sizeof(got));
    assert_string_equal(got, "");
}

/* An instrument that is tuned up: the audio has other pitch classes. */
static void
the_audio_has_a_say(void **state)
{
    static const int loop[][6] = {{33, 57, 60, 64}, {29, 53, 57, 60}};
    auto_cleanup(piece_release) struct piece p;
    auto_sound struct sound *s = sound_open(0, BARS * 2 * 6, 0);
    char got[128];

    (void)state;
    piece_make(&p, loop, 2, both);
    for (int by = 0; by < 12; by++) {
        static const float like[12] = {
            [9] = 1, [0] = 0.9f, [4] = 0.5f, [5] = 0.5f};

        for (size_t i = 0; i < s->chroma_frames; i++)
            for (int k = 0; k < 12; k++)
                s->chroma[i][(k + by) % 12] = like[k];
        told_of(&p, 0, BARS * 2, s, got, sizeof(got));
        assert_string_equal(got, by == 0 ? "A minor, F major" : "");
    }
    memset(s->chroma, 0, s->chroma_frames * sizeof(*s->chroma));
    told_of(&p, 0, BARS * 2, s, got, sizeof(got));
    assert_string_equal(got, "A minor, F major"); /* it says nothing */
}

/* ---- in words ---- */

static void
sentences_name_chords(void **state)
{
    static const struct {
        const char *text, *chords; /* "" none */
    } rows[] = {
        {"pads over A minor, F major and C major chords",
         "A minor, F major, C major"},
        {"an Am-F-C-G progression", "A minor, F major, C major, G major"},
        {"Am \u2013 F \u2013 C chord progression", "A minor, F major, C major"},
        {"chords of A minor and F", "A minor, F major"},
        {"the chords move from Bb minor to F# major", "Bb minor, F# major"},
        {"over one D minor chord", "D minor"},
        {"chords: Am7, Dm7", "A minor, D minor"},
        {"f minor chords", "F minor"},
        {"house in A minor, F major and C major chords", "F major, C major"},
        {"soft chords in A minor", ""},
        {"a chord, A chord, a minor chord", ""},
        {"in A minor with warm chords", ""},
        {"in C major, chords and pads", ""},
        {"minor chords", ""},
        {"house in A minor", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buf b = BUF_INIT(256);
        struct chords_said said;

        if (chords_find(rows[i].text, 0, &said))
            for (size_t k = 0; k < said.n; k++) {
                char name[KEY_TEXT];

                key_text(said.v[k].chord, name);
                (void)buf_addf(&b, "%s%s", k > 0 ? ", " : "", name);
            }
        if (strcmp(buf_str(&b), rows[i].chords) != 0)
            fail_msg("\"%s\" names \"%s\"", rows[i].text, buf_str(&b));
        buf_release(&b);
    }
}

static void
chords_are_no_keys(void **state)
{
    static const struct {
        const char *text, *key; /* "" none */
    } rows[] = {
        {"96 BPM, over A minor, F major and C major chords", ""},
        {"96 BPM in C major, over A minor and F major chords", "C major"},
        {"an Am-F-C-G progression in C major", "C major"},
        {"over one D minor chord, in F major", "F major"},
        {"in A minor, F major and C major chords", "A minor"},
        {"warm chords in A minor", "A minor"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct key k = KEY_UNKNOWN, second;
        char got[KEY_TEXT];
        size_t start, end = 0;
        bool any = key_find(rows[i].text, 0, &k, &start, &end);

        key_text(k, got);
        if (strcmp(got, rows[i].key) != 0)
            fail_msg("\"%s\" claims \"%s\"", rows[i].text, got);
        if (any && key_find(rows[i].text, end, &second, &start, &end))
            fail_msg("\"%s\" claims two keys", rows[i].text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(notes_state_chords),
        cmocka_unit_test(what_they_do_not_state_is_not_told),
        cmocka_unit_test(only_tracks_whose_pitches_sound_count),
        cmocka_unit_test(chords_change_with_bars_or_halves),
        cmocka_unit_test(stretches_tell_their_own),
        cmocka_unit_test(the_audio_has_a_say),
        cmocka_unit_test(sentences_name_chords),
        cmocka_unit_test(chords_are_no_keys),
    };

    return cmocka_run_group_tests_name("music/chords", tests, NULL, NULL);
}
