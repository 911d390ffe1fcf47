/* What a synthesizer only imitates; see part_parts.h. */
#include <string.h>
#include <strings.h>

#include "music/part_parts.h"

/* Models of strings and of bodies, which samplers and synthesizers are not, by
 * the roles of what they do not sound like. */
static const struct model {
    const char *device;
    const char *never[5];
} models[] = {
    {"Tension", {"brass", "wind", "organ"}},
    {"Collision", {"brass", "wind", "organ", "strings", "guitar"}},
    {"Chromaphone", {"brass", "organ"}},
    {"Max Instrument", {NULL}},
};

static const struct model *
model_of(const struct part_hints *h)
{
    for (size_t i = 0; i < sizeof(models) / sizeof(*models); i++)
        if (h->devices.n > 0 &&
            strcasecmp(h->devices.v[0], models[i].device) == 0)
            return &models[i];
    return NULL;
}

bool
part_synthesizes(const struct judge *j)
{
    return part_only_synths(j) && j->h->devices.n > 0 && model_of(j->h) == NULL;
}

static bool
is_one_of(const char *role, const char *const *roles, size_t n)
{
    for (size_t i = 0; i < n && roles[i] != NULL; i++)
        if (strcmp(role, roles[i]) == 0)
            return true;
    return false;
}

/* Bells, electric pianos and organs are made of sine waves anyway. */
bool
part_is_acoustic(int row)
{
    static const char *const roles[] = {"piano",  "keys",    "brass", "wind",
                                        "guitar", "strings", "pluck"};
    const char *role = words_role(row);

    return role != NULL && !words_weak(row) && !words_is(row, "synth") &&
           !words_is(row, "bells") && !words_is(row, "epiano") &&
           !words_is(row, "clavinet") &&
           is_one_of(role, roles, sizeof(roles) / sizeof(*roles));
}

/* What it is called if a synthesizer plays it; -1: nothing. */
static int
synthesized(int row)
{
    if (words_is(row, "bass"))
        return words_is(row, "guitar") || words_is(row, "strings")
                   ? words_row("bass")
                   : row;
    if (words_is(row, "percussion") && row != words_row("tom"))
        return words_row("percussion");
    if (!part_is_acoustic(row))
        return row;
    return words_is(row, "strings") ? words_row("synthstrings")
           : words_is(row, "brass") ? words_row("synthbrass")
                                    : -1;
}

static bool
has_synth(const struct part_hints *h)
{
    for (size_t i = 0; i < h->devices.n; i++)
        if (words_device(h->devices.v[i]) == words_row("synths"))
            return true;
    return false;
}

/* A bass with a synthesizer in it is no bass guitar, whatever else plays. */
static int
as_made(const struct judge *j, const struct model *model, int row)
{
    const char *role = words_role(row);

    if (words_is(row, "bass") && !j->h->audio && has_synth(j->h))
        return synthesized(row);
    if (model == NULL)
        return part_synthesizes(j) ? synthesized(row) : row;
    return role != NULL && is_one_of(role, model->never, 5) ? -1 : row;
}

/* Whoever calls it a piano: what comes out of a synthesizer is none. */
void
part_drop_imitated(struct judge *j)
{
    struct part_word was[PART_WORDS];
    const struct model *model = model_of(j->h);
    struct part *p = j->p;
    size_t n = p->n;

    memcpy(was, p->words, sizeof(was));
    p->n = 0;
    for (size_t i = 0; i < n; i++) {
        int row = as_made(j, model, was[i].row);

        part_add_word(j, row, was[i].evidence);
        if (row != was[i].row)
            word_set_add(&j->imitated, was[i].row);
    }
    if (n > 0 && p->n == 0) {
        p->role = "other";
        p->evidence = EVIDENCE_NONE;
        p->from = "nothing";
        p->said[0] = '\0';
    }
}

void
part_guess_imitated(struct judge *j)
{
    for (int i = 0; i < words_size(); i++)
        if (word_set_has(j->imitated, i))
            part_add_word(j, i, EVIDENCE_GUESSED);
}
