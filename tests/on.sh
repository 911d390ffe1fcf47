#!/usr/bin/env bash
# Trainmode on another release of Debian than this machine's, as a fresh
# machine has it: tests/on.sh NAME [TEST...], for ./trainmode test --on NAME.
#
# A minimal system of that release is made once, from the archive that this
# machine's apt uses, and kept in a cache folder. In a copy of it run `up`,
# README's walk-through, the tests that need no browser (or those named), and
# `down`. Each prints a line "ok ..." or "not ok ..."; that of the tests has
# their counts. Ends with 77 and a line that says why if this machine
# cannot do it: that takes root, mounts, and the archive.
set -euo pipefail
shopt -u patsub_replacement 2>/dev/null || true
export LC_ALL=C.UTF-8
umask 022

ROOT=$(cd "$(dirname "$(readlink -f "$0")")/.." && pwd -P)
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
HOME_IN=/srv/trainmode # the checkout, inside

die() {
    printf 'trainmode test: %s\n' "$*" >&2
    exit 1
}

cannot() {
    printf '%s\n' "$*"
    exit 77
}

# ---- outside: the system ----

# The archive of Debian itself among apt's sources.
archive() {
    local found

    # shellcheck disable=SC2016 # apt's variables
    found=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' \
        'Created-By: Packages' 2>/dev/null |
        sed -n 's/^Debian Debian //p' | head -n 1) || true
    # Without apt's lists, by its look.
    [ -n "$found" ] ||
        found=$(grep -rhoE '^[^#]*https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list* \
            2>/dev/null | grep -oE 'https?://[^ ]+' | head -n 1) || true
    printf '%s' "${found%/}"
}

# What of apt's settings says how the archive is reached.
apt_settings() {
    apt-config dump | grep -E \
        '^Acquire::(https?::Proxy|https?::Proxy-Auto-Detect|Check-Valid-Until|Check-Date|Retries) ' ||
        true
}

# The minimal system, in $base.
system_make() {
    local tool=mmdebstrap proxy

    for tool in mmdebstrap debootstrap none; do
        ! command -v "$tool" >/dev/null || break
    done
    [ "$tool" != none ] || cannot "neither mmdebstrap nor debootstrap is here"
    rm -rf "$base.new"
    mkdir -p "$(dirname "$base")"
    apt_settings >"$work/apt.conf"
    case $tool in
    mmdebstrap)
        mmdebstrap --variant=minbase --include=ca-certificates \
            --aptopt="$work/apt.conf" "$release" "$base.new" "$mirror"
        ;;
    debootstrap)
        proxy=$(sed -n 's/^Acquire::http::Proxy "\(.*\)";/\1/p' "$work/apt.conf")
        env ${proxy:+http_proxy="$proxy"} debootstrap --variant=minbase \
            --include=ca-certificates "$release" "$base.new" "$mirror"
        cp "$work/apt.conf" "$base.new/etc/apt/apt.conf.d/99outside"
        ;;
    esac >"$work/system.log" 2>&1 || {
        tail -n 20 "$work/system.log"
        rm -rf "$base.new"
        echo "not ok - make a minimal $release by $tool"
        exit 1
    }
    # It is thrown away after a test: nothing of it need reach the disk.
    echo force-unsafe-io >"$base.new/etc/dpkg/dpkg.cfg.d/test"
    mv "$base.new" "$base"
}

# Namespaces that this machine lets us have: of processes too, if it does, so
# that nothing outlives us.
namespaces() {
    if unshare --mount --pid --fork --kill-child mount -t proc proc /proc 2>/dev/null; then
        spaces=(--mount --pid --fork --kill-child)
    elif unshare --mount mount --bind / /mnt 2>/dev/null; then
        spaces=(--mount)
    else
        cannot "this machine lets root mount nothing"
    fi
}

outside() {
    release=$1
    shift
    [[ $release =~ ^[a-z]+$ ]] || die "'$release' is not a release; give a name such as trixie"
    [ "$(id -u)" = 0 ] || cannot "it takes root to have another release"
    command -v apt-config >/dev/null || cannot "this machine has no apt"
    namespaces
    cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/trainmode
    base=$cache/$release
    work=$(mktemp -d "${TMPDIR:-/tmp}/trainmode-on.XXXXXX")
    trap 'rm -rf --one-file-system "$work"' EXIT
    if [ ! -d "$base" ]; then
        mirror=$(archive)
        [ -n "$mirror" ] || cannot "no archive of Debian is among apt's sources"
        /usr/lib/apt/apt-helper download-file "$mirror/dists/$release/InRelease" \
            "$work/InRelease" >/dev/null 2>&1 ||
            cannot "$mirror has no $release, or cannot be reached"
        system_make
    fi
    mkdir -p "$cache/$release-packages/partial" "$work"/{upper,work,root}
    chmod 755 "$work"
    unshare "${spaces[@]}" bash "$0" --enter "$base" "$work" \
        "$cache/$release-packages" "$@"
}

# ---- between: in the namespaces, before the copy is our root ----

# A copy that takes no room if the disk can do that.
copy_system() {
    mount -t overlay overlay -o \
        "lowerdir=$base,upperdir=$work/upper,workdir=$work/work" "$in" 2>/dev/null ||
        cp -a --reflink=auto "$base/." "$in/"
}

enter() {
    local base=$1 work=$2 packages=$3 in=$2/root

    shift 3
    mount --make-rprivate / 2>/dev/null || true
    copy_system
    mount -t proc proc "$in/proc" 2>/dev/null || mount --rbind /proc "$in/proc"
    mount --rbind /dev "$in/dev"
    mount --bind "$packages" "$in/var/cache/apt/archives"
    cp -L /etc/resolv.conf /etc/hosts "$in/etc/"
    mkdir -p "$in$HOME_IN/tests/node_modules"
    tar -C "$ROOT" -c --exclude=./.git --exclude='./build*' --exclude=./var \
        --exclude=./configure --exclude=./Makefile.in --exclude=./aclocal.m4 \
        --exclude=./autom4te.cache --exclude=./tests/node_modules . |
        tar -C "$in$HOME_IN" -x --no-same-owner
    [ ! -d "$ROOT/tests/node_modules" ] ||
        mount --bind "$ROOT/tests/node_modules" "$in$HOME_IN/tests/node_modules"
    # README's walk-through wants a track; no encoder is needed to run.
    a_track >"$in$HOME_IN/track.mp3"
    exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root LC_ALL=C.UTF-8 TERM=dumb chroot "$in" \
        /bin/bash "$HOME_IN/tests/on.sh" --inside "$@"
}

# 40 s of noise as MP3, by LAME, which the tests need in any case.
a_track() {
    head -c $((44100 * 2 * 40)) /dev/urandom |
        lame --quiet -r -m m -s 44.1 -b 64 - - 2>/dev/null
}

# ---- inside: as on a fresh machine ----

# part NAME COMMAND...: one line that says whether it went well; and what it
# said, if not.
part() {
    local name=$1 log=/tmp/part.log

    shift
    if ( set -e; "$@" ) >"$log" 2>&1 </dev/null; then
        echo "ok - $name"
        return 0
    fi
    tail -n 60 "$log" | sed 's/^/    /'
    echo "not ok - $name"
    return 1
}

walk_through() {
    local script

    script=$(sed -n '/<!-- walk-through/,/^```$/p' README.md | sed '1,2d;$d')
    [ -n "$script" ]
    mkdir -p /tmp/walk
    cp track.mp3 /tmp/walk/
    cd /tmp/walk
    bash -euc "${script/http:\/\/127.0.0.1:8080/http://127.0.0.1:$port}" | tee out
    grep -q 'dataset/item-1/audio.mp3' out
    grep -qi '124 *bpm' out
}

# Nothing of ours may run afterwards.
ended() {
    ./trainmode down
    ! pgrep -af "$HOME_IN/var/"
}

inside() {
    local status=0

    cd "$HOME_IN"
    # shellcheck source=/dev/null
    . /etc/os-release
    echo "$PRETTY_NAME"
    port=18080
    while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do
        port=$((port + 1))
    done
    part "up on a bare $PRETTY_NAME" ./trainmode up --port "$port" --detach || exit 1
    part "README's walk-through" walk_through || status=1
    part "down, and nothing runs" ended || status=1
    TRAINMODE_TEST_SHORT=1 ./trainmode test "$@" </dev/null || status=1
    exit "$status"
}

case ${1-} in
--enter | --inside) "${1#--}" "${@:2}" ;;
'' | -*) die "it is: tests/on.sh NAME [TEST...]" ;;
*) outside "$@" ;;
esac
