/*
 * On whose behalf a thread queries. It belongs to the thread, not to each call,
 * so that no function of db.h can be called without it by mistake.
 */
#include "db/who.h"

#include <stddef.h>

const struct db_who who_ourselves;
static _Thread_local const struct db_who *now;

void
db_act_as(const struct db_who *who)
{
    now = who;
}

const struct db_who *
who_now(void)
{
    return now != NULL ? now : &who_ourselves;
}

/* A test removes our own check, to see that the database's holds alone. */
const struct db_who *
who_limits(const struct db_who *who)
{
#ifdef TRAINMODE_TEST_NO_OWNER_CHECK
    (void)who;
    return &who_ourselves;
#else
    return who;
#endif
}
