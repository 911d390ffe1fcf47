/*
 * Where things are in the XML, and in which versions of Live. The one table is
 * in grammar.c; the reader walks it and skips everything that it does not name,
 * so a word has a meaning only in its place.
 */
#ifndef ALS_GRAMMAR_H
#define ALS_GRAMMAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"

/* A place in the document. */
enum als_node {
    N_SKIP,  /* nothing in here is of use */
    N_VALUE, /* a leaf: its attribute is stored in a field */
    N_DOCUMENT,
    N_ROOT,
    N_LIVESET,
    N_TRACKS,
    N_TRACK,
    N_TRACK_NAME,
    N_CHAIN,
    N_INNER_CHAIN,
    N_MIXER,
    N_ROUTING,
    N_AUDIO_ROUTING,
    N_SENDS,
    N_SEND_HOLDER,
    N_SEND,
    N_SPEAKER,
    N_VOLUME,
    N_SEQUENCER,
    N_TIMELINE,
    N_TIMELINE_AUTO,
    N_TIMELINE_EVENTS,
    N_SLOTS,
    N_SLOT,
    N_SLOT_INNER,
    N_SLOT_VALUE,
    N_CLIP,
    N_CLIP_LOOP,
    N_CLIP_SCALE,
    N_CLIP_SAMPLE,
    N_CLIP_FILE,
    N_CLIP_WARPS,
    N_WARP,
    N_CLIP_NOTES,
    N_KEY_TRACKS,
    N_KEY_TRACK,
    N_KEY_NOTES,
    N_NOTE,
    N_KEY,
    N_DEVICES,
    N_DEVICE,
    N_DEVICE_ON,
    N_DIAL,
    N_DIAL_AUTO,
    N_DIAL_EVENTS,
    N_OSCILLATOR_0,
    N_OSCILLATOR_1,
    N_OSCILLATOR_2,
    N_OSCILLATOR_3,
    N_LOUDNESS_0,
    N_LOUDNESS_1,
    N_LOUDNESS_2,
    N_LOUDNESS_3,
    N_STRETCH,
    N_GLOBALS,
    N_CELL,
    N_CELL_VALUE,
    N_DEVICE_ON_AUTO,
    N_DEVICE_ON_EVENTS,
    N_PRESET,
    N_PRESET_VALUE,
    N_PRESET_REF,
    N_PRESET_FILE,
    N_PRESET_PATH,
    N_PLUG,
    N_PLUG_INFO,
    N_PLUG_PRESET,
    N_PLUG_VST3,
    N_PATCH,
    N_PATCH_VALUE,
    N_PATCH_REF,
    N_PATCH_FILE,
    N_PLAYER,
    N_PLAYER_MAP,
    N_PLAYER_PARTS,
    N_PLAYER_PART,
    N_PLAYER_SAMPLE,
    N_PLAYER_FILE,
    N_BRANCHES,
    N_BRANCH,
    N_BRANCH_NAME,
    N_BRANCH_INFO,
    N_BRANCH_RANGE,
    N_SELECTOR,
    N_SELECTOR_KEY,
    N_BRANCH_MIXER,
    N_BRANCH_SPEAKER,
    N_BRANCH_SPEAKER_AUTO,
    N_BRANCH_SPEAKER_EVENTS,
    N_BRANCH_CHAIN,
    N_BRANCH_INNER,
    N_MAIN,
    N_MAIN_CHAIN,
    N_MAIN_MIXER,
    N_TEMPO,
    N_METER,
    N_TARGET,
    N_OWN_AUTO,
    N_OWN_EVENTS,
    N_ENVELOPES,
    N_ENVELOPE_LIST,
    N_ENVELOPE,
    N_ENVELOPE_TARGET,
    N_ENVELOPE_AUTO,
    N_ENVELOPE_EVENTS,
    N_EVENT,
    N_SCENES,
    N_SCENE,
    N_LOCATORS,
    N_LOCATOR_LIST,
    N_LOCATOR,
    N_TRANSPORT,
    N_SCALE,
    N_COUNT,
};

/* The type of a leaf's attribute, and how it is stored. */
enum als_kind {
    K_NONE,
    K_NUM,    /* double */
    K_TRY,    /* double; skipped if it is not a number */
    K_MOST,   /* K_TRY, keeping the largest */
    K_INT,    /* int */
    K_BOOL,   /* bool */
    K_SWITCH, /* bool, only from the event "from the start" */
    K_DIAL,   /* a number or a switch, of the open dial */
    K_TEXT,   /* char *, one line */
    K_FILE,   /* char *, base name of a path; the first non-empty one is kept */
    K_STEM,   /* K_FILE without its extension */
    K_PRESET, /* K_STEM, and its folder if that is one of Live's own */
    K_FOLDER, /* that folder, where it has an element of its own */
};

/* The struct that the field belongs to. */
enum als_owner {
    O_NONE,
    O_SET,
    O_TRACK,
    O_CLIP,
    O_DEVICE,
    O_BRANCH,
    O_SCENE,
    O_LOCATOR,
    O_ENVELOPE,
};

struct als_rule {
    uint8_t parent;
    uint8_t node;
    uint8_t since; /* the first major version of Live that writes it */
    uint8_t until; /* the last one; 0: still written */
    uint8_t kind;
    uint8_t owner;
    uint16_t offset;  /* of the field in its struct */
    int arg;          /* depends on the node: track type, format, ... */
    const char *name; /* of the element; "*": any other */
};

#define ALS_LIVE_OLDEST 8
#define ALS_LIVE_NEWEST 12

/* The table for one version, indexed for fast lookup. */
struct als_grammar;

/* major: of Live; 0, or a version newer than we know, is read as the newest. */
struct als_grammar *als_grammar_open(int major);
void als_grammar_close(struct als_grammar *g);

/* The rule for a child with that name; NULL if there is none. */
const struct als_rule *als_grammar_find(const struct als_grammar *g,
                                        enum als_node parent, const char *name);

AUTO_DEFINE(auto_als_grammar_p, struct als_grammar *, als_grammar_close)
#define auto_als_grammar auto_cleanup(auto_als_grammar_p)

#endif
