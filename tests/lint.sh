#!/usr/bin/env bash
# What can be said of this tree without running it: ./trainmode lint. With
# --fast, as the file pre-commit runs it, only what takes seconds; with --deep
# also clang's analyzer, which takes minutes. Exceptions from a checker are
# here or at the place itself, with the reason.
set -euo pipefail
shopt -s nullglob

ROOT=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
export LC_ALL=C.UTF-8
umask 022

die() {
    printf 'trainmode lint: %s\n' "$*" >&2
    exit 1
}
for part in steps packages node; do
    # shellcheck source=/dev/null
    . "$ROOT/deploy/lib/$part.sh"
done

how=${1-} fast=no
case $how:$# in
--fast:1) fast=yes ;;
--deep:1 | :0) ;;
*) die "it is: ./trainmode lint [--fast | --deep]" ;;
esac
cd "$ROOT"
found=0

# check NAME COMMAND...: silent when there is nothing to say.
check() {
    local name=$1 out status=0

    shift
    out=$("$@" 2>&1 </dev/null) || status=$?
    if [ "$status" -eq 0 ]; then
        printf 'ok      %s\n' "$name"
        return 0
    fi
    found=$((found + 1))
    printf 'FAILED  %s\n' "$name"
    printf '%s\n' "$out" | tail -n 60 | sed 's/^/        /'
}

# Names that cross files (what one part of deploy/lib sets, another reads)
# are not followed: 2034, 2153, 2154. set -e holds where 2164 does not see it,
# and 2015 is how this tree says "or die".
shell() {
    shellcheck -s bash -e SC2015,SC2034,SC2153,SC2154,SC2164 \
        trainmode deploy/lib/*.sh deploy/migrate.sh tests/*.sh tests/fuzz/run.sh \
        pre-commit &&
        shellcheck -s sh .ci/run deploy/serve.sh deploy/serve-nginx.sh tools/embed.sh
}

# als is a file of Live, Buss its own word; the rest are typing errors that
# tests want.
words() {
    codespell -q 35 -L als,buss,inflight,ist,som,thi,strat,nulll,fo,donot,voxes \
        -S 'node_modules,package-lock.json,*.png,seeds' -- \
        src tests www docs deploy bench nginx sql tools ./*.md trainmode \
        configure.ac Makefile.am
}

# As .clang-format has it; by 14, which this tree was formatted with: each
# version does it a little differently.
c_format() {
    git ls-files -z '*.c' '*.h' | xargs -0 clang-format-14 --dry-run --Werror
}

c_code() {
    cppcheck -q -j "$(nproc)" --enable=warning,performance,portability \
        --inline-suppr --std=c11 -I src --library="$ROOT/tests/cppcheck.cfg" \
        --error-exitcode=1 src
}

# By .clang-tidy; 14, as above. Of the libraries it needs the headers. What its
# analyzer does takes five minutes of a processor, the rest a quarter of one.
c_tidy() {
    local flags less='-clang-analyzer-*'

    [ "$how" != --deep ] || less=
    flags="-std=gnu11 -pthread -Isrc -D_GNU_SOURCE $(pkg-config --cflags \
        fcgi libcurl json-c libpq libarchive libcrypto)"
    # shellcheck disable=SC2016 # the inner shell's
    find src -name '*.c' -print0 |
        LESS=$less TIDY_FLAGS=$flags xargs -0 -n 8 -P "$(nproc)" sh -c \
            'out=$(clang-tidy-14 --quiet --checks="$LESS" "$@" -- $TIDY_FLAGS 2>&1) ||
                { printf "%s\n" "$out" && exit 1; }' sh
}

scripts() {
    tests/node_modules/.bin/eslint -c tests/eslint.config.js www tests bench
}

# As Prettier writes it, by tests/.prettierrc.json; a tree is written so by
# tests/node_modules/.bin/prettier --write with the same arguments.
js_format() {
    tests/node_modules/.bin/prettier --config tests/.prettierrc.json \
        --log-level warn --check 'www/**/*.{js,css}' 'tests/**/*.js' 'bench/**/*.js'
}

house() {
    # Not as a part of the test that runs us.
    env -u NODE_TEST_CONTEXT "$NODE" --test --test-reporter=spec \
        tests/house/*.test.js | sed -n '/failing tests/,$p'
}

needs='
cmd shellcheck shellcheck
cmd codespell codespell
cmd cppcheck cppcheck
cmd node nodejs
'
if apt-cache show clang-format-14 >/dev/null 2>&1; then
    needs+='cmd clang-format-14 clang-format-14
'
fi
if [ "$fast" = no ] && apt-cache show clang-tidy-14 >/dev/null 2>&1; then
    needs+="cmd clang-tidy-14 clang-tidy-14
$run_needs"
fi
packages_need "$needs"
node_find
check "shell scripts (shellcheck)" shell
check "spelling (codespell)" words
check "house rules, and links of docs" house
if ! git rev-parse --git-dir >/dev/null 2>&1; then
    :
elif command -v clang-format-14 >/dev/null; then
    check "C (clang-format 14)" c_format
else
    printf 'skipped C (clang-format 14): this release has another version\n'
fi
if [ "$fast" = no ]; then
    modules_need
    check "page, tests and bench (ESLint)" scripts
    check "their form (Prettier)" js_format
    check "C (cppcheck)" c_code
    if command -v clang-tidy-14 >/dev/null; then
        check "C (clang-tidy 14)" c_tidy
    else
        printf 'skipped C (clang-tidy 14): this release has another version\n'
    fi
fi
[ "$found" -eq 0 ]
