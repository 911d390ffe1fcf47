/* The style in a master schema; see style.h. */
#include "caption/style.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"

enum { DEPTH_MAX = 5 };

static const char *const genre_names[] = {
    "genre",     "genres", "primarygenre", "maingenre", "subgenre",
    "subgenres", "style",  "styles",       NULL};
static const char *const mood_names[] = {
    "mood",     "moods",   "vibe",     "vibes",      "feel", "feeling",
    "feelings", "emotion", "emotions", "atmosphere", NULL};
static const char *const instrument_names[] = {
    "instrument",      "instruments",          "instrumentation",
    "signaturesounds", "signatureinstruments", "sounds",
    "palette",         "soundpalette",         NULL};
static const char *const keyword_names[] = {
    "keywords", "tags",       "descriptors", "textures",   "texture",
    "themes",   "production", "aesthetic",   "aesthetics", NULL};
static const char *const passed_over[] = {
    "avoid",    "never",  "not",       "donot",    "dont", "exclude",
    "excluded", "banned", "forbidden", "dislikes", NULL};

/* Whether a member's name is in the list, ignoring case and punctuation:
 * "Primary_Genre" is "primarygenre". */
static bool
named(const char *name, const char *const *list)
{
    char plain[32];
    size_t n = 0;

    for (; *name != '\0' && n < sizeof(plain) - 1; name++)
        if (isalnum((unsigned char)*name))
            plain[n++] = (char)tolower((unsigned char)*name);
    plain[n] = '\0';
    for (; *list != NULL; list++)
        if (strcmp(plain, *list) == 0)
            return true;
    return false;
}

static struct strs *
list_for(struct style *s, const char *name)
{
    if (named(name, genre_names))
        return &s->genres;
    if (named(name, mood_names))
        return &s->moods;
    if (named(name, instrument_names))
        return &s->instruments;
    if (named(name, keyword_names))
        return &s->keywords;
    return NULL;
}

/* An object under a name that we know, such as {"genre": {"primary": "house",
 * "secondary": ["techno"]}}, gives all its texts, except for members that have
 * their own list: "style" often contains everything. */
static void
collect(struct style *s, struct strs *list, json_object *value, int depth)
{
    if (depth > DEPTH_MAX)
        return;
    if (!json_object_is_type(value, json_type_object)) {
        strs_add_json(list, value);
        return;
    }
    json_object_object_foreach(value, name, child)
    {
        struct strs *other = list_for(s, name);

        if (!named(name, passed_over) && (other == NULL || other == list))
            collect(s, list, child, depth + 1);
    }
}

static void
walk(struct style *s, json_object *o, int depth)
{
    if (depth > DEPTH_MAX || !json_object_is_type(o, json_type_object))
        return;
    json_object_object_foreach(o, name, child)
    {
        struct strs *list = list_for(s, name);

        if (named(name, passed_over))
            continue;
        if (list != NULL)
            collect(s, list, child, depth + 1);
        walk(s, child, depth + 1);
    }
}

void
style_read(struct style *s, json_object *schema)
{
    walk(s, schema, 0);
}

void
style_release(struct style *s)
{
    strs_release(&s->genres);
    strs_release(&s->moods);
    strs_release(&s->instruments);
    strs_release(&s->keywords);
}
