#!/usr/bin/env bash
# ./trainmode coverage: which lines of src/ the unit tests run, in figures per
# room. What only the API tests reach counts as not run. Nobody chases a
# number; a room far below the others is worth a look.
set -euo pipefail
shopt -s nullglob
export LC_ALL=C.UTF-8
umask 022

ROOT=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
BUILD=$ROOT/build-coverage
CONFIGURE_FLAGS=CFLAGS=--coverage
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

die() {
    printf 'trainmode coverage: %s\n' "$*" >&2
    exit 1
}
for part in steps packages build; do
    # shellcheck source=/dev/null
    . "$ROOT/deploy/lib/$part.sh"
done
[ $# -eq 0 ] || die "it takes no arguments"

build_tests() {
    build_configure
    make -C "$BUILD" -j "$(nproc)" check-programs
}

run_tests() {
    local test

    find "$BUILD" -name '*.gcda' -delete
    # Not the one that looks at how programs are built.
    for test in tests/*/test_*.c; do
        [ "$test" != tests/base/test_hardening.c ] || continue
        (cd "$BUILD" && timeout 600 "./${test%.c}")
    done
}

# gcov's text names a file, then says how many of its lines were run; each of
# our files is counted with its own object alone, and no header.
count_lines() {
    local file

    cd "$BUILD"
    find src -name '*.gcda' | while read -r file; do
        gcov -n "$file" 2>/dev/null | awk -v name="${file%.gcda}.c" '
            /^File / { mine = index($0, "/" name "\x27") > 0 }
            mine && /^Lines executed:/ {
                split($0, part, /[:% ]+/)
                print name, part[3] * part[5] / 100, part[5]
                exit
            }'
    done | awk '
        {
            split($1, way, "/")
            run[way[2]] += $2; all[way[2]] += $3; r += $2; a += $3
        }
        END {
            for (room in all)
                printf "%-10s %5d of %5d lines  %5.1f %%\n", room,
                    run[room], all[room], 100 * run[room] / all[room] | "sort"
            close("sort")
            printf "%-10s %5d of %5d lines  %5.1f %%\n", "all", r, a, 100 * r / a
        }'
}

cd "$ROOT"
packages_need "$run_needs
lib cmocka libcmocka-dev
cmd unzip unzip
cmd bsdtar libarchive-tools
cmd openssl openssl
cmd lame lame"
log=$(mktemp "${TMPDIR:-/tmp}/trainmode-coverage.XXXXXX")
say "building in build-coverage"
step "build" "$log" build_tests
say "running the unit tests"
step "run the unit tests" "$log" run_tests
rm -f "$log"
count_lines
