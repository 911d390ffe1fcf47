/* Tracks whose notes hit pads; see part.h. */
#include <string.h>

#include "music/part_parts.h"

static bool
slices(const struct part_hints *h)
{
    size_t n = 0;

    for (size_t i = 0; i < h->n_pads; i++)
        n += h->pads[i].name != NULL &&
             strncmp(h->pads[i].name, "Slice ", 6) == 0;
    return n * 2 > h->n_pads;
}

#define FEW 10 /* one hit in so many is a slip, or a fill */

static int
hits_of(const struct part_hints *h)
{
    int hits = 0;

    for (size_t i = 0; i < h->n_pads; i++)
        hits += h->pads[i].hits;
    return hits;
}

/* A shaker that is hit once in a loop is no part of the music, and nor are toms
 * in a fill; a crash cymbal is. */
static bool
hardly_plays(const struct part_pad *pad, int row, int hits)
{
    return pad->hits > 0 && pad->hits * FEW < hits &&
           (strcmp(words_role(row), "percussion") == 0 || words_is(row, "tom"));
}

/* The pads that are hit determine what sounds, whatever the kit is called. */
static void
take_pads(struct judge *j)
{
    const struct part_hints *h = j->h;
    int hits = hits_of(h);
    const char *role = NULL;
    bool several = false;
    bool unknown = false;

    for (size_t i = 0; i < h->n_pads; i++) {
        int row = h->pads[i].name != NULL ? words_pad(h->pads[i].name) : -1;

        unknown |= row < 0 || !part_is_drum(row);
        if (row < 0 || !(part_is_drum(row) || words_is(row, "voice")) ||
            (part_is_drum(row) && hardly_plays(&h->pads[i], row, hits)))
            continue;
        if (!part_is_drum(row)) { /* a shout on a pad is no song */
            part_add_word(j, row, EVIDENCE_GUESSED);
            continue;
        }
        part_add_word(j, row, EVIDENCE_HEARD);
        several |= role != NULL && strcmp(role, words_role(row)) != 0;
        role = words_role(row);
    }
    part_set_role(j, several ? "drums" : role, EVIDENCE_HEARD, "drumRack",
                  h->presets.n > 0 ? h->presets.v[0] : NULL);
    if (h->n_pads > 0 && !unknown)
        j->p->vocals = VOCALS_NO;
}

bool
part_kit_plays(const struct judge *j)
{
    return j->h->kit || (j->device >= 0 && !j->h->audio &&
                         strcmp(words_name(j->device), "kit") == 0);
}

/* A device that is a single drum: "DS Snare". */
static bool
is_one_drum(struct judge *j)
{
    const struct part_hints *h = j->h;
    struct word_names n;

    if (h->devices.n == 0)
        return false;
    words_in_name(h->devices.v[0], &n);
    for (int i = 0; i < words_size(); i++) {
        const char *role = words_role(i);

        if (word_set_has(n.nouns, i) && part_is_drum(i) &&
            strcmp(role, "drums") != 0)
            return part_take_name(j, h->devices.v[0], EVIDENCE_HEARD, "device");
    }
    return false;
}

/* Live's "DS Clang", "DS FM" and the like are one drum each. */
static bool
is_single(const struct part_hints *h)
{
    return h->devices.n > 0 && strncmp(h->devices.v[0], "DS ", 3) == 0;
}

/* Named by its pads; else by its own name, if that is one of a drum; else it
 * is a kit by its make, unless that holds any sounds. */
void
part_judge_kit(struct judge *j)
{
    const struct part_hints *h = j->h;
    bool rack = j->device < 0 ||
                (h->devices.n > 0 && strcmp(h->devices.v[0], "Drum Rack") == 0);
    int drums = words_row("drums");

    j->p->tones = false;
    if (h->n_pads > 0 && slices(h)) {
        part_set_role(j, "loop", EVIDENCE_HEARD, "drumRack", NULL);
        return;
    }
    take_pads(j);
    if (j->p->evidence != EVIDENCE_NONE)
        return;
    if ((h->typed &&
         part_take_name(j, h->name, EVIDENCE_STATED, "trackName")) ||
        part_take_names(j, &h->presets, EVIDENCE_HEARD, "preset") ||
        part_take_names(j, &h->samples, EVIDENCE_HEARD, "sample"))
        return;
    if (!rack || h->library)
        j->p->vocals = VOCALS_NO;
    if (is_one_drum(j))
        return;
    if ((!rack && !is_single(h)) || part_has_weak(j, "beat") || j->number_808) {
        part_add_word(j, drums, EVIDENCE_HEARD);
        part_set_role(j, "drums", EVIDENCE_HEARD, "drumRack",
                      h->devices.n > 0 ? h->devices.v[0] : NULL);
    }
    part_set_role(j, "drums", EVIDENCE_GUESSED, "drumRack", NULL);
}
