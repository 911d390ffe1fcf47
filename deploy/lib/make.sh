# make: a folder becomes a dataset, on this machine's Trainmode or, with
# TRAINMODE_URL, on another one.

# The program, where nothing runs here that brought it along.
make_built() {
    packages_need "$run_needs"
    [ -x "$BUILD/trainmode-make" ] || {
        say "building"
        build_all >&2
    }
    MAKE=$BUILD/trainmode-make
}

# What is not running is started; its address may be any.
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
