/* Shared by windows.c and window_ask.c; within caption/ only. */
#ifndef CAPTION_WINDOW_PARTS_H
#define CAPTION_WINDOW_PARTS_H

#include "caption/model.h"
#include "caption/windows.h"

struct windows_writing {
    const struct conf *conf;
    struct windows_ask *ask;
    const struct windows_hooks *hooks;
};

/* Whether the question about these windows includes audio: only if it is about
 * all windows. */
bool windows_hear(const struct windows_ask *ask, size_t first, size_t n);
/* Ask for n windows from `first` on. correction: what was wrong with the last
 * answer, or NULL. ret->answer is the array that came. */
int windows_ask_model(const struct windows_writing *w, size_t first, size_t n,
                      const char *correction, struct model_answer *ret,
                      struct err *err);

#endif
