/* Rows that tests begin with; see rows.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "cluster.h"
#include "rows.h"

char *
some_artist(struct db *db)
{
    auto_artist struct artist a = {0};
    struct err err = ERR_INIT;

    assert_fine(
        artist_insert(db, "Nachtfalter", "nachtfalter", false, &a, &err), err);
    return steal(&a.id);
}

void
some_set(struct db *db, const char *artist, const char *parse_id)
{
    auto_json json_object *summary = json_object_new_object();
    struct err err = ERR_INIT;
    bool is_new;

    assert_fine(set_insert(db, artist, parse_id, "Night Drive.als",
                           "Night Drive", summary, &is_new, &err),
                err);
}

const char sha_one[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const char sha_two[] =
    "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

void
fill_audio(struct audio_facts *a, const char *sha, double sec)
{
    a->format = xstrdup("mp3");
    a->sha256 = xstrdup(sha);
    a->bytes = INT64_C(5000000000);
    a->duration_sec = sec;
    a->sample_rate = 44100;
    a->channels = 2;
    a->bitrate = 320000;
}

void
fill_item(struct item *it, const char *artist, const char *parse_id)
{
    char id[UUID_LEN + 1];

    id_make(id);
    it->id = xstrdup(id);
    it->artist_id = xstrdup(artist);
    it->parse_id = xstrdup(parse_id);
    it->audio_path = xasprintf("artists/x/training/%s/audio.mp3", id);
    it->prompt_path = xasprintf("artists/x/training/%s/prompt.txt", id);
    it->prompt_text = xstrdup("deep house, warm, 122 BPM, A minor");
    it->status = xstrdup("ready");
    fill_audio(&it->audio, sha_one, 241.5);
}

char *
save(struct db *db, const char *artist, const char *parse_id)
{
    auto_item struct item it = {0};
    auto_free char *known = NULL;
    struct err err = ERR_INIT;

    fill_item(&it, artist, parse_id);
    assert_fine(item_insert(db, &it, NULL, NULL, &known, &err), err);
    assert_null(known);
    return steal(&it.id);
}

void
fail_item(struct db *db, const char *id, const char *reason)
{
    must_do(db,
            "UPDATE training_items SET status = 'failed', error = $2 "
            "WHERE id = $1",
            2, P(id, reason));
}
