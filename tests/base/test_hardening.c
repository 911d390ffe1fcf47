/*
 * Goal: the built programs end if a memory fault would let somebody in: stack
 * protector, checked string functions, read-only relocations, a random base
 * address, marked landing places. What reads strangers' files loads no OpenSSL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static const char *const programs[] = {
    "train.fcgi",        "save.fcgi",        "export.fcgi",
    "library.fcgi",      "trainmode-parse",  "trainmode-analyze",
    "trainmode-convert", "trainmode-unpack", "trainmode-als",
};

/* What readelf says of a program. The caller releases it. */
static void
ask(const char *option, const char *program, struct buf *ret)
{
    char command[128], block[4096];
    FILE *f;
    size_t n;

    snprintf(command, sizeof(command), "readelf -W %s ./%s 2>&1", option,
             program);
    f = popen(command, "r");
    assert_non_null(f);
    while ((n = fread(block, 1, sizeof(block), f)) > 0)
        buf_add(ret, block, n);
    if (pclose(f) != 0)
        fail_msg("%s: %s", command, buf_str(ret));
}

static void
has(const char *option, const char *program, const char *word)
{
    auto_buf struct buf said = BUF_INIT(16 << 20);

    ask(option, program, &said);
    if (strstr(buf_str(&said), word) == NULL)
        fail_msg("%s is built without %s", program, word);
}

static void
every_program(void **state)
{
    (void)state;
    if (SANITIZED)
        skip(); /* a build that looks closer, for tests alone */
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        has("--dyn-syms", programs[i], "__stack_chk_fail");
        has("--dyn-syms", programs[i], "_chk@GLIBC");
        has("-d", programs[i], "NOW");
        has("-l", programs[i], "GNU_RELRO");
        has("-h", programs[i], "DYN");
    }
}

/* Only for x86: each function begins with endbr64. */
static void
landing_places(void **state)
{
    (void)state;
#if defined(__x86_64__) && defined(__CET__)
    if (SANITIZED)
        skip();
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        static const char mark[] = "\xf3\x0f\x1e\xfa";
        auto_buf struct buf code = BUF_INIT(64 << 20);
        auto_file FILE *f = fopen(programs[i], "r");
        char block[65536];
        size_t n, marks = 0;

        assert_non_null(f);
        while ((n = fread(block, 1, sizeof(block), f)) > 0)
            buf_add(&code, block, n);
        for (size_t at = 0; at + 4 <= code.len; at++)
            marks += memcmp(code.data + at, mark, 4) == 0;
        if (marks < 20)
            fail_msg("%s has %zu marks", programs[i], marks);
    }
#else
    skip(); /* no such processor, or a compiler that does not know it */
#endif
}

/* Its stack may not be run. */
static void
stacks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        auto_buf struct buf said = BUF_INIT(1 << 20);
        const char *line;

        ask("-l", programs[i], &said);
        line = strstr(buf_str(&said), "GNU_STACK");
        assert_non_null(line);
        assert_null(memchr(
            line, 'E', strcspn(line, "\n") < 80 ? strcspn(line, "\n") : 80));
    }
}

/* It would take longer to load than a set to read. */
static void
readers_load_no_openssl(void **state)
{
    static const char *const readers[] = {
        "trainmode-parse", "trainmode-analyze", "trainmode-convert"};

    (void)state;
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        auto_buf struct buf said = BUF_INIT(1 << 20);

        ask("-d", readers[i], &said);
        assert_non_null(strstr(buf_str(&said), "NEEDED"));
        if (strstr(buf_str(&said), "libcrypto") != NULL)
            fail_msg("%s loads OpenSSL", readers[i]);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_program),
        cmocka_unit_test(landing_places),
        cmocka_unit_test(stacks),
        cmocka_unit_test(readers_load_no_openssl),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
