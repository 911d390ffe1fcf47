/* base/processors.c: a container's quota, in folders like the kernel's. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/auto.h"
#include "base/mem.h"
#include "base/processors.h"

#define ROWS_MAX 6

struct given {
    const char *path; /* NULL ends them */
    const char *text;
};

static void
put(const char *root, const char *name, const char *text)
{
    auto_free char *path = xasprintf("%s/%s", root, name);
    FILE *file;

    for (char *p = path + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = '\0';
        (void)mkdir(path, 0700);
        *p = '/';
    }
    file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int
quota_of(const struct given *files)
{
    char root[] = "/tmp/trainmode-test-XXXXXX";
    auto_free char *command = NULL;
    int n;

    assert_non_null(mkdtemp(root));
    for (; files->path != NULL; files++)
        put(root, files->path, files->text);
    n = processors_quota(root);
    command = xasprintf("rm -r %s", root);
    assert_int_equal(system(command), 0);
    return n;
}

static const struct {
    const char *what;
    int want;
    struct given files[ROWS_MAX];
} rows[] = {
    {"nothing is said", 0, {{0}}},
    {"version 2, no quota",
     0,
     {{"proc/self/cgroup", "0::/a\n"},
      {"sys/fs/cgroup/a/cpu.max", "max 100000\n"}}},
    {"two whole processors",
     2,
     {{"proc/self/cgroup", "0::/a\n"},
      {"sys/fs/cgroup/a/cpu.max", "200000 100000\n"}}},
    {"one and a half are two",
     2,
     {{"proc/self/cgroup", "0::/a\n"},
      {"sys/fs/cgroup/a/cpu.max", "150000 100000\n"}}},
    {"a hundredth is one",
     1,
     {{"proc/self/cgroup", "0::/a\n"},
      {"sys/fs/cgroup/a/cpu.max", "1000 100000\n"}}},
    {"a parent has less",
     3,
     {{"proc/self/cgroup", "0::/a/b/c\n"},
      {"sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n"},
      {"sys/fs/cgroup/a/b/cpu.max", "max 100000\n"},
      {"sys/fs/cgroup/a/cpu.max", "300000 100000\n"}}},
    {"a container that sees its own folder as the whole tree",
     4,
     {{"proc/self/cgroup", "0::/\n"},
      {"sys/fs/cgroup/cpu.max", "400000 100000\n"}}},
    {"a container that is told the machine's path",
     4,
     {{"proc/self/cgroup", "0::/system.slice/docker-1.scope\n"},
      {"sys/fs/cgroup/cpu.max", "400000 100000\n"}}},
    {"a group outside of what is mounted",
     5,
     {{"proc/self/cgroup", "0::/../../x\n"},
      {"sys/x/cpu.max", "100000 100000\n"},
      {"sys/fs/cgroup/cpu.max", "500000 100000\n"}}},
    {"version 1",
     3,
     {{"proc/self/cgroup", "5:memory:/m\n3:cpu,cpuacct:/docker/1\n0::/\n"},
      {"sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_quota_us", "250000\n"},
      {"sys/fs/cgroup/cpu,cpuacct/docker/1/cpu.cfs_period_us", "100000\n"},
      {"sys/fs/cgroup/memory/m/cpu.cfs_quota_us", "1\n"}}},
    {"version 1, no quota",
     0,
     {{"proc/self/cgroup", "3:cpu:/\n"},
      {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
      {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}}},
    {"version 1, a parent",
     1,
     {{"proc/self/cgroup", "1:cpu:/a/b\n"},
      {"sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "50000\n"},
      {"sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n"},
      {"sys/fs/cgroup/cpu/a/b/cpu.cfs_quota_us", "-1\n"},
      {"sys/fs/cgroup/cpu/a/b/cpu.cfs_period_us", "100000\n"}}},
    {"a controller whose name only begins like it",
     0,
     {{"proc/self/cgroup", "2:cpuset:/\n"},
      {"sys/fs/cgroup/cpuset/cpu.cfs_quota_us", "100000\n"},
      {"sys/fs/cgroup/cpuset/cpu.cfs_period_us", "100000\n"}}},
    {"nonsense",
     0,
     {{"proc/self/cgroup", "\n:\n0:\n0::\n0::/a"},
      {"sys/fs/cgroup/a/cpu.max", "-5 0\n"}}},
};

static void
the_least_quota_of_all_groups_counts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int n = quota_of(rows[i].files);

        if (n != rows[i].want)
            fail_msg("%s: %d, not %d", rows[i].what, n, rows[i].want);
    }
}

static void
there_is_one_at_least(void **state)
{
    cpu_set_t all;

    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
    assert_in_range(processors(), 1, CPU_COUNT(&all));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_least_quota_of_all_groups_counts),
        cmocka_unit_test(there_is_one_at_least),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
