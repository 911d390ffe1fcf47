/*
 * How many processors this process has: the limit for computations. A container
 * may see all of a machine's processors and have the time of two.
 */
#ifndef BASE_PROCESSORS_H
#define BASE_PROCESSORS_H

/* Those that it may run on, or as many as its quota of CPU time amounts to,
 * rounded up, if that is fewer; at least 1. */
int processors(void);

/* The quota alone, read below the folder `root` ("" for this machine's
 * /proc/self/cgroup and /sys/fs/cgroup); 0 without one. The lowest quota of all
 * groups that contain the process, up to the mount point, counts. */
int processors_quota(const char *root);

#endif
