/*
 * Runs a helper program on one file, in a process of its own: without our
 * environment, descriptors or signals, and with limits on its time and output.
 * The helper gives up its other privileges itself (base/jail.h).
 *
 * The helper finds the file on stdin and answers on stdout, which is a socket.
 * Our question arrives on the same socket and ends like a file does.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct child {
    const char *program; /* its path */
    int in;              /* its stdin; borrowed, read from the start */
    int out;             /* its descriptor 3, or -1; borrowed */
    const char *ask;     /* a short text, or NULL */
    int time_ms;         /* wall time, after which it is killed */
    /* Called every tenth of a second: true ends the helper. May be NULL. */
    bool (*stop)(void *ctx);
    void *ctx;
};

enum child_end {
    CHILD_DONE,    /* exit status 0 */
    CHILD_REFUSED, /* 1: the file is no good, and the output says why */
    CHILD_BROKE,   /* a signal or its limits ended it, because of the file */
    CHILD_LATE,    /* it ran longer than time_ms */
    CHILD_STOPPED, /* stop() returned true */
    CHILD_CHATTY,  /* more output than ret_out holds */
    CHILD_FAILED,  /* any other status */
};

struct child_result {
    enum child_end end;
    int code; /* its exit status, or the signal that ended it */
};

/* Look for helpers in this folder instead of next to the running program: for
 * tests, whose programs are elsewhere. Borrowed for the life of the process. */
void child_folder(const char *path);

/* The path of the helper next to the running program. The caller frees it; NULL
 * with ERR_INTERNAL if there is no such executable. */
char *child_find(const char *name, struct err *err);

/* Run it until it ends. *ret_out gets all that it wrote, up to the buffer's
 * maximum. -1 with ERR_INTERNAL if it cannot be started. */
int child_run(const struct child *child, struct buf *ret_out,
              struct child_result *ret, struct err *err);

/* In the helper: the text in `ask`. The caller frees it; NULL on failure. */
char *child_asked(void);

/* An error that is the file's fault travels as a word and its text. Helper and
 * parent share the list, which ends with an empty row. */
struct child_word {
    const char *word;
    enum err_code code;
};

/* In the helper: the error for the parent, or, if it has no word, on standard
 * error for the log. What main returns. */
int child_refuse(const char *program, const struct child_word *words,
                 const struct err *err);
/* After CHILD_REFUSED: the error again. Returns -1. */
int child_refusal(const char *program, const struct child_word *words,
                  const struct buf *said, struct err *err);

#endif
