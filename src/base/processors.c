/* Affinity and the quota of control groups, both versions; see
 * processors.h. */
#include "base/processors.h"

#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/mem.h"

#define LINE_MAX_BYTES 8192 /* a group's path has at most 4095 */

static int
least(int a, int b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* 150 ms of each 100 are two processors; 0 for no value, or "max". */
static int
rounded_up(long long quota, long long period)
{
    long long n;

    if (quota <= 0 || period <= 0)
        return 0;
    n = quota / period + (quota % period != 0);
    return n > INT_MAX ? INT_MAX : (int)n;
}

/* Up to two numbers from a file: returns how many there are. */
static int
numbers(const char *folder, const char *name, long long ret[2])
{
    auto_free char *path = xasprintf("%s/%s", folder, name);
    auto_file FILE *file = fopen(path, "re");

    return file == NULL ? 0 : fscanf(file, "%lld %lld", &ret[0], &ret[1]);
}

/* "150000 100000" or "max 100000". */
static int
quota_v2(const char *folder)
{
    long long n[2];

    return numbers(folder, "cpu.max", n) == 2 ? rounded_up(n[0], n[1]) : 0;
}

/* -1 is no quota. */
static int
quota_v1(const char *folder)
{
    long long quota[2], period[2];

    return numbers(folder, "cpu.cfs_quota_us", quota) >= 1 &&
                   numbers(folder, "cpu.cfs_period_us", period) >= 1
               ? rounded_up(quota[0], period[0])
               : 0;
}

/* From the group's own folder up to the mount point. A container may see its
 * own folder as the mount and yet get the machine's path for it: a folder that
 * does not exist says nothing. */
static int
quota_upwards(const char *mount, const char *group, int (*quota)(const char *))
{
    auto_free char *folder = xasprintf("%s%s", mount, group);
    size_t top = strlen(mount);
    int n = 0;

    if (strstr(group, "..") != NULL) /* it is outside of what is mounted */
        folder[top] = '\0';
    for (;;) {
        char *slash;

        n = least(n, quota(folder));
        slash = strrchr(folder + top, '/');
        if (slash == NULL)
            return n;
        *slash = '\0';
    }
}

static bool
has_word(const char *list, const char *word)
{
    size_t len = strlen(word);

    for (const char *p = list; *p != '\0'; p += *p == ',') {
        size_t n = strcspn(p, ",");

        if (n == len && strncmp(p, word, n) == 0)
            return true;
        p += n;
    }
    return false;
}

/* "0::/group" of version 2, "3:cpu,cpuacct:/group" of version 1. */
static int
quota_of_line(const char *root, char *line)
{
    char *controllers = strchr(line, ':');
    char *group = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
    auto_free char *mount = NULL;

    if (group == NULL)
        return 0;
    controllers++;
    *group++ = '\0';
    group[strcspn(group, "\n")] = '\0';
    if (controllers[0] == '\0') {
        mount = xasprintf("%s/sys/fs/cgroup", root);
        return quota_upwards(mount, group, quota_v2);
    }
    if (!has_word(controllers, "cpu"))
        return 0;
    mount = xasprintf("%s/sys/fs/cgroup/%s", root, controllers);
    return quota_upwards(mount, group, quota_v1);
}

int
processors_quota(const char *root)
{
    auto_free char *path = xasprintf("%s/proc/self/cgroup", root);
    auto_file FILE *file = fopen(path, "re");
    auto_free char *line = xcalloc(LINE_MAX_BYTES, 1);
    int n = 0;

    while (file != NULL && fgets(line, LINE_MAX_BYTES, file) != NULL)
        n = least(n, quota_of_line(root, line));
    return n;
}

/* If the set has too little room for the processors, or on an error, one. */
static int
allowed(void)
{
    cpu_set_t ours;

    return sched_getaffinity(0, sizeof(ours), &ours) == -1 ? 1
                                                           : CPU_COUNT(&ours);
}

int
processors(void)
{
    return least(allowed(), processors_quota(""));
}
