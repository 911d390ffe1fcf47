/*
 * An alignment in terms that users understand: as JSON, and as checks.
 *
 *  another_set    the set's notes are not heard: warn
 *  part_of_set    the audio is a part of its set: info
 *  older_version  most of the set is heard, but a stretch of it is not: info
 */
#ifndef AUDIO_PAIRING_H
#define AUDIO_PAIRING_H

#include <json-c/json.h>

#include "audio/probe.h"
#include "music/align.h"

/* {verdict, by, offsetSec, score, margin, coverage, startBar, drift}. The
 * caller puts it. */
json_object *pairing_json(const struct alignment *a);

/* better: the name of a set that fits better; NULL if there is none. */
void pairing_checks(json_object *checks, const struct audio_probe *p,
                    const struct alignment *a, const char *better);

#endif
