/*
 * The style in an artist's master schema: genre, moods, instruments, keywords.
 * A master schema is any JSON object, so the members are looked up by name at
 * any depth; everything under "avoid" and the like is skipped.
 */
#ifndef CAPTION_STYLE_H
#define CAPTION_STYLE_H

#include <json-c/json.h>

#include "base/strs.h"

struct style {
    struct strs genres, moods, instruments, keywords;
};

void style_read(struct style *s, json_object *schema); /* s must be zeroed */
void style_release(struct style *s);
#define auto_style auto_cleanup(style_release)

#endif
