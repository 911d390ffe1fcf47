/* A track of a summary as hints for music/part.h; see facts_parts.h. */
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/mem.h"
#include "music/facts_parts.h"

enum { LIST_MAX = 64 };

#define TYPED 0.9 /* roleConfidence of a typed name, in older summaries */

/* Texts, or objects with a name. */
static void
add_texts(struct strs *l, json_object *array)
{
    if (!json_object_is_type(array, json_type_array))
        return;
    for (size_t i = 0; i < json_object_array_length(array) && i < LIST_MAX;
         i++) {
        json_object *one = json_object_array_get_idx(array, i);

        strs_add(l, facts_text(one) != NULL ? facts_text(one)
                                            : json_text(one, "name"));
    }
}

static void
read_midi(struct part_hints *h, json_object *midi)
{
    json_object *pads = json_at(midi, "pads");
    const char *grid = json_text(midi, "grid");
    int notes = json_number_int(midi, "notes", 0);

    h->notes = notes > 0 ? (size_t)notes : 0;
    h->pitches = json_number_int(midi, "pitches", 0);
    h->pitch_min = json_number_int(midi, "pitchMin", 0);
    h->pitch_max = json_number_int(midi, "pitchMax", 0);
    h->pitch_median = json_number_int(midi, "pitchMedian", 0);
    h->polyphony = json_number(midi, "polyphonyMean", 0);
    h->length = json_number(midi, "lengthMeanBeats", 0);
    h->retimed = json_object_get_boolean(json_at(midi, "retimed"));
    h->even =
        grid != NULL && (strcmp(grid, "1/8") == 0 || strcmp(grid, "1/16") == 0);
    if (!json_object_is_type(pads, json_type_array))
        return;
    h->pads = xcalloc(json_object_array_length(pads) + 1, sizeof(*h->pads));
    for (size_t i = 0; i < json_object_array_length(pads); i++) {
        json_object *pad = json_object_array_get_idx(pads, i);

        h->pads[h->n_pads++] = (struct part_pad){
            json_text(pad, "name"), json_number_int(pad, "pitch", 0),
            json_number_int(pad, "hits", 0)};
    }
}

void
facts_read_instrument(struct part_hints *h, json_object *instrument)
{
    const char *name = facts_text(instrument) != NULL
                           ? facts_text(instrument)
                           : json_text(instrument, "name");

    strs_add(&h->devices, name);
    strs_add(&h->presets, json_text(instrument, "preset"));
    strs_add(&h->samples, json_text(instrument, "sample"));
}

void
facts_read_hints(struct part_hints *h, json_object *track)
{
    json_object *from = json_at(track, "roleFrom");
    const char *type = json_text(track, "type");
    const char *role = json_text(track, "role");
    bool ours = json_at(track, "roleConfidence") != NULL;

    h->name = json_text(track, "name");
    h->typed = !ours || json_number(track, "roleConfidence", 0) >= TYPED ||
               json_text(from, "evidence") == NULL;
    h->audio = type != NULL && strcasecmp(type, "audio") == 0;
    h->group = ours ? json_text(track, "group") : NULL;
    if (!ours && role != NULL && strcasecmp(role, "other") != 0)
        h->role = role;
    facts_read_instrument(h, json_at(track, "instrument"));
    add_texts(&h->devices, json_at(track, "instruments"));
    add_texts(&h->devices, json_at(track, "devices"));
    add_texts(&h->samples, json_at(track, "samples"));
    add_texts(&h->samples, json_at(json_at(track, "audio"), "samples"));
    read_midi(h, json_at(track, "midi"));
    for (size_t i = 0; i < h->devices.n; i++)
        h->kit |=
            !h->audio && words_device(h->devices.v[i]) == words_row("kit");
}
