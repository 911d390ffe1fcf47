/* The tempos at which something sounds; see tempo_heard.h. */
#include "als/tempo_heard.h"

#include <math.h>

#include "als/summary_parts.h"
#include "base/mem.h"

#define BEFORE 1e-6 /* beats: a tempo that jumps there is not reached */

struct range {
    const struct als_timeline *t;
    double low, high;
    /* For each piece the first from there on whose beginning was not counted
     * yet, so that each is counted once however many notes sound there. */
    size_t *next;
};

static void
widen(struct range *r, double bpm)
{
    r->low = fmin(r->low, bpm);
    r->high = fmax(r->high, bpm);
}

static size_t
uncounted(struct range *r, size_t i)
{
    size_t found = i;

    while (r->next[found] != found)
        found = r->next[found];
    while (r->next[i] != found) {
        size_t after = r->next[i];

        r->next[i] = found;
        i = after;
    }
    return found;
}

static void
hear_span(struct range *r, double from, double to)
{
    const struct als_tempo_piece *pieces = r->t->tempo.at;
    size_t n = r->t->tempo.n, i;

    widen(r, als_bpm_at(r->t, from));
    if (to - BEFORE <= from)
        return;
    widen(r, als_bpm_at(r->t, to - BEFORE));
    i = (size_t)(als_tempo_piece_at(r->t, from) - pieces) + 1;
    for (i = uncounted(r, i); i < n && pieces[i].beat < to;
         i = uncounted(r, i)) {
        widen(r, pieces[i].bpm);
        widen(r, pieces[i - 1].bpm2);
        r->next[i] = i + 1;
    }
}

static void
hear_part(struct range *r, const struct als_play *play,
          const struct als_part *part)
{
    for (size_t i = 0; i < part->hit_count; i++) {
        const struct als_hit *h = &play->hits.at[part->hit_first + i];

        hear_span(r, h->time, h->time + h->length);
    }
    for (size_t i = 0; i < part->audio_count; i++) {
        const struct als_audio *a = &play->audio.at[part->audio_first + i];

        hear_span(r, a->from, a->to);
    }
}

void
als_tempo_heard(const struct als_whole *w, double bpm, double *ret_low,
                double *ret_high)
{
    const struct als_timeline *t = &w->timeline;
    const struct als_play *play = &w->play;
    auto_free size_t *next = xcalloc(t->tempo.n + 1, sizeof(*next));
    struct range r = {t, INFINITY, -INFINITY, next};

    for (size_t i = 0; i <= t->tempo.n; i++)
        next[i] = i;
    for (size_t i = 0; i < w->set->tracks.n; i++)
        if (play->parts[i].state == ALS_SOUNDS && !play->parts[i].doubtful)
            hear_part(&r, play, &play->parts[i]);
    *ret_low = isfinite(r.low) ? r.low : bpm;
    *ret_high = isfinite(r.high) ? r.high : bpm;
}
