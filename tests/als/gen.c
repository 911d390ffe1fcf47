/* Live sets written by hand; see gen.h. */
#include "gen.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"

struct note {
    int pitch;
    double time;
    double length;
    bool off;
};

struct clip {
    double start, end;
    double loop_start, loop_end;
    bool looped;
    struct note notes[6];
    int n;
};

static void
must(bool truth)
{
    if (!truth)
        abort();
}

static const char start_time[] = "-63072000";

static void
open_tag(struct buf *b, const char *path)
{
    for (const char *p = path; *p != '\0'; p++) {
        size_t len = strcspn(p, "/");

        buf_addf(b, "<%.*s>", (int)len, p);
        p += len;
        if (*p == '\0')
            break;
    }
}

/* "a/b" closes b, then a. */
static void
close_tag(struct buf *b, const char *path)
{
    size_t end = strlen(path);

    for (size_t i = end; i-- > 0;) {
        if (i > 0 && path[i - 1] != '/')
            continue;
        buf_addf(b, "</%.*s>", (int)(end - i), path + i);
        end = i > 0 ? i - 1 : 0;
    }
}

static void
leaf(struct buf *b, const char *name, const char *value)
{
    buf_addf(b, "<%s Value=\"%s\" />\n", name, value);
}

static void
leaf_num(struct buf *b, const char *name, double value)
{
    buf_addf(b, "<%s Value=\"%.17g\" />\n", name, value);
}

/* A switch: Live 8 has it as the first event of its automation only. */
static void
knob(struct buf *b, int major, const char *name, bool on)
{
    const char *value = on ? "true" : "false";

    buf_addf(b, "<%s>", name);
    if (major >= 9)
        leaf(b, "Manual", value);
    if (major <= 9) {
        open_tag(b, "ArrangerAutomation/Events");
        buf_addf(b, "<BoolEvent Time=\"%s\" Value=\"%s\" />", start_time,
                 value);
        close_tag(b, "ArrangerAutomation/Events");
    }
    buf_addf(b, "</%s>\n", name);
}

static void
add_notes(struct buf *b, int major, const struct clip *c)
{
    open_tag(b, "Notes/KeyTracks");
    for (int i = 0; i < c->n; i++) {
        const struct note *n = &c->notes[i];

        open_tag(b, "KeyTrack/Notes");
        buf_addf(b,
                 "<MidiNoteEvent Time=\"%g\" Duration=\"%g\" Velocity=\"100\"",
                 n->time, n->length);
        /* Live 12 leaves out defaults. */
        if (major < 12 || n->off)
            buf_addf(b, " IsEnabled=\"%s\"", n->off ? "false" : "true");
        buf_add_str(b, " /></Notes>");
        leaf_num(b, "MidiKey", n->pitch);
        close_tag(b, "KeyTrack");
    }
    close_tag(b, "Notes/KeyTracks");
}

static void
clip_head(struct buf *b, const struct clip *c)
{
    leaf_num(b, "CurrentStart", c->start);
    leaf_num(b, "CurrentEnd", c->end);
    open_tag(b, "Loop");
    leaf_num(b, "LoopStart", c->loop_start);
    leaf_num(b, "LoopEnd", c->loop_end);
    leaf_num(b, "StartRelative", 0);
    leaf(b, "LoopOn", c->looped ? "true" : "false");
    close_tag(b, "Loop");
    leaf(b, "Disabled", "false");
}

static void
midi_clip(struct buf *b, int major, const struct clip *c)
{
    buf_addf(b, "<MidiClip Id=\"0\" Time=\"%g\">", c->start);
    clip_head(b, c);
    add_notes(b, major, c);
    buf_add_str(b, "</MidiClip>\n");
}

static void
audio_clip(struct buf *b, int major, const struct clip *c, const char *file)
{
    buf_addf(b, "<AudioClip Id=\"0\" Time=\"%g\">", c->start);
    clip_head(b, c);
    leaf(b, "IsWarped", "false");
    open_tag(b, "SampleRef/FileRef");
    if (major >= 11) {
        leaf(b, "RelativePath", "");
        buf_addf(b, "<Path Value=\"/Users/someone/Music/%s\" />", file);
    } else {
        leaf(b, "Name", file);
        open_tag(b, "SearchHint/PathHint");
        buf_add_str(b, "<RelativePathElement Dir=\"/Users/someone\" />");
        close_tag(b, "SearchHint/PathHint");
    }
    close_tag(b, "SampleRef/FileRef");
    buf_add_str(b, "</AudioClip>\n");
}

/* A track up to the place of its arrangement clips. */
static void
begin_track(struct buf *b, int major, const char *type, int id, int group,
            const char *name, bool on)
{
    buf_addf(b, "<%s Id=\"%d\">", type, id);
    open_tag(b, "Name");
    buf_addf(b, "<EffectiveName Value=\"%d-%s\" />", id, name);
    leaf(b, "UserName", name);
    close_tag(b, "Name");
    leaf_num(b, "TrackGroupId", group);
    if (major >= 11 && strcmp(type, "MidiTrack") == 0) {
        static const struct clip take = {
            0, 99, 0, 4, false, {{60, 0, 1, false}}, 1};

        open_tag(b, "TakeLanes/TakeLanes/TakeLane/ClipAutomation/Events");
        midi_clip(b, major, &take);
        close_tag(b, "TakeLanes/TakeLanes/TakeLane/ClipAutomation/Events");
    }
    open_tag(b, "DeviceChain/Mixer");
    knob(b, major, "Speaker", on);
    close_tag(b, "Mixer");
}

static void
operator_device(struct buf *b, int major, const char *element)
{
    buf_addf(b, "<%s Id=\"0\">", element);
    knob(b, major, "On", true);
    buf_addf(b, "<UserName Value=\"\" /></%s>\n", element);
}

static void
drum_rack(struct buf *b, int major)
{
    static const struct {
        const char *name;
        int receiving;
    } pads[] = {{"Kick", 92}, {"Snare", 90}};

    open_tag(b, "DrumGroupDevice");
    knob(b, major, "On", true);
    open_tag(b, "Branches");
    for (int i = 0; i < 2; i++) {
        open_tag(b, "DrumBranch/Name");
        leaf(b, major >= 9 ? "EffectiveName" : "UserName", pads[i].name);
        close_tag(b, "Name");
        open_tag(b, "DeviceChain/MidiToAudioDeviceChain/Devices");
        operator_device(b, major, "OriginalSimpler");
        close_tag(b, "DeviceChain/MidiToAudioDeviceChain/Devices");
        open_tag(b, "BranchInfo");
        leaf_num(b, "ReceivingNote", pads[i].receiving);
        close_tag(b, "DrumBranch/BranchInfo");
    }
    close_tag(b, "DrumGroupDevice/Branches");
}

/* The rest of a track after its sequencer; element: its device or NULL. */
static void
end_track(struct buf *b, int major, const char *type, const char *element)
{
    static const struct clip frozen = {0, 200, 0, 200, false, {{0}}, 0};

    open_tag(b, "FreezeSequencer/Sample/ArrangerAutomation/Events");
    audio_clip(b, major, &frozen, "frozen.wav");
    close_tag(b, "FreezeSequencer/Sample/ArrangerAutomation/Events");
    open_tag(b, "DeviceChain/Devices");
    if (element != NULL && strcmp(element, "DrumGroupDevice") == 0)
        drum_rack(b, major);
    else if (element != NULL)
        operator_device(b, major, element);
    close_tag(b, "DeviceChain/DeviceChain/Devices");
    buf_addf(b, "</%s>\n", type);
}

static void
slots(struct buf *b, int major, const struct clip *const *clips, int n)
{
    open_tag(b, "ClipSlotList");
    for (int i = 0; i < n; i++) {
        buf_addf(b, "<ClipSlot Id=\"%d\">", i);
        open_tag(b, "ClipSlot/Value");
        if (clips[i] != NULL)
            midi_clip(b, major, clips[i]);
        close_tag(b, "ClipSlot/ClipSlot/Value");
    }
    close_tag(b, "ClipSlotList");
}

static void
midi_track(struct buf *b, int major, int id, int group, const char *name,
           bool on, const char *device, const struct clip *clip,
           const struct clip *slot)
{
    begin_track(b, major, "MidiTrack", id, group, name, on);
    open_tag(b, "MainSequencer");
    slots(b, major, &slot, 1);
    open_tag(b, "ClipTimeable/ArrangerAutomation/Events");
    midi_clip(b, major, clip);
    close_tag(b, "MainSequencer/ClipTimeable/ArrangerAutomation/Events");
    end_track(b, major, "MidiTrack", device);
}

void
gen_begin(struct buf *b, int major)
{
    static const char *const minor[] = {"8.2_202", "9.5_327", "10.0_377",
                                        "11.0_433", "12.0_12203"};

    must(major >= 8 && major <= 12);
    buf_addf(b,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
             "<Ableton MajorVersion=\"%d\" MinorVersion=\"%s\" "
             "Creator=\"Ableton Live %d.2\">\n<LiveSet>\n<Tracks>\n",
             major < 10 ? 4 : 5, minor[major - 8], major);
}

/* The tempo or the meter: with the events of the main track's automation (Live
 * 8, 9), or only with the target that they refer to. */
static void
main_knob(struct buf *b, int major, const char *name, double manual, int id,
          const char *events)
{
    buf_addf(b, "<%s>", name);
    if (major >= 9)
        leaf_num(b, "Manual", manual);
    if (major <= 9)
        buf_addf(b,
                 "<ArrangerAutomation><Events>%s</Events>"
                 "</ArrangerAutomation>",
                 events);
    buf_addf(b, "<AutomationTarget Id=\"%d\" /></%s>\n", id, name);
}

static void
envelope(struct buf *b, int id, const char *events)
{
    buf_addf(b,
             "<AutomationEnvelope Id=\"0\"><EnvelopeTarget><PointeeId "
             "Value=\"%d\" /></EnvelopeTarget><Automation><Events>%s</Events>"
             "</Automation></AutomationEnvelope>\n",
             id, events);
}

static void
main_track(struct buf *b, int major, const char *tempo, const char *meter,
           double manual)
{
    const char *track = major >= 12 ? "MainTrack" : "MasterTrack";
    const char *chain = major >= 9 ? "DeviceChain" : "MasterChain";

    buf_addf(b, "</Tracks>\n<%s>", track);
    if (major >= 10) {
        open_tag(b, "AutomationEnvelopes/Envelopes");
        envelope(b, 8, tempo);
        envelope(b, 10, meter);
        close_tag(b, "AutomationEnvelopes/Envelopes");
    }
    buf_addf(b, "<%s><Mixer>", chain);
    main_knob(b, major, "Tempo", manual, 8, tempo);
    main_knob(b, major, "TimeSignature", 201, 10, meter);
    buf_addf(b, "</Mixer></%s></%s>\n", chain, track);
}

static void
scale(struct buf *b, int major, int root)
{
    if (major == 8)
        return;
    open_tag(b, "ScaleInformation");
    leaf_num(b, major >= 12 ? "Root" : "RootNote", root);
    leaf(b, "Name",
         major >= 12 ? root == 0 ? "0" : "1"
         : root == 0 ? "Major"
                     : "Minor");
    close_tag(b, "ScaleInformation");
    if (major >= 11)
        leaf(b, "InKey", "true");
}

static void
groove(struct buf *b, int major)
{
    static const struct clip swing = {
        0, 4, 0, 4, true, {{60, 0, 1, false}, {60, 1.1, 1, false}}, 2};

    open_tag(b, "GroovePool/Grooves/Groove/Clip/Value");
    midi_clip(b, major, &swing);
    close_tag(b, "GroovePool/Grooves/Groove/Clip/Value");
}

void
gen_end(struct buf *b, int major)
{
    main_track(b, major, "<FloatEvent Time=\"-63072000\" Value=\"120\" />",
               "<EnumEvent Time=\"-63072000\" Value=\"201\" />", 120);
    scale(b, major, 0);
    buf_add_str(b, "</LiveSet>\n</Ableton>\n");
}

static void
locator(struct buf *b, double time, const char *name)
{
    buf_add_str(b, "<Locator Id=\"0\">");
    leaf_num(b, "Time", time);
    leaf(b, "Name", name);
    buf_add_str(b, "</Locator>");
}

static void
song_tracks(struct buf *b, int major)
{
    /* clang-format off */
    static const struct clip drums = {
        0, 16, 0, 4, true,
        {{36, 0, 0.5, false}, {38, 1, 0.5, false}, {36, 2, 0.5, false},
         {38, 3, 0.5, true}, {36, 6, 0.5, false}}, 5};
    static const struct clip bass = {
        16, 32, 0, 16, false,
        {{40, 0, 4, false}, {43, 4, 4, false}, {47, 8, 4, false},
         {40, 12, 4, false}}, 4};
    static const struct clip idea = {
        0, 4, 0, 4, true, {{40, 0, 1, false}, {41, 1, 1, false}}, 2};
    static const struct clip lead = {
        0, 64, 0, 64, false, {{72, 0, 1, false}, {74, 60, 1, false}}, 2};
    static const struct clip voice = {0, 8, 0, 4, false, {{0}}, 0};
    /* clang-format on */

    begin_track(b, major, "GroupTrack", 100, -1, "Rhythm", true);
    buf_add_str(b, "</DeviceChain></GroupTrack>");
    midi_track(b, major, 1, 100, "Барабаны", true, "DrumGroupDevice", &drums,
               NULL);
    midi_track(b, major, 2, -1, "ベース", true, "Operator", &bass, &idea);
    midi_track(b, major, 3, -1, "Muted lead", false, "Operator", &lead, NULL);
    begin_track(b, major, "AudioTrack", 4, -1, "Take", true);
    open_tag(b, "MainSequencer/Sample/ArrangerAutomation/Events");
    audio_clip(b, major, &voice, "voce.wav");
    close_tag(b, "MainSequencer/Sample/ArrangerAutomation/Events");
    end_track(b, major, "AudioTrack", NULL);
    begin_track(b, major, "ReturnTrack", 5, -1, "A-Reverb", true);
    end_track(b, major, "ReturnTrack", "Reverb");
}

void
gen_song(struct buf *b, int major)
{
    gen_begin(b, major);
    song_tracks(b, major);
    main_track(b, major,
               "<FloatEvent Time=\"-63072000\" Value=\"120\" />"
               "<FloatEvent Time=\"16\" Value=\"120\" />"
               "<FloatEvent Time=\"16\" Value=\"60\" />",
               "<EnumEvent Time=\"16\" Value=\"200\" />"
               "<EnumEvent Time=\"-63072000\" Value=\"201\" />",
               99);
    open_tag(b, "Locators/Locators");
    locator(b, 16, "Drop");
    locator(b, 0, "Intro &amp; co");
    locator(b, 32, "End");
    close_tag(b, "Locators/Locators");
    groove(b, major);
    scale(b, major, 9);
    buf_add_str(b, "</LiveSet>\n</Ableton>\n");
}

void
gen_session(struct buf *b, int major)
{
    static const struct clip one = {0, 4, 0, 4, true, {{60, 0, 1, false}}, 1};
    static const struct clip three = {
        0, 8, 0, 8, true, {{62, 0, 1, false}, {64, 4, 1, false}}, 2};
    const struct clip *const clips[] = {&one, NULL, &three};

    gen_begin(b, major);
    begin_track(b, major, "MidiTrack", 1, -1, "Keys", true);
    open_tag(b, "MainSequencer");
    slots(b, major, clips, 3);
    close_tag(b, "MainSequencer");
    end_track(b, major, "MidiTrack", "LoungeLizard");
    gen_end(b, major);
}

int
gen_file(const void *data, size_t len, bool gzip)
{
    int fd = memfd_create("set", MFD_CLOEXEC);

    must(fd != -1);
    if (gzip) {
        int copy = dup(fd);
        gzFile z = gzdopen(copy, "wb6");

        must(z != NULL && len < (1u << 30));
        must(len == 0 || gzwrite(z, data, (unsigned)len) == (int)len);
        must(gzclose(z) == Z_OK);
    } else {
        must(write(fd, data, len) == (ssize_t)len);
    }
    must(lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}
