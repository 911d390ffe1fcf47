# Build and install. TRAINMODE_BUILD and CONFIGURE_FLAGS choose another build
# (tests use one with sanitizers); TRAINMODE_APP names a tree that is
# installed already, and nothing is built then.

# Only one build at a time: two states may be started from one checkout.
build_lock() {
    exec 8<"$ROOT"
    flock 8
}

# Whether $BUILD/config.status is newer than configure and was made with these
# flags, or with any flags if none are given.
configured() {
    [ -f "$BUILD/config.status" ] &&
        [ "$BUILD/config.status" -nt "$ROOT/configure" ] || return 1
    [ -z "${CONFIGURE_FLAGS-}" ] ||
        [ "$(cat "$BUILD/.flags" 2>/dev/null)" = "$CONFIGURE_FLAGS" ]
}

# The flags that objects are made with.
build_flags() {
    sed -n -e 's/^\(CFLAGS\|SAN_FLAGS\|HARDEN_[A-Z]*FLAGS\) = //p' "$BUILD/Makefile" \
        2>/dev/null || true
}

# Problems that autoconf and make cannot report are reported before anything is
# made.
checkout_check() {
    case $ROOT in
    *[\"\'\`\$\&\#\\]* | *$'\n'*)
        die "the checkout's path may not hold quotes, backslashes, line ends or any of \`\$&#; move it elsewhere: $ROOT"
        ;;
    esac
}

build_configure() {
    local before

    build_lock
    if [ ! -f "$ROOT/configure" ] || [ ! -f "$ROOT/Makefile.in" ] ||
        [ "$ROOT/configure.ac" -nt "$ROOT/configure" ]; then
        (cd "$ROOT" && autoreconf -i)
    fi
    if ! configured; then
        mkdir -p "$BUILD"
        before=$(build_flags)
        # By a relative path, since configure takes no blank in an absolute one.
        # shellcheck disable=SC2086 # flags are words
        (cd "$BUILD" && "$(realpath --relative-to=. "$ROOT")/configure" \
            ${CONFIGURE_FLAGS:-})
        printf '%s' "${CONFIGURE_FLAGS:-}" >"$BUILD/.flags"
        # make does not know that objects made with other flags are stale.
        [ "$before" = "$(build_flags)" ] || make -C "$BUILD" clean
    fi
}

build_all() {
    build_configure
    make -C "$BUILD" -j "$(nproc)"
}

# Install programs and page where the user who runs them can read them, and
# where a later build does not change what runs.
install_app() {
    build_lock
    rm -rf "$1.new"
    make -C "$BUILD" install prefix="$1.new"
    rm -rf "$1"
    mv "$1.new" "$1"
}
