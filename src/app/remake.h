/*
 * Windows that are made anew by themselves, when the caption or the audio of
 * their item changes. They are cut as they were, and told and written by what
 * set, schema and audio say now, by the template: no model is asked. Nothing
 * that a person did is lost: an edited window keeps its text at its bars (in
 * audio without bars its seconds), and waits where they are not in the audio;
 * one that was left out stays out. A model's text stays where its window does,
 * as long as it holds.
 */
#ifndef APP_REMAKE_H
#define APP_REMAKE_H

#include "app/app.h"
#include "db/windows.h"

/* alignment and sound: what the analysis of the item's audio found. Nothing is
 * made (ret->any) where the item has no windows. `it` is borrowed by *ret. */
int remake_windows(struct app *app, const struct item *it,
                   json_object *alignment, const char *sound,
                   struct windows_made *ret, struct err *err);
void remake_release(struct windows_made *m);
#define auto_remake auto_cleanup(remake_release)

#endif
