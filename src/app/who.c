/* The user on whose behalf a request is served; see who.h. */
#include "app/who.h"

#include <string.h>

#include "auth/signin.h"

/* The database borrows it for the duration of the request. */
static _Thread_local struct identity identity;

int
who_enter(struct app *app, const char *token, bool by_cookie, struct err *err)
{
    if (signin_check(app->signin, token, by_cookie, &identity, err) == -1)
        return -1;
    db_act_as(&identity.who);
    return 0;
}

const char *
who_caller(void)
{
    return identity.user != NULL ? identity.user : identity.token;
}

bool
who_runs_it(const struct app *app)
{
    if (strcmp(app->conf->auth, "none") == 0)
        return true;
    return strcmp(app->conf->auth, "token") == 0 && identity.token != NULL &&
           identity.who.user == NULL && identity.who.artist == NULL;
}

void
who_leave(struct app *app)
{
    (void)app;
    db_act_as(NULL);
    identity_release(&identity);
}
