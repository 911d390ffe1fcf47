/*
 * What a set says of itself, taken out of any summary: ours (summaryVersion
 * 1, or the same in snake_case), one made by hand
 * ({"tempo": 124, "key": "A minor", "tracks": [{"name": "Bass"}]}), or
 * anything between. What is not there, or not in a form that we know, is
 * unknown; nothing here fails.
 */
#ifndef CAPTION_FACTS_H
#define CAPTION_FACTS_H

#include <json-c/json.h>
#include <stdbool.h>

#include "caption/key.h"
#include "caption/strs.h"
#include "caption/vocabulary.h"

struct facts {
    double bpm;              /* 0 unknown; as the set counts */
    double bpm_min, bpm_max; /* the range where it is automated, else bpm */
    double felt_bpm;         /* folded into 60 to 200, rounded; 0 unknown */
    struct key key;          /* root -1 unknown */
    bool key_sure;           /* declared, or estimated well */
    char key_text[KEY_TEXT];
    int beats, unit; /* meter, "6/8" is 6 and 8; 0 unknown */
    bool meter_changes;
    double length_sec;    /* 0 unknown */
    struct strs names;    /* the first few that sound */
    struct strs sections; /* labels in order, each once */
    rows shown;           /* what those names show, directly */
    rows can;             /* what may be claimed: closure of shown */
    bool sources_known;   /* tracks or instruments are listed at all */
    int opaque;    /* audible tracks and instruments that could be anything */
    char kick[24]; /* "four-on-floor", ...; "" unknown */
};

void facts_read(struct facts *f, json_object *summary); /* f: zeroed */
void facts_release(struct facts *f);
#define auto_facts auto_cleanup(facts_release)

/* What binds a caption, for the model: only what is known. The caller puts
 * it. */
json_object *facts_json(const struct facts *f);

#endif
