/* On whose behalf a request is served; see who.h. */
#include "app/who.h"

#include "auth/signin.h"

/* The database borrows it while the request lasts. */
static _Thread_local struct identity identity;

int
who_enter(struct app *app, const char *token, struct err *err)
{
    if (signin_check(app->signin, token, &identity, err) == -1)
        return -1;
    db_act_as(&identity.who);
    return 0;
}

void
who_leave(struct app *app)
{
    (void)app;
    db_act_as(NULL);
    identity_release(&identity);
}
