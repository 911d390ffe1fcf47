/* From the token of a request to the person on whose behalf it is served. */
#ifndef APP_WHO_H
#define APP_WHO_H

#include <stdbool.h>

#include "app/app.h"

/* serve_conf's enter and leave: in between, all that this thread asks of the
 * database is on that person's behalf. */
int who_enter(struct app *app, const char *token, bool by_cookie,
              struct err *err);
void who_leave(struct app *app);
/* serve_conf's caller: the user's id, or that of the token's row. */
const char *who_caller(void);
/* Whether the request is of somebody who runs this server: with AUTH=none all
 * of this machine, with AUTH=token who has one that opens every artist. */
bool who_runs_it(const struct app *app);

#endif
