/* What a failed statement means to the caller; see fault.h. */
#include "db/fault.h"

#include <string.h>

#include "db/trip.h"

/* By the start of its SQLSTATE, and its message; without a message, the
 * server's own goes to the log. */
static const struct meaning {
    const char *state;
    enum err_code code;
    const char *words;
} meanings[] = {
    {"08", ERR_DATABASE, NULL},     /* connection exceptions */
    {"57", ERR_DATABASE, NULL},     /* shutdown, canceled by the time limit */
    {"53100", ERR_DISK_FULL, NULL}, /* the database's disk */
    {"53", ERR_DATABASE, NULL},     /* too many connections, memory */
    {"25006", ERR_DATABASE, NULL},  /* a standby that only reads */
    {"40", ERR_BUSY, NULL},         /* serialization, deadlock */
    {"22P05", ERR_INVALID_FIELD,    /* \u0000 in jsonb */
     "a text has a NUL in it, which cannot be stored"},
    {"22021", ERR_INVALID_FIELD, "a text is not UTF-8"},
    {"22P02", ERR_INVALID_FIELD, "an id is not a UUID"},
    {"22003", ERR_INVALID_FIELD, "a number is too large to be stored"},
    {"54000", ERR_INVALID_FIELD, "a name or key is too long to be stored"},
    {"23505", ERR_CONFLICT, "this is there already"}, /* unique */
    {"23503", ERR_CONFLICT, "what this belongs to was deleted in the meantime"},
    {"P0001", ERR_CONFLICT, NULL}, /* a transition that a trigger refuses */
    {"", ERR_INTERNAL, NULL},
};

static const struct meaning *
meaning_of(const char *state)
{
    const struct meaning *m = meanings;

    while (strncmp(state, m->state, strlen(m->state)) != 0)
        m++;
    return m;
}

int
fault_explain(const PGconn *conn, const PGresult *res, struct err *err)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *what = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    const struct meaning *m = meaning_of(state != NULL ? state : "08");

    if (m->words != NULL || (m->code == ERR_CONFLICT && what != NULL))
        return err_set(err, m->code, "%s", m->words != NULL ? m->words : what);
    if (m->code == ERR_BUSY)
        err->retry_after = 1;
    return err_set(err, m->code, "database: %s (%s)",
                   what != NULL ? what : PQerrorMessage(conn),
                   state != NULL ? state : "no answer");
}

bool
fault_may_pass(const PGresult *res)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

    return state != NULL && meaning_of(state)->code == ERR_BUSY;
}

bool
fault_no_word(const PGresult *res)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

    return !trip_good(res) && (state == NULL || strncmp(state, "08", 2) == 0 ||
                               strncmp(state, "57", 2) == 0);
}

bool
fault_no_plan(const PGresult *res)
{
    /* Invalid name, a name that is taken, "cached plan must not change result
     * type". */
    static const char *const states[] = {"26000", "42P05", "0A000"};
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
        if (state != NULL && strcmp(state, states[i]) == 0)
            return true;
    return false;
}
