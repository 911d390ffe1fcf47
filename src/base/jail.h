/*
 * The sandbox of a process that reads a stranger's file. A helper program calls
 * jail_enter before it looks at the first byte. From then on it has only the
 * descriptors that it was started with: no files, no network, no other
 * processes, and limits on its memory, CPU time and output.
 *
 * Applied in this order, as far as the kernel supports them: resource limits,
 * no new privileges, Landlock (5.13) without any folder, and a seccomp filter
 * that allows some 40 calls. If a kernel or container lacks the last two, the
 * others still apply; jail_enter returns the parts in force.
 *
 * Builds with sanitizers have only the limits, and no limit on memory: a
 * sanitizer's shadow memory exceeds any sane limit, and its reports open files.
 */
#ifndef BASE_JAIL_H
#define BASE_JAIL_H

#include <stdint.h>

struct jail {
    int64_t memory;    /* bytes of address space, including stacks and
                        * libraries */
    int cpu_sec;       /* then it is killed */
    int64_t file_size; /* most bytes that it may write to a file; 0: none */
    int nice;          /* added to its niceness, so that requests come first */
};

enum jail_part {
    JAIL_NO_NEW_PRIVS = 1,
    JAIL_LANDLOCK = 2,
    JAIL_SECCOMP = 4,
};

/* Returns the parts in force, or-ed. Never fails: a missing part is reported on
 * stderr once, unless the kernel is merely too old for it. */
unsigned jail_enter(const struct jail *jail);

#endif
