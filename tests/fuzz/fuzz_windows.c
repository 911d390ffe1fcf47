/* Any summary as the set of a bounce: it is cut into windows, and each is told.
 * A cut is in order and within the audio; what is told can be read as facts. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/json.h"
#include "music/facts.h"
#include "music/window_tell.h"

enum { TOLD_MAX = 4 };

static void
hold(bool truth)
{
    if (!truth)
        abort();
}

static void
tell(const struct window_teller *w, const struct window_cut *cut)
{
    auto_window_told struct window_told told = {0};
    auto_facts struct facts f = {0};

    window_teller_tell(w, cut->start_sec, cut->end_sec, &told);
    facts_read(&f, told.summary);
    hold(f.n_chords <= CHORDS_MAX);
    hold(json_object_is_type(told.contradicted, json_type_array));
}

static void
cut_at(json_object *summary, double offset)
{
    const struct window_track track = {.summary = summary,
                                       .placed = true,
                                       .offset = offset,
                                       .drift = 0.001,
                                       .audio_sec = 90};
    const struct window_rule rule = {.max_sec = 30, .min_sec = 10};
    auto_window_teller struct window_teller *w = window_teller_open(&track);
    auto_window_cuts struct window_cuts cuts = {0};
    double last = 0;

    window_teller_cut(w, &rule, &cuts);
    for (size_t i = 0; i < cuts.n; i++) {
        hold(cuts.v[i].start_sec >= last - 1e-6);
        hold(cuts.v[i].end_sec > cuts.v[i].start_sec);
        hold(cuts.v[i].end_sec <= 90 + 1e-6);
        last = cuts.v[i].end_sec;
        if (i < TOLD_MAX)
            tell(w, &cuts.v[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct err err = ERR_INIT;
    auto_json json_object *o = json_parse((const char *)data, len, &err);

    if (o == NULL)
        return 0;
    cut_at(o, 0);
    cut_at(o, 7.3);
    return 0;
}
