/*
 * The one error type. The caller owns it (usually on its stack), nothing is
 * allocated, and success leaves it untouched.
 *
 * A function that can fail takes `struct err *err` last and returns -1 (or
 * NULL) with err set. err_set itself returns -1, so failing is one line:
 *
 *     return err_set(err, ERR_ARTIST_NOT_FOUND, "no artist %s", id);
 *
 * The code decides what the client sees: a table in err.c holds the HTTP
 * status, title and stable word of each code (openapi.json lists them). The
 * message of a 4xx goes to the client, so it is one plain sentence that says
 * what to do. The message of a 5xx goes to the log; the client gets a stock
 * sentence from the table.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

enum err_code {
    ERR_NONE = 0,
    ERR_INVALID_JSON,
    ERR_INVALID_FIELD,
    ERR_BAD_REQUEST, /* a body or a header that is not valid HTTP */
    ERR_UNAUTHENTICATED,
    ERR_FORBIDDEN,
    ERR_ROUTE_NOT_FOUND,
    ERR_ARTIST_NOT_FOUND,
    ERR_SET_NOT_FOUND,
    ERR_SCHEMA_NOT_FOUND,
    ERR_ITEM_NOT_FOUND,
    ERR_UPLOAD_NOT_FOUND,
    ERR_WINDOW_NOT_FOUND, /* of an item */
    ERR_DATASET_NOT_FOUND,
    ERR_TRAINING_NOT_FOUND,
    ERR_OBJECT_NOT_FOUND, /* in storage; an item lacks this file */
    ERR_METHOD_NOT_ALLOWED,
    ERR_NOT_ACCEPTABLE,
    ERR_NOTHING_READY,
    ERR_EXPORT_RUNNING,
    ERR_EXPORT_CANCELED,
    ERR_NOTHING_RUNNING,
    ERR_ITEM_EXISTS,
    ERR_ARTIST_EXISTS,
    ERR_TRAINER_MISSING, /* no account at a training service is configured */
    ERR_CONFLICT,        /* any other state that does not allow this */
    ERR_EXPIRED,
    ERR_TOO_LARGE,
    ERR_UNSUPPORTED_MEDIA_TYPE,
    ERR_RANGE,
    ERR_NOT_AUDIO,
    ERR_AUDIO_DAMAGED,
    ERR_NOT_ALS,
    ERR_NOT_ARCHIVE,
    ERR_NOTHING_PLAYS, /* a set for which no caption can be written */
    ERR_DATASET_BLOCKED,
    ERR_IDEMPOTENCY_MISMATCH,
    ERR_MODEL_REFUSED,
    ERR_RATE_LIMITED,
    ERR_INTERNAL,
    ERR_MODEL,
    ERR_MODEL_TOO_LONG,   /* ERR_MODEL to clients: for the model */
    ERR_MODEL_NO_CAPTION, /* the same: what it answered is none */
    ERR_MODEL_AUTH,
    ERR_MODEL_TRUNCATED,
    ERR_STORAGE,
    ERR_TRAINER, /* its message goes to the client */
    ERR_DATABASE,
    ERR_UNSURE,       /* ERR_DATABASE, but the change may have been made */
    ERR_SIGN_IN_AWAY, /* the caller's identity cannot be checked now */
    ERR_MODEL_RATE_LIMITED,
    ERR_MODEL_QUOTA,
    ERR_BUSY,
    ERR_MODEL_TIMEOUT,
    ERR_DISK_FULL,
    ERR_CLIENT_GONE, /* nobody is left to answer */
    ERR_CODES,
};

struct err {
    enum err_code code;
    int retry_after; /* seconds for Retry-After; 0 = none */
    char field[64];  /* the invalid member of the request, or "" */
    char msg[480];   /* one sentence; a period at its end is optional */
};

#define ERR_INIT ((struct err){0})

/* Set the error; the first one wins. Always -1. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ERR_INVALID_FIELD that names the member. Always -1. */
int err_field(struct err *err, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* err_set with ": " and the text of errno; ENOSPC, EDQUOT and EFBIG become
 * ERR_DISK_FULL whatever the code says. Always -1. */
int err_errno(struct err *err, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Put "prefix: " before the message of an error that is passed up. Always
 * -1. */
int err_wrap(struct err *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* For errors after a change was sent: if the database goes away before it
 * answers, the change may have been made (ERR_UNSURE). Always -1. */
int err_after_change(struct err *err);

/* Reset it, to try something else. */
void err_clear(struct err *err);

int err_status(enum err_code code);         /* HTTP status, 500 for unknown */
const char *err_word(enum err_code code);   /* "artist_not_found" */
const char *err_title(enum err_code code);  /* "Artist not found" */
const char *err_detail(const struct err *); /* what the client may read */

#endif
