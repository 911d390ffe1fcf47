/*
 * A helper program run on one file: a process of its own, without our
 * environment, descriptors or signals, bounded in time and in what it says.
 * What it may do it gives up itself (base/jail.h).
 *
 * The helper finds the file on stdin and answers on stdout, which is a socket:
 * what we ask comes from there, and ends as a file does.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

struct child {
    const char *program; /* its path */
    int in;              /* its stdin; borrowed, read from its start */
    int out;             /* its descriptor 3, or -1; borrowed */
    const char *ask;     /* a short text, or NULL */
    int time_ms;         /* by the clock, then it is killed */
    /* Asked every tenth of a second: true ends it. May be NULL. */
    bool (*stop)(void *ctx);
    void *ctx;
};

enum child_end {
    CHILD_DONE,    /* exit status 0 */
    CHILD_REFUSED, /* 1: the file is no good, and the output says why */
    CHILD_BROKE,   /* a signal or its limits ended it: the file did that */
    CHILD_LATE,    /* time_ms are over */
    CHILD_STOPPED, /* stop() said so */
    CHILD_CHATTY,  /* more output than ret_out holds */
    CHILD_FAILED,  /* any other status */
};

struct child_result {
    enum child_end end;
    int code; /* its exit status, or the signal that ended it */
};

/* Look for helpers in this folder, not beside the running program: for tests,
 * whose programs lie elsewhere. Borrowed for good. */
void child_folder(const char *path);

/* The helper beside the running program. The caller frees it; NULL with
 * ERR_INTERNAL if there is none that can be run. */
char *child_find(const char *name, struct err *err);

/* Run it to its end. *ret_out: all that it wrote, bounded by its own maximum.
 * -1 with ERR_INTERNAL if it cannot be started. */
int child_run(const struct child *child, struct buf *ret_out,
              struct child_result *ret, struct err *err);

/* In the helper: what was asked. The caller frees it; NULL on failure. */
char *child_asked(void);

#endif
