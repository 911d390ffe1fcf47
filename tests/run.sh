#!/usr/bin/env bash
# All tests, or those of the folders and files named: `./trainmode test`,
# `./trainmode test tests/api`, `./trainmode test save.test.js base`.
# Ends with "N passed, N failed" (and ", N skipped" if any were), and with a
# status that says the same.
set -euo pipefail
shopt -u patsub_replacement 2>/dev/null || true
shopt -s nullglob

ROOT=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
BUILD=$ROOT/build
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
umask 022

die() {
    printf 'trainmode test: %s\n' "$*" >&2
    exit 1
}
for part in steps packages build; do
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
cmd node nodejs
cmd npm npm
cmd unzip unzip
cmd bsdtar libarchive-tools
cmd lame lame
cmd pgbouncer pgbouncer
cmd openssl openssl
'

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

title() {
    printf '\n== %s\n' "$*"
}

# ---- C: one cmocka program per file, in TAP ----

# Count a TAP log; a program that died takes what it still owed as failed.
count_tap() {
    local log=$1 status=$2 ok bad skip owed

    skip=$(grep -cE '^ok .*# SKIP' "$log") || true
    ok=$(($(grep -c '^ok ' "$log") - skip)) || true
    bad=$(grep -c '^not ok ' "$log") || true
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
    make -C "$BUILD" -j "$(nproc)" "${@:-check}"
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

# Two files at once: half of what a test does is wait.
run_node() {
    local log=$work/node.tap status=0

    : >"$log"
    (cd "$ROOT/tests" && timeout 2400 "$NODE" --test --test-concurrency=2 \
        --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter=tap --test-reporter-destination="$log" \
        "${files[@]}") </dev/null || status=$?
    count_node "$log" "$status"
}

node_new_enough() {
    [ "$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 20 ]
}

# Sets NODE: the system's, or npm's own where that is older than 20.
find_node() {
    local arch=x64 tools=$ROOT/tests/node_modules/.tools

    NODE=$(command -v node)
    ! node_new_enough "$NODE" || return 0
    [ "$(uname -m)" = x86_64 ] || arch=arm64
    NODE=$tools/node_modules/node-linux-$arch/bin/node
    [ -x "$NODE" ] || step "install Node 20" "$work/node.log" \
        npm install --no-audit --no-fund --prefix "$tools" "node-linux-$arch@20"
    PATH=$(dirname "$NODE"):$PATH
}

npm_install() {
    cd "$ROOT/tests"
    npm install --no-audit --no-fund --no-package-lock
    touch node_modules/.installed
}

need_modules() {
    [ "$ROOT/tests/node_modules/.installed" -nt "$ROOT/tests/package.json" ] ||
        step "npm install in tests/" "$work/npm.log" npm_install
}

# The programs that the stacks of tests run, installed once.
stage() {
    step "install" "$work/install.log" install_app "$work/app-$1"
    export TRAINMODE_APP=$work/app-$1 TRAINMODE_TEST_BUILD=$BUILD
}

# ---- the second pass of the API tests ----

# The same tests with what a Supabase project is in the place of our own.
# Whatever that pass sets stands here.
second_pass() {
    TRAINMODE_TEST_STORAGE=supabase TRAINMODE_TEST_POOLER=pgbouncer "$@"
}

# Files that run once, since neither changes what they are about.
once='
auth-supabase.test.js   who may is asked before any handler
export-big.test.js      10,000 objects over HTTP take minutes; store-supabase.test.js
                        measures an export in flat memory
platform.test.js        nginx, processes, the command line
pooler.test.js          starts its own pooler, in every pass
readme.test.js          the first steps, which are on this machine
rls.test.js             policies of the database
store-supabase.test.js  starts its own Supabase, in every pass
supabase-double.test.js the double alone
'

# The files that run twice, of all there are.
run_twice() {
    local file

    for file in "$ROOT"/tests/api/*.test.js; do
        grep -q "^$(basename "$file") " <<<"$once" || printf '%s\n' "$file"
    done
}

chromium_there() {
    # Ubuntu's package of that name is a snap, which is no use here.
    command -v chromium >/dev/null ||
        { grep -q '^ID=debian' /etc/os-release && packages_need 'cmd chromium chromium'; }
}

# The test in Firefox says itself where there is none.
firefox_there() {
    ! grep -q '^ID=debian' /etc/os-release ||
        packages_need 'cmd firefox-esr firefox-esr'
}

# ---- all of it ----

packages_need "$run_needs$test_needs"
find_node

if choose "$ROOT"/tests/house/*.test.js; then
    title "house rules"
    run_node
fi
if choose "$ROOT"/tests/*/test_*.c; then
    title "unit tests"
    use_build build --enable-werror
    run_unit
    title "unit tests under ASan and UBSan"
    use_build build-asan '--enable-werror --enable-sanitize'
    run_unit
fi
mapfile -t threaded < <(grep -lE 'pthread_create|web_serve' "$ROOT"/tests/*/test_*.c)
if choose "${threaded[@]}"; then
    title "threads under TSan"
    targets=("${files[@]#"$ROOT/"}")
    use_build build-tsan '--enable-werror --enable-sanitize=thread' "${targets[@]%.c}"
    run_unit
fi
if choose "$ROOT"/tests/api/*.test.js; then
    title "API, the programs under ASan and UBSan"
    need_modules
    use_build build-asan '--enable-werror --enable-sanitize'
    stage asan
    run_node
fi
mapfile -t twice < <(run_twice)
if choose "${twice[@]}"; then
    title "API, the programs as they ship, on Supabase's storage and a pooler"
    need_modules
    use_build build --enable-werror
    stage plain
    second_pass run_node
fi
if choose "$ROOT"/tests/page/*.test.js; then
    title "page"
    if chromium_there; then
        firefox_there
        need_modules
        use_build build --enable-werror
        stage plain
        run_node
    else
        say "skipped: no Chromium can be had here (Debian's package chromium)"
        skipped=$((skipped + ${#files[@]}))
    fi
fi
if choose "$ROOT"/tests/fuzz/run.sh; then
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

finished=yes
say
[ "$failed" -eq 0 ]
