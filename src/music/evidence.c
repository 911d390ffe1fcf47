/* The evidence for a fact; see evidence.h. */
#include "music/evidence.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {
    [EVIDENCE_NONE] = NULL,
    [EVIDENCE_GUESSED] = "guessed",
    [EVIDENCE_HEARD] = "heard",
    [EVIDENCE_STATED] = "stated",
};

const char *
evidence_name(enum evidence e)
{
    return names[e];
}

enum evidence
evidence_named(const char *name)
{
    for (int e = EVIDENCE_GUESSED; name != NULL && e <= EVIDENCE_STATED; e++)
        if (strcmp(names[e], name) == 0)
            return (enum evidence)e;
    return EVIDENCE_NONE;
}
