/* How the notes of a track move, out of a summary; see facts_parts.h. */
#include <math.h>
#include <string.h>

#include "base/json.h"
#include "music/facts_parts.h"

#define LOW 45 /* MIDI pitch: 110 Hz */

/* Whether a name says that each of its notes is a chord: "E-Piano Cmin7 Chord".
 */
static bool
plays_chords(json_object *track)
{
    const char *said = json_text(json_at(track, "roleFrom"), "said");
    struct word_names n;

    if (said == NULL)
        return false;
    words_in_name(said, &n);
    return word_set_has_name(n.weak, "chords") ||
           word_set_has_name(n.weak, "stabs");
}

void
facts_read_moves(struct sounding *s, json_object *track, double pace)
{
    json_object *midi = json_at(track, "midi");
    json_object *tones = json_at(midi, "tones");
    const char *grid = json_text(midi, "grid");
    bool freely = grid != NULL && strcmp(grid, "free") == 0;

    s->each.longest = s->each.thickest = INFINITY;
    s->each.fullness = INFINITY;
    s->each.release = json_number(midi, "releaseSec", INFINITY);
    s->each.repeats = 1;
    s->each.highest = 128;
    if (tones == NULL || json_object_get_boolean(tones)) {
        s->pitches = json_number_int(midi, "pitches", 0);
        s->each.pitches = s->pitches;
        s->median = json_number_int(midi, "pitchMedian", 0);
        s->each.lowest = s->median;
        s->each.highest = s->median > 0 ? s->median : 128;
    }
    if (json_object_get_boolean(json_at(midi, "retimed")))
        return;
    s->notes = json_number_int(midi, "notes", 0);
    s->length = json_number(midi, "lengthMeanBeats", 0) * pace;
    if (s->notes > 0 && s->length > 0) {
        double high = json_number(midi, "lengthHighBeats", 0) * pace;
        double spacing = json_number(midi, "spacingMedianBeats", 0) * pace;

        s->each.shortest = json_number(midi, "lengthLowBeats", 0) * pace;
        s->each.longest = high > 0 ? high : INFINITY;
        if (spacing > 0)
            s->each.fullness = s->each.longest / spacing;
    }
    if (!freely)
        s->steps = json_number(midi, "steps", 0);
    if (!plays_chords(track)) {
        double notes = json_number(midi, "polyphonyMean", 0);

        s->each.thinnest = json_number(midi, "classesMean", 0);
        s->each.thickest = notes > 0 ? notes : INFINITY;
    }
    s->each.repeats = json_number(midi, "repeats", 1);
    if (pace == 1 && !freely)
        s->offbeat = json_number(midi, "offbeat", 0);
}

bool
facts_is_low(json_object *track)
{
    json_object *midi = json_at(track, "midi");
    int median = json_number_int(midi, "pitchMedian", 0);

    return json_object_get_boolean(json_at(midi, "tones")) && median > 0 &&
           median < LOW;
}

struct bounds
facts_join(const struct bounds *a, const struct bounds *b)
{
    return (struct bounds){
        .shortest = fmin(a->shortest, b->shortest),
        .longest = fmax(a->longest, b->longest),
        .thinnest = fmin(a->thinnest, b->thinnest),
        .thickest = fmax(a->thickest, b->thickest),
        .release = fmax(a->release, b->release),
        .fullness = fmax(a->fullness, b->fullness),
        .repeats = fmax(a->repeats, b->repeats),
        .pitches = a->pitches < b->pitches ? a->pitches : b->pitches,
        .lowest = a->lowest < b->lowest ? a->lowest : b->lowest,
        .highest = a->highest > b->highest ? a->highest : b->highest};
}
