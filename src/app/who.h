/* From the token of a request to the person on whose behalf it is served. */
#ifndef APP_WHO_H
#define APP_WHO_H

#include "app/app.h"

/* serve_conf's enter and leave: in between, all that this thread asks of the
 * database is on that person's behalf. */
int who_enter(struct app *app, const char *token, struct err *err);
void who_leave(struct app *app);

#endif
