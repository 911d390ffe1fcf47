# The state folder: where it really is, who owns it, and what it contains.
#
#     trainmode.conf   settings, 0600; as root 0640, root's
#     secrets/         sign.key, 0600; the folder is root's if up ran as root
#     app/             installed programs and page
#     etc/             configurations, filled from the templates at each up
#     log/             one file per part, rotated by supervisor
#     pg/              the private PostgreSQL cluster
#     run/             sockets and pids
#     store/           objects, and .spool for files on their way in
#     tmp/             nginx's other temporary files

# As root, the database and the programs get users of their own; nginx's
# workers and the programs share one, since programs read what nginx spools.
ME=$(id -un 2>/dev/null) || ME= # in a container, an ID may have no name
if [ "$(id -u)" = 0 ]; then
    PROGRAM_USER=trainmode DATABASE_USER=postgres
else
    PROGRAM_USER=$ME DATABASE_USER=$ME
fi
PROGRAM_GROUP=$(id -gn ${PROGRAM_USER:+"$PROGRAM_USER"} 2>/dev/null) || PROGRAM_GROUP=

user_check() {
    [ "$(id -u)" != 0 ] || [ -n "$PROGRAM_GROUP" ] ||
        die "as root, the programs run as $PROGRAM_USER, and there is no such user here"
    [ -n "$ME" ] ||
        die "user $(id -u) has no name here, and PostgreSQL wants one: run this as a user that has, or give it one (as root: useradd -u $(id -u) trainmode)"
    [ -n "$PROGRAM_GROUP" ] ||
        die "group $(id -g) has no name here, and supervisor wants one: give it one (as root: groupadd -g $(id -g) trainmode)"
}

as_user() {
    local user=$1

    shift
    if [ "$ME" = "$user" ]; then
        "$@"
    else
        # Start in a folder that the other user may enter.
        (cd / && runuser -u "$user" -- "$@")
    fi
}

# Whether both users can reach this folder.
reachable() {
    as_user "$PROGRAM_USER" test -x "$1" &&
        as_user "$DATABASE_USER" test -x "$1"
}

short_hash() {
    printf '%s' "$1" | sha256sum | cut -c1-10
}

# Find the place of the state and create nothing. Sets STATE.
state_find() {
    STATE=$(realpath -m -- "$state")
    # Letters of any language: bytes beyond ASCII pass.
    case $STATE in
    *[\"\'\`\$\&\#\\\;\<\>\|\*\?\!\[\]\{\}%@^]* | *[[:cntrl:]]*)
        die "the state's path may hold letters, digits, blanks and ./_,:=+~()- only: $STATE"
        ;;
    esac
    iconv -f UTF-8 -t UTF-8 <<<"$STATE" >/dev/null 2>&1 ||
        die "the state's path is not UTF-8: $STATE"
}

# Move a state that others cannot reach to a place where they can.
state_elsewhere() {
    local asked real

    asked=$(realpath -m -s -- "$state")
    real=/var/lib/trainmode/$(basename "$asked")-$(short_hash "$asked")
    if [ -d "$asked" ] && ! rmdir "$asked" 2>/dev/null; then
        die "$asked is not empty and cannot be reached by $PROGRAM_USER; choose another --state"
    fi
    say "$(dirname "$asked") is closed to $PROGRAM_USER: the state is in $real, $asked is a link to it"
    mkdir -p "$real"
    ln -sfn "$real" "$asked"
    STATE=$real
}

state_make() {
    local parent

    state_find
    parent=$(dirname "$STATE")
    mkdir -p "$parent"
    if [ "$(id -u)" = 0 ] && ! reachable "$parent"; then
        state_elsewhere
    fi
    mkdir -p "$STATE"
    [ -w "$STATE" ] || die "$STATE is not ours to write to"
    mkdir -p "$STATE"/{etc,log,tmp,secrets}
    chmod 700 "$STATE/log"
    if [ "$(id -u)" = 0 ]; then
        chmod 711 "$STATE" # others may pass through, but not list it
    else
        chmod 700 "$STATE"
    fi
    exec 7>"$STATE/up.lock"
    flock -n 7 || die "another ./trainmode up is at work on $STATE"
}

# Create the programs' own user, once, as root. It owns nothing else on this
# machine, and no other program runs as it.
user_make() {
    [ "$(id -u)" = 0 ] || return 0
    if ! id -u "$PROGRAM_USER" >/dev/null 2>&1; then
        useradd --system --user-group --no-create-home \
            --home-dir /nonexistent --shell /usr/sbin/nologin "$PROGRAM_USER" ||
            die "cannot make the user $PROGRAM_USER, which the programs run as"
    fi
    PROGRAM_GROUP=$(id -gn "$PROGRAM_USER")
}

# As root we touch nothing that the programs' user can redirect: files in a
# folder of theirs are left to them, and a file that we hand over must be in a
# folder of ours, must not be a link, and must have no second name.
plain() {
    [ ! -L "$1" ] || die "$1 is a link, and was none when it was made; look who put it there"
    [ ! -f "$1" ] || [ "$(stat -c %h "$1")" = 1 ] ||
        die "$1 has a second name (a hard link); look who gave it"
}

own() {
    [ "$(id -u)" != 0 ] || chown -h "$PROGRAM_USER:$PROGRAM_GROUP" "$@"
}

# Whether the file sets the place of the store.
settings_move_store() {
    local lines

    lines=$(unset STORE_DIR && TRAINMODE_STATE=$STATE admin settings) ||
        die "trainmode-admin cannot read $STATE/trainmode.conf"
    grep -q '^STORE_DIR=.*(file)$' <<<"$lines"
}

# Settings belong to root. So a program that was broken into cannot write
# settings that the next `up` follows as root.
settings_make() {
    local conf=$STATE/trainmode.conf owner

    plain "$conf"
    if [ ! -e "$conf" ]; then
        (umask 077 && admin settings --file >"$conf.new" && mv "$conf.new" "$conf")
    fi
    [ "$(id -u)" = 0 ] || return 0
    owner=$(stat -c %U "$conf")
    if [ "$owner" != root ] && settings_move_store; then
        die "$conf sets STORE_DIR and belongs to $owner, whose programs could have written it; look through it, then: chown root $conf"
    fi
    chown -h "root:$PROGRAM_GROUP" "$conf"
    chmod 640 "$conf"
}

secrets_make() {
    local key=$STATE/secrets/sign.key

    plain "$STATE/secrets"
    if [ "$(id -u)" = 0 ]; then
        chown -h "root:$PROGRAM_GROUP" "$STATE/secrets"
        chmod 750 "$STATE/secrets"
    else
        chmod 700 "$STATE/secrets"
    fi
    plain "$key"
    if [ ! -s "$key" ]; then
        rm -f "$key.new"
        (umask 077 && od -An -tx1 -N32 /dev/urandom | tr -d ' \n' >"$key.new" &&
            echo >>"$key.new" && mv "$key.new" "$key")
    fi
    own "$key"
}

# The store belongs to the programs. A store from a version that ran as www-data
# is handed over: only files that belong to www-data, and no links are followed.
store_make() {
    STORE=$(setting STORE_DIR)
    plain "$STORE"
    if [ ! -d "$STORE" ]; then
        mkdir -p "$STORE"
        own "$STORE"
    elif [ "$(id -u)" = 0 ]; then
        case $(stat -c %U "$STORE") in
        www-data)
            say "the store goes from www-data to $PROGRAM_USER"
            chown -R -h --from=www-data "$PROGRAM_USER:$PROGRAM_GROUP" "$STORE"
            ;;
        root) own "$STORE" ;;
        esac
    fi
    # shellcheck disable=SC2016 # the inner shell's
    as_user "$PROGRAM_USER" /bin/sh -c \
        'mkdir -p "$1/.spool" && chmod 750 "$1" "$1/.spool"' sh "$STORE" ||
        die "$STORE is not $PROGRAM_USER's to write to"
}

# A Unix socket's path holds 107 bytes, and ours are quoted in four languages;
# if the state's own path is too long or has unusual characters, run/ is a link
# to a short folder. Sets RUN.
run_make() {
    local base

    base=/tmp/trainmode-$(id -u)

    RUN=$STATE/run
    if [ ${#RUN} -gt 80 ] || [[ $RUN == *[!A-Za-z0-9./_-]* ]]; then
        [ "$(id -u)" != 0 ] || base=/run/trainmode
        RUN=$base-$(short_hash "$STATE")
        [ -d "$RUN" ] || mkdir -m 711 "$RUN"
        # In /tmp, somebody else may have created that name first.
        [ -O "$RUN" ] && [ ! -L "$RUN" ] || die "$RUN is not ours"
        [ -L "$STATE/run" ] || rm -rf "$STATE/run"
        ln -sfn "$RUN" "$STATE/run"
    else
        [ ! -L "$RUN" ] || rm "$RUN"
        mkdir -p "$RUN"
    fi
    undo+=(run_remove)
    mkdir -p "$RUN/pg"
    chmod 755 "$RUN" "$RUN/pg"
    [ "$(id -u)" != 0 ] || chown "$DATABASE_USER" "$RUN/pg"
}

# Each setting's value, default or not, from trainmode-admin: only the programs
# read trainmode.conf, and only their table has the defaults.
declare -A SETTINGS=()
settings_read() {
    local line

    SETTINGS=()
    while IFS= read -r -d '' line; do
        SETTINGS[${line%%=*}]=${line#*=}
    done < <(TRAINMODE_STATE=$STATE admin settings --script)
    [ ${#SETTINGS[@]} -gt 0 ] || die "trainmode-admin does not tell the settings"
}

# setting NAME: empty if it is not set.
setting() {
    printf '%s' "${SETTINGS[$1]-}"
}
