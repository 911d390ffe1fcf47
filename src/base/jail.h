/*
 * What a process that reads a stranger's file is left with. A helper program
 * calls jail_enter before it looks at the first byte: from then on it has the
 * descriptors that it was started with and nothing else, no file, no network,
 * no other process, and bounded memory, CPU time and output.
 *
 * In this order, each as far as the kernel has it: resource limits, no new
 * privileges, Landlock (5.13) without any folder, a seccomp filter that knows
 * some 40 calls. A kernel or container without the last two leaves the others
 * in force; jail_enter returns what is.
 *
 * Builds with sanitizers have only the limits, without that of memory: a
 * sanitizer's shadow is larger than any sane limit, and its reports open
 * files.
 */
#ifndef BASE_JAIL_H
#define BASE_JAIL_H

#include <stdint.h>

struct jail {
    int64_t memory;    /* bytes of address space; stacks and libraries too */
    int cpu_sec;       /* then it is killed */
    int64_t file_size; /* bytes that it may write to a file; 0 none */
    int nice;          /* added; requests come first */
};

enum jail_part {
    JAIL_NO_NEW_PRIVS = 1,
    JAIL_LANDLOCK = 2,
    JAIL_SECCOMP = 4,
};

/* Returns the parts that hold, or-ed. Never fails: what cannot be had is told
 * on stderr once, unless the kernel is merely too old for it. */
unsigned jail_enter(const struct jail *jail);

#endif
