# Debian packages. Each need is looked for by what it provides (a command, a
# library that pkg-config knows, a file). So if a machine has it some other way,
# nothing is installed, and root is needed only if something is missing.

# kind, what it provides, Debian's package
run_needs='
cmd gcc gcc
cmd make make
cmd autoreconf autoconf
cmd automake automake
cmd pkg-config pkg-config
cmd curl curl
cmd flock util-linux
cmd ps procps
cmd nginx nginx
cmd supervisord supervisor
cmd python3 python3
cmd psql postgresql-client
file /usr/lib/postgresql/*/bin/postgres postgresql
lib fcgi libfcgi-dev
lib libcurl libcurl4-openssl-dev
lib json-c libjson-c-dev
lib libpq libpq-dev
lib libarchive libarchive-dev
lib nettle nettle-dev
lib libcrypto libssl-dev
lib zlib zlib1g-dev
lib libdeflate libdeflate-dev
lib expat libexpat1-dev
lib libmpg123 libmpg123-dev
lib sndfile libsndfile1-dev
lib libebur128 libebur128-dev
lib libchromaprint libchromaprint-dev
lib fftw3f libfftw3-dev
file /usr/include/lame/lame.h libmp3lame-dev
file /usr/include/stdio.h libc6-dev
'

has() {
    case $1 in
    cmd) command -v "$2" >/dev/null ;;
    lib) command -v pkg-config >/dev/null && pkg-config --exists "$2" ;;
    file) compgen -G "$2" >/dev/null ;;
    esac
}

# The packages among the needs (lines as above) that are missing.
packages_missing() {
    local kind what package

    while read -r kind what package; do
        [ -z "$kind" ] || has "$kind" "$what" || printf '%s ' "$package"
    done <<<"$1"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo "$@"
    fi
}

# A package may start its service; Trainmode starts its services itself.
policy=/usr/sbin/policy-rc.d
policy_made=no

policy_make() {
    [ ! -e "$policy" ] || return 0
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    policy_made=yes
    as_root chmod 755 "$policy"
}

policy_remove() {
    [ "$policy_made" = no ] || as_root rm -f "$policy"
    policy_made=no
}

# How long to wait for another apt, in seconds. A cloud machine's first
# unattended upgrade takes minutes.
lock_patience=${TRAINMODE_TEST_LOCK_SEC:-300}

lock_said='Could not get lock|lock was locked by another process'

# apt_get ARGUMENT...: waits while another apt has a lock, and tells the user
# (on fd 6) who has it. apt's own DPkg::Lock::Timeout covers only one of its
# three locks.
apt_get() {
    local status holder='' said='' out began=$SECONDS

    out=$(mktemp "${TMPDIR:-/tmp}/trainmode-apt.XXXXXX")
    while :; do
        status=0
        as_root env LC_ALL=C DEBIAN_FRONTEND=noninteractive \
            apt-get "$@" >"$out" 2>&1 || status=$?
        cat "$out"
        if [ "$status" -eq 0 ] || ! grep -qE "$lock_said" "$out"; then
            break
        fi
        holder=$(sed -nE 's/.*(by process|with pid) ([0-9]+( \([^)]*\))?).*/\2/p' "$out" |
            head -n 1)
        if [ $((SECONDS - began)) -ge "$lock_patience" ]; then
            say "another apt (process ${holder:-unknown}) has had Debian's package lock for $lock_patience seconds; see what it does, and try again when it has ended"
            break
        fi
        [ "$said" = "-$holder" ] ||
            say "waiting for another apt to end: process ${holder:-unknown} has Debian's package lock" >&6
        said=-$holder
        sleep 1
    done
    rm -f "$out"
    return "$status"
}

packages_add() (
    trap policy_remove EXIT
    trap 'exit 130' INT TERM
    policy_make
    apt_get update
    apt_get install -y --no-install-recommends "$@"
)

# packages_need NEEDS: install those that are missing.
packages_need() {
    local missing log

    missing=$(packages_missing "$1")
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null ||
        die "these Debian packages (or what they give) are missing: $missing"
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || die "packages are missing; as root, run:
    apt-get install -y --no-install-recommends $missing"
        say "packages are missing, and sudo is needed to install them: $missing"
        sudo -v || die "without them it cannot go on"
    fi
    say "installing $missing"
    log=$(mktemp "${TMPDIR:-/tmp}/trainmode-packages.XXXXXX")
    # shellcheck disable=SC2086 # a list of words
    step "install packages" "$log" packages_add $missing 6>&1
    rm -f "$log"
    missing=$(packages_missing "$1")
    [ -z "$missing" ] || die "still missing after the installation: $missing"
}
