/* store/: whole or absent under any fault, names that stay inside, links that
 * cannot be changed or outlive their time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "store/spool.h"
#include "store/store.h"
#include "temp_store.h"

#define ITEM "11111111-2222-4333-8444-555555555555"

static int
setup(void **state)
{
    struct temp_store *h = xcalloc(1, sizeof(*h));

    *state = h;
    return temp_store_open(h, true);
}

static int
teardown(void **state)
{
    struct temp_store *h = *state;

    temp_store_close(h);
    free(h);
    return 0;
}

static char *
object_text(struct store *store, const char *path)
{
    struct err err = ERR_INIT;
    int64_t size = -1;
    auto_store_reader struct store_reader *r =
        store_read_open(store, path, &size, &err);
    char *text;
    int64_t got = 0;
    ssize_t n;

    if (r == NULL)
        return NULL;
    text = xcalloc(1, (size_t)size + 1);
    while ((n = store_read(r, text + got, (size_t)(size - got) + 1, &err)) > 0)
        got += n;
    assert_int_equal(n, 0);
    assert_int_equal(got, size);
    return text;
}

static int
count_visit(void *ctx, const char *path, const struct store_info *info,
            struct err *err)
{
    (void)path;
    (void)info;
    (void)err;
    ++*(int *)ctx;
    return 0;
}

static int
objects(struct store *store)
{
    struct err err = ERR_INIT;
    int n = 0;

    assert_int_equal(store_list(store, "", count_visit, &n, &err), 0);
    return n;
}

static int
spool_files(const struct temp_store *h)
{
    auto_dir DIR *d = opendir(h->conf.spool_dir);
    const struct dirent *e;
    int n = 0;

    while ((e = readdir(d)) != NULL)
        n += e->d_name[0] != '.';
    return n;
}

static char *
spool_text(struct store *store, const char *text)
{
    struct err err = ERR_INIT;
    char *path = NULL;
    auto_fd int fd = store_spool(store, &path, &err);

    assert_int_not_equal(fd, -1);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    return path;
}

/* ---- tests ---- */

static void
names_are_the_plans(void **state)
{
    auto_free char *audio = store_path_audio("dj-ozone", ITEM, "mp3");
    auto_free char *prompt = store_path_prompt("dj-ozone", ITEM);
    auto_free char *dataset = store_path_dataset("dj-ozone", 1764013380007);

    (void)state;
    assert_string_equal(audio, "artists/dj-ozone/training/" ITEM "/audio.mp3");
    assert_string_equal(prompt,
                        "artists/dj-ozone/training/" ITEM "/prompt.txt");
    assert_string_equal(
        dataset, "artists/dj-ozone/datasets/dataset-20251124T194300007Z.zip");
}

static void
text_is_put_read_replaced_and_removed(void **state)
{
    struct temp_store *h = *state;
    struct err err = ERR_INIT;
    struct store_info info;
    auto_free char *path = store_path_prompt("a", ITEM);
    auto_free char *first = NULL;
    auto_free char *second = NULL;

    assert_int_equal(store_put_text(h->store, path, "one", &err), 0);
    first = object_text(h->store, path);
    assert_string_equal(first, "one");
    assert_int_equal(store_put_text(h->store, path, "", &err), 0);
    second = object_text(h->store, path);
    assert_string_equal(second, "");
    assert_int_equal(store_stat(h->store, path, &info, &err), 0);
    assert_int_equal(info.size, 0);
    assert_true(llabs(info.modified - (int64_t)clock_now()) < 100);

    assert_int_equal(store_remove(h->store, path, &err), 0);
    assert_int_equal(store_remove(h->store, path, &err), 0);
    assert_int_equal(objects(h->store), 0);
    assert_int_equal(store_stat(h->store, path, &info, &err), -1);
    assert_int_equal(err.code, ERR_OBJECT_NOT_FOUND);
    assert_int_equal(spool_files(h), 0);
}

static void
removing_the_last_object_takes_the_folder(void **state)
{
    struct temp_store *h = *state;
    struct err err = ERR_INIT;
    auto_free char *audio = store_path_audio("a", ITEM, "mp3");
    auto_free char *prompt = store_path_prompt("a", ITEM);
    auto_free char *folder = xasprintf("%s/dawa-exports/artists/a/training/%s",
                                       h->conf.store_dir, ITEM);

    assert_int_equal(store_put_text(h->store, audio, "x", &err), 0);
    assert_int_equal(store_put_text(h->store, prompt, "y", &err), 0);
    assert_int_equal(store_remove(h->store, audio, &err), 0);
    assert_int_equal(access(folder, F_OK), 0);
    assert_int_equal(store_remove(h->store, prompt, &err), 0);
    assert_int_equal(access(folder, F_OK), -1);
}

static void
many_are_removed_at_once(void **state)
{
    struct temp_store *h = *state;
    struct err err = ERR_INIT;
    struct store_info info;
    const char *paths[] = {"artists/a/datasets/1.zip",
                           "artists/a/datasets/2.zip",
                           "artists/a/datasets/3.zip"};
    const char *bad[] = {"artists/a/datasets/4.zip", "artists/../x"};

    for (size_t i = 0; i < 3; i += 2) /* the one between is not there */
        assert_int_equal(store_put_text(h->store, paths[i], "x", &err), 0);
    assert_int_equal(store_put_text(h->store, bad[0], "x", &err), 0);
    assert_int_equal(store_remove_all(h->store, NULL, 0, &err), 0);
    assert_int_equal(store_remove_all(h->store, bad, 2, &err), -1);
    assert_int_equal(store_stat(h->store, bad[0], &info, &err), 0);
    err_clear(&err);
    assert_int_equal(store_remove_all(h->store, paths, 3, &err), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(store_stat(h->store, paths[i], &info, &err), -1);
        assert_int_equal(err.code, ERR_OBJECT_NOT_FOUND);
        err_clear(&err);
    }
}

static void
a_spool_file_becomes_the_object(void **state)
{
    struct temp_store *h = *state;
    struct err err = ERR_INIT;
    auto_free char *path = store_path_audio("a", ITEM, "mp3");
    auto_free char *file = spool_text(h->store, "sound");
    auto_free char *text = NULL;
    auto_free char *on_disk =
        xasprintf("%s/dawa-exports/%s", h->conf.store_dir, path);
    struct stat before;
    struct stat after;

    assert_int_equal(stat(file, &before), 0);
    assert_int_equal(store_put_file(h->store, path, file, "audio/mpeg", &err),
                     0);
    assert_int_equal(access(file, F_OK), -1);
    text = object_text(h->store, path);
    assert_string_equal(text, "sound");
    /* Renamed, not copied, and readable by its group (nginx). */
    assert_int_equal(stat(on_disk, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(after.st_mode & 0777, 0640);
}

static void
a_missing_spool_file_makes_nothing(void **state)
{
    struct temp_store *h = *state;
    struct err err = ERR_INIT;
    auto_free char *path = store_path_audio("a", ITEM, "mp3");

    assert_int_equal(
        store_put_file(h->store, path, "/nonexistent/x", "audio/mpeg", &err),
        -1);
    assert_int_equal(err.code, ERR_STORAGE);
    assert_int_equal(objects(h->store), 0);
}

static void
a_file_of_another_file_system_is_copied(void **state)
{
    struct temp_store *h = *state;
    struct err err = ERR_INIT;
    auto_free char *path = store_path_audio("a", ITEM, "mp3");
    auto_free char *text = NULL;
    char file[] = "/dev/shm/test_store.XXXXXX";
    auto_fd int fd = mkstemp(file);
    struct stat here;
    struct stat there;

    if (fd == -1 || fstat(fd, &there) == -1 || stat(h->dir, &here) == -1 ||
        here.st_dev == there.st_dev) {
        print_message("[  SKIPPED ] no second file system at /dev/shm\n");
        if (fd != -1)
            (void)unlink(file);
        return;
    }
    assert_int_equal(write(fd, "far", 3), 3);
    assert_int_equal(store_put_file(h->store, path, file, "audio/mpeg", &err),
                     0);
    text = object_text(h->store, path);
    assert_string_equal(text, "far");
    assert_int_equal(access(file, F_OK), -1);
    assert_int_equal(spool_files(h), 0);
}

static void
an_aborted_or_wrong_write_leaves_nothing(void **state)
{
    struct temp_store *h = *state;
    struct err err = ERR_INIT;
    auto_free char *path = store_path_dataset("a", 1764013380000);
    struct store_writer *w;

    w = store_write_open(h->store, path, "application/zip", -1, &err);
    assert_non_null(w);
    assert_int_equal(store_write(w, "half", 4, &err), 0);
    assert_int_equal(objects(h->store), 0);
    store_write_abort(w);

    w = store_write_open(h->store, path, "application/zip", 3, &err);
    assert_int_equal(store_write(w, "four", 4, &err), -1);
    assert_int_equal(err.code, ERR_STORAGE);
    store_write_abort(w);

    err_clear(&err);
    w = store_write_open(h->store, path, "application/zip", 5, &err);
    assert_int_equal(store_write(w, "four", 4, &err), 0);
    assert_int_equal(store_write_commit(w, &err), -1);
    assert_int_equal(err.code, ERR_STORAGE);

    assert_int_equal(objects(h->store), 0);
    assert_int_equal(spool_files(h), 0);
}

static void
names_that_lead_elsewhere_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "/",
        "artists",
        "artists/",
        "/etc/passwd",
        "../x",
        "artists/../../x",
        "artists/a/../b",
        "artists/./b",
        "artists//b",
        "artists/a/.hidden",
        "artists/a/b/",
        "artists/a b",
        "artists/a\\b",
        "artists/a\nb",
        "artists/\xc3\xbc",
        "artists/a%2e",
        "other/a/b",
        "artists/a/b/c/d/e/f/g/h",
    };
    struct temp_store *h = *state;
    struct store_info info;
    char *url = NULL;
    int64_t n;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct err err = ERR_INIT;

        assert_int_equal(store_put_text(h->store, bad[i], "x", &err), -1);
        assert_int_equal(err.code, ERR_INTERNAL);
        err_clear(&err);
        assert_int_equal(store_remove(h->store, bad[i], &err), -1);
        err_clear(&err);
        assert_null(store_read_open(h->store, bad[i], &n, &err));
        assert_int_equal(err.code, ERR_OBJECT_NOT_FOUND);
        err_clear(&err);
        assert_int_equal(store_stat(h->store, bad[i], &info, &err), -1);
        err_clear(&err);
        assert_int_equal(
            store_sign(h->store, bad[i], 60, "http://x", &url, &n, &err), -1);
        err_clear(&err);
        assert_int_equal(store_verify(h->store, bad[i], "9", "00", &err), -1);
        assert_int_equal(err.code, ERR_FORBIDDEN);
        assert_null(store_internal(h->store, bad[i]));
    }
    assert_int_equal(objects(h->store), 0);
}

static void
links_in_the_store_are_not_followed(void **state)
{
    struct temp_store *h = *state;
    struct err err = ERR_INIT;
    auto_free char *artists =
        xasprintf("%s/dawa-exports/artists", h->conf.store_dir);
    auto_free char *folder = xasprintf("%s/evil", artists);
    auto_free char *file = xasprintf("%s/passwd", artists);
    int64_t size;

    assert_int_equal(mkdir(artists, 0750), 0);
    assert_int_equal(symlink("/etc", folder), 0);
    assert_int_equal(symlink("/etc/passwd", file), 0);
    assert_null(store_read_open(h->store, "artists/evil/passwd", &size, &err));
    assert_int_equal(err.code, ERR_OBJECT_NOT_FOUND);
    err_clear(&err);
    assert_null(store_read_open(h->store, "artists/passwd", &size, &err));
    assert_int_equal(err.code, ERR_OBJECT_NOT_FOUND);
    err_clear(&err);
    assert_int_equal(
        store_put_text(h->store, "artists/evil/trainmode-test", "x", &err), -1);
    assert_int_equal(access("/etc/trainmode-test", F_OK), -1);
    assert_int_equal(objects(h->store), 0);
    assert_int_equal(spool_files(h), 0);
}

static void
a_full_disk_is_said_and_leaves_nothing(void **state)
{
    struct temp_store *h = *state;
    auto_free char *mnt = xasprintf("%s/small", h->dir);
    auto_free char *path = store_path_dataset("a", 1764013380000);
    struct temp_store small = {0};
    struct err err = ERR_INIT;
    char block[65536] = {0};
    struct store_writer *w;
    int rc = 0;

    assert_int_equal(mkdir(mnt, 0755), 0);
    if (mount("tmpfs", mnt, "tmpfs", 0, "size=1m") == -1) {
        print_message("[  SKIPPED ] cannot mount a small tmpfs: %s\n",
                      strerror(errno));
        return;
    }
    assert_int_equal(temp_store_open_in(&small, mnt, true), 0);
    w = store_write_open(small.store, path, "application/zip", -1, &err);
    for (int i = 0; i < 32 && rc == 0; i++)
        rc = store_write(w, block, sizeof(block), &err);
    assert_int_equal(rc, -1);
    assert_int_equal(err.code, ERR_DISK_FULL);
    store_write_abort(w);
    assert_int_equal(objects(small.store), 0);
    assert_int_equal(spool_files(&small), 0);

    /* And there is room again. */
    err_clear(&err);
    assert_int_equal(store_put_text(small.store, path, "fits", &err), 0);
    temp_store_close(&small);
    assert_int_equal(umount(mnt), 0);
}

/* Root may write anywhere, so a child does it as nobody. */
static void
a_read_only_folder_is_a_storage_error(void **state)
{
    struct temp_store *h = *state;
    pid_t child;
    int status;

    assert_int_equal(chmod(h->dir, 0755), 0);
    assert_int_equal(chmod(h->conf.store_dir, 0555), 0);
    assert_int_equal(chmod(h->conf.spool_dir, 0555), 0);
    child = fork();
    if (child == 0) {
        struct err err = ERR_INIT;

        if (geteuid() == 0 && setuid(65534) == -1)
            _exit(9);
        const char *note;

        if (store_put_text(h->store, "artists/a/b", "x", &err) == 0)
            _exit(1);
        if (err.code != ERR_STORAGE)
            _exit(2);
        err_clear(&err);
        _exit(store_ping(h->store, &note, &err) == -1 ? 0 : 3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(chmod(h->conf.store_dir, 0755), 0);
    assert_int_equal(chmod(h->conf.spool_dir, 0755), 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

#define THREADS 8
#define ROUNDS 40

struct putter {
    struct store *store;
    int number;
    int failed;
};

/* Puts and removes in one folder, which comes and goes during this. */
static void *
put_and_remove(void *arg)
{
    struct putter *p = arg;
    auto_free char *path =
        xasprintf("artists/a/training/%s/f%d", ITEM, p->number);

    for (int i = 0; i < ROUNDS; i++) {
        struct err err = ERR_INIT;

        if (store_put_text(p->store, path, "x", &err) == -1 ||
            store_remove(p->store, path, &err) == -1 ||
            store_put_text(p->store, "artists/a/shared", "same", &err) == -1)
            p->failed++;
    }
    return NULL;
}

static void
many_threads_put_and_remove_at_once(void **state)
{
    struct temp_store *h = *state;
    pthread_t threads[THREADS];
    struct putter putters[THREADS];
    auto_free char *text = NULL;

    h->conf.durable = false; /* this is about order, not about the disk */
    for (int i = 0; i < THREADS; i++) {
        putters[i] = (struct putter){h->store, i, 0};
        assert_int_equal(
            pthread_create(&threads[i], NULL, put_and_remove, &putters[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(putters[i].failed, 0);
    }
    text = object_text(h->store, "artists/a/shared");
    assert_string_equal(text, "same");
    assert_int_equal(objects(h->store), 1);
    assert_int_equal(spool_files(h), 0);
}

/* The value of a query member, to be freed. */
static char *
query(const char *url, const char *name)
{
    const char *at = strstr(url, name);

    assert_non_null(at);
    at += strlen(name) + 1;
    return xstrndup(at, strcspn(at, "&"));
}

static void
a_signed_url_works_until_changed_or_expired(void **state)
{
    struct temp_store *h = *state;
    struct err err = ERR_INIT;
    auto_free char *path = store_path_dataset("a", 1764013380000);
    auto_free char *other = store_path_dataset("a", 1764013380001);
    auto_free char *url = NULL;
    auto_free char *internal = store_internal(h->store, path);
    auto_free char *where = xasprintf("/.store/dawa-exports/%s", path);
    int64_t expires;

    assert_int_equal(store_sign(h->store, path, 60, "https://x.example", &url,
                                &expires, &err),
                     0);
    assert_int_equal(strncmp(url, "https://x.example/files/artists/a/", 34), 0);
    assert_non_null(strstr(url, ".zip?"));
    assert_string_equal(internal, where);

    auto_free char *exp = query(url, "expires");
    auto_free char *sig = query(url, "signature");
    auto_free char *late = xasprintf("%lld", (long long)expires + 1);
    auto_free char *zero = xasprintf("0%s", exp);
    auto_free char *tampered = xstrdup(sig);

    assert_int_equal(strtoll(exp, NULL, 10), expires);
    assert_int_equal(store_verify(h->store, path, exp, sig, &err), 0);

    tampered[63] = tampered[63] == '0' ? '1' : '0';
    const struct {
        const char *path, *exp, *sig;
    } bad[] = {
        {other, exp, sig}, {path, late, sig}, {path, exp, tampered},
        {path, zero, sig}, {path, exp, ""},   {path, NULL, sig},
        {path, exp, NULL}, {path, "", sig},   {path, "1e9", sig},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        err_clear(&err);
        assert_int_equal(
            store_verify(h->store, bad[i].path, bad[i].exp, bad[i].sig, &err),
            -1);
        assert_int_equal(err.code, ERR_FORBIDDEN);
    }
    err_clear(&err);
    clock_shift(61);
    assert_int_equal(store_verify(h->store, path, exp, sig, &err), -1);
    clock_shift(-61);
    assert_int_equal(err.code, ERR_EXPIRED);
}

static void
the_spool_is_swept_by_age(void **state)
{
    struct temp_store *h = *state;
    struct err err = ERR_INIT;
    auto_free char *a = spool_text(h->store, "a");
    auto_free char *b = spool_text(h->store, "b");
    struct timespec old[2] = {{1000, 0}, {1000, 0}};

    assert_int_equal(utimensat(AT_FDCWD, a, old, 0), 0);
    assert_int_equal(store_sweep_spool(h->store, clock_now() - 60, &err), 1);
    assert_int_equal(access(a, F_OK), -1);
    assert_int_equal(access(b, F_OK), 0);
}

static void
another_storage_is_named_in_the_error(void **state)
{
    struct temp_store *h = *state;
    struct err err = ERR_INIT;
    struct conf conf = h->conf;
    char name[] = "tape";

    conf.storage = name;
    assert_null(store_open(&conf, &err));
    assert_non_null(strstr(err.msg, "STORAGE=tape"));
}

/* An object as a file that outlives its name. */
static void
an_object_is_a_file_that_outlives_its_name(void **state)
{
    struct temp_store *h = *state;
    auto_free char *path = store_path_prompt("ana", ITEM);
    auto_fd int fd = -1;
    struct err err = ERR_INIT;
    char got[16] = "";

    assert_int_equal(store_put_text(h->store, path, "a caption", &err), 0);
    fd = store_file(h->store, path, &err);
    assert_true(fd >= 0);
    assert_int_equal(store_remove(h->store, path, &err), 0);
    assert_int_equal(pread(fd, got, sizeof(got), 0), 9);
    assert_string_equal(got, "a caption");
    assert_int_equal(store_file(h->store, path, &err), -1);
    assert_int_equal(err.code, ERR_OBJECT_NOT_FOUND);
}

/* Pieces of any length, few and many blocks, are the file and its hash. */
static void
a_spool_gathers_pieces_of_any_length(void **state)
{
    /* clang-format off */
    static const size_t lengths[] = {
        0,           1, HASHER_BLOCK - 1, HASHER_BLOCK, HASHER_BLOCK + 1,
        2000000, 20 * HASHER_BLOCK};
    /* clang-format on */
    struct temp_store *h = *state;
    auto_free char *data = xmalloc(20 * HASHER_BLOCK);
    auto_free char *back = xmalloc(20 * HASHER_BLOCK + 1);
    uint32_t x = 1;

    for (size_t i = 0; i < 20 * HASHER_BLOCK; i++)
        data[i] = (char)((x = x * 1664525 + 1013904223) >> 24);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        auto_spool struct spool sp = SPOOL_INIT;
        auto_spool struct spool taken = SPOOL_INIT;
        struct err err = ERR_INIT;
        char want[HASH_HEX_LEN + 1];
        struct stat st;

        hash_hex_of(data, lengths[i], want);
        assert_int_equal(spool_open(h->store, INT64_MAX, &sp, &err), 0);
        for (size_t at = 0, n; at < lengths[i]; at += n) {
            x = x * 1664525 + 1013904223;
            n = (x >> 8) % 100000 + 1;
            if (n > lengths[i] - at)
                n = lengths[i] - at;
            assert_int_equal(spool_write(&sp, data + at, n, &err), 0);
        }
        assert_int_equal(spool_finish(&sp, &err), 0);
        assert_int_equal(sp.bytes, lengths[i]);
        assert_string_equal(sp.sha256, want);
        assert_int_equal(fstat(sp.fd, &st), 0);
        assert_int_equal(st.st_size, lengths[i]);
        /* Room that was taken ahead is given back. */
        assert_true(st.st_blocks * 512 <= st.st_size + 65536);
        assert_int_equal(pread(sp.fd, back, lengths[i] + 1, 0), lengths[i]);
        assert_memory_equal(back, data, lengths[i]);

        assert_int_equal(spool_open(h->store, INT64_MAX, &taken, &err), 0);
        assert_int_equal(spool_take(&taken, sp.path, &err), 0);
        assert_int_equal(spool_finish(&taken, &err), 0);
        assert_int_equal(taken.bytes, lengths[i]);
        assert_string_equal(taken.sha256, want);
    }
    assert_int_equal(spool_files(h), 0);
}

static void
a_spool_has_a_limit(void **state)
{
    struct temp_store *h = *state;
    auto_spool struct spool sp = SPOOL_INIT;
    struct err err = ERR_INIT;

    assert_int_equal(spool_open(h->store, 10, &sp, &err), 0);
    assert_int_equal(spool_write(&sp, "0123456789", 10, &err), 0);
    assert_int_equal(spool_write(&sp, "x", 1, &err), -1);
    assert_int_equal(err.code, ERR_TOO_LARGE);
}

/* Durable or not, and whichever of them fails: all or none. */
static void
several_objects_are_put_or_none(void **state)
{
    struct temp_store *h = *state;
    auto_free char *audio = store_path_audio("new", ITEM, "mp3");
    auto_free char *prompt = store_path_prompt("new", ITEM);
    auto_free char *folder = xasprintf(
        "%s/dawa-exports/artists/new/training/%s", h->conf.store_dir, ITEM);
    static const char *const missing = "/nonexistent/x";

    for (int durable = 0; durable < 2; durable++)
        for (int bad = 0; bad < 3; bad++) {
            auto_free char *one = spool_text(h->store, "sound");
            auto_free char *two = spool_text(h->store, "words");
            auto_free char *text = NULL;
            const struct store_put puts[] = {
                {audio, bad == 1 ? missing : one, "audio/mpeg"},
                {prompt, bad == 2 ? missing : two, "text/plain"}};
            struct err err = ERR_INIT;

            h->conf.durable = durable == 1;
            assert_int_equal(store_put_all(h->store, puts, 2, &err),
                             bad == 0 ? 0 : -1);
            assert_int_equal(objects(h->store), bad == 0 ? 2 : 0);
            if (bad != 0) {
                assert_int_equal(err.code, ERR_STORAGE);
                if (bad == 2)
                    assert_int_equal(access(folder, F_OK), -1);
                (void)unlink(one);
                (void)unlink(two);
                continue;
            }
            text = object_text(h->store, prompt);
            assert_string_equal(text, "words");
            assert_int_equal(spool_files(h), 0);
            assert_int_equal(store_remove(h->store, audio, &err), 0);
            assert_int_equal(store_remove(h->store, prompt, &err), 0);
        }
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_the_plans),
        T(text_is_put_read_replaced_and_removed),
        T(an_object_is_a_file_that_outlives_its_name),
        T(removing_the_last_object_takes_the_folder),
        T(many_are_removed_at_once),
        T(a_spool_file_becomes_the_object),
        T(a_missing_spool_file_makes_nothing),
        T(a_spool_gathers_pieces_of_any_length),
        T(a_spool_has_a_limit),
        T(several_objects_are_put_or_none),
        T(a_file_of_another_file_system_is_copied),
        T(an_aborted_or_wrong_write_leaves_nothing),
        T(names_that_lead_elsewhere_are_refused),
        T(links_in_the_store_are_not_followed),
        T(a_full_disk_is_said_and_leaves_nothing),
        T(a_read_only_folder_is_a_storage_error),
        T(many_threads_put_and_remove_at_once),
        T(a_signed_url_works_until_changed_or_expired),
        T(the_spool_is_swept_by_age),
        T(another_storage_is_named_in_the_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
