#!/usr/bin/env bash
# All tests, or those of the folders and files named: `./trainmode test`,
# `./trainmode test tests/api`, `./trainmode test save.test.js base`. With
# --on NAME they run on that release of Debian (see on.sh), as a run of all
# tests does at its end on Debian 13. With TRAINMODE_TEST_SHORT=1 each test
# runs once, in a build as it ships: without sanitizers, second pass, browser
# and fuzzing.
# Ends with "N passed, N failed" (and ", N skipped" if any were), and with a
# status that says the same.
set -euo pipefail
shopt -u patsub_replacement 2>/dev/null || true
shopt -s nullglob

ROOT=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
BUILD=$ROOT/build
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
umask 022
export LC_ALL=C.UTF-8

die() {
    printf 'trainmode test: %s\n' "$*" >&2
    exit 1
}
for part in steps packages node build; do
    # shellcheck source=/dev/null
    . "$ROOT/deploy/lib/$part.sh"
done

passed=0 failed=0 skipped=0 finished=no
work=$(mktemp -d "${TMPDIR:-/tmp}/trainmode-test.XXXXXX")
# The programs run from here as another user.
chmod 755 "$work"

totals() {
    # A step that ended us (a build, say) is a failure like any other.
    [ "$finished" = yes ] || failed=$((failed + 1))
    # shellcheck disable=SC2046 # pids are words
    kill $(jobs -p) 2>/dev/null || true
    rm -rf "$work"
    if [ "$skipped" -gt 0 ]; then
        say "$passed passed, $failed failed, $skipped skipped"
    else
        say "$passed passed, $failed failed"
    fi
}
undo+=(totals)

test_needs='
lib cmocka libcmocka-dev
cmd unzip unzip
cmd bsdtar libarchive-tools
cmd pgbouncer pgbouncer
cmd openssl openssl
'

# --on NAME: on that release of Debian; all else is names of tests.
on='' arguments=()
while [ $# -gt 0 ]; do
    case $1 in
    --on)
        [ $# -gt 1 ] || die "--on needs the name of a release, e.g. trixie"
        on=$2
        shift
        ;;
    --on=*) on=${1#*=} ;;
    -*) die "unknown argument '$1'; there is only --on NAME" ;;
    *) arguments+=("$1") ;;
    esac
    shift
done
set -- "${arguments[@]}"
short=${TRAINMODE_TEST_SHORT:-}

# Names as people give them: a path from here, from the root, or in tests/.
names=()
for name in "$@"; do
    for path in "$name" "$ROOT/$name" "$ROOT/tests/$name" "$ROOT"/tests/*/"$name" \
        "$ROOT"/tests/*/"$name".{test.js,c}; do
        [ -e "$path" ] || continue
        names+=("$(realpath "$path")")
        continue 2
    done
    die "there is no test '$name'"
done

wanted() {
    local name

    [ ${#names[@]} -gt 0 ] || return 0
    for name in "${names[@]}"; do
        case $1 in
        "$name" | "$name"/*) return 0 ;;
        esac
    done
    return 1
}

# The files of a pattern that are wanted, into `files`.
choose() {
    local file

    files=()
    for file in "$@"; do
        ! wanted "$file" || files+=("$file")
    done
    [ ${#files[@]} -gt 0 ]
}

# With the minutes and seconds since we began, so that a log says what took
# how long.
title() {
    printf '\n== %s (at %d:%02d)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60))
}

# ---- C: one cmocka program per file, in TAP ----

# Count a TAP log; a program that died takes what it still owed as failed.
count_tap() {
    local log=$1 status=$2 ok bad skip owed

    # cmocka 1.1 says "not ok" of what was skipped; with the word it is neither.
    skip=$(grep -cE '^(not )?ok .*# SKIP' "$log") || true
    ok=$(grep -v '# SKIP' "$log" | grep -c '^ok ') || true
    bad=$(grep -v '# SKIP' "$log" | grep -c '^not ok ') || true
    owed=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$log" | awk '{n += $1} END {print n + 0}')
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=$((owed > ok + skip ? owed - ok - skip : 1))
    fi
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
    [ "$bad" -eq 0 ]
}

# Wait for a program and tell how it went.
tell_unit() {
    local program=$1 log=$2 pid=$3 status=0

    wait "$pid" || status=$?
    if count_tap "$log" "$status"; then
        printf 'ok      %s\n' "${program#"$ROOT/"}"
        grep -iE '^skip|# skip' "$log" | sort -u | sed 's/^/        /' || true
    else
        printf 'FAILED  %s (status %s)\n' "${program#"$ROOT/"}" "$status"
        sed 's/^/        /' "$log" | tail -n 60
    fi
}

# Two at once: each begins before the one before it is waited for.
run_unit() {
    local file program log before=()

    for file in "${files[@]}"; do
        program=${file#"$ROOT/"}
        program=$BUILD/${program%.c}
        log=$work/${file//\//_}.log
        (cd "$BUILD" && CMOCKA_MESSAGE_OUTPUT=TAP exec timeout 300 "$program") \
            >"$log" 2>&1 </dev/null &
        [ ${#before[@]} -eq 0 ] || tell_unit "${before[@]}"
        before=("$program" "$log" $!)
    done
    tell_unit "${before[@]}"
}

# All programs and tests, or the targets that are named.
build_tests() {
    build_configure
    make -C "$BUILD" -j "$(nproc)" "${@:-check-programs}"
}

# In a build of its own each: as it ships, under ASan and UBSan, under TSan.
use_build() {
    BUILD=$ROOT/$1 CONFIGURE_FLAGS=$2
    step "build $1" "$work/$1.log" build_tests "${@:3}"
}

# ---- JavaScript: Node's test runner ----

count_node() {
    local log=$1 status=$2 n name

    for name in pass fail cancelled skipped; do
        n=$(sed -n "s/^# $name \\([0-9]*\\)\$/\\1/p" "$log" | tail -n 1)
        case $name in
        pass) passed=$((passed + ${n:-0})) ;;
        skipped) skipped=$((skipped + ${n:-0})) ;;
        *)
            failed=$((failed + ${n:-0}))
            [ "${n:-0}" -eq 0 ] || status=0
            ;;
        esac
    done
    # It died without having counted.
    [ "$status" -eq 0 ] || failed=$((failed + 1))
}

# run_node [N]: runs N files at once, by default two, since a test waits half
# of its time; tests of the API wait more.
run_node() {
    local log=$work/node.tap status=0

    : >"$log"
    (cd "$ROOT/tests" && timeout 2400 "$NODE" --test --test-concurrency="${1:-2}" \
        --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter=tap --test-reporter-destination="$log" \
        "${files[@]}") </dev/null || status=$?
    count_node "$log" "$status"
}

# The programs that the stacks of tests run, installed once.
stage() {
    step "install" "$work/install.log" install_app "$work/app-$1"
    export TRAINMODE_APP=$work/app-$1 TRAINMODE_TEST_BUILD=$BUILD
}

# ---- the second pass of the API tests ----

# The same tests with what a Supabase project is in the place of our own.
# All that sets this pass apart is here.
second_pass() {
    TRAINMODE_TEST_STORAGE=supabase TRAINMODE_TEST_POOLER=pgbouncer "$@"
}

# Files that run once, since neither storage nor pooler changes what they test.
once='
als.test.js             what a Live set says
auth-supabase.test.js   who may is asked before any handler
conf.test.js            settings as they are told
costs.test.js           what captions cost
dist.test.js            a tarball
export-big.test.js      10,000 objects over HTTP take minutes; store-supabase.test.js
                        measures an export in flat memory
hears.test.js           the model; audio comes by the same store_file as ever
hostile.test.js         files that are refused before anything is stored
kill.test.js            60 kills take minutes
machine.test.js         locales, paths, users, ports
platform.test.js        nginx, processes, the command line
pooler.test.js          starts its own pooler, in every pass
readme.test.js          the first steps, which are on this machine
rls.test.js             policies of the database
settings.test.js        a row, and the model
shares.test.js          threads of a program
store-supabase.test.js  starts its own Supabase, in every pass
supabase-double.test.js the double alone
train-aimock.test.js    the model
train-many.test.js      the model, in memory
trainers.test.js        what is in a zip
'

# Of those, files for which sanitizers are no use: they look at the machine, or
# at programs as they ship.
unsanitized='
dist.test.js            a tarball
export-big.test.js      memory of the programs as they ship
machine.test.js         locales, paths, users, ports
readme.test.js          the first steps
supabase-double.test.js no program of ours
train-many.test.js      memory of the programs as they ship
'

# api_tests yes|no LIST: the API tests that stand in the list, or do not.
api_tests() {
    local file stands

    for file in "$ROOT"/tests/api/*.test.js; do
        stands=no
        ! grep -q "^$(basename "$file") " <<<"$2" || stands=yes
        [ "$stands" != "$1" ] || printf '%s\n' "$file"
    done
}

chromium_there() {
    # Ubuntu's package of that name is a snap, which is no use here.
    command -v chromium >/dev/null ||
        { grep -q '^ID=debian' /etc/os-release && packages_need 'cmd chromium chromium'; }
}

# The test in Firefox itself says if there is none.
firefox_there() {
    ! grep -q '^ID=debian' /etc/os-release ||
        packages_need 'cmd firefox-esr firefox-esr'
}

# Another release: its system, `up`, README, and these tests.
run_on() {
    local release=$1 status=0 log=$work/on.log last parts

    shift
    title "on Debian's $release"
    bash "$ROOT/tests/on.sh" "$release" "$@" 2>&1 | tee "$log" || status=${PIPESTATUS[0]}
    if [ "$status" -eq 77 ]; then
        say "not run on $release: $(tail -n 1 "$log")"
        skipped=$((skipped + 1))
        return 0
    fi
    # Its own parts, and the last line of its tests.
    last=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1) || true
    parts=$(grep -c '^ok - ' "$log") || true
    passed=$((passed + parts + $(number_of passed "$last")))
    skipped=$((skipped + $(number_of skipped "$last")))
    parts=$(grep -c '^not ok - ' "$log") || true
    parts=$((parts + $(number_of failed "$last")))
    # It ended without having counted.
    [ "$status" -eq 0 ] || [ "$parts" -gt 0 ] || parts=1
    failed=$((failed + parts))
}

# number_of WORD LINE: of "3 passed, 0 failed", 0 if it is not there.
number_of() {
    local n

    n=$(sed -nE "s/.*\b([0-9]+) $1.*/\1/p" <<<"$2")
    printf '%s' "${n:-0}"
}

if [ -n "$on" ]; then
    packages_need "cmd node nodejs
cmd lame lame"
    node_find
    modules_need
    run_on "$on" "${names[@]#"$ROOT/"}"
    finished=yes
    say
    # What was asked for by name is not left out in silence.
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
fi

# ---- all of it ----

checkout_check
packages_need "$run_needs$node_needs$test_needs"
node_find

if choose "$ROOT"/tests/house/*.test.js; then
    title "house rules"
    run_node
fi
# All that lint says; on another release its checkers would say other things.
if [ -z "$short" ] && choose "$ROOT"/tests/lint.sh; then
    title "lint"
    if "$ROOT/tests/lint.sh"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
fi
if choose "$ROOT"/tests/*/test_*.c; then
    title "unit tests"
    use_build build --enable-werror
    run_unit
    if [ -z "$short" ]; then
        title "unit tests under ASan and UBSan"
        use_build build-asan '--enable-werror --enable-sanitize'
        run_unit
    fi
fi
if choose "$ROOT"/tests/truth/*.test.js; then
    title "what is said of judged sets"
    use_build build --enable-werror
    run_node
fi
mapfile -t threaded < <(grep -lE 'pthread_create|web_serve' "$ROOT"/tests/*/test_*.c)
if [ -z "$short" ] && choose "${threaded[@]}"; then
    title "threads under TSan"
    targets=("${files[@]#"$ROOT/"}")
    use_build build-tsan '--enable-werror --enable-sanitize=thread' "${targets[@]%.c}"
    run_unit
fi
# Of the API tests in short: the whole way, and what meets libraries most.
if [ -n "$short" ] && [ ${#names[@]} -eq 0 ]; then
    for name in readme job als save export library train contract; do
        names+=("$ROOT/tests/api/$name.test.js")
    done
fi
if [ -n "$short" ] && choose "$ROOT"/tests/api/*.test.js; then
    title "API, the programs as they ship"
    modules_need
    use_build build --enable-werror
    stage plain
    run_node
fi
mapfile -t sanitized < <(api_tests no "$unsanitized")
if [ -z "$short" ] && choose "${sanitized[@]}"; then
    title "API, the programs under ASan and UBSan"
    modules_need
    use_build build-asan '--enable-werror --enable-sanitize'
    stage asan
    run_node 3
fi
mapfile -t shipped < <(api_tests yes "$unsanitized")
if [ -z "$short" ] && choose "${shipped[@]}"; then
    title "API, the programs as they ship"
    modules_need
    use_build build --enable-werror
    stage plain
    run_node
fi
mapfile -t twice < <(api_tests no "$once")
if [ -z "$short" ] && choose "${twice[@]}"; then
    title "API, the programs as they ship, on Supabase's storage and a pooler"
    modules_need
    use_build build --enable-werror
    stage plain
    second_pass run_node 3
fi
if [ -z "$short" ] && choose "$ROOT"/tests/page/*.test.js; then
    title "page"
    if chromium_there; then
        firefox_there
        modules_need
        use_build build --enable-werror
        stage plain
        run_node
    else
        say "skipped: no Chromium can be had here (Debian's package chromium)"
        skipped=$((skipped + ${#files[@]}))
    fi
fi
if [ -z "$short" ] && choose "$ROOT"/tests/fuzz/run.sh; then
    title "fuzzing"
    packages_need 'cmd clang clang
file /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a libclang-rt-dev'
    status=0
    timeout 300 bash "$ROOT/tests/fuzz/run.sh" >"$work/fuzz.log" 2>&1 || status=$?
    tail -n 40 "$work/fuzz.log"
    case $status in
    0) passed=$((passed + $(grep -c '^ok ' "$work/fuzz.log"))) ;;
    77) skipped=$((skipped + 1)) ;;
    *) failed=$((failed + 1)) ;;
    esac
fi

[ -n "$short" ] || [ ${#names[@]} -gt 0 ] || run_on trixie

finished=yes
title "the end"
[ "$failed" -eq 0 ]
