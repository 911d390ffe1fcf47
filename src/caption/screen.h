/*
 * What has no place in a caption whatever the set says: addresses, telephone
 * numbers and the artist's name. A trainer would learn them as sound, and a
 * dataset is passed on.
 */
#ifndef CAPTION_SCREEN_H
#define CAPTION_SCREEN_H

#include <json-c/json.h>

/*
 * Add to the warnings of grounding.h, in the order of the text: field is
 * "link", "email", "phone" or "artist"; set is "", since nothing could stand
 * there instead. artist: the name, or NULL. A name that is a word for a sound
 * ("Bass") is no fault.
 */
void screen_check(const char *text, const char *artist, json_object *warnings);

#endif
