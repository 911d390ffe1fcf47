/*
 * What may be said about a set: each rule with a set that is made for it. A set
 * is a few tracks of Live 11 in XML; its facts are checked.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "als/summary.h"
#include "als/summary_parts.h"
#include "base/json.h"
#include "base/mem.h"
#include "gen.h"
#include "music/facts.h"

/* ---- pieces of a set ---- */

struct track {
    const char *name;
    bool guessed; /* Live made the name up */
    const char *mixer, *devices, *clip;
    const char *sample; /* of an audio track */
    const char *out;    /* its output; NULL: the main track */
    const char *notes_out;
    const char *monitor; /* what is heard, "0" its input */
    const char *moved;   /* events of the automation of target 77 */
    const char *main;    /* of the main track's mixer */
    const char *tempos;  /* of the set, as events of Live 9 */
    const char *warps;   /* markers of an audio clip */
    double tempo;        /* of the set; 0: 120 */
    double start;        /* of the first note */
    double step;         /* beats from note to note; 0: one */
    const double *times; /* of the notes in one bar, instead; NULL: none */
    double length;       /* beats of each; 0: up to the next */
    double bars;         /* of its clip; 0: sixteen */
    int velocity;        /* 0: 100 */
    int group;           /* 1: a group of tracks; 2: a track in it */
    int pitches[16];
    int n;
};

static void
notes(struct buf *b, const struct track *t)
{
    double step = t->step > 0 ? t->step : t->times != NULL ? 0.1 : 1;
    int velocity = t->velocity > 0 ? t->velocity : 100;

    (void)buf_add_str(b, "<Notes><KeyTracks>");
    for (int i = 0; i < t->n; i++)
        (void)buf_addf(b,
                       "<KeyTrack><Notes><MidiNoteEvent Time=\"%g\" "
                       "Duration=\"%g\" Velocity=\"%d\"/></Notes>"
                       "<MidiKey Value=\"%d\"/></KeyTrack>",
                       t->times != NULL ? t->times[i] : t->start + i * step,
                       t->length > 0 ? t->length : step, velocity,
                       t->pitches[i]);
    (void)buf_add_str(b, "</KeyTracks></Notes>");
}

static void
head(struct buf *b, const char *type, const struct track *t)
{
    (void)buf_addf(b,
                   "<%s Id=\"%d\"><Name><EffectiveName Value=\"1-%s\"/>"
                   "<UserName Value=\"%s\"/></Name><TrackGroupId "
                   "Value=\"%d\"/>",
                   type, t->group == 1 ? 9 : 1, t->name,
                   t->guessed ? "" : t->name, t->group == 2 ? 9 : -1);
    if (t->moved != NULL)
        (void)buf_addf(b,
                       "<AutomationEnvelopes><Envelopes><AutomationEnvelope "
                       "Id=\"0\"><EnvelopeTarget><PointeeId Value=\"77\"/>"
                       "</EnvelopeTarget><Automation><Events>%s</Events>"
                       "</Automation></AutomationEnvelope></Envelopes>"
                       "</AutomationEnvelopes>",
                       t->moved);
    (void)buf_add_str(b, "<DeviceChain>");
    if (t->out != NULL)
        (void)buf_addf(b,
                       "<AudioOutputRouting><Target Value=\"%s\"/>"
                       "</AudioOutputRouting>",
                       t->out);
    if (t->notes_out != NULL)
        (void)buf_addf(b,
                       "<MidiOutputRouting><Target Value=\"%s\"/>"
                       "</MidiOutputRouting>",
                       t->notes_out);
    (void)buf_addf(b,
                   "<Mixer><Speaker><Manual Value=\"true\"/></Speaker>%s"
                   "</Mixer>",
                   t->mixer != NULL ? t->mixer : "");
}

static void
clip_head(struct buf *b, const char *type, const char *name,
          const struct track *t)
{
    double bars = t->bars > 0 ? t->bars : 16;

    (void)buf_addf(b,
                   "<%s Id=\"0\" Time=\"0\"><CurrentStart Value=\"0\"/>"
                   "<CurrentEnd Value=\"%g\"/><Name Value=\"%s\"/><Loop>"
                   "<LoopStart Value=\"0\"/><LoopEnd Value=\"%d\"/>"
                   "<StartRelative Value=\"0\"/><LoopOn Value=\"true\"/>"
                   "</Loop>",
                   type, bars * 4, name, t->times != NULL ? 4 : 16);
}

static void
add_track(struct buf *b, const struct track *t)
{
    const char *clip = t->clip != NULL ? t->clip : "";

    if (t->group == 1) {
        head(b, "GroupTrack", t);
        (void)buf_add_str(b, "</DeviceChain></GroupTrack>");
        return;
    }
    if (t->sample != NULL) {
        head(b, "AudioTrack", t);
        (void)buf_add_str(b, "<MainSequencer><Sample><ArrangerAutomation>"
                             "<Events>");
        clip_head(b, "AudioClip", clip, t);
        (void)buf_addf(b,
                       "<WarpMarkers>%s</WarpMarkers>"
                       "<SampleRef><FileRef><Path Value=\"/x/%s\"/></FileRef>"
                       "</SampleRef></AudioClip></Events></ArrangerAutomation>"
                       "</Sample></MainSequencer><DeviceChain><Devices>%s"
                       "</Devices></DeviceChain></DeviceChain></AudioTrack>",
                       t->warps != NULL ? t->warps : "", t->sample,
                       t->devices != NULL ? t->devices : "");
        return;
    }
    head(b, "MidiTrack", t);
    (void)buf_addf(b, "<MainSequencer><MonitoringEnum Value=\"%s\"/>",
                   t->monitor != NULL ? t->monitor : "1");
    (void)buf_add_str(b, "<ClipTimeable><ArrangerAutomation>"
                         "<Events>");
    clip_head(b, "MidiClip", clip, t);
    notes(b, t);
    (void)buf_addf(b,
                   "</MidiClip></Events></ArrangerAutomation></ClipTimeable>"
                   "</MainSequencer><DeviceChain><Devices>%s</Devices>"
                   "</DeviceChain></DeviceChain></MidiTrack>",
                   t->devices != NULL ? t->devices : "");
}

#define DEVICE(element, inner)                                                 \
    "<" element " Id=\"0\"><On><Manual Value=\"true\"/></On>" inner            \
    "</" element ">"
#define OPERATOR DEVICE("Operator", "")
#define PAD(name, receiving, inner)                                            \
    "<DrumBranch Id=\"0\"><Name><EffectiveName Value=\"" name "\"/></Name>"    \
    "<DeviceChain><MidiToAudioDeviceChain><Devices>" inner                     \
    "</Devices></MidiToAudioDeviceChain></DeviceChain><BranchInfo>"            \
    "<ReceivingNote Value=\"" receiving "\"/></BranchInfo></DrumBranch>"
#define KIT(pads) DEVICE("DrumGroupDevice", "<Branches>" pads "</Branches>")
#define SIMPLER DEVICE("OriginalSimpler", "")
#define LOADED(parts)                                                          \
    DEVICE("OriginalSimpler", "<Player><MultiSampleMap><SampleParts>" parts    \
                              "</SampleParts></MultiSampleMap></Player>")
#define RACK(name, inner)                                                      \
    DEVICE("InstrumentGroupDevice",                                            \
           "<UserName Value=\"" name "\"/><Branches><InstrumentBranch "        \
           "Id=\"0\"><DeviceChain><MidiToAudioDeviceChain><Devices>" inner     \
           "</Devices></MidiToAudioDeviceChain></DeviceChain>"                 \
           "</InstrumentBranch></Branches>")
#define CHAIN(name, from, to)                                                            \
    "<InstrumentBranch Id=\"0\"><DeviceChain><MidiToAudioDeviceChain><Devices>" DEVICE(  \
        "OriginalSimpler",                                                               \
        "<UserName Value=\"" name                                                        \
        "\"/>") "</Devices></MidiToAudioDeviceChain></DeviceChain><BranchSelectorRange>" \
                "<Min Value=\"" from "\"/><Max Value=\"" to                              \
                "\"/></BranchSelectorRange>"                                             \
                "</InstrumentBranch>"
/* A violin up to `to`, a flute from `from` to 5, selected by `at`. */
#define CHAINS(at, to, from, last)                                             \
    DEVICE("InstrumentGroupDevice",                                            \
           "<Branches>" CHAIN("Violin", "0", to)                               \
               CHAIN("Flute", from,                                            \
                     last) "</Branches><ChainSelector><Manual Value=\"" at     \
                           "\"/>"                                              \
                           "</ChainSelector>")

/* A set of these tracks, read; root -1: no scale is declared. */
static void
read_set_of(struct facts *f, int live, const struct track *tracks, size_t n,
            int root, const char *scale)
{
    auto_buf struct buf xml = BUF_INIT(1 << 20);
    struct err err = ERR_INIT;
    auto_json json_object *summary = NULL;
    const char *main = live < 12 ? "MasterTrack" : "MainTrack";

    gen_begin(&xml, live);
    for (size_t i = 0; i < n; i++)
        add_track(&xml, &tracks[i]);
    (void)buf_addf(&xml,
                   "</Tracks><%s><DeviceChain><Mixer><Tempo>"
                   "<Manual Value=\"%g\"/><ArrangerAutomation><Events>%s"
                   "</Events></ArrangerAutomation></Tempo><TimeSignature>"
                   "<Manual Value=\"201\"/></TimeSignature>%s</Mixer>"
                   "</DeviceChain></%s>",
                   main, n > 0 && tracks->tempo > 0 ? tracks->tempo : 120,
                   n > 0 && tracks->tempos != NULL ? tracks->tempos : "",
                   n > 0 && tracks->main != NULL ? tracks->main : "", main);
    if (root >= 0)
        (void)buf_addf(&xml,
                       "<ScaleInformation><RootNote Value=\"%d\"/>"
                       "<Name Value=\"%s\"/></ScaleInformation>",
                       root, scale);
    (void)buf_add_str(&xml, "</LiveSet></Ableton>");
    auto_fd int fd = gen_file(xml.data, xml.len, true);
    summary = als_summary_from_fd(fd, "x.als", NULL, &err);
    if (summary == NULL)
        fail_msg("%s", err.msg);
    *f = (struct facts){0};
    facts_read(f, summary);
}

static void
read_set(struct facts *f, const struct track *tracks, size_t n, int root,
         const char *scale)
{
    read_set_of(f, 11, tracks, n, root, scale);
}

/* Whether a tempo may be said of a set of these tracks. */
static bool
has_tempo(const struct track *tracks, size_t n)
{
    auto_facts struct facts f;

    read_set(&f, tracks, n, -1, NULL);
    return facts_tempo_known(&f);
}

/* What may be said, in words. */
static void
said(const struct facts *f, char *ret, size_t size)
{
    ret[0] = '\0';
    for (int i = 0; i < words_size(); i++)
        for (size_t k = 0; k < f->n_sounds; k++)
            if (f->sounds[k].row == i &&
                f->sounds[k].evidence >= EVIDENCE_HEARD)
                (void)snprintf(ret + strlen(ret), size - strlen(ret), "%s%s",
                               ret[0] != '\0' ? " " : "", words_name(i));
}

static void
is_said(const struct track *t, const char *want, enum vocals vocals)
{
    auto_facts struct facts f;
    char got[256];

    read_set(&f, t, 1, -1, NULL);
    said(&f, got, sizeof(got));
    if (strcmp(got, want) != 0 || f.vocals != vocals)
        fail_msg("\"%s\" is said to be \"%s\", vocals %s", t->name, got,
                 vocals_name(f.vocals));
}

/* ---- the rules ---- */

static void
tracks_are_said_as_they_show(void **state)
{
    static const struct {
        struct track t;
        const char *said;
        enum vocals vocals;
        /* clang-format off */
    } rows[] = {
        {{.name = "Audio", .guessed = true, .sample = "song.wav"}, "",
         VOCALS_UNKNOWN},
        {{.name = "VERSE", .sample = "x.wav"}, "voice", VOCALS_YES},
        {{.name = "Audio", .guessed = true, .sample = "TRACKING 0303.wav"},
         "", VOCALS_UNKNOWN},
        {{.name = "Sub", .devices = OPERATOR, .pitches = {36}, .n = 1},
         "subbass", VOCALS_NO},
        {{.name = "808 Bass", .devices = OPERATOR, .pitches = {36}, .n = 1},
         "bass808", VOCALS_NO},
        {{.name = "FX",
          .devices = KIT(PAD("Kick", "92", SIMPLER) PAD("Snare", "90",
                                                        SIMPLER)),
          .pitches = {36, 38},
          .n = 2},
         "kick snare", VOCALS_NO},
        /* a kit with only these pads hit */
        {{.name = "Snare kit",
          .devices = KIT(PAD("Kick", "92", SIMPLER) PAD("Snare", "90",
                                                        SIMPLER)),
          .pitches = {36},
          .n = 1},
         "kick", VOCALS_NO},
        /* the rack on a pad of another counts for that pad */
        {{.name = "Set",
          .guessed = true,
          .devices = KIT(PAD("Thing", "0",
                             DEVICE("DrumGroupDevice",
                                    "<UserName Value=\"Wood Block\"/>"
                                    "<Branches>" PAD("Wood Block", "80",
                                                     SIMPLER) "</Branches>"))
                         PAD("Elbow", "92", SIMPLER)),
          .pitches = {36},
          .n = 1},
         "", VOCALS_UNKNOWN},
        /* a copied clip keeps the name of the track that it is from */
        {{.name = "Spirit",
          .guessed = true,
          .devices = OPERATOR,
          .clip = "1-Grand Piano Lost Ship 1",
          .pitches = {60, 62, 64, 65},
          .n = 4},
         "synth", VOCALS_NO},
        {{.name = "Spirit",
          .guessed = true,
          .devices = OPERATOR,
          .clip = "7 3-Grand Piano",
          .pitches = {60, 62, 64, 65},
          .n = 4},
         "synth", VOCALS_NO},
        {{.name = "Spirit",
          .guessed = true,
          .devices = DEVICE("OriginalSimpler", ""),
          .clip = "3 violino2",
          .pitches = {60, 62, 64, 65},
          .n = 4},
         "", VOCALS_UNKNOWN},
        /* a Drum Sampler has its file below UserSample */
        {{.name = "Stuff",
          .devices = KIT(PAD(
              "Pad", "92",
              DEVICE("DrumCell",
                     "<UserSample><Value><SampleRef><FileRef><Path "
                     "Value=\"/x/Clap 1.wav\"/></FileRef></SampleRef></Value>"
                     "</UserSample>"))),
          .pitches = {36},
          .n = 1},
         "clap", VOCALS_NO},
        {{.name = "Low", .devices = DEVICE("Collision", ""),
          .pitches = {36, 38, 40, 36}, .n = 4},
         "", VOCALS_NO},
        {{.name = "Stuff",
          .devices = DEVICE("PluginDevice",
                            "<PluginDesc><VstPluginInfo><PlugName "
                            "Value=\"Captain Chords\"/><Category Value=\"2\"/>"
                            "</VstPluginInfo></PluginDesc>") OPERATOR,
          .pitches = {60, 64, 67, 72}, .n = 4},
         "synth", VOCALS_NO},
        /* what only its notes would tell is a guess */
        {{.name = "Zork",
          .devices = DEVICE("PluginDevice",
                            "<PluginDesc><VstPluginInfo><PlugName "
                            "Value=\"Zork\"/><Category Value=\"2\"/>"
                            "</VstPluginInfo></PluginDesc>"),
          .pitches = {60, 64, 67, 72, 60, 64, 67, 72}, .n = 8},
         "", VOCALS_UNKNOWN},
        {{.name = "Zork",
          .devices = DEVICE("PluginDevice",
                            "<PluginDesc><VstPluginInfo><PlugName "
                            "Value=\"Zork\"/><Category Value=\"2\"/>"
                            "</VstPluginInfo></PluginDesc>"),
          .pitches = {40, 40, 40, 40, 40, 40, 40, 40}, .n = 8},
         "", VOCALS_UNKNOWN},
        /* a fader at the bottom, an output that leads nowhere */
        {{.name = "Organ", .devices = OPERATOR, .pitches = {60}, .n = 1,
          .mixer = "<Volume><Manual Value=\"0.0003162277571\"/></Volume>"},
         "", VOCALS_UNKNOWN},
        {{.name = "Organ", .devices = OPERATOR, .pitches = {60}, .n = 1,
          .out = "AudioOut/None"},
         "", VOCALS_UNKNOWN},
        {{.name = "Organ", .devices = OPERATOR, .pitches = {60}, .n = 1,
          .out = "AudioOut/Master"},
         "organ", VOCALS_NO},
        /* notes for another track, and for what is outside of Live */
        {{.name = "Organ", .devices = OPERATOR, .pitches = {60}, .n = 1,
          .notes_out = "MidiOut/Track.1/DeviceIn.0.0"},
         "organ", VOCALS_NO},
        {{.name = "Piano", .pitches = {60}, .n = 1,
          .notes_out = "MidiOut/Track.12/DeviceIn.0.0"},
         "", VOCALS_NO},
        /* a preset that somebody renamed is another sound */
        {{.name = "Stuff", .guessed = true,
          .devices = DEVICE("Operator",
                            "<UserName Value=\"Growling Natives\"/>"
                            "<LastPresetRef><Value><FilePresetRef><FileRef>"
                            "<Path Value=\"/x/Violin.adv\"/></FileRef>"
                            "</FilePresetRef></Value></LastPresetRef>"),
          .pitches = {60, 62, 64}, .n = 3},
         "synth", VOCALS_NO},
        /* a sampler without a sample, and one with */
        {{.name = "Piano", .devices = LOADED(""), .pitches = {60}, .n = 1},
         "", VOCALS_UNKNOWN},
        {{.name = "Piano", .devices = LOADED("<MultiSamplePart/>"),
          .pitches = {60}, .n = 1},
         "piano", VOCALS_NO},
        /* the stops of an organ, and what a sound was made from */
        {{.name = "Stuff",
          .devices = RACK("Phoenix", DEVICE("OriginalSimpler",
                                            "<UserName Value=\"Flute\"/>")),
          .pitches = {60}, .n = 1},
         "", VOCALS_UNKNOWN},
        {{.name = "Stuff",
          .devices = RACK("", DEVICE("OriginalSimpler",
                                     "<UserName Value=\"Flute\"/>")),
          .pitches = {60}, .n = 1},
         "flute", VOCALS_NO},
        {{.name = "Stuff",
          .devices = RACK("Flute", DEVICE("OriginalSimpler",
                                          "<UserName Value=\"Organ\"/>")),
          .pitches = {60}, .n = 1},
         "flute", VOCALS_NO},
        /* a bass guitar is none with a synthesizer in it */
        {{.name = "E Bass", .devices = RACK("", SIMPLER), .pitches = {36},
          .n = 1},
         "bassguitar", VOCALS_NO},
        {{.name = "E Bass", .devices = RACK("", SIMPLER OPERATOR),
          .pitches = {36}, .n = 1},
         "bass", VOCALS_NO},
        /* chains that the selector leaves out; if it leaves out all, something
         * moves it */
        {{.name = "Stuff", .devices = CHAINS("0", "0", "1", "5"),
          .pitches = {60}, .n = 1},
         "violin", VOCALS_NO},
        {{.name = "Stuff", .devices = CHAINS("9", "0", "1", "5"),
          .pitches = {60}, .n = 1},
         "violin flute", VOCALS_NO},
        {{.name = "Stuff", .devices = CHAINS("1", "1", "1", "5"),
          .pitches = {60}, .n = 1},
         "violin flute", VOCALS_NO},
        {{.name = "Cues", .sample = "bass.mp3"}, "", VOCALS_NO},
        {{.name = "Piano", .pitches = {60}, .n = 1,
          .notes_out = "MidiOut/External.Dev:IAC Driver/0"},
         "", VOCALS_NO},
        {{.name = "Atmos", .devices = OPERATOR, .pitches = {60}, .n = 1},
         "atmosphere", VOCALS_NO},
        /* a fader at the bottom that is moved up */
        {{.name = "Organ", .devices = OPERATOR, .pitches = {60}, .n = 1,
          .mixer = "<Volume><Manual Value=\"0.0003162277571\"/>"
                   "<AutomationTarget Id=\"77\"/></Volume>",
          .moved = "<FloatEvent Time=\"-63072000\" "
                   "Value=\"0.0003162277571\"/><FloatEvent Time=\"8\" "
                   "Value=\"1\"/>"},
         "organ", VOCALS_NO},
        /* and one that is only moved down */
        {{.name = "Organ", .devices = OPERATOR, .pitches = {60}, .n = 1,
          .mixer = "<Volume><Manual Value=\"1\"/>"
                   "<AutomationTarget Id=\"77\"/></Volume>",
          .moved = "<FloatEvent Time=\"-63072000\" "
                   "Value=\"0.0003162277571\"/>"},
         "", VOCALS_UNKNOWN},
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        is_said(&rows[i].t, rows[i].said, rows[i].vocals);
}

static void
what_is_silent_is_no_instrument(void **state)
{
    static const struct track quiet[] = {
        {.name = "Marimba", .devices = DEVICE("Collision", "")},
        {.name = "Keys",
         .devices = DEVICE("LoungeLizard", ""),
         .pitches = {60},
         .n = 1,
         .mixer = "<Volume><Manual Value=\"0.0003162277571\"/></Volume>"},
    };
    auto_facts struct facts f;

    (void)state;
    read_set(&f, quiet, 2, -1, NULL);
    assert_int_equal(f.n_sounds, 0);
    assert_true(f.nothing_plays);
}

#define MAIN_FADER(stands)                                                     \
    "<Volume><ArrangerAutomation><Events><FloatEvent Time=\"-63072000\" "      \
    "Value=\"0.0005\"/><FloatEvent Time=\"32\" Value=\"0.0003\"/></Events>"    \
    "</ArrangerAutomation><Manual Value=\"" stands "\"/></Volume>"

/* If automation keeps a whole song silent but the fader is up, the automation
 * was overridden. */
static void
the_main_fader_is_where_it_is_heard(void **state)
{
    static const struct track up = {.name = "Keys",
                                    .devices = OPERATOR,
                                    .pitches = {60},
                                    .n = 1,
                                    .main = MAIN_FADER("0.56")};
    static const struct track down = {.name = "Keys",
                                      .devices = OPERATOR,
                                      .pitches = {60},
                                      .n = 1,
                                      .main = MAIN_FADER("0.0004")};
    auto_facts struct facts f;

    (void)state;
    read_set_of(&f, 9, &down, 1, -1, NULL);
    assert_true(f.nothing_plays);
    facts_release(&f);
    read_set_of(&f, 9, &up, 1, -1, NULL);
    assert_false(f.nothing_plays);
}

#define C_MAJOR_SONG                                                           \
    {48, 52, 55, 48, 53, 57, 60, 53, 55, 59, 62, 55, 48, 52, 55, 48}, .n = 16

static void
keys_are_those_of_what_sounds(void **state)
{
    static const struct track plain = {
        .name = "Keys", .devices = OPERATOR, .pitches = C_MAJOR_SONG};
    static const struct track up = {
        .name = "Keys",
        .devices = DEVICE("MidiPitcher", "<Pitch><Manual Value=\"3\"/></Pitch>")
            OPERATOR,
        .pitches = C_MAJOR_SONG};
    /* One note a bar, to which a device adds a third and a fifth. */
    static const struct track chord = {
        .name = "Keys",
        .devices = DEVICE("MidiChord", "<Shift1><Manual Value=\"4\"/></Shift1>"
                                       "<Shift2><Manual Value=\"7\"/></Shift2>")
            OPERATOR,
        .pitches = {48, 53, 55, 48, 53, 55, 55, 48},
        .n = 8};
    static const struct track random = {
        .name = "Keys",
        .devices = DEVICE("MidiRandom",
                          "<Chance><Manual Value=\"0.5\"/></Chance>") OPERATOR,
        .pitches = C_MAJOR_SONG};
    static const struct track no_d = {.name = "Keys",
                                      .devices = OPERATOR,
                                      .pitches = {33, 40, 42, 49, 33, 42},
                                      .n = 6};
    /* A sample that plays as it was recorded is on no C. */
    static const struct track dropped[] = {
        {.name = "Keys",
         .devices = DEVICE("MidiPitcher",
                           "<Pitch><Manual Value=\"6\"/></Pitch>") OPERATOR,
         .pitches = C_MAJOR_SONG},
        {.name = "Bass Drop",
         .devices = SIMPLER,
         .pitches = {60, 60, 60, 60, 60, 60, 60, 60},
         .n = 8}};
    auto_facts struct facts f;

    (void)state;
    read_set(&f, dropped, 2, -1, NULL);
    assert_string_equal(f.key_text, "F# major");
    assert_int_equal(f.key_evidence, EVIDENCE_HEARD);
    facts_release(&f);
    read_set(&f, &plain, 1, -1, NULL);
    assert_string_equal(f.key_text, "C major");
    assert_int_equal(f.key_evidence, EVIDENCE_HEARD);
    facts_release(&f);
    read_set(&f, &up, 1, -1, NULL);
    assert_string_equal(f.key_text, "Eb major");
    facts_release(&f);
    read_set(&f, &chord, 1, -1, NULL);
    assert_string_equal(f.key_text, "C major");
    facts_release(&f);
    read_set(&f, &random, 1, -1, NULL);
    assert_false(facts_key_known(&f));
    facts_release(&f);
    /* Declared, but its tonic does not sound. */
    read_set(&f, &no_d, 1, 2, "Major");
    assert_int_equal(f.key_evidence, EVIDENCE_NONE);
    facts_release(&f);
    read_set(&f, &no_d, 1, 9, "Major");
    assert_string_equal(f.key_text, "A major");
    facts_release(&f);
    /* Declared, and contradicted by what sounds; declared, and right. */
    read_set(&f, &plain, 1, 0, "Minor");
    assert_int_equal(f.key_evidence, EVIDENCE_NONE);
    facts_release(&f);
    read_set(&f, &plain, 1, 9, "Minor");
    assert_string_equal(f.key_text, "A minor");
    assert_int_equal(f.key_evidence, EVIDENCE_STATED);
}

/* It may be that of Push, or of what was played before. */
#define PITCH_CHAIN(by, from, to)                                              \
    "<MidiEffectBranch Id=\"0\"><DeviceChain><MidiToMidiDeviceChain>"          \
    "<Devices>" DEVICE(                                                        \
        "MidiPitcher",                                                         \
        "<Pitch><Manual Value=\"" by                                           \
        "\"/></Pitch>") "</Devices></MidiToMidiDeviceChain></DeviceChain>"     \
                        "<BranchSelectorRange><Min Value=\"" from              \
                        "\"/><Max Value=\"" to                                 \
                        "\"/></BranchSelectorRange></MidiEffectBranch>"
#define PITCHES_BY(channel)                                                    \
    DEVICE("MidiEffectGroupDevice",                                            \
           "<Branches>" PITCH_CHAIN("3", "0", "9") PITCH_CHAIN(                \
               "0", "10", "127") "</Branches><ChainSelector>"                  \
                                 "<KeyMidi><Channel Value=\"" channel          \
                                 "\"/></KeyMidi><Manual "                      \
                                 "Value=\"0\"/></ChainSelector>")

#define SHIFTER(by)                                                            \
    DEVICE("Shifter", "<Pitch_Coarse><Manual Value=\"" by "\"/></Pitch_Coarse>")

/* In a rack within a rack, where a macro put the selector is not kept. */
static void
a_macro_in_a_rack_leaves_its_pitch_open(void **state)
{
    static const struct {
        const char *devices, *key;
    } rows[] = {
        {PITCHES_BY("16") OPERATOR, "Eb major"},
        {RACK("", PITCHES_BY("16") OPERATOR), NULL},
        {RACK("", PITCHES_BY("0") OPERATOR), "Eb major"},
        /* and so does an effect that moves all of it */
        {OPERATOR SHIFTER("12"), "C major"},
        {OPERATOR SHIFTER("14"), NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track t = {.name = "Keys",
                          .devices = rows[i].devices,
                          .pitches = C_MAJOR_SONG};
        auto_facts struct facts f;

        read_set(&f, &t, 1, -1, NULL);
        assert_int_equal(facts_key_known(&f), rows[i].key != NULL);
        if (rows[i].key != NULL)
            assert_string_equal(f.key_text, rows[i].key);
    }
}

/* Tracks that the bounce may lack leave the key open, unless it is the same
 * without them. */
static void
a_key_holds_without_what_may_be_missing(void **state)
{
    struct track t[] = {
        {.name = "Keys", .devices = OPERATOR, .pitches = C_MAJOR_SONG},
        {.name = "Organ", .devices = OPERATOR, .pitches = C_MAJOR_SONG},
    };

    (void)state;
    for (int lacks = 0; lacks < 3; lacks++) {
        auto_facts struct facts f;

        t[0].monitor = lacks == 2 ? "0" : NULL;
        t[1].monitor = lacks > 0 ? "0" : NULL;
        read_set(&f, t, 2, -1, NULL);
        assert_int_equal(facts_key_known(&f), lacks < 2);
    }
}

static void
a_scale_without_notes_is_no_key(void **state)
{
    static const struct track song = {.name = "Song", .sample = "Song.mp3"};

    (void)state;
    for (int live = 10; live <= 12; live++) {
        auto_facts struct facts f;

        read_set_of(&f, live, &song, 1, 3, "Minor");
        assert_false(facts_key_known(&f));
    }
}

#define SAMPLER(element, semitones)                                            \
    DEVICE(element, "<Pitch><TransposeKey><Manual Value=\"" semitones          \
                    "\"/></TransposeKey></Pitch>")

#define LIVES(preset)                                                          \
    "<LastPresetRef><Value><FilePresetRef><FileRef><RelativePathType "         \
    "Value=\"5\"/><RelativePath Value=\"Sounds/Pad/" preset                    \
    ".adv\"/></FileRef></FilePresetRef></Value></LastPresetRef>"

/* A sample that a sampler moves by octaves may sound as written, and so may a
 * preset whose maker tuned it. */
static void
a_key_is_unsure_if_samples_are_moved(void **state)
{
    static const struct {
        const char *devices;
        enum evidence evidence;
    } rows[] = {
        {SAMPLER("OriginalSimpler", "0"), EVIDENCE_HEARD},
        {SAMPLER("OriginalSimpler", "-12"), EVIDENCE_HEARD},
        {SAMPLER("OriginalSimpler", "-9"), EVIDENCE_NONE},
        {SAMPLER("MultiSampler", "7"), EVIDENCE_NONE},
        {DEVICE("OriginalSimpler",
                LIVES("Bubbly Keys") "<Pitch><TransposeKey><Manual "
                                     "Value=\"4\"/></TransposeKey></Pitch>"),
         EVIDENCE_HEARD},
        {DEVICE("OriginalSimpler",
                LIVES("Simpler") "<Pitch><TransposeKey><Manual "
                                 "Value=\"4\"/></TransposeKey></Pitch>"),
         EVIDENCE_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track t = {.name = "Keys",
                          .devices = rows[i].devices,
                          .pitches = C_MAJOR_SONG};
        auto_facts struct facts f;

        read_set(&f, &t, 1, -1, NULL);
        if (f.key_evidence != rows[i].evidence)
            fail_msg("row %zu: evidence %s", i, evidence_name(f.key_evidence));
    }
}

/* Long white keys outweigh a melody with F#, but each alone tells a key. */
static void
a_key_fits_each_large_part(void **state)
{
    static const struct track tracks[] = {
        {.name = "Keys", .devices = OPERATOR, .pitches = C_MAJOR_SONG},
        {.name = "Tune",
         .devices = OPERATOR,
         .step = 0.125,
         .pitches = {74, 76, 78, 79, 78, 76, 74, 78},
         .n = 8},
        {.name = "Tune",
         .devices = OPERATOR,
         .step = 0.125,
         .pitches = {74, 76, 77, 79, 77, 76, 74, 77},
         .n = 8},
    };
    auto_facts struct facts f;

    (void)state;
    read_set(&f, tracks, 2, -1, NULL);
    assert_string_equal(f.key_text, "C major");
    assert_int_equal(f.key_evidence, EVIDENCE_GUESSED);
    facts_release(&f);
    read_set(&f, (const struct track[]){tracks[0], tracks[2]}, 2, -1, NULL);
    assert_int_equal(f.key_evidence, EVIDENCE_HEARD);
}

/* What a track outside of a group played does not become the group's. */
static void
a_group_names_what_its_tracks_recorded(void **state)
{
    static const struct {
        const char *sample, *said;
    } rows[] = {
        {"0003 pulita.aif", "guitar"},
        {"0003 1-pulita.aif", "guitar"},
        {"pulita 0003 [2024-12-07 181701].wav", "guitar"},
        {"0003 4-Zork.aif", ""},
        {"Zork 0003 [2024-12-07 181701].wav", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track tracks[] = {
            {.name = "GTRs", .group = 1},
            {.name = "pulita", .sample = rows[i].sample, .group = 2},
            {.name = "Zork", .devices = OPERATOR, .pitches = {60}, .n = 1},
        };
        auto_facts struct facts f;
        char got[64];

        read_set(&f, tracks, 3, -1, NULL);
        said(&f, got, sizeof(got));
        if (strcmp(got, rows[i].said) != 0)
            fail_msg("\"%s\" is said to be \"%s\"", rows[i].sample, got);
    }
}

/* Before Live 11, the folders of a preset's path are elements. */
static void
folders_of_live_10_say_what_a_preset_is(void **state)
{
    static const struct track t = {
        .name = "Lute Fantasia",
        .guessed = true,
        .devices = DEVICE("Operator",
                          "<LastPresetRef><Value><FilePresetRef><FileRef>"
                          "<RelativePathType Value=\"5\"/><RelativePath>"
                          "<RelativePathElement Dir=\"Sounds\"/>"
                          "<RelativePathElement Dir=\"Synth Lead\"/>"
                          "</RelativePath><Name Value=\"Lute Fantasia.adg\"/>"
                          "</FileRef></FilePresetRef></Value>"
                          "</LastPresetRef>"),
        .pitches = {60, 62, 64, 65},
        .n = 4};
    auto_facts struct facts f;
    char got[64];

    (void)state;
    read_set_of(&f, 10, &t, 1, -1, NULL);
    said(&f, got, sizeof(got));
    assert_string_equal(got, "lead");
}

#define DIAL(name, value) "<" name "><Manual Value=\"" value "\"/></" name ">"
#define SCALE(base, transpose, fold, range, map)                               \
    DEVICE("MidiScale",                                                        \
           DIAL("Base", base) DIAL("Transpose", transpose) DIAL("Fold", fold)  \
               DIAL("Lowest", "0") DIAL("Range", range) map)
/* clang-format off */
#define MAP(a, b, c, d, e, f, g, h, i, j, k, l)                                \
    DIAL("Mapping.0", a) DIAL("Mapping.1", b) DIAL("Mapping.2", c)             \
    DIAL("Mapping.3", d) DIAL("Mapping.4", e) DIAL("Mapping.5", f)             \
    DIAL("Mapping.6", g) DIAL("Mapping.7", h) DIAL("Mapping.8", i)             \
    DIAL("Mapping.9", j) DIAL("Mapping.10", k) DIAL("Mapping.11", l)
/* clang-format on */
#define MINOR MAP("0", "0", "2", "3", "3", "5", "5", "7", "8", "8", "10", "10")

/* Scale says to which pitch class above its base each one goes. */
static void
keys_are_those_that_a_scale_makes(void **state)
{
    static const struct {
        int live;
        const char *key; /* NULL: none */
        struct track t;
    } rows[] = {
        {11,
         "C minor",
         {.name = "Keys",
          .devices = SCALE("0", "0", "false", "128", MINOR) OPERATOR,
          .pitches = C_MAJOR_SONG}},
        {9,
         "D minor",
         {.name = "Keys",
          .devices = SCALE("0", "2", "false", "128", MINOR) OPERATOR,
          .pitches = C_MAJOR_SONG}},
        /* by octaves, which do not matter to a key */
        {11,
         "C minor",
         {.name = "Keys",
          .devices = SCALE("0", "0", "true", "128", MINOR) OPERATOR,
          .pitches = C_MAJOR_SONG}},
        /* from A on, C is the third */
        {11,
         "C major",
         {.name = "Keys",
          .devices = SCALE("9", "0", "false", "128", MINOR) OPERATOR,
          .pitches = C_MAJOR_SONG}},
        /* for no note, so all play as they are written */
        {11,
         "C major",
         {.name = "Keys",
          .devices = SCALE("0", "0", "false", "0", MINOR) OPERATOR,
          .pitches = C_MAJOR_SONG}},
        /* what it removes is not heard: without E, no third */
        {11,
         NULL,
         {.name = "Keys",
          .devices = SCALE("0", "0", "false", "128",
                           MAP("0", "1", "2", "3", "-1", "5", "6", "7", "8",
                               "9", "10", "11")) OPERATOR,
          .pitches = C_MAJOR_SONG}},
        /* the song's scale, one without its map, none that we know */
        {12,
         NULL,
         {.name = "Keys",
          .devices = SCALE("0", "0", "false", "128",
                           MINOR DIAL("UseSongScale", "true")) OPERATOR,
          .pitches = C_MAJOR_SONG}},
        {11,
         NULL,
         {.name = "Keys",
          .devices = SCALE("0", "0", "false", "128", "") OPERATOR,
          .pitches = C_MAJOR_SONG}},
        {11,
         NULL,
         {.name = "Keys",
          .devices = DEVICE("MidiScale", "") OPERATOR,
          .pitches = C_MAJOR_SONG}},
        /* Live 8 has values as events from the start */
        {8,
         "Eb major",
         {.name = "Keys",
          .devices = DEVICE("MidiPitcher",
                            "<Pitch><ArrangerAutomation><Events><FloatEvent "
                            "Time=\"-63072000\" Value=\"3\"/></Events>"
                            "</ArrangerAutomation></Pitch>") OPERATOR,
          .pitches = C_MAJOR_SONG}},
        /* what becomes of notes out of Pitch's range is not known */
        {11,
         "Eb major",
         {.name = "Keys",
          .devices =
              DEVICE("MidiPitcher", DIAL("Pitch", "3") DIAL("Lowest", "48")
                                        DIAL("Range", "14")) OPERATOR,
          .pitches = C_MAJOR_SONG}},
        {11,
         NULL,
         {.name = "Keys",
          .devices =
              DEVICE("MidiPitcher", DIAL("Pitch", "3") DIAL("Lowest", "50")
                                        DIAL("Range", "12")) OPERATOR,
          .pitches = C_MAJOR_SONG}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_facts struct facts f;
        const char *key;

        read_set_of(&f, rows[i].live, &rows[i].t, 1, -1, NULL);
        key = facts_key_known(&f) ? f.key_text : NULL;
        if ((key == NULL) != (rows[i].key == NULL) ||
            (key != NULL && strcmp(key, rows[i].key) != 0))
            fail_msg("row %zu is %s", i, key != NULL ? key : "of no key");
    }
}

/* A typed name is not cut: only "1-Name" has Live's own number. */
static void
typed_names_stay_whole(void **state)
{
    static const struct track named[] = {
        {.name = "606 Fill", .devices = OPERATOR, .pitches = {60}, .n = 1},
        {.name = "12 String Guitar",
         .devices = OPERATOR,
         .pitches = {60},
         .n = 1},
    };
    auto_facts struct facts f;

    (void)state;
    read_set(&f, named, 2, -1, NULL);
    assert_true(strs_has(&f.names, "606 Fill"));
    assert_true(strs_has(&f.names, "12 String Guitar"));
}

#define CHAIN_8(on, inner)                                                     \
    "<InstrumentBranch Id=\"0\"><MixerDevice><Speaker><ArrangerAutomation>"    \
    "<Events><BoolEvent Time=\"-63072000\" Value=\"" on "\"/></Events>"        \
    "</ArrangerAutomation></Speaker></MixerDevice><DeviceChain>"               \
    "<MidiToAudioDeviceChain><Devices>" inner "</Devices>"                     \
    "</MidiToAudioDeviceChain></DeviceChain></InstrumentBranch>"
#define ELECTRIC_8                                                             \
    "<LoungeLizard Id=\"0\"><On><ArrangerAutomation><Events><BoolEvent "       \
    "Time=\"-63072000\" Value=\"true\"/></Events></ArrangerAutomation></On>"   \
    "</LoungeLizard>"

/* Live 8 has its switches in the automation, those of a rack's chains too. */
static void
a_chain_of_live_8_that_is_off_is_silent(void **state)
{
    static const char *const on[] = {"true", "false"};
    struct track t = {.name = "Stuff", .pitches = {60, 64}, .n = 2};

    (void)state;
    for (int i = 0; i < 2; i++) {
        auto_free char *rack =
            xasprintf("<InstrumentGroupDevice Id=\"0\"><Branches>"
                      "%s</Branches></InstrumentGroupDevice>",
                      i == 0 ? CHAIN_8("true", ELECTRIC_8)
                             : CHAIN_8("false", ELECTRIC_8));
        auto_facts struct facts f;
        char got[256];

        t.devices = rack;
        read_set_of(&f, 8, &t, 1, -1, NULL);
        said(&f, got, sizeof(got));
        if ((strstr(got, "epiano") != NULL) != (i == 0))
            fail_msg("with a chain whose speaker is %s: \"%s\"", on[i], got);
    }
}

/* In a recorded kit, the microphone next to that of the kick drum. */
static void
a_sub_beside_the_kick_is_its_microphone(void **state)
{
    static const struct track kit[] = {
        {.name = "cassa", .sample = "cassa.wav"},
        {.name = "sub", .sample = "sub.wav"},
        {.name = "snare up", .sample = "snare.wav"},
    };
    static const struct track beat[] = {
        {.name = "Kick", .sample = "kick.wav"},
        {.name = "Sub", .devices = OPERATOR, .pitches = {36}, .n = 1},
    };
    auto_facts struct facts a, b;
    char got[256];

    (void)state;
    read_set(&a, kit, 3, -1, NULL);
    said(&a, got, sizeof(got));
    assert_string_equal(got, "kick snare");
    read_set(&b, beat, 2, -1, NULL);
    said(&b, got, sizeof(got));
    assert_string_equal(got, "kick subbass");
}

static const struct sounding *
sound_named(const struct facts *f, const char *row)
{
    for (size_t i = 0; i < f->n_sounds; i++)
        if (f->sounds[i].row == words_row(row))
            return &f->sounds[i];
    fail_msg("no %s", row);
    return NULL;
}

/* After an arpeggiator, nobody knows when they sound. */
static void
an_arpeggiator_hides_how_notes_move(void **state)
{
    static const char *const devices[] = {
        OPERATOR, DEVICE("MidiArpeggiator", "") OPERATOR,
        DEVICE("MidiNoteLength", "") OPERATOR,
        OPERATOR DEVICE("BeatRepeat", ""),
        /* or a preset that plays a rhythm by itself */
        DEVICE("Operator", "<LastPresetRef><Value><FilePresetRef><FileRef>"
                           "<Path Value=\"/x/Gated Choir.adv\"/></FileRef>"
                           "</FilePresetRef></Value></LastPresetRef>")};

    (void)state;
    for (size_t i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
        struct track t = {.name = "Organ",
                          .devices = devices[i],
                          .pitches = {60, 64, 67},
                          .n = 3};
        auto_facts struct facts f;

        read_set(&f, &t, 1, -1, NULL);
        assert_int_equal(sound_named(&f, "organ")->notes, i == 0 ? 12 : 0);
    }
}

/* A track that is called after the kick drum, but plays a kit. */
static void
a_drum_of_many_pitches_has_no_pattern(void **state)
{
    (void)state;
    for (int many = 0; many < 2; many++) {
        struct track t = {.name = "Kick", .devices = OPERATOR, .n = 16};
        auto_facts struct facts f;

        for (int i = 0; i < 16; i++)
            t.pitches[i] = many != 0 ? 36 + i % 4 : 36;
        read_set(&f, &t, 1, -1, NULL);
        assert_string_equal(f.kick, many != 0 ? "" : "four on the floor");
    }
}

/* Notes on no grid are neither on the beat nor against it. */
static void
what_is_played_freely_is_against_no_beat(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        struct track t = {.name = "Bass",
                          .devices = OPERATOR,
                          .step = i == 0 ? 1.5 : 0.77,
                          .pitches = {36, 38, 40, 36, 38, 40, 36, 38, 40, 36},
                          .n = 10};
        auto_facts struct facts f;

        read_set(&f, &t, 1, -1, NULL);
        assert_int_equal(sound_named(&f, "bass")->offbeat > 0, i == 0);
        assert_int_equal(sound_named(&f, "bass")->steps > 0, i == 0);
    }
}

/* A bass that repeats each of its pitches does not walk. */
static void
repeated_pitches_are_no_steps(void **state)
{
    static const int pitches[][10] = {
        {36, 38, 40, 41, 43, 41, 40, 38, 36, 38},
        {36, 36, 36, 38, 38, 38, 40, 40, 40, 41},
    };

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct track t = {.name = "Bass", .devices = OPERATOR, .n = 10};
        auto_facts struct facts f;

        memcpy(t.pitches, pitches[i], sizeof(pitches[i]));
        read_set(&f, &t, 1, -1, NULL);
        assert_int_equal(sound_named(&f, "bass")->steps >= 0.6, i == 0);
    }
}

/* Instruments ring on after their notes, as long as is known of each. */
#define KNOB(name, value) "<" name "><Manual Value=\"" value "\"/></" name ">"
#define LOUDNESS(release, loop)                                                \
    "<Envelope>" KNOB("ReleaseTime", release)                                  \
        KNOB("LoopMode", loop) "</Envelope>"
#define STRETCH(time, key)                                                     \
    "<EnvScale>" KNOB("EnvTime", time)                                         \
        KNOB("EnvTimeKeyScale", key) "</EnvScale>"
#define SAMPLES(element, release, loop, mode, time)                            \
    DEVICE(element, "<VolumeAndPan>" LOUDNESS(                                 \
                        release, loop) "</VolumeAndPan>"                       \
                                       "<Globals><PlaybackMode Value=\"" mode  \
                                       "\"/>" STRETCH(time, "0") "</Globals>")
#define OSCILLATOR(i, release, loop, on)                                       \
    "<Operator." i ">" LOUDNESS(release, loop)                                 \
        KNOB("IsOn", on) "</Operator." i ">"
#define OSCILLATORS(third, loop, on, key)                                      \
    DEVICE("Operator", OSCILLATOR("0", "50.5", "0", "true")                    \
                           OSCILLATOR("1", "40", "0", "true")                  \
                               OSCILLATOR("2", third, loop, on)                \
                                   OSCILLATOR("3", "9000", "4", "false")       \
                                       STRETCH("0", key))
#define WAVETABLE(time)                                                        \
    DEVICE("InstrumentVector",                                                 \
           KNOB("Voice_Modulators_AmpEnvelope_Times_Release", "0.6")           \
               KNOB("Voice_Modulators_AmpEnvelope_LoopMode", "0")              \
                   KNOB("Voice_Modulators_TimeScale", time))

static void
instruments_ring_on_as_they_say(void **state)
{
    static const struct {
        const char *devices;
        double release; /* infinity: unknown */
    } rows[] = {
        {SAMPLES("OriginalSimpler", "8000", "0", "0", "0"), 8},
        {SAMPLES("MultiSampler", "50", "0", "0", "0"), 0.05},
        /* played to its end, sliced, repeated, stretched */
        {SAMPLES("OriginalSimpler", "50", "0", "1", "0"), INFINITY},
        {SAMPLES("OriginalSimpler", "50", "0", "2", "0"), INFINITY},
        {SAMPLES("OriginalSimpler", "50", "4", "0", "0"), INFINITY},
        {SAMPLES("OriginalSimpler", "50", "0", "0", "20"), INFINITY},
        /* the longest that is on */
        {OSCILLATORS("1846", "0", "true", "0"), 1.846},
        {OSCILLATORS("1846", "0", "false", "0"), 0.051},
        {OSCILLATORS("1846", "1", "true", "0"), INFINITY},
        {OSCILLATORS("1846", "0", "true", "30"), INFINITY},
        {WAVETABLE("0"), 0.6},
        {WAVETABLE("0.5"), INFINITY},
        /* what we do not read, and what there is not */
        {OPERATOR, INFINITY},
        {DEVICE("UltraAnalog", LOUDNESS("50", "0") STRETCH("0", "0")),
         INFINITY},
        {DEVICE("Reverb", ""), INFINITY},
        {"", INFINITY},
        /* all that sound */
        {WAVETABLE("0") SAMPLES("MultiSampler", "50", "0", "0", "0"), 0.6},
        {WAVETABLE("0") OPERATOR, INFINITY},
        {WAVETABLE("0")
             DEVICE("PluginDevice", "<PluginDesc><VstPluginInfo><PlugName "
                                    "Value=\"Zork\"/><Category Value=\"2\"/>"
                                    "</VstPluginInfo></PluginDesc>"),
         INFINITY},
        {WAVETABLE("0") "<Operator Id=\"0\"><On><Manual Value=\"false\"/></On>"
                        "</Operator>",
         0.6},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track t = {.name = "Bass",
                          .devices = rows[i].devices,
                          .notes_out = "MidiOut/Track.12/DeviceIn.0.0",
                          .pitches = {36},
                          .n = 1};
        auto_facts struct facts f;

        read_set(&f, &t, 1, -1, NULL);
        if (sound_named(&f, "bass")->each.release != rows[i].release)
            fail_msg("row %zu: %g s", i, sound_named(&f, "bass")->each.release);
    }
}

static void
notes_fill_the_time_to_the_next(void **state)
{
    static const struct {
        double step, length, fullness;
    } rows[] = {{0.25, 0, 1}, {0.5, 0.125, 0.25}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track t = {.name = "Bass",
                          .devices = OPERATOR,
                          .step = rows[i].step,
                          .length = rows[i].length,
                          .pitches = {36, 38, 40, 36, 38, 40, 36, 38},
                          .n = 8};
        auto_facts struct facts f;

        read_set(&f, &t, 1, -1, NULL);
        assert_true(fabs(sound_named(&f, "bass")->each.fullness -
                         rows[i].fullness) < 1e-6);
    }
}

/* A note that a device doubles in octaves is no chord. */
static void
octaves_are_one_pitch_class(void **state)
{
    static const struct {
        const char *devices;
        double classes, notes;
    } rows[] = {
        {OPERATOR, 1, 1},
        {DEVICE("MidiChord", "<Shift1><Manual Value=\"12\"/></Shift1>"
                             "<Shift2><Manual Value=\"-12\"/></Shift2>")
             OPERATOR,
         1, 3},
        {DEVICE("MidiChord", "<Shift1><Manual Value=\"4\"/></Shift1>"
                             "<Shift2><Manual Value=\"12\"/></Shift2>")
             OPERATOR,
         2, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track t = {.name = "Organ",
                          .devices = rows[i].devices,
                          .pitches = {60, 64, 67, 60},
                          .n = 4};
        auto_facts struct facts f;
        const struct sounding *s;

        read_set(&f, &t, 1, -1, NULL);
        s = sound_named(&f, "organ");
        if (s->each.thinnest != rows[i].classes ||
            s->each.thickest != rows[i].notes)
            fail_msg("row %zu: %g of %g", i, s->each.thinnest,
                     s->each.thickest);
    }
}

/* A clip that loops repeats its pitch where it begins again. */
static void
notes_that_repeat_a_pitch_are_counted(void **state)
{
    static const struct {
        int pitches[4];
        double repeats;
    } rows[] = {{{60, 62, 60, 64}, 0},
                {{60, 62, 64, 60}, 3.0 / 15},
                {{60, 60, 60, 60}, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track t = {
            .name = "Organ", .devices = OPERATOR, .step = 4, .n = 4};
        auto_facts struct facts f;

        memcpy(t.pitches, rows[i].pitches, sizeof(rows[i].pitches));
        read_set(&f, &t, 1, -1, NULL);
        assert_float_equal(sound_named(&f, "organ")->each.repeats,
                           rows[i].repeats, 0.001);
    }
}

/* A pad whose chain is off beats no time; a sliced drum loop hides who does. */
static void
pads_that_are_off_or_loops_have_no_pattern(void **state)
{
    static const char *const kits[] = {
        KIT(PAD("Kick", "92", SIMPLER)),
        KIT("<DrumBranch Id=\"0\"><Name><EffectiveName Value=\"Kick\"/></Name>"
            "<DeviceChain><MidiToAudioDeviceChain><Devices>" SIMPLER
            "</Devices></MidiToAudioDeviceChain></DeviceChain><MixerDevice>"
            "<Speaker><Manual Value=\"false\"/></Speaker></MixerDevice>"
            "<BranchInfo><ReceivingNote Value=\"92\"/></BranchInfo>"
            "</DrumBranch>")};
    static const char *const others[] = {"Cowbell", "drum delay beat"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct track t = {.name = "Beat", .devices = kits[i], .n = 16};
        auto_facts struct facts f;

        for (int k = 0; k < 16; k++)
            t.pitches[k] = 36;
        read_set(&f, &t, 1, -1, NULL);
        assert_int_equal(f.kick[0] != '\0', i == 0);
    }
    for (size_t i = 0; i < 2; i++) {
        auto_free char *kit =
            xasprintf(KIT(PAD("Hihat", "86", SIMPLER) PAD("%s", "92", SIMPLER)),
                      others[i]);
        struct track t = {.name = "Beat", .devices = kit, .n = 16};
        auto_facts struct facts f;

        for (int k = 0; k < 16; k++)
            t.pitches[k] = 42;
        t.pitches[4] = 36;
        read_set(&f, &t, 1, -1, NULL);
        assert_int_equal(f.hats[0] != '\0', i == 0);
    }
}

/* Hats in few bars of a song are no pattern of it, and a kick in few is none.
 */
static void
a_pattern_in_few_bars_is_not_the_songs(void **state)
{
    static const struct {
        double hats, kick; /* bars that have them */
        bool eighths, floor;
    } rows[] = {
        {16, 16, true, true},
        {7, 16, true, true},
        {6, 16, false, true},
        {16, 6, true, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track t[2] = {
            {.name = "A",
             .devices = KIT(PAD("Hihat", "86", SIMPLER)),
             .step = 0.5,
             .n = 16},
            {.name = "B", .devices = KIT(PAD("Kick", "92", SIMPLER)), .n = 16},
        };
        double times[16];
        auto_facts struct facts f;

        for (int k = 0; k < 16; k++) {
            times[k] = 0.5 * k;
            t[0].pitches[k] = 42;
            t[1].pitches[k] = 36;
        }
        t[0].times = times;
        t[0].n = 8;
        t[0].bars = rows[i].hats;
        t[1].bars = rows[i].kick;
        read_set(&f, t, 2, -1, NULL);
        if ((strcmp(f.hats, "eighth") == 0) != rows[i].eighths ||
            (f.kick[0] != '\0') != rows[i].floor)
            fail_msg("row %zu: hats %s, kick %s", i, f.hats, f.kick);
    }
}

/* A backbeat under even hats is straight, wherever the kick is. */
static void
a_backbeat_under_even_hats_is_not_broken(void **state)
{
    static const double kick[] = {0, 0.5, 1.5, 2.5}, snare[] = {1, 3},
                        hats[][4] = {{0, 1, 2, 3}, {0, 0.75, 1.5, 3.25}};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct track t[3] = {
            {.name = "A", .devices = KIT(PAD("Kick", "92", SIMPLER)), .n = 4},
            {.name = "B", .devices = KIT(PAD("Snare", "90", SIMPLER)), .n = 2},
            {.name = "C", .devices = KIT(PAD("Hihat", "86", SIMPLER)), .n = 4},
        };
        auto_facts struct facts f;

        t[0].times = kick;
        t[1].times = snare;
        t[2].times = hats[i];
        for (int k = 0; k < 4; k++) {
            t[0].pitches[k] = 36;
            t[1].pitches[k] = 38;
            t[2].pitches[k] = 42;
        }
        read_set(&f, t, 3, -1, NULL);
        assert_string_equal(f.kick, i == 0 ? "" : "broken");
    }
}

/* What is hit just before a beat is early, not late. */
static void
a_hit_just_before_the_beat_is_no_swing(void **state)
{
    static const struct {
        double start;
        bool swing;
    } rows[] = {{0.75, false}, {0.8, true}, {0.833, true}, {0.875, false}};

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track t[2] = {
            {.name = "A", .devices = KIT(PAD("Hihat", "86", SIMPLER)), .n = 16},
            {.name = "B", .devices = KIT(PAD("Kick", "92", SIMPLER)), .n = 15},
        };
        auto_facts struct facts f;

        for (int k = 0; k < 16; k++) {
            t[0].pitches[k] = 42;
            t[1].pitches[k] = 36;
        }
        t[1].start = rows[i].start;
        read_set(&f, t, 2, -1, NULL);
        if (f.swing != rows[i].swing)
            fail_msg("row %zu: %d", i, f.swing);
    }
}

/* {time of a hit in each of so many bars, velocity}: swung hats, beside a kick
 * on each beat. */
static void
a_swing_takes_firm_hits_in_most_bars(void **state)
{
    static const struct {
        double times[6];
        int n, velocity;
        double bars, others; /* that have them, and the kick */
        bool swing;
    } rows[] = {
        {{0.833, 2.833}, 2, 100, 16, 16, true},
        {{0.833, 2.833}, 2, 19, 16, 16, false}, /* ghosts */
        {{0.833, 2.833}, 2, 20, 16, 16, true},
        {{0.833, 1.833, 2.833, 3.833}, 4, 100, 8, 17, false},
        {{0.833, 1.833, 2.833, 3.833}, 4, 100, 7, 7, false},
        {{0.833, 1.833, 2.833, 3.833}, 4, 100, 8, 16, true},
        {{0.833, 1.833, 2.833, 3.833}, 4, 100, 8, 8, true},
        /* triplets */
        {{0.333, 0.667, 2.333, 2.667}, 4, 100, 16, 16, false},
        {{0.333, 2.333, 1.333, 3.333}, 4, 100, 16, 16, true},
        /* evenly close, so on no line of any beat */
        {{0.333, 0.51, 0.667, 0.844}, 4, 100, 16, 16, false},
        {{2.833, 3.833, 0.333, 0.51, 0.667, 0.844}, 6, 100, 16, 16, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track t[2] = {
            {.name = "A", .devices = KIT(PAD("Hihat", "86", SIMPLER))},
            {.name = "B", .devices = KIT(PAD("Kick", "92", SIMPLER)), .n = 16},
        };
        auto_facts struct facts f;

        for (int k = 0; k < 16; k++)
            t[1].pitches[k] = 36;
        t[0].times = rows[i].times;
        t[0].velocity = rows[i].velocity;
        t[0].bars = rows[i].bars;
        t[1].bars = rows[i].others;
        t[0].n = rows[i].n;
        for (int k = 0; k < t[0].n; k++)
            t[0].pitches[k] = 42;
        read_set(&f, t, 2, -1, NULL);
        if (f.swing != rows[i].swing)
            fail_msg("row %zu: %d", i, f.swing);
    }
}

#define WARPS(sec0, beat0, sec1, beat1)                                        \
    "<WarpMarker SecTime=\"" sec0 "\" BeatTime=\"" beat0 "\"/>"                \
    "<WarpMarker SecTime=\"" sec1 "\" BeatTime=\"" beat1 "\"/>"
#define PITCHES                                                                \
    .pitches = {36, 38, 40, 36, 38, 40, 36, 38, 40, 36, 38, 40}, .n = 12

/* Recordings and what is played freely keep their own time, whatever the set's
 * tempo was. */
static void
a_tempo_that_nothing_follows_is_none(void **state)
{
    static const struct {
        struct track t;
        bool known;
        /* clang-format off */
    } rows[] = {
        /* one note of a loop, on the grid; and some that are not */
        {{.name = "Bass", .devices = OPERATOR, PITCHES}, true},
        {{.name = "Bass", .devices = OPERATOR, .step = 0.77, PITCHES}, false},
        /* a few may be there by chance, also in several tracks */
        {{.name = "Bass", .devices = OPERATOR, .pitches = {36}, .n = 1}, false},
        {{.name = "Bass", .devices = OPERATOR, .pitches = {36}, .n = 1,
          .tempo = 95}, false},
        {{.name = "Bass", .devices = OPERATOR, .pitches = {36, 38}, .n = 2,
          .tempo = 95}, true},
        {{.name = "Bass", .devices = OPERATOR, .step = 0.77, PITCHES,
          .tempo = 95}, false},
        {{.name = "Bass", .devices = OPERATOR, .step = 1.01, PITCHES,
          .tempo = 95}, true},
        /* 260 is halved if whole beats are played: it could be a third */
        {{.name = "Bass", .devices = OPERATOR, .step = 1, PITCHES,
          .tempo = 260}, true},
        {{.name = "Bass", .devices = OPERATOR, .step = 0.75, PITCHES,
          .tempo = 260}, false},
        {{.name = "Bass", .devices = OPERATOR, .step = 0.75, PITCHES,
          .tempo = 130}, true},
        /* all at once show no beat */
        {{.name = "Bass", .devices = OPERATOR, .step = 1e-3, .start = 15.9,
          .pitches = {36, 38, 40}, .n = 3, .tempo = 95}, false},
        /* recordings that Live made: with its click, or not */
        {{.name = "Gtr", .sample = "0002 1-Audio.wav"}, false},
        {{.name = "Gtr", .sample = "1-Audio 0002 [2022-05-29 114906].wav"},
         false},
        {{.name = "Gtr", .sample = "0002 1-Audio.wav", .tempo = 100,
          .warps = WARPS("0", "0", "0.01875", "0.03125")}, false},
        {{.name = "Gtr", .sample = "0002 1-Audio.wav", .tempo = 70,
          .warps = WARPS("0", "0", "0.015625", "0.03125")}, false},
        {{.name = "Gtr", .sample = "Freeze Keys.wav", .tempo = 100,
          .warps = WARPS("0", "0", "0.01875", "0.03125")}, false},
        /* files that were brought to the set's tempo, or never looked at */
        {{.name = "A", .sample = "Break.wav",
          .warps = WARPS("0", "0", "7.68", "16")}, true},
        {{.name = "A", .sample = "Break.wav",
          .warps = WARPS("0", "0", "0.015625", "0.03125")}, false},
        {{.name = "A", .sample = "Break.wav",
          .warps = WARPS("0", "0", "8", "16")}, false},
        {{.name = "A", .sample = "Bird.wav", .tempo = 90,
          .warps = WARPS("0", "0", "3", "16")}, false},
        {{.name = "A", .sample = "Song.mp3", .tempo = 90,
          .warps = WARPS("0", "0", "76.8", "160")}, true},
        {{.name = "A", .sample = "Song.mp3",
          .warps = WARPS("0", "0", "76.8", "160")}, false},
        {{.name = "A", .sample = "Break 125bpm.wav",
          .warps = WARPS("0", "0", "7.68", "16")}, true},
        {{.name = "A", .sample = "Break_125_BPM.wav",
          .warps = WARPS("0", "0", "7.68", "12.8")}, false},
        {{.name = "A", .sample = "Break 120 bpm.wav",
          .warps = WARPS("0", "0", "0.015625", "0.03125")}, true},
        {{.name = "A", .sample = "bpm.wav"}, false},
        /* of which too little is there to count */
        {{.name = "A", .sample = "Break 125bpm.wav", .bars = 1,
          .warps = WARPS("0", "0", "7.68", "16")}, true},
        {{.name = "A", .sample = "Break 125bpm.wav", .bars = 0.9,
          .warps = WARPS("0", "0", "7.68", "16")}, false},
        /* brought to twice of what its name says */
        {{.name = "A", .sample = "Loop_80bpm.wav", .tempo = 150,
          .warps = WARPS("0", "0", "12", "32")}, false},
        {{.name = "A", .sample = "SC_RS_80_drum_loop.wav", .tempo = 150,
          .warps = WARPS("0", "0", "12", "32")}, false},
        {{.name = "A", .sample = "SC_RS_160_drum_loop.wav", .tempo = 150,
          .warps = WARPS("0", "0", "12", "32")}, true},
        {{.name = "A", .sample = "loop80x.wav", .tempo = 150,
          .warps = WARPS("0", "0", "12", "32")}, true},
        /* where a knob was left */
        {{.name = "A", .sample = "Song.mp3", .tempo = 197.165,
          .warps = WARPS("0", "0", "76.8", "160")}, false},
        {{.name = "A", .sample = "Song.mp3", .tempo = 197.16,
          .warps = WARPS("0", "0", "76.8", "160")}, true},
        /* the set has its tempo from the file, as Live guessed it */
        {{.name = "A", .sample = "Siren.wav", .tempo = 109.525,
          .warps = WARPS("0", "0", "17.530244236", "32")}, false},
        {{.name = "A", .sample = "Loop 110 BPM.wav", .tempo = 109.525,
          .warps = WARPS("0", "0", "17.530244236", "32")}, true},
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        auto_facts struct facts f;

        read_set(&f, &rows[i].t, 1, -1, NULL);
        if (facts_tempo_known(&f) != rows[i].known)
            fail_msg("row %zu: %g BPM", i, f.bpm);
    }
}

/* Choirs and drones that were brought to Live's own tempo have no pulse, if
 * what is played beside them ignores it. */
static void
free_notes_outweigh_long_files_at_lives_tempo(void **state)
{
    struct track t[] = {
        {.name = "Choir",
         .sample = "Choir.aif",
         .warps = WARPS("0", "0", "7.68", "16")},
        {.name = "Bass", .devices = OPERATOR, .step = 0.77, PITCHES},
    };

    (void)state;
    for (int i = 0; i < 4; i++) {
        t[0].tempo = i % 2 != 0 ? 95 : 0;
        assert_int_equal(has_tempo(t, i < 2 ? 2 : 1), i != 0);
    }
}

/* One take may have been played freely; who recorded two heard the first. */
static void
two_takes_have_a_tempo(void **state)
{
    struct track t[] = {
        {.name = "Gtr",
         .sample = "0002 1-Audio.wav",
         .tempo = 100,
         .warps = WARPS("0", "0", "0.01875", "0.03125")},
        {.name = "Gtr",
         .sample = "0002 1-Audio.wav",
         .warps = WARPS("0", "0", "0.01875", "0.03125")},
    };

    (void)state;
    for (int other = 0; other < 2; other++) {
        if (other != 0)
            t[1].sample = "0003 2-Audio.wav";
        assert_int_equal(has_tempo(t, 2), other);
    }
}

/* Notes at the beginning of a long recording say nothing of the rest. */
static void
notes_in_little_of_the_music_have_no_tempo(void **state)
{
    struct track t[] = {
        {.name = "Bass", .devices = OPERATOR, PITCHES, .tempo = 95},
        {.name = "Song",
         .sample = "Song.mp3",
         .warps = WARPS("0", "0", "0.015625", "0.03125")},
    };

    (void)state;
    for (int n = 1; n < 3; n++)
        for (int bars = 6; bars < 19; bars += 12) {
            t[0].bars = bars;
            assert_int_equal(has_tempo(t, (size_t)n), n == 1 || bars == 18);
        }
}

/* Where nothing sounds, nobody hears the tempo. */
static void
only_tempos_at_which_something_sounds_are_said(void **state)
{
#define JUMP(beat, from, to)                                                   \
    "<FloatEvent Time=\"" beat "\" Value=\"" from                              \
    "\"/><FloatEvent Time=\"" beat "\" Value=\"" to "\"/>"
#define BEGIN "<FloatEvent Time=\"-63072000\" Value=\"100\"/>"
    static const struct {
        const char *tempos;
        size_t notes;
        double low, high;
    } rows[] = {
        {BEGIN JUMP("8", "100", "162") JUMP("12", "162", "100"), 6, 100, 100},
        {BEGIN JUMP("6", "100", "162"), 6, 100, 100},
        {BEGIN JUMP("6", "100", "162"), 9, 100, 162},
        {BEGIN JUMP("8", "100", "162") JUMP("12", "162", "100"), 12, 100, 162},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track t = {.name = "Bass",
                          .devices = OPERATOR,
                          PITCHES,
                          .bars = 4,
                          .tempos = rows[i].tempos};
        auto_facts struct facts f;

        t.n = (int)rows[i].notes;
        read_set_of(&f, 9, &t, 1, -1, NULL);
        if (f.bpm_min != rows[i].low || f.bpm_max != rows[i].high ||
            f.tempo_steady != (rows[i].low == rows[i].high) ||
            (f.tempo_steady && f.felt_bpm != rows[i].low))
            fail_msg("row %zu: %g BPM, from %g to %g", i, f.bpm, f.bpm_min,
                     f.bpm_max);
    }
}

/* One of two files that disagree was not looked at. */
static void
a_file_of_two_tempos_shows_none(void **state)
{
    struct track t[] = {
        {.name = "A",
         .sample = "Song.mp3",
         .warps = WARPS("0", "0", "7.68", "16")},
        {.name = "B",
         .sample = "Song.mp3",
         .warps = WARPS("0", "0", "9", "16")},
    };

    (void)state;
    for (int same = 0; same < 2; same++) {
        if (same != 0)
            t[1].warps = t[0].warps;
        assert_int_equal(has_tempo(t, 2), same);
    }
}

/* A loop that was brought to twice the tempo of its name is felt at half of the
 * set's, if it is more than a tenth of the music. */
static void
a_loop_at_twice_its_tempo_makes_it_doubtful(void **state)
{
    struct track t[] = {
        {.name = "A",
         .sample = "Break 120bpm.wav",
         .warps = WARPS("0", "0", "8", "16")},
        {.name = "B",
         .sample = "Claves-92bpm.aif",
         .warps = WARPS("0", "0", "10.4348", "32")},
    };

    (void)state;
    for (int bars = 1; bars < 3; bars++) {
        t[1].bars = bars;
        assert_int_equal(has_tempo(t, 2), bars < 2);
    }
}

/* A click is for the players, whatever instrument makes it. */
static void
a_click_is_no_music(void **state)
{
    static const struct track t[] = {
        {.name = "Click", .devices = OPERATOR, .pitches = {60}, .n = 1},
        {.name = "Bass", .devices = OPERATOR, .pitches = {36}, .n = 1},
    };

    (void)state;
    for (size_t n = 1; n < 3; n++) {
        auto_facts struct facts f;

        read_set(&f, t, n, -1, NULL);
        assert_true(f.nothing_plays == (n == 1));
    }
}

/* A file that was turned down is hardly noticed beside others. */
static void
what_is_turned_down_is_not_said(void **state)
{
    static const char *const gains[] = {"0.5", "0.05"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        auto_free char *warps =
            xasprintf("</WarpMarkers><SampleVolume Value=\"%s\"/>"
                      "<WarpMarkers>",
                      gains[i]);
        struct track t[] = {
            {.name = "Tambourine", .sample = "x.wav", .warps = warps},
            {.name = "Bass", .devices = OPERATOR, .pitches = {36}, .n = 1},
        };
        auto_facts struct facts f;
        char got[256];

        read_set(&f, t, 2, -1, NULL);
        said(&f, got, sizeof(got));
        assert_string_equal(got, i == 0 ? "tambourine bass" : "bass");
    }
}

/* A clip that only moves controls has its gain at the bottom. */
static void
a_clip_without_gain_is_silent(void **state)
{
    const struct track t = {
        .name = "Vox",
        .sample = "Dummy.wav",
        .warps = "</WarpMarkers><SampleVolume Value=\"0.0003162277571\"/>"
                 "<WarpMarkers>"};
    auto_facts struct facts f;

    (void)state;
    read_set(&f, &t, 1, -1, NULL);
    assert_true(f.nothing_plays);
}

#define FADER(at) "<Volume><Manual Value=\"" at "\"/></Volume>"

/* Nobody notices what is 20 dB below the rest, if its fader stays there. */
static void
what_is_faint_is_not_said(void **state)
{
    static const struct {
        const char *mixer, *moved, *said;
    } rows[] = {
        {FADER("0.5"), NULL, "bass organ"},
        {FADER("0.09"), NULL, "bass organ"},
        {FADER("0.07"), NULL, "bass"},
        {"<Volume><Manual Value=\"0.02\"/><AutomationTarget Id=\"77\"/></Volume>",
         "<FloatEvent Time=\"-63072000\" Value=\"0.02\"/>"
         "<FloatEvent Time=\"8\" Value=\"1\"/>",
         "bass organ"},
        /* wherever it moves */
        {"<Volume><Manual Value=\"1\"/><AutomationTarget Id=\"77\"/></Volume>",
         "<FloatEvent Time=\"-63072000\" Value=\"0.02\"/>"
         "<FloatEvent Time=\"8\" Value=\"0.07\"/>",
         "bass"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (int alone = 0; alone < 2; alone++) {
            struct track t[] = {
                {.name = "Organ",
                 .devices = OPERATOR,
                 .pitches = {60, 62, 64},
                 .n = 3,
                 .mixer = rows[i].mixer,
                 .moved = rows[i].moved},
                {.name = "Bass",
                 .devices = OPERATOR,
                 .pitches = {36, 38, 40},
                 .n = 3,
                 .mixer = FADER("0.8")},
            };
            auto_facts struct facts f;
            char got[256];

            read_set(&f, t, alone != 0 ? 1 : 2, -1, NULL);
            said(&f, got, sizeof(got));
            assert_string_equal(got, alone != 0 ? "organ" : rows[i].said);
        }
}

#define STAB(file, to)                                                         \
    "</WarpMarkers></AudioClip><AudioClip Id=\"1\" Time=\"64\">"               \
    "<CurrentStart Value=\"64\"/><CurrentEnd Value=\"" to "\"/><SampleRef>"    \
    "<FileRef><Path Value=\"/x/" file "\"/></FileRef></SampleRef>"             \
    "</AudioClip><AudioClip Id=\"2\" Time=\"0\"><CurrentStart Value=\"0\"/>"   \
    "<CurrentEnd Value=\"64\"/><WarpMarkers>"

/* A stab among loops is no instrument of the song, but may be a voice. */
static void
what_a_file_hardly_plays_is_not_said(void **state)
{
    static const struct {
        const char *stab, *said;
        enum vocals vocals;
    } rows[] = {
        {STAB("clavinet.wav", "80"), "percussion clavinet", VOCALS_NO},
        {STAB("clavinet.wav", "65"), "percussion", VOCALS_NO},
        {STAB("vox.wav", "65"), "percussion", VOCALS_UNKNOWN},
        {STAB("xyz.wav", "65"), "percussion", VOCALS_UNKNOWN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct track t = {.name = "A",
                          .guessed = true,
                          .sample = "percussion.wav",
                          .warps = rows[i].stab};
        auto_facts struct facts f;
        char got[256];

        read_set(&f, &t, 1, -1, NULL);
        said(&f, got, sizeof(got));
        if (strcmp(got, rows[i].said) != 0 || f.vocals != rows[i].vocals)
            fail_msg("row %zu: %s, vocals %s", i, got, vocals_name(f.vocals));
    }
}

/* Nor what is hardly struck. */
static void
what_is_never_struck_is_not_said(void **state)
{
    (void)state;
    for (int velocity = 7; velocity < 9; velocity++) {
        struct track t = {.name = "Organ",
                          .devices = OPERATOR,
                          .pitches = {60, 62, 64},
                          .n = 3,
                          .velocity = velocity};
        auto_facts struct facts f;
        char got[256];

        read_set(&f, &t, 1, -1, NULL);
        said(&f, got, sizeof(got));
        assert_string_equal(got, velocity < 8 ? "" : "organ");
    }
}

/* Where the input is monitored alone, Live suppresses the clips. */
static void
clips_behind_a_monitored_input_are_not_said(void **state)
{
    static const char *const monitors[] = {"0", "1", "2"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct track t = {.name = "Bass",
                          .devices = OPERATOR,
                          .pitches = {36, 38, 40},
                          .n = 3,
                          .monitor = monitors[i]};

        is_said(&t, i == 0 ? "" : "bass", VOCALS_NO);
    }
}

/* Whether the bounce was made with the solo, nobody knows. */
static void
what_a_solo_leaves_out_is_not_said(void **state)
{
    struct track t[] = {
        {.name = "Vox", .sample = "x.wav"},
        {.name = "Organ",
         .devices = OPERATOR,
         .start = 8,
         .pitches = {60, 62, 64},
         .n = 3},
        {.name = "Kick",
         .devices = KIT(PAD("Kick", "92", SIMPLER)),
         .pitches = {36, 36, 36, 36, 36, 36, 36, 36, 36, 36, 36, 36, 36, 36, 36,
                     36},
         .n = 16},
    };

    (void)state;
    for (int solo = 0; solo < 2; solo++) {
        auto_facts struct facts f;
        char got[256];

        t[1].mixer = solo != 0 ? "<SoloSink Value=\"true\"/>" : NULL;
        read_set(&f, t, 3, -1, NULL);
        said(&f, got, sizeof(got));
        assert_string_equal(got, solo != 0 ? "organ" : "kick organ voice");
        assert_int_equal(f.vocals, solo != 0 ? VOCALS_UNKNOWN : VOCALS_YES);
        assert_string_equal(f.kick, solo != 0 ? "" : "four on the floor");
        assert_true((f.begins > 0.01) == (solo != 0));
    }
}

static void
sections_are_named_by_whole_words(void **state)
{
    static const struct {
        const char *name, *label;
        /* clang-format off */
    } rows[] = {
        {"Raindrops", "other"},   {"Drop 2", "drop"}, {"DROPS", "drop"},
        {"Weekend", "other"},     {"The End", "end"}, {"Ending", "end"},
        {"Pre-Chorus", "pre-chorus"}, {"PreChorus", "pre-chorus"},
        {"Chorus1", "chorus"},    {"BuildUp", "build"},
        {"buildup", "build"},     {"Breakfast", "other"},
        {"Solomon", "other"},     {"break_b", "break"},
        {"Breakdown", "breakdown"}, {"Universe", "other"},
        {"\xc3\xbc" "drop", "other"}, {"mid-drop", "drop"},
        {"", "other"},
    };
    /* clang-format on */

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        if (strcmp(als_section_label(rows[i].name), rows[i].label) != 0)
            fail_msg("\"%s\" is said to be \"%s\"", rows[i].name,
                     als_section_label(rows[i].name));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tracks_are_said_as_they_show),
        cmocka_unit_test(what_is_silent_is_no_instrument),
        cmocka_unit_test(the_main_fader_is_where_it_is_heard),
        cmocka_unit_test(keys_are_those_of_what_sounds),
        cmocka_unit_test(keys_are_those_that_a_scale_makes),
        cmocka_unit_test(a_macro_in_a_rack_leaves_its_pitch_open),
        cmocka_unit_test(a_key_holds_without_what_may_be_missing),
        cmocka_unit_test(a_scale_without_notes_is_no_key),
        cmocka_unit_test(a_key_is_unsure_if_samples_are_moved),
        cmocka_unit_test(a_key_fits_each_large_part),
        cmocka_unit_test(a_group_names_what_its_tracks_recorded),
        cmocka_unit_test(folders_of_live_10_say_what_a_preset_is),
        cmocka_unit_test(typed_names_stay_whole),
        cmocka_unit_test(a_chain_of_live_8_that_is_off_is_silent),
        cmocka_unit_test(a_sub_beside_the_kick_is_its_microphone),
        cmocka_unit_test(an_arpeggiator_hides_how_notes_move),
        cmocka_unit_test(a_drum_of_many_pitches_has_no_pattern),
        cmocka_unit_test(what_is_played_freely_is_against_no_beat),
        cmocka_unit_test(instruments_ring_on_as_they_say),
        cmocka_unit_test(notes_fill_the_time_to_the_next),
        cmocka_unit_test(pads_that_are_off_or_loops_have_no_pattern),
        cmocka_unit_test(a_pattern_in_few_bars_is_not_the_songs),
        cmocka_unit_test(a_backbeat_under_even_hats_is_not_broken),
        cmocka_unit_test(a_hit_just_before_the_beat_is_no_swing),
        cmocka_unit_test(a_swing_takes_firm_hits_in_most_bars),
        cmocka_unit_test(repeated_pitches_are_no_steps),
        cmocka_unit_test(octaves_are_one_pitch_class),
        cmocka_unit_test(notes_that_repeat_a_pitch_are_counted),
        cmocka_unit_test(a_tempo_that_nothing_follows_is_none),
        cmocka_unit_test(free_notes_outweigh_long_files_at_lives_tempo),
        cmocka_unit_test(two_takes_have_a_tempo),
        cmocka_unit_test(notes_in_little_of_the_music_have_no_tempo),
        cmocka_unit_test(only_tempos_at_which_something_sounds_are_said),
        cmocka_unit_test(a_file_of_two_tempos_shows_none),
        cmocka_unit_test(a_loop_at_twice_its_tempo_makes_it_doubtful),
        cmocka_unit_test(a_click_is_no_music),
        cmocka_unit_test(what_is_turned_down_is_not_said),
        cmocka_unit_test(a_clip_without_gain_is_silent),
        cmocka_unit_test(clips_behind_a_monitored_input_are_not_said),
        cmocka_unit_test(what_is_faint_is_not_said),
        cmocka_unit_test(what_a_file_hardly_plays_is_not_said),
        cmocka_unit_test(what_is_never_struck_is_not_said),
        cmocka_unit_test(what_a_solo_leaves_out_is_not_said),
        cmocka_unit_test(sections_are_named_by_whole_words),
    };

    return cmocka_run_group_tests_name("als/rules", tests, NULL, NULL);
}
