/* A track whose windows are requested: its item, its set, and their
 * alignment. */
#include "app/track.h"

#include <string.h>
#include <time.h>

#include "base/id.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "caption/fields.h"
#include "db/pairing.h"
#include "music/witness.h"

enum { SOUNDS_MAX = 24 };

int
sources_load(struct app *app, const char *artist, const char *parse_id,
             struct sources *ret, struct err *err)
{
    if (parse_id != NULL && id_is_audio(parse_id))
        parse_id = NULL;
    if (sources_get(app->db, artist, parse_id, ret, err) == -1)
        return -1;
    if (ret->schema == NULL)
        ret->schema = json_object_new_object();
    if (ret->summary == NULL)
        ret->summary = json_object_new_object();
    return 0;
}

void
sources_hash(json_object *o, char ret[HASH_HEX_LEN + 1])
{
    const char *text = json_out(o);

    hash_hex_of(text, strlen(text), ret);
}

void
track_release(struct track *t)
{
    window_teller_close(t->teller);
    facts_release(&t->whole);
    sources_release(&t->from);
    item_release(&t->item);
    *t = (struct track){0};
}

/* Load schema and summary; if the set has left the library, as if there were
 * none. */
static int
load_sources(struct app *app, const struct item *it, struct track *t,
             struct err *err)
{
    if (sources_load(app, it->artist_id, it->parse_id, &t->from, err) == 0)
        return 0;
    if (err->code != ERR_SET_NOT_FOUND)
        return -1;
    err_clear(err);
    sources_release(&t->from);
    return sources_load(app, it->artist_id, NULL, &t->from, err);
}

static int
check_audio(const struct item *it, struct err *err)
{
    if (it->audio.format == NULL)
        return err_set(err, ERR_CONFLICT,
                       "the item has no audio yet; add it, then cut it into "
                       "windows");
    if (it->analysis_state != NULL &&
        strcmp(it->analysis_state, "pending") == 0)
        return err_set(err, ERR_CONFLICT,
                       "the item's audio is still being analyzed; try again "
                       "in a moment");
    return 0;
}

int
track_open(struct app *app, const struct item *it, json_object *alignment,
           const char *sound, struct track *ret, struct err *err)
{
    struct window_track track = {.sound = sound};
    const char *verdict = json_text(alignment, "verdict");

    if (load_sources(app, it, ret, err) == -1)
        return -1;
    witness_hear(ret->from.summary, alignment);
    facts_read(&ret->whole, ret->from.summary);
    track.summary = ret->from.summary;
    track.placed = verdict != NULL && strcmp(verdict, "same") == 0;
    track.foreign = verdict != NULL && strcmp(verdict, "another") == 0;
    track.offset = json_number(alignment, "offsetSec", 0);
    track.drift = json_number(alignment, "drift", 0);
    track.audio_sec = it->audio.duration_sec;
    ret->teller = window_teller_open(&track);
    ret->noted = window_teller_knows(ret->teller);
    return 0;
}

int
track_load(struct app *app, const char *item, struct track *ret,
           struct err *err)
{
    auto_free char *sound = NULL;

    if (item_get(app->db, item, &ret->item, err) == -1 ||
        check_audio(&ret->item, err) == -1 ||
        item_sound(app->db, item, &sound, err) == -1)
        return -1;
    return track_open(app, &ret->item, ret->item.alignment, sound, ret, err);
}

/* What surely sounds, the most present first; without what is in a set. */
static json_object *
sounds_of(const struct facts *f, struct word_set without)
{
    json_object *list = json_object_new_array();
    int n = 0;

    for (size_t i = 0; i < f->n_sounds && n < SOUNDS_MAX; i++) {
        const char *says = words_says(f->sounds[i].row);

        if (f->sounds[i].evidence < EVIDENCE_HEARD || says == NULL)
            continue;
        n++;
        if (!word_set_has(without, f->sounds[i].row))
            json_object_array_add(list, json_object_new_string(says));
    }
    return list;
}

/* What sounds in the window but not in this part of it, where nothing sounds
 * that may be it. */
static json_object *
missing_in(const struct facts *window, json_object *part)
{
    auto_facts struct facts f = {0};

    facts_read(&f, part);
    return sounds_of(window, f.maybe);
}

void
track_tell(const struct track *t, double from, double to,
           struct window_text *ret, struct window *place)
{
    auto_window_told struct window_told told = {0};

    window_teller_tell(t->teller, from, to, &told);
    window_text_init(ret, told.summary,
                     t->noted ? told.summary : t->from.summary, &t->whole,
                     steal(&told.contradicted));
    ret->silent = told.silent;
    ret->section = xstrdup(told.section);
    place->start_bar = told.start_bar;
    place->bars = told.bars;
    free(place->section);
    place->section = steal(&told.section);
    json_object_put(place->sounds);
    place->sounds = told.silent ? json_object_new_array()
                                : sounds_of(&ret->says, (struct word_set){0});
    place->known = t->noted;
    place->energy_db = told.energy_db;
    if (told.first == NULL)
        return;
    json_object_put(place->enters);
    json_object_put(place->leaves);
    if (told.silent) {
        place->enters = json_object_new_array();
        place->leaves = json_object_new_array();
        return;
    }
    place->enters = missing_in(&ret->says, told.first);
    place->leaves = missing_in(&ret->says, told.last);
}

void
track_judge(const struct track *t, double from, double to, const char *text,
            json_object **ret_fields, json_object **ret_warnings)
{
    auto_cleanup(window_text_release) struct window_text about = {0};
    auto_window struct window unused = {0};
    auto_style struct style style = {0};
    auto_free char *line = text_one_line(text);

    track_tell(t, from, to, &about, &unused);
    style_read(&style, t->from.schema);
    *ret_fields = fields_make(line, &about.says, &style, NULL);
    *ret_warnings = window_warnings(&about, text, t->from.artist);
}

/* `heard` as a generation stores it. */
static int
heard_kept(enum heard heard)
{
    return heard == HEARD_YES   ? GEN_HEARD
           : heard == HEARD_NOT ? GEN_UNHEARD
                                : GEN_UNTOLD;
}

struct generation
caption_row(const struct conf *conf, const struct caption *c)
{
    return (struct generation){
        .prompt = c->prompt,
        .model = c->model,
        .version = (char *)c->version,
        .fields = c->fields,
        .warnings = c->warnings,
        .params = c->params,
        .tokens_in = c->tokens_in,
        .tokens_out = c->tokens_out,
        .ms = c->ms,
        .tokens_audio = c->tokens_audio,
        .audio_sec = c->audio_sec,
        .heard = heard_kept(c->heard),
        .cost = caption_cost(conf, c),
    };
}

int
caption_keep(struct app *app, struct generation *row, struct caption *c,
             struct err *err)
{
    if (generation_insert(app->db, row, err) == -1)
        return -1;
    free(c->id);
    c->id = row->id;
    return 0;
}

void
window_take(struct window *w, struct window_text *t)
{
    w->prompt_text = steal(&t->prompt);
    w->fields = steal(&t->fields);
    w->warnings = steal(&t->warnings);
    w->source = xstrdup(t->source);
    w->model_name = steal(&t->model);
    w->system_prompt_version = xstrdup(t->version);
    w->generation_id = steal(&t->generation);
    w->generated_at = (int64_t)time(NULL);
}

int
track_keep(struct app *app, const struct item *it,
           const struct track_hashes *of, struct caption *c, struct err *err)
{
    struct generation g = caption_row(app->conf, c);

    g.artist_id = it->artist_id;
    g.parse_id = it->parse_id;
    g.schema_hash = (char *)of->schema;
    g.summary_hash = (char *)of->summary;
    g.fields = NULL; /* each window has its own */
    g.windows = true;
    return caption_keep(app, &g, c, err);
}

void
track_hash(const struct track *t, struct track_hashes *ret)
{
    sources_hash(t->from.schema, ret->schema);
    sources_hash(t->from.summary, ret->summary);
}
