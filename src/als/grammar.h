/*
 * Where in the XML things stand, and in which versions of Live. The one table
 * of it is in grammar.c; the reader walks it and skips all that it does not
 * name, so a word means something only at its place.
 */
#ifndef ALS_GRAMMAR_H
#define ALS_GRAMMAR_H

#include <stddef.h>
#include <stdint.h>

#include "base/auto.h"

/* A place in the document. */
enum als_node {
    N_SKIP,  /* nothing for us in here */
    N_VALUE, /* a leaf: its attribute goes to a field */
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
    N_CELL,
    N_CELL_VALUE,
    N_DEVICE_ON_AUTO,
    N_DEVICE_ON_EVENTS,
    N_PRESET,
    N_PRESET_VALUE,
    N_PRESET_REF,
    N_PRESET_FILE,
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

/* What a leaf's attribute is, and how it is kept. */
enum als_kind {
    K_NONE,
    K_NUM,    /* double */
    K_TRY,    /* double; what is no number is passed over */
    K_MOST,   /* K_TRY, of which the largest stays */
    K_INT,    /* int */
    K_BOOL,   /* bool */
    K_SWITCH, /* bool, of the event "from the start" only */
    K_DIAL,   /* a number or a switch, of the dial that is open */
    K_TEXT,   /* char *, one line */
    K_FILE,   /* char *, base name of a path; the first non-empty one stays */
    K_STEM,   /* K_FILE without its extension */
    K_PRESET, /* K_STEM, and the folder it is in where that is Live's own */
};

/* Whose field it is. */
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
    uint8_t since; /* Live's major version that began to write it */
    uint8_t until; /* the last one; 0: they still do */
    uint8_t kind;
    uint8_t owner;
    uint16_t offset;  /* of the field in its owner */
    int arg;          /* the node's own: track type, format, ... */
    const char *name; /* of the element; "*": any other */
};

extern const struct als_rule als_rules[];
extern const size_t als_rules_count;

#define ALS_LIVE_OLDEST 8
#define ALS_LIVE_NEWEST 12

/* The table as it is for one version, for fast finding. */
struct als_grammar;

/* major: of Live; 0, or one newer than we know, is read as the newest. */
struct als_grammar *als_grammar_open(int major);
void als_grammar_close(struct als_grammar *g);

/* The rule for a child of that name; NULL where there is nothing for us. */
const struct als_rule *als_grammar_find(const struct als_grammar *g,
                                        enum als_node parent, const char *name);

AUTO_DEFINE(auto_als_grammar_p, struct als_grammar *, als_grammar_close)
#define auto_als_grammar auto_cleanup(auto_als_grammar_p)

#endif
