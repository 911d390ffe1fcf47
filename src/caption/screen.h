/*
 * Finds what no caption may contain, whatever the set says: addresses,
 * telephone numbers and the artist's name. A trainer would learn them as sound,
 * and a dataset is passed on.
 */
#ifndef CAPTION_SCREEN_H
#define CAPTION_SCREEN_H

#include <json-c/json.h>

/*
 * Add to the warnings of grounding.h, in the order of the text: field is
 * "link", "email", "phone" or "artist"; set is "", because nothing can replace
 * them. artist: the name, or NULL. A name that is a word for a sound ("Bass")
 * is allowed.
 */
void screen_check(const char *text, const char *artist, json_object *warnings);

#endif
