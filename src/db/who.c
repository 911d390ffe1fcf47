/*
 * On whose behalf a thread asks. It belongs to the thread, not to each
 * call, so that no function of db.h can be called without it by mistake.
 */
#include "db/who.h"

static const struct db_who ourselves;
static _Thread_local const struct db_who *now;

void
db_act_as(const struct db_who *who)
{
    now = who;
}

const struct db_who *
who_now(void)
{
    return now != NULL ? now : &ourselves;
}
