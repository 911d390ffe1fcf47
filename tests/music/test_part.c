/*
 * How a track is judged: each row is a track as sets have them, and what may be
 * said about it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "music/part.h"

struct track {
    const char *name;
    bool typed;
    bool audio, outsider, retimed;
    const char *device, *preset, *folder, *sample, *clip, *group;
    const char *pads; /* "Kick Snare", each of them hit */
    int notes, pitches, median;
    int range; /* semitones from the median to the highest */
    double polyphony, length;
    double classes; /* 0: as many as notes */
};

static void
judge(const struct track *t, struct part *ret)
{
    auto_part_hints struct part_hints h = {
        .name = t->name,
        .typed = t->typed,
        .audio = t->audio,
        .group = t->group,
        .outsider = t->outsider,
        .retimed = t->retimed,
        .notes = (size_t)t->notes,
        .pitches = t->pitches,
        .pitch_median = t->median,
        .pitch_min = t->median,
        .pitch_max = t->median + t->range,
        .polyphony = t->polyphony > 0 ? t->polyphony : 1,
        .classes = t->classes > 0 ? t->classes : t->polyphony,
        .length = t->length > 0 ? t->length : 0.5,
        .kit = t->device != NULL && strcmp(t->device, "Drum Rack") == 0,
    };
    char pads[8][16];
    const char *p = t->pads != NULL ? t->pads : "";

    strs_add(&h.devices, t->device);
    strs_add(&h.presets, t->preset);
    strs_add(&h.folders, t->folder);
    strs_add(&h.samples, t->sample);
    strs_add(&h.clips, t->clip);
    h.pads = xcalloc(8, sizeof(*h.pads));
    while (sscanf(p, "%15s", pads[h.n_pads]) == 1) {
        p = strstr(p, pads[h.n_pads]) + strlen(pads[h.n_pads]);
        char *hits = strchr(pads[h.n_pads], ':');

        if (hits != NULL) {
            *hits++ = '\0';
            h.pads[h.n_pads].hits = atoi(hits);
        }
        h.pads[h.n_pads].name = pads[h.n_pads];
        h.pads[h.n_pads].pitch = 36 + (int)h.n_pads;
        h.n_pads++;
    }
    part_judge(&h, ret);
}

/* What may be said, as "bass=stated pad=heard". */
static void
words_of(const struct part *p, char *ret, size_t size)
{
    ret[0] = '\0';
    for (size_t i = 0; i < p->n; i++)
        (void)snprintf(ret + strlen(ret), size - strlen(ret), "%s%s=%s",
                       i > 0 ? " " : "", words_name(p->words[i].row),
                       evidence_name(p->words[i].evidence));
}

static void
tracks_are_what_they_show(void **state)
{
    static const struct {
        struct track t;
        const char *words, *role;
        enum vocals vocals;
        /* clang-format off */
    } rows[] = {
        /* recorded sound of unknown content */
        {{.name = "Audio", .audio = true}, "", "other", VOCALS_UNKNOWN},
        {{.name = "VERSE", .typed = true, .audio = true}, "voice=stated", "vocal", VOCALS_YES},
        {{.name = "Ooh", .typed = true, .audio = true}, "voice=stated", "vocal", VOCALS_YES},
        {{.name = "X Voc", .typed = true, .audio = true}, "voice=stated", "vocal", VOCALS_YES},
        {{.name = "Audio", .audio = true, .group = "VOXs"},
         "voice=stated", "vocal", VOCALS_YES},
        {{.name = "HOOK", .typed = true, .audio = true}, "", "other", VOCALS_UNKNOWN},
        {{.name = "Audio", .audio = true, .sample = "TRACKING 0303.wav"},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Audio", .audio = true, .sample = "Voice_of_a_Stream.wav"},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Audio", .audio = true, .sample = "Stick-Hit.aif"},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Audio", .audio = true, .sample = "my whole song final v3.wav"},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Gtr take 2", .typed = true, .audio = true}, "guitar=stated", "guitar", VOCALS_NO},
        {{.name = "FX", .typed = true, .audio = true}, "fx=stated", "fx", VOCALS_UNKNOWN},
        /* what was found, and only that */
        {{.name = "E Piano Mk1", .typed = true}, "epiano=stated", "keys", VOCALS_NO},
        {{.name = "Bassoon", .typed = true}, "bassoon=stated", "wind", VOCALS_NO},
        {{.name = "Kalimba", .typed = true}, "kalimba=stated", "pluck", VOCALS_NO},
        {{.name = "Singing Percussion", .typed = true}, "percussion=stated", "percussion",
         VOCALS_UNKNOWN},
        {{.name = "Cello solo", .typed = true}, "cello=stated", "strings", VOCALS_NO},
        {{.name = "Lead", .typed = true, .device = "Operator", .notes = 64, .pitches = 6,
          .median = 72}, "lead=stated", "lead", VOCALS_NO},
        {{.name = "Lead", .typed = true}, "leadline=stated", "lead", VOCALS_UNKNOWN},
        {{.name = "Lead", .typed = true, .audio = true}, "leadline=stated", "lead", VOCALS_UNKNOWN},
        {{.name = "Vocal Pad", .typed = true, .device = "Operator"}, "pad=stated", "pad",
         VOCALS_UNKNOWN},
        /* no kin's name */
        {{.name = "Lute", .typed = true}, "lute=stated", "guitar", VOCALS_NO},
        {{.name = "Plucked-Shamisen", .typed = true}, "shamisen=stated", "pluck", VOCALS_NO},
        {{.name = "Ocarina", .typed = true}, "ocarina=stated", "wind", VOCALS_NO},
        {{.name = "Agogo", .typed = true}, "agogo=stated", "percussion", VOCALS_NO},
        {{.name = "Tabla", .typed = true}, "tabla=stated", "percussion", VOCALS_NO},
        {{.name = "Stuff", .typed = true, .device = "Drum Rack", .pads = "Kick Snap"},
         "kick=heard snap=heard", "drums", VOCALS_NO},
        /* one hit in a loop is a slip, but of what keeps the beat */
        {{.name = "Stuff", .typed = true, .device = "Drum Rack",
          .pads = "Kick:40 Shaker:1 Crash:1"},
         "kick=heard cymbal=heard", "drums", VOCALS_NO},
        {{.name = "Stuff", .typed = true, .device = "Drum Rack",
          .pads = "Kick:16 Shaker:2 Tom:2"},
         "kick=heard shaker=heard tom=heard", "drums", VOCALS_NO},
        {{.name = "Stuff", .typed = true, .device = "Drum Rack",
          .pads = "Kick:20 Snare:1 Tom:2"},
         "kick=heard snare=heard", "drums", VOCALS_NO},
        /* an effect that plays a tune is none, whoever calls it one */
        {{.name = "Effect", .typed = true, .device = "Kontakt", .notes = 31,
          .pitches = 4}, "fx=stated", "fx", VOCALS_UNKNOWN},
        {{.name = "Effect", .typed = true, .device = "Kontakt", .notes = 32,
          .pitches = 4, .median = 60}, "", "lead", VOCALS_UNKNOWN},
        {{.name = "Audio", .audio = true, .sample = "Vinyl_Crackle_02.wav"}, "vinyl=heard", "fx",
         VOCALS_UNKNOWN},
        {{.name = "Audio", .audio = true, .sample = "Vinyl 2.wav"}, "", "other", VOCALS_UNKNOWN},
        /* called after the first file that it ever had */
        {{.name = "Tambo and Timbales Loop 90bpm", .audio = true,
          .sample = "Tambourine 84 bpm.aif"},
         "tambourine=heard", "percussion", VOCALS_NO},
        /* a held synthesizer is no drum, effects on something no effect */
        {{.name = "Snare", .typed = true, .device = "Wavetable", .notes = 1,
          .pitches = 1, .median = 53, .length = 4},
         "synth=heard", "other", VOCALS_NO},
        {{.name = "Snare", .typed = true, .device = "Wavetable", .notes = 1,
          .pitches = 1, .median = 53},
         "snare=stated", "snare", VOCALS_NO},
        {{.name = "kalu effect", .typed = true, .audio = true}, "", "other",
         VOCALS_UNKNOWN},
        {{.name = "Effects 2", .typed = true, .audio = true}, "fx=stated", "fx",
         VOCALS_UNKNOWN},
        {{.name = "Stuff", .device = "Analog", .preset = "Glass1 Low Strings Pad",
          .notes = 20, .pitches = 9, .median = 40, .length = 4, .polyphony = 3},
         "pad=heard", "pad", VOCALS_NO},
        /* a sample far from its key */
        {{.name = "hh4", .device = "Simpler", .sample = "hh4.wav", .notes = 64,
          .pitches = 2, .median = 37},
         "", "percussion", VOCALS_UNKNOWN},
        {{.name = "hh4", .device = "Simpler", .sample = "hh4.wav", .notes = 64,
          .pitches = 2, .median = 60},
         "hat=heard", "hat", VOCALS_NO},
        /* what no name makes of one pitch, or of short notes */
        {{.name = "melody", .typed = true, .device = "Kontakt", .notes = 24,
          .pitches = 1, .median = 65},
         "", "percussion", VOCALS_UNKNOWN},
        {{.name = "atmosphere", .typed = true, .device = "Kontakt", .notes = 48,
          .pitches = 4, .median = 41, .length = 0.25},
         "", "bass", VOCALS_UNKNOWN},
        {{.name = "atmosphere", .typed = true, .device = "Kontakt", .notes = 48,
          .pitches = 4, .median = 41, .length = 4},
         "atmosphere=stated", "pad", VOCALS_NO},
        {{.name = "Piano", .typed = true, .device = "Electric", .notes = 48,
          .pitches = 4, .median = 60},
         "epiano=stated", "keys", VOCALS_NO},
        /* tones, and one drum, by their makers' names */
        {{.name = "Stuff", .device = "Sampler", .notes = 20, .pitches = 2,
          .sample = "FX Vocoder Chord Pluck C.aif", .polyphony = 3},
         "chords=heard pluck=heard", "chords", VOCALS_NO},
        {{.name = "Stuff", .device = "DS Clang", .notes = 20, .pitches = 1},
         "", "drums", VOCALS_NO},
        {{.name = "Stuff", .device = "DS Snare", .notes = 20, .pitches = 1},
         "snare=heard", "snare", VOCALS_NO},
        /* stabs are of several notes */
        {{.name = "Stuff", .device = "Operator", .preset = "Trident Stab",
          .notes = 20, .pitches = 3, .median = 60},
         "synth=heard", "lead", VOCALS_NO},
        /* drums, effects and plucks whose notes are held */
        {{.name = "Glass", .preset = "Preset 1 Percussion", .device = "Sampler",
          .notes = 7, .pitches = 4, .median = 50, .length = 8},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Glass", .preset = "Novachord SFX", .device = "Sampler",
          .notes = 7, .pitches = 4, .median = 50, .length = 8},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Glass", .preset = "Preset 1 Percussion", .device = "Sampler",
          .notes = 7, .pitches = 4, .median = 50},
         "percussion=heard", "percussion", VOCALS_NO},
        {{.name = "Glass", .preset = "Nocturne Plucks", .device = "Analog",
          .notes = 7, .pitches = 4, .median = 50, .length = 8},
         "synth=heard", "other", VOCALS_NO},
        {{.name = "Glass", .preset = "Nocturne Plucks", .device = "Analog",
          .notes = 7, .pitches = 4, .median = 50},
         "pluck=heard", "pluck", VOCALS_NO},
        /* what comes out of a synthesizer is not what it is called */
        {{.name = "Piano", .typed = true, .device = "Operator", .notes = 32,
          .pitches = 4, .median = 83, .length = 7},
         "synth=heard piano=guessed", "lead", VOCALS_NO},
        {{.name = "violino2", .typed = true, .device = "Analog", .notes = 43,
          .pitches = 6, .median = 78},
         "synthstrings=stated violin=guessed", "strings", VOCALS_NO},
        {{.name = "Stuff", .device = "Analog", .preset = "Horn2 Hollow Brass",
          .notes = 23, .pitches = 3, .median = 65},
         "synthbrass=heard brass=guessed", "brass", VOCALS_NO},
        {{.name = "Stuff", .device = "Operator", .preset = "Wind-Ocarina",
          .notes = 63, .pitches = 7, .median = 77},
         "synth=heard ocarina=guessed", "lead", VOCALS_NO},
        {{.name = "Stuff", .device = "Serum_x64", .preset = "Slap Bass",
          .notes = 40, .pitches = 5, .median = 40},
         "bass=heard bassguitar=guessed", "bass", VOCALS_NO},
        {{.name = "Stuff", .device = "Operator", .preset = "Conga Low",
          .notes = 40, .pitches = 1, .median = 50},
         "percussion=heard conga=guessed", "percussion", VOCALS_NO},
        {{.name = "Stuff", .device = "Operator", .preset = "Sub Bass",
          .notes = 40, .pitches = 5, .median = 36},
         "subbass=heard", "bass", VOCALS_NO},
        {{.name = "Stuff", .device = "Wavetable", .preset = "Dark Sky Keys",
          .notes = 20, .pitches = 9, .median = 43},
         "synth=heard keys=guessed", "bass", VOCALS_NO},
        {{.name = "Stuff", .device = "Operator", .preset = "Organ6 Formant",
          .notes = 20, .pitches = 9, .median = 60},
         "organ=heard", "organ", VOCALS_NO},
        /* models of strings are no winds, those of struck bodies no strings */
        {{.name = "Guitar", .typed = true, .device = "Tension", .notes = 40,
          .pitches = 9, .median = 60},
         "guitar=stated", "guitar", VOCALS_NO},
        {{.name = "Stuff", .device = "Tension", .preset = "Flutey Lute Flute",
          .notes = 40, .pitches = 9, .median = 60, .polyphony = 2},
         "flute=guessed", "other", VOCALS_NO},
        {{.name = "Stuff", .device = "Collision", .preset = "Noisy String",
          .notes = 52, .pitches = 3, .median = 60, .polyphony = 2},
         "strings=guessed", "other", VOCALS_NO},
        {{.name = "Stuff", .device = "Collision", .preset = "Cool Vibes",
          .notes = 52, .pitches = 3, .median = 64},
         "vibraphone=heard", "pluck", VOCALS_NO},
        /* no cello plays up there, and no double bass */
        {{.name = "Stuff", .device = "Simpler", .preset = "Cello Solo Legato",
          .notes = 40, .pitches = 9, .median = 79},
         "strings=heard", "strings", VOCALS_NO},
        {{.name = "Stuff", .device = "Simpler", .preset = "Cello Solo Legato",
          .notes = 40, .pitches = 9, .median = 60},
         "cello=heard", "strings", VOCALS_NO},
        {{.name = "Stuff", .device = "Simpler", .preset = "Double Bass Section",
          .notes = 40, .pitches = 9, .median = 64},
         "strings=heard", "bass", VOCALS_NO},
        /* folders of effects and of sequences */
        {{.name = "Stuff", .device = "Sampler", .folder = "Acoustix Impact Sequences",
          .notes = 47, .pitches = 4, .median = 60},
         "", "lead", VOCALS_UNKNOWN},
        {{.name = "Stuff", .device = "Sampler", .folder = "Effects", .notes = 16,
          .pitches = 2, .median = 55, .length = 1},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Stuff", .device = "Sampler", .folder = "Metalix Leads",
          .notes = 40, .pitches = 5, .median = 60},
         "", "lead", VOCALS_UNKNOWN},
        /* what was made of a piano */
        {{.name = "AP - grime", .typed = true, .device = "Simpler", .notes = 40,
          .pitches = 6, .median = 65, .group = "Apocalypse Piano", .polyphony = 1.5},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "AP - grime", .typed = true, .device = "Simpler", .notes = 40,
          .pitches = 6, .median = 65, .group = "Piano 2"},
         "piano=stated", "piano", VOCALS_NO},
        {{.name = "Audio", .audio = true, .group = "FInal_vocal"},
         "voice=stated", "vocal", VOCALS_YES},
        /* and no brass */
        {{.name = "Audio", .audio = true, .sample = "Yacht Horn.aif"}, "", "other",
         VOCALS_UNKNOWN},
        /* the left hand of a piano */
        {{.name = "Audio", .audio = true, .group = "# Piano Bass"}, "", "other",
         VOCALS_UNKNOWN},
        /* a preset's pad is held, and nothing repeats it */
        {{.name = "Stuff", .device = "Sampler", .preset = "Colliding Pad",
          .notes = 12, .pitches = 3, .median = 48, .length = 1},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Stuff", .device = "Sampler", .preset = "Colliding Pad",
          .notes = 12, .pitches = 3, .median = 48, .length = 8},
         "pad=heard", "pad", VOCALS_NO},
        {{.name = "Stuff", .device = "Simpler", .preset = "Warm Bubbly Pad",
          .notes = 24, .pitches = 4, .median = 22, .length = 4.5},
         "", "bass", VOCALS_UNKNOWN},
        {{.name = "Stuff", .device = "Operator", .preset = "A Snow Pad",
          .notes = 36, .pitches = 3, .median = 60, .length = 4, .retimed = true},
         "synth=heard", "lead", VOCALS_NO},
        /* an arpeggiator that holds one key */
        {{.name = "Stuff", .device = "Collision", .preset = "Arp Tube",
          .notes = 36, .pitches = 1, .median = 60, .length = 4, .retimed = true},
         "", "lead", VOCALS_NO},
        {{.name = "Stuff", .device = "Collision", .preset = "Arp Tube",
          .notes = 36, .pitches = 1, .median = 60, .length = 4, .polyphony = 3,
          .retimed = true},
         "arp=heard", "arp", VOCALS_NO},
        {{.name = "Stuff", .device = "Simpler", .preset = "Casio Lead",
          .notes = 21, .pitches = 7, .median = 81, .polyphony = 1.69},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Stuff", .device = "Simpler", .preset = "Casio Lead",
          .notes = 21, .pitches = 7, .median = 81, .polyphony = 1.1},
         "leadline=heard", "lead", VOCALS_UNKNOWN},
        /* noise at the end of the keyboard */
        {{.name = "Stuff", .device = "Operator", .notes = 2, .pitches = 1,
          .median = 127, .length = 256},
         "", "other", VOCALS_NO},
        {{.name = "Stuff", .device = "Operator", .notes = 2, .pitches = 1,
          .median = 65, .length = 256},
         "synth=heard", "other", VOCALS_NO},
        /* a loop of bongos that is played like a keyboard */
        {{.name = "Stuff", .device = "Simpler", .sample = "Bongos-130bpm.aif",
          .notes = 239, .pitches = 5, .median = 59, .range = 20},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Stuff", .device = "Simpler", .sample = "Bongos-130bpm.aif",
          .notes = 239, .pitches = 5, .median = 59, .range = 7},
         "bongo=heard", "percussion", VOCALS_NO},
        /* a lead that plays four low notes, and effects that play a tune */
        {{.name = "Stuff", .device = "Sampler", .preset = "Metal Lead",
          .notes = 4, .pitches = 2, .median = 24, .length = 3},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Stuff", .device = "Analog", .preset = "FX-Ghostly fiend",
          .notes = 102, .pitches = 7, .median = 87, .length = 1},
         "synth=heard", "lead", VOCALS_NO},
        {{.name = "Stuff", .device = "Analog", .preset = "FX-Ghostly fiend",
          .notes = 7, .pitches = 2, .median = 87, .length = 1},
         "fx=heard", "fx", VOCALS_NO},
        /* a template's tracks that all play a grand piano */
        {{.name = "MIDI Drums", .typed = true, .device = "Simpler",
          .preset = "Grand Piano ff Lower", .notes = 989, .pitches = 29,
          .median = 57, .polyphony = 3.9, .length = 1.3},
         "grandpiano=heard", "piano", VOCALS_NO},
        {{.name = "MIDI Bass", .typed = true, .device = "Simpler",
          .preset = "Grand Piano ff Lower", .notes = 89, .pitches = 9,
          .median = 40},
         "grandpiano=heard", "piano", VOCALS_NO},
        {{.name = "MIDI Synth", .typed = true, .device = "Simpler",
          .preset = "Grand Piano ff Lower", .notes = 89, .pitches = 9,
          .median = 50},
         "grandpiano=heard", "piano", VOCALS_NO},
        {{.name = "Drums", .typed = true, .device = "Kontakt", .notes = 989,
          .pitches = 29, .median = 57, .polyphony = 3.9},
         "", "chords", VOCALS_UNKNOWN},
        {{.name = "Drums", .typed = true, .device = "Kontakt", .notes = 989,
          .pitches = 14, .median = 57, .polyphony = 3.9},
         "drums=stated", "drums", VOCALS_NO},
        {{.name = "Bass", .typed = true, .device = "Kontakt", .notes = 89,
          .pitches = 29, .median = 57, .polyphony = 3.9},
         "", "chords", VOCALS_UNKNOWN},
        {{.name = "Bass", .typed = true, .device = "Operator",
          .preset = "Bass-Guitar", .notes = 22, .pitches = 6, .median = 60},
         "bass=stated", "bass", VOCALS_NO},
        /* single notes of a synthesizer are no chords, a sample may be */
        {{.name = "Stuff", .device = "Analog", .preset = "Chord Sweeper",
          .notes = 595, .pitches = 6, .median = 62, .polyphony = 1.6},
         "synth=heard", "other", VOCALS_NO},
        {{.name = "Stuff", .device = "Simpler", .sample = "Dark Chord.wav",
          .notes = 24, .pitches = 6, .median = 62},
         "chords=heard", "chords", VOCALS_NO},
        /* the same, with effects */
        {{.name = "Audio", .audio = true, .sample = "0001 kalu effect.aif"}, "",
         "other", VOCALS_UNKNOWN},
        {{.name = "Audio", .audio = true, .sample = "Weird FX.aif"}, "fx=heard",
         "fx", VOCALS_UNKNOWN},
        {{.name = "Gran Cassa", .typed = true}, "concertdrum=stated",
         "percussion", VOCALS_NO},
        {{.name = "Cassa", .typed = true}, "kick=stated", "kick", VOCALS_NO},
        {{.name = "Surdo basso sample", .typed = true, .device = "Sampler"},
         "surdo=stated", "percussion", VOCALS_NO},
        /* what a hand does to an instrument is not a sound of its own */
        {{.name = "Grand Piano", .preset = "Piano_Key On Noise"},
         "piano=heard", "piano", VOCALS_NO},
        {{.name = "Stuff", .typed = true, .preset = "Grand Piano + Noise"},
         "grandpiano=heard", "piano", VOCALS_NO},
        {{.name = "Noise", .typed = true, .preset = "Grand Piano"},
         "noise=stated", "fx", VOCALS_NO},
        /* kits by the pads that are hit */
        {{.name = "FX", .typed = true, .device = "Drum Rack", .pads = "Kick Snare"},
         "kick=heard snare=heard", "drums", VOCALS_NO},
        {{.name = "Big Snare Kit", .typed = true, .device = "Drum Rack", .pads = "Kick CH"},
         "kick=heard hat=heard", "drums", VOCALS_NO},
        {{.name = "Stuff", .typed = true, .device = "Drum Rack", .pads = "Kick Ooh"},
         "kick=heard voice=guessed", "kick", VOCALS_UNKNOWN},
        /* a recording of a place may have voices in it */
        {{.name = "Ambience", .typed = true, .audio = true}, "atmosphere=stated", "pad",
         VOCALS_UNKNOWN},
        {{.name = "Stuff", .typed = true, .device = "Drum Rack", .pads = "X1 X2"},
         "", "drums", VOCALS_UNKNOWN},
        {{.name = "Stuff", .typed = true, .device = "Battery 4"}, "drums=heard", "drums",
         VOCALS_NO},
        {{.name = "1-Kong", .device = "Kong"}, "drums=heard", "drums", VOCALS_NO},
        /* the number of a drum machine */
        {{.name = "808", .typed = true, .device = "Simpler", .notes = 40, .pitches = 6,
          .median = 37}, "bass808=stated", "bass", VOCALS_NO},
        {{.name = "808", .typed = true, .device = "Drum Rack"}, "drums=heard", "drums",
         VOCALS_UNKNOWN},
        {{.name = "808", .typed = true, .audio = true}, "", "other", VOCALS_UNKNOWN},
        /* a device is what it does */
        {{.name = "Stuff", .typed = true, .device = "Collision", .notes = 40, .pitches = 6,
          .median = 40}, "", "bass", VOCALS_NO},
        {{.name = "Stuff", .typed = true, .device = "Electric", .notes = 40, .pitches = 6,
          .median = 60}, "epiano=heard", "keys", VOCALS_NO},
        {{.name = "Stuff", .typed = true, .device = "Pianoteq 7"}, "piano=heard", "piano",
         VOCALS_NO},
        {{.name = "Stuff", .typed = true, .device = "Serum", .notes = 40, .pitches = 6,
          .median = 65}, "synth=heard", "lead", VOCALS_NO},
        {{.name = "Stuff", .typed = true, .device = "Kontakt 5"}, "", "other", VOCALS_UNKNOWN},
        {{.name = "MkI4 Simple Piano", .device = "Electric", .preset = "MkI4 Simple Piano"},
         "epiano=heard", "keys", VOCALS_NO},
        {{.name = "Electrix Piano", .device = "Operator", .preset = "Electrix Piano FM Piano"},
         "epiano=heard", "keys", VOCALS_NO},
        {{.name = "DS Snare", .device = "DS Snare"}, "snare=heard", "snare", VOCALS_NO},
        {{.name = "BazzISM2", .device = "BazzISM2"}, "kick=heard", "kick", VOCALS_NO},
        /* a folder of Live's browser, only if nothing else is said */
        {{.name = "E-Piano Rhodish", .device = "Drift", .preset = "E-Piano Rhodish",
          .folder = "Piano & Keys"}, "epiano=heard", "keys", VOCALS_NO},
        {{.name = "Numan Factor", .device = "Simpler", .preset = "Numan Factor",
          .folder = "Piano & Keys"}, "keys=heard", "keys", VOCALS_NO},
        {{.name = "Opiate", .device = "Simpler", .preset = "Opiate",
          .folder = "Guitar & Plucked"}, "", "other", VOCALS_UNKNOWN},
        /* a section's name on a clip is no singer, nor is a preset of keys */
        {{.name = "303 hi-mid", .typed = true, .audio = true, .clip = "3A(4,5) - verse"},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Strings Female Voice", .device = "Simpler", .preset = "Strings Female Voice"},
         "", "other", VOCALS_UNKNOWN},
        /* what a library's long name describes is one effect */
        {{.name = "Audio", .audio = true,
          .sample = "91V_SPD_145_fx_riser_airy_voice_transition_G.wav"},
         "fx=heard", "fx", VOCALS_UNKNOWN},
        {{.name = "Audio", .audio = true,
          .sample = "ESM_Christmas_Magic_Bell_Chime_Crystal_Glitter_With_Impact_Bass_Game.wav"},
         "fx=heard", "fx", VOCALS_UNKNOWN},
        {{.name = "Audio", .audio = true, .sample = "Vocal FX 12.wav"}, "fx=heard", "fx",
         VOCALS_UNKNOWN},
        {{.name = "Glockenspiel Brass Hits", .preset = "Glockenspiel Brass Hits"},
         "glockenspiel=heard", "pluck", VOCALS_NO},
        {{.name = "Soft Piano", .typed = true}, "piano=stated", "piano", VOCALS_NO},
        {{.name = "Guitar riff", .typed = true, .audio = true}, "guitar=stated", "guitar",
         VOCALS_NO},
        {{.name = "RIFF", .typed = true, .audio = true}, "riff=stated", "lead", VOCALS_UNKNOWN},
        /* of what is played, the strongest source tells */
        {{.name = "Synth", .typed = true, .device = "Operator", .preset = "Muted5 Chorus Pad"},
         "synth=stated", "synth", VOCALS_NO},
        {{.name = "Lead", .typed = true, .device = "Operator", .clip = "Arp"},
         "lead=stated", "lead", VOCALS_NO},
        /* pads that are plucked */
        {{.name = "Mindreader", .device = "Operator", .preset = "Pad-Mindreader", .notes = 225,
          .pitches = 8, .median = 60, .polyphony = 1.05, .length = 0.66}, "synth=heard", "lead",
         VOCALS_NO},
        {{.name = "Mindreader", .device = "Operator", .preset = "Pad-Mindreader", .notes = 225,
          .pitches = 8, .median = 60, .polyphony = 3, .length = 4}, "pad=heard", "pad",
         VOCALS_NO},
        /* a metronome is not music */
        {{.name = "CLICK", .typed = true, .device = "Drum Rack", .pads = "Woodblock"},
         "", "other", VOCALS_NO},
        {{.name = "Metronome 2", .typed = true, .audio = true}, "", "other", VOCALS_NO},
        {{.name = "Click Bass", .typed = true}, "bass=stated", "bass", VOCALS_NO},
        /* the clip that a file of notes named tells the part */
        {{.name = "NES VST 1.2", .device = "NES VST 1.2", .clip = "Trombone", .notes = 64,
          .pitches = 6, .median = 60}, "synth=heard", "lead", VOCALS_NO},
        {{.name = "Serum", .device = "Serum", .clip = "Acoustic Bass", .notes = 64,
          .pitches = 6, .median = 40}, "bass=heard", "bass", VOCALS_NO},
        {{.name = "NES VST 1.2", .device = "NES VST 1.2", .clip = "Drums", .notes = 64,
          .pitches = 6, .median = 50}, "drums=heard", "drums", VOCALS_NO},
        {{.name = "Kontakt", .device = "Kontakt", .clip = "Trombone", .notes = 64},
         "", "percussion", VOCALS_UNKNOWN},
        {{.name = "VOCE", .typed = true, .audio = true,
          .sample = "Charlie Chaplin - Final Speech.mp3"},
         "spokenword=stated", "vocal", VOCALS_YES},
        /* what a preset or clip is called, and how it is played */
        {{.name = "Serum 2", .device = "Serum 2", .clip = "Arp Highs", .notes = 687,
          .pitches = 10, .median = 66, .polyphony = 3}, "synth=heard", "chords", VOCALS_NO},
        /* in octaves */
        {{.name = "Serum 2", .device = "Serum 2", .clip = "Arp Highs", .notes = 687,
          .pitches = 10, .median = 66, .polyphony = 3, .classes = 2}, "synth=heard", "other",
         VOCALS_NO},
        {{.name = "Serum 2", .device = "Serum 2", .clip = "Arp Highs", .notes = 687,
          .pitches = 10, .median = 66}, "arp=heard", "arp", VOCALS_NO},
        {{.name = "Arp", .typed = true, .device = "Serum 2", .notes = 687, .pitches = 10,
          .polyphony = 3}, "arp=stated", "arp", VOCALS_NO},
        {{.name = "Solo Reso", .device = "Operator", .preset = "Solo Reso", .notes = 80,
          .pitches = 6, .median = 65, .polyphony = 1.96}, "synth=heard", "other", VOCALS_NO},
        {{.name = "Pipes", .device = "Wavetable", .preset = "Trident Stab", .notes = 248,
          .pitches = 13, .median = 67, .polyphony = 4.7, .length = 7.9}, "synth=heard", "pad",
         VOCALS_NO},
        /* effects of an instrument's rack */
        {{.name = "Contemporary Bass", .device = "Simpler", .preset = "Electric Bass + Fx"},
         "bassguitar=heard", "bass", VOCALS_NO},
        /* a library's drum loop among the basses is none */
        {{.name = "VR_HBD3_150_drum_loop_full_RiddimDrumsWithHype", .audio = true,
          .sample = "VR_HBD3_150_drum_loop_full_RiddimDrumsWithHype.wav", .group = "BASSES"},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "VR_HBD3_150_reese_full_RiddimWithHype", .audio = true, .group = "BASSES"},
         "bass=stated", "bass", VOCALS_NO},
        /* the nearest word, not its neighbor */
        {{.name = "Audio", .audio = true, .sample = "Chant_05.wav"}, "voice=heard", "vocal",
         VOCALS_YES},
        {{.name = "sweeps", .typed = true}, "", "other", VOCALS_UNKNOWN},
        {{.name = "Sweep Arp", .typed = true}, "arp=stated", "arp", VOCALS_NO},
        {{.name = "Stuff", .typed = true, .device = "Analog Lab V", .notes = 64, .pitches = 6,
          .median = 65}, "", "lead", VOCALS_UNKNOWN},
        /* a synthesizer around middle C is no bass; a sample of one may be */
        {{.name = "Basic Sub Sine", .device = "Operator", .preset = "Basic Sub Sine",
          .notes = 96, .pitches = 7, .median = 60, .length = 4}, "synth=heard", "bass",
         VOCALS_NO},
        {{.name = "Basic Sub Sine", .device = "Operator", .preset = "Basic Sub Sine",
          .notes = 96, .pitches = 7, .median = 36, .length = 4}, "subbass=heard", "bass",
         VOCALS_NO},
        {{.name = "Organ", .device = "Wavetable", .preset = "Abdominal Bass", .notes = 24,
          .pitches = 11, .median = 58, .polyphony = 4}, "synth=heard", "bass", VOCALS_NO},
        {{.name = "Organ", .device = "Wavetable", .preset = "Abdominal Bass", .notes = 24,
          .pitches = 11, .median = 54}, "bass=heard", "bass", VOCALS_NO},
        {{.name = "Simpler", .device = "Simpler", .preset = "808 Bass", .notes = 96,
          .pitches = 7, .median = 60}, "bass808=heard", "bass", VOCALS_NO},
        {{.name = "Sub Bass", .typed = true, .device = "Operator", .notes = 96, .pitches = 7,
          .median = 60}, "subbass=stated", "bass", VOCALS_NO},
        /* a synthesizer's sub bass is low; a sample may be far below its key */
        {{.name = "Sub2 Sine Bass", .device = "Operator", .preset = "Sub2 Sine Bass",
          .notes = 482, .pitches = 5, .median = 59, .polyphony = 1.46},
         "synth=heard", "bass", VOCALS_NO},
        {{.name = "Sub2 Sine Bass", .device = "Operator", .preset = "Sub2 Sine Bass",
          .notes = 482, .pitches = 5, .median = 50}, "bass=heard", "bass", VOCALS_NO},
        {{.name = "Sub2 Sine Bass", .device = "Operator", .preset = "Sub2 Sine Bass",
          .notes = 482, .pitches = 5, .median = 47}, "subbass=heard", "bass", VOCALS_NO},
        /* a kind of sound that a person typed, whatever its preset is made from */
        {{.name = "Lead", .typed = true, .device = "Wavetable", .preset = "Lute Fantasia",
          .notes = 64, .pitches = 6, .median = 72}, "lead=stated", "lead", VOCALS_NO},
        {{.name = "Pad", .typed = true, .device = "Sampler", .preset = "Grand Piano Lost Ship",
          .notes = 64, .pitches = 6, .median = 60, .polyphony = 3, .length = 4},
         "pad=stated", "pad", VOCALS_NO},
        {{.name = "Pad", .typed = true, .device = "Sampler", .preset = "Strings Legato",
          .notes = 64}, "strings=heard", "strings", VOCALS_NO},
        {{.name = "Lead", .typed = true, .device = "Sampler", .preset = "Violin Solo",
          .notes = 64}, "violin=heard", "strings", VOCALS_NO},
        /* Live's folder says how a synthesizer's preset sounds */
        {{.name = "Lute Fantasia", .device = "Wavetable", .preset = "Lute Fantasia",
          .folder = "Synth Lead", .notes = 64, .pitches = 6, .median = 72},
         "lead=heard", "lead", VOCALS_NO},
        {{.name = "Lute Fantasia", .device = "Wavetable", .preset = "Lute Fantasia",
          .folder = "Synth Lead", .notes = 64, .pitches = 6, .median = 72, .polyphony = 3},
         "synth=heard", "chords", VOCALS_NO},
        {{.name = "Dark Sky Piano", .device = "Wavetable", .preset = "Dark Sky Piano",
          .folder = "Synth Keys"}, "synth=heard", "synth", VOCALS_NO},
        {{.name = "Lute Fantasia", .device = "Sampler", .preset = "Lute Fantasia",
          .folder = "Synth Lead"}, "lute=heard", "guitar", VOCALS_NO},
        {{.name = "Bottle Blower", .device = "Tension", .preset = "Bottle Blower",
          .folder = "Winds", .notes = 4}, "", "other", VOCALS_NO},
        {{.name = "Grand Piano Lost Ship", .device = "Sampler",
          .preset = "Grand Piano Lost Ship", .folder = "Grand Piano Hybrid"},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Pitch Pad", .device = "Sampler", .preset = "Pitch Pad", .folder = "Effects"},
         "pad=heard", "pad", VOCALS_NO},
        {{.name = "Old School Roads", .device = "Electric", .preset = "Old School Roads",
          .folder = "Piano & Keys", .notes = 40, .median = 60}, "epiano=heard", "keys",
         VOCALS_NO},
        /* controllers that are called pads */
        {{.name = "Chaos Pad", .typed = true, .audio = true}, "", "other", VOCALS_UNKNOWN},
        {{.name = "Kaoss Pad FX", .typed = true, .audio = true}, "", "other",
         VOCALS_UNKNOWN},
        {{.name = "BASSO SYNT EFFETTI 1", .typed = true, .audio = true}, "synth=stated",
         "synth", VOCALS_NO},
        /* an arpeggio that only a sound's name tells is played as one */
        {{.name = "Arp Tube", .device = "Reaktor5", .preset = "Arp Tube", .notes = 16,
          .pitches = 2, .median = 52, .length = 4}, "synth=heard", "other", VOCALS_NO},
        {{.name = "Arp Tube", .device = "Reaktor5", .preset = "Arp Tube", .notes = 16,
          .pitches = 3, .median = 52}, "arp=heard", "arp", VOCALS_NO},
        {{.name = "Arp Tube", .device = "Reaktor5", .preset = "Arp Tube", .notes = 15,
          .pitches = 3, .median = 52}, "synth=heard", "other", VOCALS_NO},
        {{.name = "Arp Tube", .device = "Reaktor5", .preset = "Arp Tube", .notes = 16,
          .pitches = 3, .median = 52, .length = 2}, "synth=heard", "other", VOCALS_NO},
        {{.name = "Arp Tube", .typed = true, .device = "Reaktor5", .preset = "Arp Tube",
          .notes = 16, .pitches = 2, .median = 52, .length = 4}, "synth=heard", "other",
         VOCALS_NO},
        {{.name = "2 Osc - Arp Tube", .typed = true, .device = "Reaktor5", .notes = 8,
          .pitches = 2, .median = 52, .length = 4}, "synth=heard", "other", VOCALS_NO},
        {{.name = "Arp 2", .typed = true, .device = "Reaktor5", .notes = 8, .pitches = 2,
          .median = 52, .length = 4}, "arp=stated", "arp", VOCALS_NO},
        /* a group of effect devices; a group around another track's recording */
        {{.name = "pulita", .typed = true, .audio = true, .group = "4 FXs"},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "pulita", .typed = true, .audio = true, .group = "Risers"},
         "riser=stated", "fx", VOCALS_NO},
        {{.name = "pulita", .typed = true, .audio = true, .group = "GTRs"},
         "guitar=stated", "guitar", VOCALS_NO},
        {{.name = "pulita", .typed = true, .audio = true, .group = "GTRs", .outsider = true},
         "", "other", VOCALS_UNKNOWN},
        /* a library's two letters are no drum's */
        {{.name = "Audio", .audio = true, .sample = "SD_Reverse_Quickie.wav"}, "", "other",
         VOCALS_UNKNOWN},
        {{.name = "Audio", .audio = true, .sample = "SD_MIDNIGHT_kick_dukes.wav"},
         "kick=heard", "kick", VOCALS_NO},
        {{.name = "Audio", .audio = true, .sample = "SD Thunder.wav"}, "snare=heard", "snare",
         VOCALS_NO},
        /* the pattern of a TB-303, or a pitch */
        {{.name = "303 mid-hi", .typed = true, .audio = true, .clip = "B3 - part 5"},
         "", "other", VOCALS_UNKNOWN},
        {{.name = "Hammond B3", .typed = true}, "organ=stated", "organ", VOCALS_NO},
        {{.name = "Cheap Electronic Piano", .device = "Simpler",
          .preset = "Cheap Electronic Piano"}, "keys=heard", "keys", VOCALS_NO},
        /* names that Live made up say nothing new */
        {{.name = "SubTractor", .device = "SubTractor", .clip = "SubTractor 1",
          .notes = 4}, "", "other", VOCALS_UNKNOWN},
        {{.name = "Audio", .device = "Operator", .clip = "TRACKING 303",
          .notes = 4, .pitches = 4}, "synth=heard", "other", VOCALS_NO},
    };
    /* clang-format on */
    char got[256];

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct part p;

        judge(&rows[i].t, &p);
        words_of(&p, got, sizeof(got));
        if (strcmp(got, rows[i].words) != 0 ||
            strcmp(p.role, rows[i].role) != 0 || p.vocals != rows[i].vocals)
            fail_msg("row %zu \"%s\": \"%s\", role %s (%s), vocals %s", i,
                     rows[i].t.name, got, p.role, p.from,
                     vocals_name(p.vocals));
    }
}

static void
pads_are_no_tones(void **state)
{
    struct track kit = {.name = "FX",
                        .typed = true,
                        .device = "Drum Rack",
                        .pads = "Kick Snare"};
    struct track keys = {.name = "Keys", .typed = true, .device = "Electric"};
    struct part p;

    (void)state;
    judge(&kit, &p);
    assert_false(p.tones);
    judge(&keys, &p);
    assert_true(p.tones);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tracks_are_what_they_show),
        cmocka_unit_test(pads_are_no_tones),
    };

    return cmocka_run_group_tests_name("music/part", tests, NULL, NULL);
}
