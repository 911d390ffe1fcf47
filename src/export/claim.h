/*
 * The claim that lets one export of an artist run at a time, over all nodes.
 * A thread of its own tells the database every two seconds that we live and
 * how far we are, so that a long conversion or a slow disk does not lose it,
 * and hears whether somebody wants it to end; what a killed
 * program held is free again after a minute.
 */
#ifndef EXPORT_CLAIM_H
#define EXPORT_CLAIM_H

#include "base/auto.h"
#include "db/db.h"

struct claim;

/* ERR_EXPORT_RUNNING where another one holds it. */
struct claim *claim_open(struct db *db, const char *artist, struct err *err);
const char *claim_id(const struct claim *c);
/* Somebody else took it over; what we make must not be kept. */
bool claim_lost(struct claim *c);
/* How far it is, for others to read; borrowed layout. Told to the database
 * soon, not at once. */
void claim_state(struct claim *c, const struct export_state *state);
/* Somebody wants it to end. */
bool claim_canceled(struct claim *c);
/* dataset_insert has given it back. */
void claim_given(struct claim *c);
/* Gives it back where that was not done yet. */
void claim_close(struct claim *c);
AUTO_DEFINE(auto_claim_p, struct claim *, claim_close)
#define auto_claim auto_cleanup(auto_claim_p)

#endif
