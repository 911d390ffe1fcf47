/* First places, then what is told and written about each; see remake.h. */
#include "app/remake.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/track.h"
#include "base/mem.h"

#define SAME_SEC 0.05 /* two cuts at one place */

struct place {
    double start, end;      /* seconds of the audio */
    double start_bar, bars; /* NaN: to be determined */
    struct window *was;     /* the old window that returns there; NULL: none */
};

struct places {
    struct place *v;
    size_t n;
};

struct remaking {
    struct app *app;
    const struct item *it;
    struct track track;
    struct windows_state old;
    struct places places;
    struct windows_ask ask;
    struct track_hashes hashes;
    struct windows_made *made;
};

void
remake_release(struct windows_made *m)
{
    windows_release(&m->ws);
    *m = (struct windows_made){0};
}

static void
remaking_release(struct remaking *r)
{
    windows_ask_release(&r->ask);
    windows_state_release(&r->old);
    track_release(&r->track);
    free(r->places.v);
}

static bool
by_person(const struct window *w)
{
    return w->edited || strcmp(w->source, "person") == 0;
}

/* ---- places ---- */

/* A window that was cut from exactly this audio stays at its seconds. */
static bool
find_place(const struct remaking *r, struct window *w, struct place *ret)
{
    const struct track *t = &r->track;
    double sec = r->it->audio.duration_sec;

    *ret = (struct place){w->start_sec, w->end_sec, w->start_bar, w->bars, w};
    if (w->waiting && !isnan(w->start_bar))
        return window_teller_place(t->teller, w->start_bar, w->bars,
                                   &ret->start, &ret->end);
    if (w->waiting && t->noted)
        return false;
    ret->end = fmin(ret->end, sec);
    return w->end_sec <= sec + SAME_SEC && ret->end > ret->start;
}

static bool
is_free(const struct places *p, const struct place *one)
{
    for (size_t i = 0; i < p->n; i++)
        if (one->start < p->v[i].end - SAME_SEC &&
            one->end > p->v[i].start + SAME_SEC)
            return false;
    return true;
}

static int
by_start(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    return x->start < y->start ? -1 : x->start > y->start;
}

/* Windows that stay where they are: all of a user's cut, otherwise those that a
 * user wrote or excluded. */
static void
place_kept(struct remaking *r)
{
    for (size_t i = 0; i < r->old.all.n; i++) {
        struct window *w = &r->old.all.v[i];
        struct place one;

        if ((!r->old.cut || by_person(w) || w->excluded) &&
            find_place(r, w, &one) && is_free(&r->places, &one))
            r->places.v[r->places.n++] = one;
    }
    qsort(r->places.v, r->places.n, sizeof(*r->places.v), by_start);
}

static void
add_rest(struct remaking *r, double start, double end)
{
    if (end - start >= r->old.rule.min_sec)
        r->places.v[r->places.n++] =
            (struct place){start, end, (double)NAN, (double)NAN, NULL};
}

/* A new cut, as far as the first n places leave room for it. */
static void
place_around(struct remaking *r, const struct window_cut *cut, size_t n)
{
    double at = cut->start_sec;
    bool whole = true;

    for (size_t i = 0; i < n; i++) {
        const struct place *p = &r->places.v[i];

        if (p->end <= at + SAME_SEC || p->start >= cut->end_sec - SAME_SEC)
            continue;
        whole = false;
        add_rest(r, at, p->start);
        at = p->end;
    }
    if (whole)
        r->places.v[r->places.n++] = (struct place){
            cut->start_sec, cut->end_sec, cut->start_bar, cut->bars, NULL};
    else
        add_rest(r, at, cut->end_sec);
}

static void
find_places(struct remaking *r)
{
    auto_window_cuts struct window_cuts cuts = {0};
    size_t kept, n = r->old.all.n;

    if (r->old.cut)
        window_teller_cut(r->track.teller, &r->old.rule, &cuts);
    r->places.v = xcalloc(2 * n + cuts.n + 1, sizeof(*r->places.v));
    place_kept(r);
    kept = r->places.n;
    for (size_t i = 0; i < cuts.n; i++)
        place_around(r, &cuts.v[i], kept);
    qsort(r->places.v, r->places.n, sizeof(*r->places.v), by_start);
}

/* The old window that is at this place again; NULL: none. */
static struct window *
old_at(struct remaking *r, const struct window *w)
{
    for (size_t i = 0; i < r->old.all.n; i++)
        if (!by_person(&r->old.all.v[i]) &&
            window_same_place(&r->old.all.v[i], w))
            return &r->old.all.v[i];
    return NULL;
}

/* Determine what is known about each place; the texts come later. */
static void
tell_places(struct remaking *r)
{
    struct windows *ws = &r->made->ws;

    r->ask.v = xcalloc(r->places.n + 1, sizeof(*r->ask.v));
    ws->v = xcalloc(r->places.n + r->old.all.n + 1, sizeof(*ws->v));
    r->ask.n = ws->n = r->places.n;
    for (size_t i = 0; i < ws->n; i++) {
        struct place *p = &r->places.v[i];
        struct window *w = &ws->v[i];

        track_tell(&r->track, p->start, p->end, &r->ask.v[i], w);
        w->start_sec = p->start;
        w->end_sec = p->end;
        if (!isnan(p->start_bar) && r->track.noted) {
            w->start_bar = p->start_bar;
            w->bars = p->bars;
        }
        if (p->was == NULL)
            p->was = old_at(r, w);
        if (p->was != NULL) {
            w->excluded = p->was->excluded;
            p->was->excluded = false; /* it does not wait */
        }
    }
}

/* ---- what ---- */

/* Whether the text of before is the window's again. */
static bool
stays(const struct remaking *r, size_t i)
{
    const struct window *was = r->places.v[i].was;
    const struct window_text *t = &r->ask.v[i];

    if (was == NULL)
        return false;
    if (by_person(was))
        return true;
    if (was->prompt_text == NULL)
        return false;
    return strcmp(was->source, "model") == 0
               ? window_holds(t, was->prompt_text, r->ask.artist)
               : strcmp(was->prompt_text, t->prompt) == 0;
}

static int
on_made(void *ctx, struct caption *c, struct err *err)
{
    const struct remaking *r = ctx;

    for (size_t i = 0; i < r->ask.n; i++)
        if (!stays(r, i))
            return track_keep(r->app, r->it, &r->hashes, c, err);
    return 0; /* nothing new was written */
}

/* Keep the old text, and check it against the new facts. */
static void
keep_text(struct remaking *r, size_t i)
{
    struct window *was = r->places.v[i].was;
    struct window *w = &r->made->ws.v[i];
    struct window_text *t = &r->ask.v[i];

    window_take_text(was, w);
    w->edited = was->edited;
    was->edited = false; /* it does not wait */
    if (w->prompt_text == NULL)
        return;
    json_object_put(w->warnings);
    json_object_put(w->fields);
    if (strcmp(w->prompt_text, t->prompt) == 0) {
        w->fields = steal(&t->fields);
        w->warnings = steal(&t->warnings);
        return;
    }
    track_judge(&r->track, w->start_sec, w->end_sec, w->prompt_text, &w->fields,
                &w->warnings);
}

static int
on_written(void *ctx, size_t i, struct err *err)
{
    struct remaking *r = ctx;
    struct window_text *t = &r->ask.v[i];
    struct window *w = &r->made->ws.v[i];

    (void)err;
    if (stays(r, i)) {
        keep_text(r, i);
        return 0;
    }
    window_take(w, t);
    return 0;
}

/* Windows that a user wrote or excluded and that found no place wait after the
 * others. */
static void
let_wait(struct remaking *r)
{
    struct windows *ws = &r->made->ws;

    for (size_t i = 0; i < r->old.all.n; i++) {
        struct window *w = &r->old.all.v[i];

        if (!w->edited && !w->excluded)
            continue;
        w->waiting = true;
        ws->v[ws->n++] = *w;
        *w = (struct window){0};
    }
}

int
remake_windows(struct app *app, const struct item *it, json_object *alignment,
               const char *sound, struct windows_made *ret, struct err *err)
{
    auto_cleanup(remaking_release) struct remaking r = {
        .app = app, .it = it, .made = ret};
    struct windows_hooks hooks = {
        .made = on_made, .written = on_written, .ctx = &r};

    if (windows_state(app->db, it->id, &r.old, err) == -1)
        return -1;
    if (r.old.all.n == 0)
        return 0;
    if (track_open(app, it, alignment, sound, &r.track, err) == -1)
        return -1;
    ret->any = true;
    ret->content = r.old.content;
    ret->audio_sha256 = it->audio.sha256;
    track_hash(&r.track, &r.hashes);
    find_places(&r);
    windows_ask_init(&r.ask, NULL, r.track.from.schema, r.hashes.summary);
    r.ask.artist = xstrdup(r.track.from.artist);
    tell_places(&r);
    if (windows_write(NULL, &r.ask, &hooks, err) == -1)
        return -1;
    let_wait(&r);
    return 0;
}
