/* The error type and the table that maps its codes to what clients see. */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct row {
    int status;
    const char *word;
    const char *title;
    const char *stock; /* what the client reads instead of the message of a
                        * 5xx */
};

static const struct row table[ERR_CODES] = {
    [ERR_NONE] = {200, "ok", "OK", ""},
    [ERR_INVALID_JSON] = {400, "invalid_json", "Not valid JSON", NULL},
    [ERR_INVALID_FIELD] = {400, "invalid_field", "A field is not valid", NULL},
    [ERR_BAD_REQUEST] = {400, "bad_request", "Bad request", NULL},
    [ERR_UNAUTHENTICATED] = {401, "unauthenticated", "Sign in first", NULL},
    [ERR_FORBIDDEN] = {403, "forbidden", "Not allowed", NULL},
    [ERR_ROUTE_NOT_FOUND] = {404, "not_found", "Nothing here", NULL},
    [ERR_ARTIST_NOT_FOUND] = {404, "artist_not_found", "No such artist", NULL},
    [ERR_SET_NOT_FOUND] = {404, "set_not_found", "No such set", NULL},
    [ERR_SCHEMA_NOT_FOUND] = {404, "schema_not_found", "No master schema",
                              NULL},
    [ERR_UPLOAD_NOT_FOUND] = {404, "upload_not_found", "No such upload", NULL},
    [ERR_ITEM_NOT_FOUND] = {404, "item_not_found", "No such item", NULL},
    [ERR_WINDOW_NOT_FOUND] = {404, "window_not_found", "No such window", NULL},
    [ERR_DATASET_NOT_FOUND] = {404, "dataset_not_found", "No such dataset",
                               NULL},
    [ERR_TRAINING_NOT_FOUND] = {404, "training_not_found", "No such training",
                                NULL},
    [ERR_OBJECT_NOT_FOUND] = {404, "file_not_found", "No such file", NULL},
    [ERR_METHOD_NOT_ALLOWED] = {405, "method_not_allowed", "Method not allowed",
                                NULL},
    [ERR_NOT_ACCEPTABLE] = {406, "not_acceptable", "Not acceptable", NULL},
    [ERR_NOTHING_READY] = {409, "nothing_ready", "Nothing is ready", NULL},
    [ERR_EXPORT_RUNNING] = {409, "export_running", "An export is running",
                            NULL},
    [ERR_EXPORT_CANCELED] = {409, "export_canceled", "The export was canceled",
                             NULL},
    [ERR_NOTHING_RUNNING] = {404, "nothing_running", "Nothing is running",
                             NULL},
    [ERR_ITEM_EXISTS] = {409, "item_exists", "The item exists", NULL},
    [ERR_ARTIST_EXISTS] = {409, "artist_exists", "The artist exists", NULL},
    [ERR_TRAINER_MISSING] = {409, "trainer_not_connected",
                             "No trainer is connected", NULL},
    [ERR_CONFLICT] = {409, "conflict", "Not possible in this state", NULL},
    [ERR_EXPIRED] = {410, "expired", "The link has expired", NULL},
    [ERR_TOO_LARGE] = {413, "too_large", "Too large", NULL},
    [ERR_UNSUPPORTED_MEDIA_TYPE] = {415, "unsupported_media_type",
                                    "Unsupported media type", NULL},
    [ERR_RANGE] = {416, "range_not_satisfiable", "Range not satisfiable", NULL},
    [ERR_NOT_AUDIO] = {422, "not_audio", "Not audio", NULL},
    [ERR_AUDIO_DAMAGED] = {422, "audio_damaged", "The audio is damaged", NULL},
    [ERR_NOT_ALS] = {422, "not_als", "Not a Live set", NULL},
    [ERR_NOT_ARCHIVE] = {422, "not_archive", "Not an archive", NULL},
    [ERR_NOTHING_PLAYS] = {422, "nothing_plays", "Nothing plays", NULL},
    [ERR_DATASET_BLOCKED] = {422, "dataset_blocked",
                             "The dataset would not train", NULL},
    [ERR_IDEMPOTENCY_MISMATCH] = {422, "idempotency_mismatch",
                                  "The key was used for another request", NULL},
    [ERR_MODEL_REFUSED] = {422, "model_refused",
                           "The model refused to write this caption", NULL},
    [ERR_RATE_LIMITED] = {429, "rate_limited", "Too many requests", NULL},
    [ERR_INTERNAL] = {500, "internal", "Our fault",
                      "Something went wrong on our side; nothing was changed. "
                      "Try again, and quote the requestId if it stays"},
    /* The server's own message and its address are for the user, who may be its
     * operator. */
    [ERR_MODEL] = {502, "model_error", "The model failed", NULL},
    [ERR_MODEL_TOO_LONG] = {502, "model_error", "The model failed", NULL},
    [ERR_MODEL_NO_CAPTION] = {502, "model_error", "The model failed", NULL},
    [ERR_MODEL_AUTH] = {502, "model_auth", "The model refused our key",
                        "The caption model refused the configured key; check "
                        "OPENAI_API_KEY and OPENAI_BASE_URL"},
    [ERR_MODEL_TRUNCATED] = {502, "model_truncated", "The caption was cut off",
                             "The caption model stopped before the caption was "
                             "complete; try again"},
    [ERR_STORAGE] = {502, "storage_error", "The storage failed",
                     "The storage did not take or give the file; nothing "
                     "half-done was left. Try again in a moment"},
    /* The message of a training service (no credit, no such model) is for the
     * user; the code that sets this error words it. */
    [ERR_TRAINER] = {502, "trainer_error", "The trainer refused", NULL},
    [ERR_DATABASE] = {503, "database_unavailable", "The database is away",
                      "The database cannot be reached; nothing was changed. "
                      "Try again in a moment"},
    [ERR_UNSURE] = {503, "database_unavailable", "The database went away",
                    "The database went away before it said whether this was "
                    "kept; look whether it is there before you send it again"},
    [ERR_SIGN_IN_AWAY] = {503, "sign_in_unavailable", "Sign-in is away",
                          "The sign-in service cannot be reached, so nobody "
                          "new is let in; nothing was changed. Try again in a "
                          "moment"},
    [ERR_MODEL_RATE_LIMITED] = {503, "model_rate_limited", "The model is busy",
                                "The caption model takes no more requests now; "
                                "try again after the time in Retry-After"},
    [ERR_MODEL_QUOTA] = {503, "model_quota", "The model's quota is used up",
                         "The account of the caption model has no quota left; "
                         "top it up or connect another model"},
    [ERR_BUSY] = {503, "busy", "Too busy",
                  "The server is too busy; try again in a moment"},
    [ERR_MODEL_TIMEOUT] = {504, "model_timeout", "The model took too long",
                           "The caption model did not answer in time; try "
                           "again"},
    [ERR_DISK_FULL] = {507, "disk_full", "No room left",
                       "There is no room left to store this; nothing of it was "
                       "kept. Free some space and try again"},
    [ERR_CLIENT_GONE] = {499, "client_gone", "The client went away", NULL},
};

static void
vset(struct err *err, enum err_code code, const char *fmt, va_list ap)
{
    err->code = code;
    (void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
}

int
err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    va_list ap;

    if (err->code != ERR_NONE)
        return -1;
    va_start(ap, fmt);
    vset(err, code, fmt, ap);
    va_end(ap);
    return -1;
}

int
err_field(struct err *err, const char *field, const char *fmt, ...)
{
    va_list ap;

    if (err->code != ERR_NONE)
        return -1;
    va_start(ap, fmt);
    vset(err, ERR_INVALID_FIELD, fmt, ap);
    va_end(ap);
    (void)snprintf(err->field, sizeof(err->field), "%s", field);
    return -1;
}

int
err_errno(struct err *err, enum err_code code, const char *fmt, ...)
{
    int saved = errno;
    size_t used;
    va_list ap;

    if (err->code != ERR_NONE)
        return -1;
    if (saved == ENOSPC || saved == EDQUOT || saved == EFBIG)
        code = ERR_DISK_FULL;
    va_start(ap, fmt);
    vset(err, code, fmt, ap);
    va_end(ap);
    used = strlen(err->msg);
    (void)snprintf(err->msg + used, sizeof(err->msg) - used, ": %s",
                   strerror(saved));
    return -1;
}

int
err_wrap(struct err *err, const char *fmt, ...)
{
    char inner[sizeof(err->msg)];
    size_t used;
    va_list ap;

    memcpy(inner, err->msg, sizeof(inner));
    va_start(ap, fmt);
    (void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    used = strlen(err->msg);
    (void)snprintf(err->msg + used, sizeof(err->msg) - used, ": %s", inner);
    return -1;
}

int
err_after_change(struct err *err)
{
    if (err->code == ERR_DATABASE)
        err->code = ERR_UNSURE;
    return -1;
}

void
err_clear(struct err *err)
{
    *err = ERR_INIT;
}

static const struct row *
row_of(enum err_code code)
{
    if (code >= ERR_CODES || table[code].word == NULL)
        code = ERR_INTERNAL;
    return &table[code];
}

int
err_status(enum err_code code)
{
    return row_of(code)->status;
}

const char *
err_word(enum err_code code)
{
    return row_of(code)->word;
}

const char *
err_title(enum err_code code)
{
    return row_of(code)->title;
}

const char *
err_detail(const struct err *err)
{
    const struct row *row = row_of(err->code);

    return row->stock != NULL ? row->stock : err->msg;
}
