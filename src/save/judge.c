/*
 * The checks of an item's audio once it is analyzed.
 */
#include <string.h>

#include "audio/checks.h"
#include "audio/match.h"
#include "audio/pairing.h"
#include "base/json.h"
#include "base/mem.h"
#include "music/witness.h"
#include "save/pair.h"

#define ALIKE_SEC 15.0 /* the same music may have another fade or silence */
#define ALIKE_MAX 100  /* most items to compare with */
#define BETTER 0.1     /* of the score, by which a set must fit better */

/* The summary of the item's set; NULL if the set has left the library. */
static int
read_summary(struct app *app, const struct item *it, json_object **ret,
             struct err *err)
{
    auto_set struct set set = {0};
    struct err none = ERR_INIT;

    *ret = NULL;
    if (it->parse_id == NULL)
        return 0;
    if (set_get_of(app->db, it->artist_id, it->parse_id, &set, &none) == 0) {
        *ret = json_object_get(set.summary);
        return 0;
    }
    if (none.code == ERR_SET_NOT_FOUND)
        return 0;
    *err = none;
    return -1;
}

/* Check for the same music in another set of this artist. */
static int
check_alike(struct app *app, const struct item *it, json_object *analysis,
            json_object *checks, struct err *err)
{
    auto_items struct items others = {0};

    if (items_as_long(
            app->db, it->artist_id, it->parse_id != NULL ? it->parse_id : "",
            it->audio.duration_sec, ALIKE_SEC, ALIKE_MAX, &others, err) == -1)
        return -1;
    for (size_t i = 0; i < others.n; i++) {
        const struct item *o = &others.v[i];
        const char *name = o->project_name != NULL   ? o->project_name
                           : o->als_filename != NULL ? o->als_filename
                                                     : o->parse_id;

        audio_checks_similar(checks, analysis, o->analysis, name);
    }
    return 0;
}

/* A set of this artist that matches, if the item's own does not; NULL if there
 * is none. The caller frees the name. */
static int
find_better(struct app *app, const struct item *it, const struct sound *sound,
            const struct alignment *own, char **ret, struct err *err)
{
    auto_pairs struct pairs pairs = {0};

    if (own->verdict != ALIGN_ANOTHER && own->verdict != ALIGN_UNSURE)
        return 0;
    if (pairs_of(app, it->artist_id, sound, &pairs, err) == -1)
        return -1;
    if (pairs.n > 0 && pairs.v[0].found.verdict == ALIGN_SAME &&
        pairs.v[0].found.score > own->score + BETTER &&
        strcmp(pairs.v[0].parse_id, it->parse_id) != 0)
        *ret = xstrdup(pairs.v[0].project_name != NULL ? pairs.v[0].project_name
                                                       : pairs.v[0].parse_id);
    return 0;
}

/* Compare the key that is heard with the set's. */
static json_object *
hear_key(const struct sound *sound, json_object *summary, json_object *checks)
{
    json_object *heard = witness_json(sound, summary);
    const char *said = json_text(heard, "witness");

    if (said != NULL && strcmp(said, "contradicts") == 0)
        checks_add(checks, "key_differs", "info",
                   "The set is in %s and the audio sounds like %s, so its "
                   "captions name no key that the set does not declare.",
                   json_text(json_at(summary, "key"), "text"),
                   json_text(heard, "text"));
    return heard;
}

/* Find the audio's place in its set, and drop the checks that this explains: a
 * part of the set has another length, and if the notes are heard, no tempo is
 * guessed. */
static int
align(struct app *app, const struct item *it, const struct audio_probe *p,
      json_object *analysis, json_object *summary, json_object *checks,
      struct err *err)
{
    auto_timeline struct timeline *t = NULL;
    auto_sound struct sound *sound = sound_read(json_text(analysis, "sound"));
    auto_free char *better = NULL;
    struct alignment found = {.verdict = ALIGN_TOO_LITTLE, .start_bar = 1};
    json_object *place;

    if (summary != NULL)
        t = timeline_open(summary);
    if (sound != NULL) {
        auto_align struct align *audio = align_open(sound);

        align_with(audio, t, true, &found);
        if (find_better(app, it, sound, &found, &better, err) == -1)
            return -1;
    }
    place = pairing_json(&found);
    if (sound != NULL && found.verdict != ALIGN_ANOTHER &&
        found.verdict != ALIGN_UNSURE)
        json_add(place, "key", hear_key(sound, summary, checks));
    json_add(analysis, "alignment", place);
    pairing_checks(checks, p, &found, better);
    if (found.verdict == ALIGN_SAME)
        return 0;
    audio_checks_length(checks, p, summary);
    audio_checks_tempo(checks, analysis, summary);
    return 0;
}

int
judge_item(struct app *app, const struct item *it, const struct audio_probe *p,
           json_object *analysis, json_object **ret_checks, struct err *err)
{
    auto_json json_object *checks = NULL;
    auto_json json_object *summary = NULL;

    if (read_summary(app, it, &summary, err) == -1)
        return -1;
    if (it->checks == NULL)
        checks = audio_checks(p);
    else if (json_object_deep_copy(it->checks, &checks, NULL) == -1)
        return err_set(err, ERR_INTERNAL, "cannot copy the checks");
    audio_checks_drop_analysis(checks);
    audio_checks_analysis(checks, p, analysis);
    if (align(app, it, p, analysis, summary, checks, err) == -1 ||
        check_alike(app, it, analysis, checks, err) == -1)
        return -1;
    *ret_checks = steal(&checks);
    return 0;
}
