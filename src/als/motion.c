/* How a line moves; see motion.h. */
#include "als/motion.h"

#include <stdlib.h>

#include "base/mem.h"
#include "music/offbeat.h"

void
als_motion(const struct als_whole *w, size_t track, struct als_motion *ret)
{
    const struct als_part *part = &w->play.parts[track];
    const struct als_hit *hits = als_from(w->play.hits, part->hit_first);
    size_t steps = 0, repeats = 0, n = part->hit_count;
    double pairs = n > 1 ? (double)(n - 1) : 1;
    auto_free double *beats = xcalloc(n + 1, sizeof(*beats));

    for (size_t i = 0; i < n; i++) {
        int by = i > 0 ? abs(hits[i].pitch - hits[i - 1].pitch) : -1;

        beats[i] = hits[i].time;
        steps += by == 1 || by == 2;
        repeats += by == 0;
    }
    *ret = (struct als_motion){.offbeat = offbeat_share(beats, n),
                               .steps = (double)steps / pairs,
                               .repeats = (double)repeats / pairs};
}
