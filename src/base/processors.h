/*
 * How many processors this process has: what bounds work that is there to
 * compute. A container may see all of a machine's and have the time of two.
 */
#ifndef BASE_PROCESSORS_H
#define BASE_PROCESSORS_H

/* Those that it may run on, or as many as its quota of CPU time comes to,
 * rounded up, if that is fewer; at least 1. */
int processors(void);

/* What the quota alone says, read below the folder `root` ("" for this
 * machine's /proc/self/cgroup and /sys/fs/cgroup); 0 without one. Of all
 * groups that the process is in, up to where the tree is mounted, the least
 * counts. */
int processors_quota(const char *root);

#endif
