# Build and install. TRAINMODE_BUILD and CONFIGURE_FLAGS choose another build
# (tests use one with sanitizers); TRAINMODE_APP names a tree that is
# installed already, and nothing is built then.

# One builder at a time: two states may be started from one checkout.
build_lock() {
    exec 8<"$ROOT"
    flock 8
}

# $BUILD/config.status is younger than configure, and was made by these flags;
# where none are asked for, by any.
configured() {
    [ -f "$BUILD/config.status" ] &&
        [ "$BUILD/config.status" -nt "$ROOT/configure" ] || return 1
    [ -z "${CONFIGURE_FLAGS-}" ] ||
        [ "$(cat "$BUILD/.flags" 2>/dev/null)" = "$CONFIGURE_FLAGS" ]
}

# Objects with sanitizers and objects without do not link.
build_clean() {
    local old=no new=no

    [ -f "$BUILD/Makefile" ] || return 0
    ! grep -q -- '-fsanitize=' "$BUILD/Makefile" || old=yes
    [[ ${CONFIGURE_FLAGS:-} != *sanitize* ]] || new=yes
    [ "$old" = "$new" ] || make -C "$BUILD" clean
}

build_configure() {
    build_lock
    if [ ! -f "$ROOT/configure" ] || [ ! -f "$ROOT/Makefile.in" ] ||
        [ "$ROOT/configure.ac" -nt "$ROOT/configure" ]; then
        (cd "$ROOT" && autoreconf -i)
    fi
    if ! configured; then
        mkdir -p "$BUILD"
        build_clean
        # shellcheck disable=SC2086 # flags are words
        (cd "$BUILD" && "$ROOT/configure" ${CONFIGURE_FLAGS:-})
        printf '%s' "${CONFIGURE_FLAGS:-}" >"$BUILD/.flags"
    fi
}

build_all() {
    build_configure
    make -C "$BUILD" -j "$(nproc)"
}

# Programs and page go to where whoever runs them can read them, and where a
# later build does not change what runs.
install_app() {
    build_lock
    rm -rf "$1.new"
    make -C "$BUILD" install prefix="$1.new"
    rm -rf "$1"
    mv "$1.new" "$1"
}
