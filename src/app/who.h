/* From the token of a request to the user on whose behalf it is served. */
#ifndef APP_WHO_H
#define APP_WHO_H

#include <stdbool.h>

#include "app/app.h"

/* serve_conf's enter and leave: between them, this thread queries the database
 * on that user's behalf. */
int who_enter(struct app *app, const char *token, bool by_cookie,
              struct err *err);
void who_leave(struct app *app);
/* serve_conf's caller: the user's id, or the id of the token's row. */
const char *who_caller(void);
/* Whether the request comes from an operator of this server: with AUTH=none
 * everybody on this machine, with AUTH=token a holder of a token for all
 * artists. */
bool who_runs_it(const struct app *app);

#endif
