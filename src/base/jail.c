/* The restrictions, one after the other; see jail.h. */
#include "base/jail.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#else
#define ARCH 0 /* no filter */
#endif

#define DESCRIPTORS 16

static void
bound(int what, rlim_t max)
{
    struct rlimit limit = {max, max};

    if (setrlimit(what, &limit) == -1)
        perror("setrlimit");
}

static void
set_limits(const struct jail *jail)
{
    if (!SANITIZED)
        bound(RLIMIT_AS, (rlim_t)jail->memory);
    bound(RLIMIT_CPU, (rlim_t)jail->cpu_sec);
    bound(RLIMIT_FSIZE, (rlim_t)jail->file_size);
    bound(RLIMIT_CORE, 0);
    bound(RLIMIT_NOFILE, DESCRIPTORS);
    /* Exceeding the file size is an error of write, with a message, not a
     * death. */
    (void)signal(SIGXFSZ, SIG_IGN);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
        perror("prctl");
    if (nice(jail->nice) == -1)
        perror("nice");
}

/* ---- Landlock: of the whole file system nothing ---- */

static unsigned
enter_landlock(void)
{
#if defined(LANDLOCK_ACCESS_FS_EXECUTE) && defined(SYS_landlock_create_ruleset)
    /* The rights of the first version; a kernel refuses bits that it does not
     * know. */
    const struct landlock_ruleset_attr all = {
        .handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1};
    long fd = syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);
    long rc;

    if (fd == -1)
        return 0; /* an older kernel, or one built without it */
    rc = syscall(SYS_landlock_restrict_self, fd, 0);
    (void)close((int)fd);
    return rc == 0 ? JAIL_LANDLOCK : 0;
#else
    return 0;
#endif
}

/* ---- seccomp: what computing, reading and writing take ---- */

/* clang-format off */
static const int allowed[] = {
    SYS_read, SYS_readv, SYS_pread64, SYS_write, SYS_writev, SYS_pwrite64,
    SYS_lseek, SYS_close, SYS_fstat, SYS_ftruncate, SYS_fcntl, SYS_fsync,
    SYS_fdatasync, SYS_fadvise64,
    SYS_brk, SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect, SYS_madvise,
    SYS_futex, SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep,
    SYS_nanosleep, SYS_gettimeofday, SYS_getrandom, SYS_getrusage,
    SYS_sched_yield, SYS_sched_getaffinity, SYS_sysinfo, SYS_uname,
    SYS_getpid, SYS_gettid, SYS_tgkill, SYS_rt_sigaction, SYS_rt_sigprocmask,
    SYS_rt_sigreturn, SYS_restart_syscall, SYS_set_robust_list, SYS_exit,
    SYS_exit_group,
#ifdef SYS_newfstatat
    /* clang-format on */
    SYS_newfstatat, /* glibc's fstat; Landlock handles paths */
#endif
#ifdef SYS_rseq
    SYS_rseq,
#endif
};

#define ALLOWED (sizeof(allowed) / sizeof(allowed[0]))

static unsigned
enter_seccomp(void)
{
    struct sock_filter code[ALLOWED + 6];
    struct sock_fprog program = {.filter = code};
    unsigned short n = 0;

    if (ARCH == 0)
        return 0;
    code[n++] = (struct sock_filter)BPF_STMT(
        BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[n++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                             offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < ALLOWED; i++)
        code[n++] = (struct sock_filter)BPF_JUMP(
            BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed[i],
            (unsigned char)(ALLOWED - i), 0);
    /* Refused, not killed: libraries call much that they can do without. */
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
                                             SECCOMP_RET_ERRNO | EPERM);
    code[n++] =
        (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    program.len = n;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
        return JAIL_SECCOMP;
    if (errno != EINVAL) /* a kernel without */
        perror("seccomp");
    return 0;
}

unsigned
jail_enter(const struct jail *jail)
{
    unsigned parts = 0;

    set_limits(jail);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        parts |= JAIL_NO_NEW_PRIVS;
    else
        perror("no new privileges");
    if (SANITIZED || parts == 0)
        return parts;
    parts |= enter_landlock();
    return parts | enter_seccomp();
}
