/*
 * Replicate's training API: start a training, look at it, cancel it, verify a
 * webhook.
 *
 * Errors are worded for the user: ERR_TRAINER (Replicate's own message, no
 * connection, a refused token), ERR_RATE_LIMITED with retry_after.
 */
#ifndef TRAINER_REPLICATE_H
#define TRAINER_REPLICATE_H

#include "base/conf.h"
#include "base/setting.h"
#include "db/db.h"

extern const struct settings trainer_settings; /* settings.c */

/* The trainer of the layouts "replicate" and "plan", and its version. */
#define TRAINER "sakemin/musicgen-fine-tuner"
#define TRAINER_VERSION                                                        \
    "bc57274e2930af17c1d692516a4e6bd67618af425db3b2107c28c2100f031934"

/* The address that starts a training of "owner/name:version"; the caller frees
 * it. */
char *replicate_url(const struct conf *conf, const char *version);

/* Fills in ret's replicate_id, status, error, logs, output. On failure, *doubt
 * says whether the training may have begun anyway. */
int replicate_create(const struct conf *conf, const char *url,
                     json_object *body, struct training *ret, bool *doubt,
                     struct err *err);
/* The current state; "failed" if Replicate does not know the training. */
int replicate_get(const struct conf *conf, const char *replicate_id,
                  struct training *ret, struct err *err);
/* Ask Replicate to cancel it; it may still run for a moment. For a training
 * that is over, or that Replicate does not know, returns its state. Canceling
 * twice does no harm, so retry if this fails. */
int replicate_cancel(const struct conf *conf, const char *replicate_id,
                     struct training *ret, struct err *err);
/* A training as Replicate describes it, in an answer or a webhook. */
int replicate_state(json_object *in, struct training *ret, struct err *err);

/* Whether this body is Replicate's: signed with the secret ("whsec_" and
 * base64) within five minutes of now. id, timestamp, signatures: the headers
 * webhook-id, webhook-timestamp, webhook-signature; NULL if absent.
 * ERR_UNAUTHENTICATED. */
int replicate_verify(const char *secret, const char *id, const char *timestamp,
                     const char *signatures, const char *body, struct err *err);

#endif
