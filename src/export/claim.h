/*
 * The claim that lets one export of an artist run at a time, across all nodes.
 * A thread of its own tells the database every two seconds that we are alive
 * and how far we are, so that a long conversion or a slow disk does not lose
 * the claim, and learns whether somebody wants to cancel. The claim of a killed
 * program is free again after a minute.
 */
#ifndef EXPORT_CLAIM_H
#define EXPORT_CLAIM_H

#include "base/auto.h"
#include "db/db.h"

struct claim;

/* ERR_EXPORT_RUNNING if another export holds it. */
struct claim *claim_open(struct db *db, const char *artist, struct err *err);
const char *claim_id(const struct claim *c);
/* Whether somebody else took it over; our result must be discarded then. */
bool claim_lost(struct claim *c);
/* Our progress, for others to read; layout is borrowed. The database gets it
 * soon, not at once. */
void claim_state(struct claim *c, const struct export_state *state);
/* Whether somebody wants the export to end. */
bool claim_canceled(struct claim *c);
/* dataset_insert has released it. */
void claim_given(struct claim *c);
/* Releases it if that was not done yet. */
void claim_close(struct claim *c);
AUTO_DEFINE(auto_claim_p, struct claim *, claim_close)
#define auto_claim auto_cleanup(auto_claim_p)

#endif
