# make: a folder becomes a dataset, on this machine's Trainmode or, with
# TRAINMODE_URL, on another one.

# Build the program, unless a Trainmode that runs here has installed it.
make_built() {
    packages_need "$run_needs"
    [ -x "$BUILD/trainmode-make" ] || {
        say "building"
        build_all >&2
    }
    MAKE=$BUILD/trainmode-make
}

# Start the server if it is not running; its address may be any.
make_started() {
    state_find
    if ! supervisor_runs || [ ! -s "$STATE/run/url" ]; then
        "$ROOT/trainmode" up --detach --state "$state" --port "$port" >&2
    fi
    TRAINMODE_URL=$(cat "$STATE/run/url")
    export TRAINMODE_URL
    MAKE=$STATE/app/libexec/trainmode-make
}

make_dataset() {
    local given=() ours=()

    while [ $# -gt 0 ]; do
        case $1 in
        --port | --state)
            ours+=("$1" "${2-}")
            [ $# -lt 2 ] || shift
            ;;
        --port=* | --state=*) ours+=("$1") ;;
        *) given+=("$1") ;;
        esac
        shift
    done
    options ${ours[@]+"${ours[@]}"}
    if [ -n "${TRAINMODE_URL:-}" ]; then
        make_built
    else
        make_started
    fi
    exec "$MAKE" ${given[@]+"${given[@]}"}
}
