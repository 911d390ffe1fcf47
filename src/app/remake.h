/*
 * Remakes windows automatically when the caption or the audio of their item
 * changes. The cuts stay, and the template describes them by what set, schema
 * and audio say now: no model is asked. Nothing that a user did is lost: an
 * edited window keeps its text at its bars (or seconds, in audio without bars),
 * and waits if the audio does not contain them; an excluded window stays
 * excluded. A model's text stays if its window does, as long as it still holds.
 */
#ifndef APP_REMAKE_H
#define APP_REMAKE_H

#include "app/app.h"
#include "db/windows.h"

/* alignment and sound: the results of the analysis of the item's audio. Makes
 * nothing (ret->any) if the item has no windows. *ret borrows `it`. */
int remake_windows(struct app *app, const struct item *it,
                   json_object *alignment, const char *sound,
                   struct windows_made *ret, struct err *err);
void remake_release(struct windows_made *m);
#define auto_remake auto_cleanup(remake_release)

#endif
