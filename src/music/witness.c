/* Compares what is heard with what the notes told; see witness.h. */
#include "music/witness.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "music/evidence.h"
#include "music/key_tell.h"
#include "music/sound.h"

#define LIKELY 0.6    /* correlation of the sound with a key's profile */
#define WORSE 0.3     /* how much worse a contradicted key fits */
#define FRAMES_MIN 60 /* ten seconds */
#define CLASSES_MIN 5 /* that have... */
#define SOUNDS 0.03   /* ...this share of all: one tone has no key */

/* Each frame minus what all classes share: noise and overtones. */
static size_t
sum_up(const struct sound *s, double all[12])
{
    size_t n = 0;

    memset(all, 0, 12 * sizeof(*all));
    for (size_t i = 0; i < s->chroma_frames; i++) {
        float least = s->chroma[i][0], most = s->chroma[i][0];

        for (int p = 1; p < 12; p++) {
            least = fminf(least, s->chroma[i][p]);
            most = fmaxf(most, s->chroma[i][p]);
        }
        n += most > 0;
        for (int p = 0; p < 12; p++)
            all[p] += (double)(s->chroma[i][p] - least);
    }
    return n;
}

static int
classes(const double all[12])
{
    double sum = 0;
    int n = 0;

    for (int p = 0; p < 12; p++)
        sum += all[p];
    for (int p = 0; p < 12; p++)
        n += all[p] > SOUNDS * sum;
    return n;
}

enum witness
witness_key(const struct sound *s, struct key told, struct key *ret_heard)
{
    double all[12], best = -1, own;

    *ret_heard = KEY_UNKNOWN;
    if (sum_up(s, all) < FRAMES_MIN || classes(all) < CLASSES_MIN)
        return WITNESS_UNCLEAR;
    for (int i = 0; i < 24; i++) {
        struct key k = {i / 2, i % 2 ? KEY_MINOR : KEY_MAJOR};
        double like = key_likeness(k, all);

        if (like > best) {
            best = like;
            *ret_heard = k;
        }
    }
    if (best < LIKELY)
        *ret_heard = KEY_UNKNOWN;
    if (best < LIKELY || told.root < 0)
        return WITNESS_UNCLEAR;
    own = key_likeness(told, all);
    if (key_agree(told, *ret_heard))
        return WITNESS_AGREES;
    return own < best - WORSE ? WITNESS_CONTRADICTS : WITNESS_UNCLEAR;
}

json_object *
witness_json(const struct sound *s, json_object *summary)
{
    static const char *const names[] = {"unclear", "agrees", "contradicts"};
    const char *own = json_text(json_at(summary, "key"), "text");
    struct key heard, told = KEY_UNKNOWN;
    json_object *o;
    enum witness w;
    char text[KEY_TEXT];

    if (own != NULL && key_read(own, &told) == 0)
        told = KEY_UNKNOWN;
    w = witness_key(s, told, &heard);
    if (heard.root < 0)
        return NULL;
    o = json_object_new_object();
    key_text(heard, text);
    json_add_str(o, "text", text);
    json_add_str(o, "witness", names[w]);
    return o;
}

void
witness_hear(json_object *summary, json_object *alignment)
{
    const char *said = json_text(json_at(alignment, "key"), "witness");
    json_object *key = json_at(summary, "key");
    enum evidence has;

    if (said == NULL || !json_object_is_type(key, json_type_object))
        return;
    has = evidence_named(json_text(key, "evidence"));
    if (has == EVIDENCE_NONE || has == EVIDENCE_STATED)
        return;
    if (strcmp(said, "contradicts") == 0)
        json_add_str(key, "evidence", evidence_name(EVIDENCE_GUESSED));
    else if (strcmp(said, "agrees") == 0)
        json_add_str(key, "evidence",
                     evidence_name(has == EVIDENCE_HEARD ? EVIDENCE_STATED
                                                         : EVIDENCE_HEARD));
}
