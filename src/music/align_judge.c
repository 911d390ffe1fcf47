/*
 * From what speaks for a place to a verdict. The fewer moments at which notes
 * begin are compared, the more alike both sides must be, since a few onsets are
 * alike by chance. All thresholds were measured: docs/audio.md.
 */
#include <math.h>

#include "music/align_parts.h"

#define LONG_SEC 40.0
#define ANOTHER 0.45       /* of the score: below it, */
#define ANOTHER_SHORT 0.35 /* and that of less than LONG_SEC */
#define PITCHES 0.15       /* less, if there are no pitches to score by */

/* Of the score: this, and what falls with the moments and with their root. */
#define SAME_MANY 0.58
#define SAME_FEW 1.7
#define SAME_FEWEST 3.5
/* Enough if the audio is long, and its pitches agree. */
#define SAME_LONG 0.65
#define LONG_PITCH 0.12
/* Enough where bounces usually begin, which few places are, if nearly all is
 * heard, and pitches and many onsets agree. */
#define SAME_USUAL 0.5
#define USUAL_HEARD 0.8
#define USUAL_PITCH 0.15
#define USUAL_MOMENTS 200
/* Enough if nowhere else is nearly as good, and all is heard. */
#define SAME_SURE 0.55
#define SURE_MOMENTS 24
#define SURE_MARGIN 0.25
#define SURE_HEARD 0.9

/* Of the pitches' similarity, and half of that of the onsets beyond their bar:
 * the beat alone would fit any song of its tempo. */
#define PROOF 0.18
#define PITCH_AGAINST (-0.05) /* it is tuned otherwise, or another's */

#define PLAYED_LEAST 0.4 /* small parts resemble many things */
#define HEARD_LEAST 0.3  /* of the coverage */
#define DOUBT_MARGIN 0.1 /* another place is nearly as good, ... */
#define DOUBT_HEARD 0.65 /* much is not heard, ... */
#define DOUBT_ABOVE 0.2  /* and the score is not far above what is enough */

static double
enough_of(size_t moments)
{
    double n = fmax(1, (double)moments);

    return SAME_MANY + SAME_FEW / sqrt(n) + SAME_FEWEST / n;
}

static bool
is_sure(const struct align_evidence *e)
{
    return e->margin >= SURE_MARGIN && e->coverage >= SURE_HEARD &&
           e->moments >= SURE_MOMENTS;
}

static bool
is_enough(const struct align_evidence *e)
{
    double least = enough_of(e->moments);

    if (e->sec >= LONG_SEC && e->pitch >= LONG_PITCH)
        least = fmin(least, SAME_LONG);
    if (e->usual && e->coverage >= USUAL_HEARD && e->pitch >= USUAL_PITCH &&
        e->moments >= USUAL_MOMENTS)
        least = fmin(least, SAME_USUAL);
    if (is_sure(e))
        least = fmin(least, SAME_SURE);
    return e->score >= least;
}

static bool
is_proof(const struct align_evidence *e)
{
    if (e->pitched && e->pitch < PITCH_AGAINST)
        return false;
    return fmax(0, e->pitch) + fmax(0, e->beyond) / 2 >= PROOF ||
           (!e->pitched && is_sure(e));
}

static bool
is_doubtful(const struct align_evidence *e)
{
    return e->played < PLAYED_LEAST || e->coverage < HEARD_LEAST ||
           (e->margin < DOUBT_MARGIN && e->coverage < DOUBT_HEARD &&
            e->score < enough_of(e->moments) + DOUBT_ABOVE);
}

enum align_verdict
align_judge(const struct align_evidence *e)
{
    double another = (e->sec >= LONG_SEC ? ANOTHER : ANOTHER_SHORT) -
                     (e->pitched ? 0 : PITCHES);

    if (!e->heavy)
        return ALIGN_TOO_LITTLE;
    if (e->score < another)
        return ALIGN_ANOTHER;
    if (!is_enough(e) || !is_proof(e) || is_doubtful(e))
        return ALIGN_UNSURE;
    return ALIGN_SAME;
}
