/*
 * Compares a file with its set and with other files.
 */
#include "audio/match.h"

#include <math.h>
#include <string.h>

#include "audio/fingerprint.h"
#include "base/json.h"
#include "music/facts.h"

#define LENGTH_SEC 5.0
#define LENGTH_SHARE 0.05
#define TEMPO_SHARE 0.03
#define TEMPO_CONFIDENCE 0.5 /* below it the estimate is unreliable */
#define CLIPPED_SHARE 1e-4
#define SILENT_SHARE 0.5
#define SILENT_END_SEC 3.0
#define SHORT_SEC 1.0

static const char *const of_analysis[] = {
    "tempo_differs", "clipped",     "mostly_silent", "decodes_short",
    "silent_ends",   "not_whole",   "similar_audio", "length_differs",
    "key_differs",   "another_set", "part_of_set",   "older_version",
};

static bool
needs_analysis(json_object *check)
{
    const char *code = json_text(check, "code");

    for (size_t i = 0; i < sizeof(of_analysis) / sizeof(of_analysis[0]); i++)
        if (code != NULL && strcmp(code, of_analysis[i]) == 0)
            return true;
    return false;
}

void
audio_checks_drop_analysis(json_object *checks)
{
    size_t i = json_object_array_length(checks);

    while (i-- > 0)
        if (needs_analysis(json_object_array_get_idx(checks, i)))
            json_object_array_del_idx(checks, i, 1);
}

void
audio_checks_length(json_object *checks, const struct audio_probe *p,
                    json_object *summary)
{
    auto_facts struct facts f = {0};
    double set, differ;

    if (summary != NULL)
        facts_read(&f, summary);
    set = f.length_sec;
    differ = p->duration_sec - set;
    if (set <= 0 || fabs(differ) <= fmax(LENGTH_SEC, LENGTH_SHARE * set))
        return;
    checks_add(checks, "length_differs", "warn",
               "%s long, the set %s. Is it the right file?",
               check_clock(p->duration_sec).text, check_clock(set).text);
}

/* Is bpm within [low, high], some tolerance on either side? */
static bool
within(double bpm, double low, double high)
{
    return bpm >= low * (1 - TEMPO_SHARE) && bpm <= high * (1 + TEMPO_SHARE);
}

void
audio_checks_tempo(json_object *checks, json_object *analysis,
                   json_object *summary)
{
    json_object *tempo = json_at(analysis, "tempo");
    double bpm = json_number(tempo, "bpm", 0);
    auto_facts struct facts f = {0};

    if (summary != NULL)
        facts_read(&f, summary);
    if (bpm <= 0 || !facts_tempo_known(&f) ||
        json_number(tempo, "confidence", 0) < TEMPO_CONFIDENCE)
        return;
    if (within(bpm, f.bpm_min, f.bpm_max) ||
        within(bpm * 2, f.bpm_min, f.bpm_max) ||
        within(bpm / 2, f.bpm_min, f.bpm_max))
        return;
    checks_add(checks, "tempo_differs", "warn",
               "Sounds like %.0f BPM, the set says %.0f. Is it the right "
               "file?",
               bpm, f.bpm);
}

static void
check_ends(json_object *checks, json_object *analysis)
{
    double start = json_number(analysis, "silenceStartSec", 0);
    double end = json_number(analysis, "silenceEndSec", 0);

    if (start > SILENT_END_SEC || end > SILENT_END_SEC)
        checks_add(checks, "silent_ends", "info",
                   "%.1f seconds of silence at the start, %.1f at the end.",
                   start, end);
}

void
audio_checks_analysis(json_object *checks, const struct audio_probe *p,
                      json_object *analysis)
{
    double clipped = json_number(analysis, "clippedSamples", 0);
    double silent = json_number(analysis, "silentFraction", 0);
    double decoded = json_number(analysis, "decodedSec", p->duration_sec);
    json_object *capped = json_at(analysis, "capped");

    if (clipped > CLIPPED_SHARE * decoded * p->sample_rate * p->channels)
        checks_add(checks, "clipped", "warn",
                   "%.0f samples are clipped. Lower the level and bounce it "
                   "again.",
                   clipped);
    if (silent > SILENT_SHARE) {
        checks_add(checks, "mostly_silent", "warn",
                   "%.0f %% of it is silence. Is it the right file?",
                   silent * 100);
    } else {
        check_ends(checks, analysis);
    }
    if (capped != NULL && json_object_get_boolean(capped))
        checks_add(checks, "not_whole", "info",
                   "Only the first %.0f minutes were analyzed.", decoded / 60);
    else if (decoded < p->duration_sec - SHORT_SEC)
        checks_add(checks, "decodes_short", "warn",
                   "Only %.1f of %.1f seconds can be played. Bounce it again.",
                   decoded, p->duration_sec);
}

void
audio_checks_similar(json_object *checks, json_object *analysis,
                     json_object *other, const char *name)
{
    double same;

    if (json_number(analysis, "silentFraction", 1) > SILENT_SHARE ||
        json_number(other, "silentFraction", 1) > SILENT_SHARE)
        return;
    same = fingerprint_similarity(json_text(analysis, "fingerprint"),
                                  json_text(other, "fingerprint"));
    if (same >= FINGERPRINT_SAME)
        checks_add(checks, "similar_audio", "warn",
                   "Sounds like the audio of %s (%.0f %% the same).", name,
                   same * 100);
}
