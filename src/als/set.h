/*
 * A Live set as plain data: what the reader found, in the file's own terms.
 * Times are beats (a beat is always a quarter note). Knows neither XML nor
 * JSON. All texts are UTF-8, one line, at most ALS_TEXT_MAX bytes, owned by the
 * set; NULL if the file has none. References are indexes, -1 for none.
 */
#ifndef ALS_SET_H
#define ALS_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"

#define ALS_TEXT_MAX 240
#define ALS_GAIN_HEARD 0.001 /* linear; at the bottom it is 0.0003 */
#define ALS_SEND_HEARD 0.01  /* linear; a send at the bottom has 0.0003 */

/* Live's value for "from the start" in the first event of an automation. */
#define ALS_FROM_START (-63072000.0)

enum als_track_type {
    ALS_MIDI,
    ALS_AUDIO,
    ALS_GROUP,
    ALS_RETURN,
    ALS_MAIN, /* the main (formerly master) track */
};

struct als_track {
    enum als_track_type type;
    int id;               /* the number in the file that `group` refers to */
    int group;            /* id of the enclosing group track, or -1 */
    char *effective_name; /* as Live shows it, "1-Kit-Core" */
    char *user_name;      /* as typed by the user */
    char *midi_out;       /* destination of its notes; "MidiOut/None":
                           * nowhere */
    char *audio_out;      /* destination of its sound; "AudioOut/None":
                           * nowhere */
    double sends;         /* the loudest of its sends, linear */
    int monitor; /* what is heard: 0 its input alone, 1 also its clips, 2 these
                  * alone */
    bool on;     /* not muted */
    bool solo;
    bool frozen;
    double volume;     /* linear amplitude, 1 = 0 dB */
    int volume_target; /* id of an automation target, or -1 */
    int on_target;
};

struct als_clip {
    int track; /* index */
    int slot;  /* row of the clip-slot grid = scene; -1: arrangement */
    bool audio;
    char *name;
    double start; /* in the arrangement */
    double end;
    double loop_start; /* beats of the content; seconds if audio is not
                        * warped */
    double loop_end;
    double start_relative; /* where it starts, from loop_start */
    bool loop_on;
    bool disabled;
    bool warped;
    char *sample;   /* base name of the audio file */
    int scale_root; /* 0 to 11, C to B */
    char *scale;    /* name, or Live 12's number as text */
    bool in_key;
    size_t note_first; /* in als_set.notes */
    size_t note_count;
    size_t warp_first; /* in als_set.warps */
    size_t warp_count;
    double warp_from_sec; /* of the file: its first and its last marker */
    double warp_from_beat;
    double warp_to_sec;
    double warp_to_beat;
    double gain; /* linear, of the recording */
};

/* Whether it makes no sound by itself: switched off, or its gain at the bottom,
 * as for a clip that only moves controls. */
static inline bool
als_clip_off(const struct als_clip *c)
{
    return c->disabled || (c->audio && c->gain < ALS_GAIN_HEARD);
}

struct als_note {
    double time; /* in the clip's content */
    double length;
    float velocity;
    uint8_t pitch; /* MIDI number */
    bool off;      /* deactivated by the user */
};

#define ALS_PRESET_LIVE 5
#define ALS_MACROS 16 /* beyond MIDI's channels: the rack's macros */
#define ALS_OSCILLATORS 4

/* The knobs of MIDI devices (tones.c says what they do) and of instruments. */
enum als_dial {
    DIAL_SHIFT, /* six for Chord, only the first ones for the others */
    DIAL_BASE = DIAL_SHIFT + 6,
    DIAL_TRANSPOSE, /* also a sampler's, by which it moves its samples */
    DIAL_FOLD,
    DIAL_LOWEST,
    DIAL_RANGE,
    DIAL_SONG_SCALE,
    DIAL_OWN_SCALE,
    DIAL_MAP, /* for Scale, one per pitch class from its base */
    /* Of instruments, which have none of those: how loudness ends, for each of
     * the oscillators of Operator, and only the first one for the others. */
    DIAL_RELEASE = DIAL_MAP,
    DIAL_LOOP = DIAL_RELEASE + ALS_OSCILLATORS, /* not 0: not with the note */
    DIAL_SOUNDS = DIAL_LOOP + ALS_OSCILLATORS,
    DIAL_STRETCH = DIAL_SOUNDS + ALS_OSCILLATORS, /* of all; 0: not at all */
    DIAL_KEY_STRETCH,
    DIAL_COUNT,
};

enum als_format {
    ALS_NATIVE,
    ALS_VST2,
    ALS_VST3,
    ALS_AU,
    ALS_MAX, /* Max for Live */
};

struct als_device {
    int track;     /* index */
    int branch;    /* the rack's chain that contains it, or -1 */
    char *element; /* element name in the file, "OriginalSimpler" */
    bool on;
    char *user_name;
    enum als_format format;
    char *plug_name; /* of a plug-in or a Max patch */
    char *vendor;
    int category;         /* VST2: 2 = instrument */
    int device_type;      /* VST3: 1 = instrument, 2 = effect */
    double component;     /* AU: four characters as a number */
    int preset_origin;    /* ALS_PRESET_LIVE: from Live's own library */
    char *preset;         /* base name of the preset file */
    char *preset_folder;  /* only if preset_origin is that */
    char *sample;         /* first sample of a sampler */
    int samples;          /* of a sampler; -1: the file does not say */
    double selector;      /* of a rack's chains; -1: it has none */
    int selector_channel; /* that moves it: ALS_MACROS, or one of MIDI's */
    double playback;      /* of a Simpler; not 0: samples outlast their notes */
    uint32_t dialed;      /* a bit for each dial that the file has */
    float dials[DIAL_COUNT];
};

/* A chain of a rack; the pads of a drum rack are chains. */
struct als_branch {
    int device; /* the rack */
    char *name;
    char *user_name;      /* the only name in Live 8 */
    int receiving;        /* 128 - MIDI note for a drum pad, else -1 */
    bool on;              /* and selected, if any of the rack's chains is */
    double selected_from; /* where the rack's selector selects it */
    double selected_to;
};

struct als_event {
    double time;
    double value;
    bool curved;     /* a Bezier segment starts here */
    double curve[4]; /* x1, y1, x2, y2, each 0 to 1 */
};

/* For qsort of pointers to them: by time, and events of one time by their
 * order in memory. */
int als_event_order(const void *a, const void *b);

/* Automation stored next to what it moves (the tempo's in Live 8 and 9). */
#define ALS_ENVELOPE_TEMPO (-2)
#define ALS_ENVELOPE_METER (-3)
#define ALS_ENVELOPE_VOLUME (-4) /* likewise, its own track's */
#define ALS_ENVELOPE_ON (-5)

/* All automation of the main track; of other tracks, only volume and switch
 * automation that changes something. */
struct als_envelope {
    int track;    /* index of the track that contains it */
    int target;   /* id of an automation target, or one of the above */
    size_t first; /* in als_set.events */
    size_t count;
};

struct als_scene {
    char *name;
    double tempo;
    bool tempo_on;
    int meter; /* Live's code */
    bool meter_on;
};

struct als_locator {
    double time;
    char *name;
};

/* A growing array. */
#define ALS_LIST(type)                                                         \
    struct {                                                                   \
        type *at;                                                              \
        size_t n;                                                              \
        size_t room;                                                           \
    }

struct als_set {
    char *creator;       /* "Ableton Live 12.2", NULL in early Live 8 */
    char *minor_version; /* "12.0_12203" */
    int major;           /* 8 and up; 0: the file does not say */
    bool gzip;
    int64_t file_bytes;
    int64_t xml_bytes;

    bool has_tempo; /* it has a value besides the automation */
    double tempo;   /* BPM */
    int tempo_target;
    bool has_meter;
    double meter; /* Live's code */
    int meter_target;

    int scale_root;
    char *scale;
    bool in_key;
    double loop_start; /* of the transport */
    double loop_length;
    bool loop_on;

    ALS_LIST(struct als_track) tracks;
    ALS_LIST(struct als_clip) clips;
    ALS_LIST(struct als_note) notes;
    ALS_LIST(double) warps; /* warp markers, content beats, in their order */
    ALS_LIST(struct als_device) devices;
    ALS_LIST(struct als_branch) branches;
    ALS_LIST(struct als_event) events;
    ALS_LIST(struct als_envelope) envelopes;
    ALS_LIST(struct als_scene) scenes;
    ALS_LIST(struct als_locator) locators;
};

/* The elements from i on; NULL if the list was never filled, because even NULL
 * + 0 is undefined. */
#define als_from(list, i) ((list).at != NULL ? (list).at + (i) : NULL)

/* Append a zeroed element and return a pointer to it, valid until the next
 * push. */
#define als_push(list)                                                         \
    __extension__({                                                            \
        (list)->at = als_grow((list)->at, (list)->n, &(list)->room,            \
                              sizeof *(list)->at);                             \
        &(list)->at[(list)->n++];                                              \
    })
void *als_grow(void *at, size_t n, size_t *room, size_t size);

/* Sort by time; events at the same time keep their order. */
void als_events_sort(struct als_event *events, size_t n);

struct als_set *als_set_open(void);
void als_set_close(struct als_set *set);

/* The name that the user sees: the typed one, otherwise Live's, without the
 * number before it. Borrowed, never NULL. */
const char *als_track_name(const struct als_track *track);

/* A track's clips, devices, chains or envelopes. They are consecutive in the
 * set, as in the file, and are found by binary search, so that many tracks with
 * many clips stay cheap. */
struct als_run {
    size_t first;
    size_t end; /* one past the last */
};
struct als_run als_clips_of(const struct als_set *set, size_t track);
struct als_run als_devices_of(const struct als_set *set, size_t track);
struct als_run als_branches_of(const struct als_set *set, size_t track);
struct als_run als_envelopes_of(const struct als_set *set, size_t track);

/* The track with this id, or -1. */
int als_track_by_id(const struct als_set *set, int id);

/* Whether its sound goes anywhere: to an output, its own or its groups', or
 * into a send. */
bool als_track_routed(const struct als_set *set, size_t track);

/* Whether it can be heard: neither it nor a group around it is muted. */
bool als_track_heard(const struct als_set *set, size_t track);

/* The code of a time signature is 99 * log2(denominator) + numerator - 1.
 * False, leaving the outputs untouched, if the code is invalid. */
bool als_meter_decode(double code, int *ret_numerator, int *ret_denominator);

AUTO_DEFINE(auto_als_set_p, struct als_set *, als_set_close)
#define auto_als_set auto_cleanup(auto_als_set_p)

#endif
