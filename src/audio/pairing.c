/* Alignments in words. */
#include "audio/pairing.h"

#include <math.h>

#include "audio/checks.h"
#include "base/json.h"

#define PART_SEC 5.0 /* less is a fade, or a tail */

static json_object *
rounded(double n, double steps)
{
    return json_object_new_double(round(n * steps) / steps);
}

json_object *
pairing_json(const struct alignment *a)
{
    json_object *o = json_object_new_object();

    json_add_str(o, "verdict", align_verdict_name(a->verdict));
    json_add_str(o, "by", align_by_name(a->by));
    json_add(o, "offsetSec", rounded(a->offset, 1000));
    json_add(o, "score", rounded(a->score, 1000));
    json_add(o, "margin", rounded(a->margin, 1000));
    json_add(o, "coverage", rounded(a->coverage, 1000));
    json_add_int(o, "startBar", a->start_bar);
    json_add(o, "drift", rounded(a->drift, 10000));
    return o;
}

static void
check_part(json_object *checks, const struct audio_probe *p,
           const struct alignment *a)
{
    double end = a->offset + p->duration_sec;

    if (a->offset <= PART_SEC && end >= a->end - PART_SEC)
        return;
    checks_add(checks, "part_of_set", "info",
               "The audio is a part of its set: %s to %s of %s.",
               check_clock(a->offset).text, check_clock(fmin(end, a->end)).text,
               check_clock(a->end).text);
}

void
pairing_checks(json_object *checks, const struct audio_probe *p,
               const struct alignment *a, const char *better)
{
    if (a->verdict == ALIGN_SAME) {
        check_part(checks, p, a);
        if (a->stray_to > a->stray_from)
            checks_add(checks, "older_version", "info",
                       "Most of the set is heard, but not what it plays from "
                       "%s to %s of the audio: is it a bounce of another "
                       "version?",
                       check_clock(a->stray_from).text,
                       check_clock(a->stray_to).text);
    } else if (better != NULL) {
        checks_add(checks, "another_set", "warn",
                   "The notes of this set are not heard in it. It fits %s "
                   "better.",
                   better);
    } else if (a->verdict == ALIGN_ANOTHER) {
        checks_add(checks, "another_set", "warn",
                   "The notes of this set are not heard in it. Is it the right "
                   "file?");
    }
}
