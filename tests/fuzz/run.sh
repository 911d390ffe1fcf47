#!/usr/bin/env bash
# Run the fuzzers, or those named: tests/fuzz/run.sh [SECONDS [NAME...]], each
# for SECONDS (by default for its share of 40). tests/fuzz/fuzz_NAME.c is a
# fuzzer; it starts from tests/fuzz/seeds/NAME and keeps what it finds in
# build-fuzz/corpus/NAME, so that a later run goes on from there. FUZZ_SEED=0
# takes another way each time; by default all runs take the same one. A crash is
# left in build-fuzz/ and ends this with a failure.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd -P)
build=$root/build-fuzz
clang=$(command -v clang-14 || command -v clang) || {
    echo "skipped: no clang" >&2
    exit 77
}
seconds=${1:-}
shift || true

# The whole library under clang, with the marks that lead libFuzzer.
build_library() {
    [ -x "$root/configure" ] || (cd "$root" && autoreconf -i)
    mkdir -p "$build"
    cd "$build"
    [ -f Makefile ] || "$root/configure" CC="$clang" \
        CFLAGS="-g -O1 -fsanitize=fuzzer-no-link" --enable-sanitize
    make -j "$(nproc)" src/libtrainmode.a
}

build_fuzzer() {
    local name=$1 libs

    libs=$(sed -n 's/^\(AUDIO\|DEPS\)_LIBS = //p' "$build/Makefile" | tr '\n' ' ')
    # shellcheck disable=SC2046,SC2086 # lists of flags
    "$clang" -g -O1 -D_GNU_SOURCE -I"$root/src" -pthread \
        $(pkg-config --cflags json-c) \
        -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
        "$root/tests/fuzz/fuzz_$name.c" "$build/src/libtrainmode.a" \
        -Wl,--as-needed $libs -lm -o "$build/fuzz_$name"
}

run_fuzzer() {
    local name=$1 seeds=$root/tests/fuzz/seeds/$1

    mkdir -p "$build/corpus/$name"
    [ -d "$seeds" ] || seeds=
    "$build/fuzz_$name" -seed="${FUZZ_SEED:-1}" -max_total_time="$seconds" -timeout="${FUZZ_TIMEOUT:-10}" \
        -rss_limit_mb=1024 -max_len="${FUZZ_MAX_LEN:-65536}" -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="$build/crash-$name-" \
        "$build/corpus/$name" ${seeds:+"$seeds"}
}

stat_of() {
    sed -n "s/^stat::$1: *//p" "$logs/$2"
}

# Wait for a fuzzer and tell how it went; seconds are whole ones.
tell() {
    local name=$1 pid=$2

    if wait "$pid"; then
        echo "ok      fuzz $name: $(stat_of number_of_executed_units "$name") runs," \
            "the slowest $(stat_of slowest_unit_time_sec "$name") s"
    else
        tail -n 60 "$logs/$name" >&2
        echo "FAILED  fuzz $name"
        status=1
    fi
}

logs=$(mktemp -d)
# shellcheck disable=SC2046 # pids are words
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$logs"' EXIT
build_library >"$logs/library" 2>&1 || {
    tail -n 20 "$logs/library" >&2
    exit 1
}
if [ $# -eq 0 ]; then
    for file in "$root"/tests/fuzz/fuzz_*.c; do
        name=${file##*/fuzz_}
        set -- "$@" "${name%.c}"
    done
fi
[ -n "$seconds" ] || seconds=$(((40 + $# - 1) / $#))
# Two at once: each begins before the one before it is waited for.
status=0 before=()
for name in "$@"; do
    (build_fuzzer "$name" && run_fuzzer "$name") >"$logs/$name" 2>&1 &
    [ ${#before[@]} -eq 0 ] || tell "${before[@]}"
    before=("$name" $!)
done
tell "${before[@]}"
exit "$status"
