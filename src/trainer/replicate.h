/*
 * Replicate's training API: start one, look at one, stop one, believe a
 * webhook.
 * Errors are worded for the person: ERR_TRAINER (what Replicate says, its
 * being away, a refused token), ERR_RATE_LIMITED with retry_after.
 */
#ifndef TRAINER_REPLICATE_H
#define TRAINER_REPLICATE_H

#include "base/conf.h"
#include "db/db.h"

/* The trainer of the layouts "replicate" and "plan", and its version. */
#define TRAINER "sakemin/musicgen-fine-tuner"
#define TRAINER_VERSION                                                        \
    "bc57274e2930af17c1d692516a4e6bd67618af425db3b2107c28c2100f031934"

/* Where a training of "owner/name:version" is asked for; the caller's. */
char *replicate_url(const struct conf *conf, const char *version);

/* Of ret: replicate_id, status, error, logs, output. Where it fails, *doubt
 * says whether the training may have begun all the same. */
int replicate_create(const struct conf *conf, const char *url,
                     json_object *body, struct training *ret, bool *doubt,
                     struct err *err);
/* The state now; "failed" where Replicate knows no such training. */
int replicate_get(const struct conf *conf, const char *replicate_id,
                  struct training *ret, struct err *err);
/* Ask Replicate to stop it; it may still run for a moment. Of one that is over
 * there, its state, as with one that Replicate does not know. To ask twice is
 * no harm, so where this fails, ask again. */
int replicate_cancel(const struct conf *conf, const char *replicate_id,
                     struct training *ret, struct err *err);
/* A training as Replicate tells of it, in an answer or a webhook. */
int replicate_state(json_object *in, struct training *ret, struct err *err);

/* Is this body Replicate's, signed by the secret ("whsec_" and base64) within
 * five minutes of now? id, timestamp, signatures: the headers webhook-id,
 * webhook-timestamp, webhook-signature; NULL where absent.
 * ERR_UNAUTHENTICATED. */
int replicate_verify(const char *secret, const char *id, const char *timestamp,
                     const char *signatures, const char *body, struct err *err);

#endif
