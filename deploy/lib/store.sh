# adopt, sweep: the store's owner, and the removal of what is due.

# Runs as the programs' user, who owns the files there.
store_admin() {
    as_user "$PROGRAM_USER" "$STATE/app/libexec/trainmode-admin" "$@"
}

# If Trainmode does not run, its database is started for a moment.
adopt() {
    up_database
    if [ ! -v NEW ]; then
        running_database
        store_admin store adopt || exit 1
        return 0
    fi
    step "take the store over" "$STATE/log/store.log" store_admin store adopt
    cat "$STATE/log/store.log"
}

sweep() {
    local how=()

    while [ $# -gt 0 ]; do
        case $1 in
        --dry-run | --all) how=("$1") ;;
        --state)
            [ $# -gt 1 ] || die "$1 needs a value"
            state=$2
            shift
            ;;
        --state=*) state=${1#*=} ;;
        *) die "unknown argument '$1'; ./trainmode help lists them" ;;
        esac
        shift
    done
    running_database
    store_admin sweep "${how[@]}" || exit 1
}
