# token: manages the tokens of AUTH=token.

admin() {
    "$STATE/app/libexec/trainmode-admin" "$@"
}

token_usage() {
    die "it is: ./trainmode token add NAME [--artist SLUG] | token list | token revoke NAME"
}

# token add NAME [--artist SLUG] | list | revoke NAME, and --state DIR.
token_options() {
    local words=()

    artist=
    while [ $# -gt 0 ]; do
        case $1 in
        --artist | --state)
            [ $# -gt 1 ] || die "$1 needs a value"
            [ "$1" = --artist ] && artist=$2
            [ "$1" = --state ] && state=$2
            shift
            ;;
        --artist=*) artist=${1#*=} ;;
        --state=*) state=${1#*=} ;;
        -*) die "unknown argument '$1'; ./trainmode help lists them" ;;
        *) words+=("$1") ;;
        esac
        shift
    done
    action=${words[0]-} name=${words[1]-}
    case $action:${#words[@]} in
    add:2 | revoke:2 | list:1) ;;
    *) token_usage ;;
    esac
    [ -z "$artist" ] || [ "$action" = add ] || token_usage
}

# The environment of the running `up` counts, not ours: import the settings from
# its supervisor.
settings_running() {
    local line

    settings_read
    supervisor_runs || return 0
    unset "${!SETTINGS[@]}"
    while IFS= read -r -d '' line; do
        [ -v "SETTINGS[${line%%=*}]" ] || continue
        # If no database is set there, it is that of the private cluster.
        [ "$line" != "DATABASE_URL=$(database_private)" ] || continue
        export "${line?}"
    done <"/proc/$SUPERVISOR/environ" || true
    settings_read
}

# The database of a Trainmode that was started here.
running_database() {
    state_find
    [ -x "$STATE/app/libexec/trainmode-admin" ] ||
        die "there is no Trainmode in $STATE; start it once by ./trainmode up"
    [ -r "$STATE/trainmode.conf" ] ||
        die "$STATE/trainmode.conf is not readable by ${ME:-user $(id -u)}"
    RUN=$(realpath -m -- "$STATE/run")
    settings_running
    database_choose
    [ "$DATABASE_PRIVATE" = no ] || [ -S "$RUN/pg/.s.PGSQL.5432" ] ||
        die "its database does not run; start it by ./trainmode up"
    export TRAINMODE_STATE=$STATE
}

token() {
    local action name artist

    token_options "$@"
    running_database
    case $action in
    add)
        admin token add "$name" ${artist:+"$artist"} || exit 1
        say "Keep it now: it is shown this once. Send it as Authorization: Bearer, or give it to the page." >&2
        ;;
    list) admin token list || exit 1 ;;
    revoke)
        admin token revoke "$name" || exit 1
        say "$name opens nothing any more"
        ;;
    esac
    [ "$(setting AUTH)" = token ] ||
        say "AUTH is $(setting AUTH): tokens count once it is token and ./trainmode up has read it" >&2
}
