# The state folder: where it really is, whom it belongs to, what stands in it.
#
#     trainmode.conf   settings, 0600
#     secrets/         sign.key, 0600
#     app/             installed programs and page
#     etc/             configurations, filled from the templates at each up
#     log/             one file per part, rotated by supervisor
#     pg/              the private PostgreSQL cluster
#     run/             sockets and pids
#     store/           objects, and .spool for files on their way in
#     tmp/             nginx's other temporary files

# As root, the database and the programs get users of their own; nginx's
# workers and the programs share one, since programs read what nginx spools.
if [ "$(id -u)" = 0 ]; then
    PROGRAM_USER=www-data DATABASE_USER=postgres
else
    PROGRAM_USER=$(id -un) DATABASE_USER=$PROGRAM_USER
fi
PROGRAM_GROUP=$(id -gn "$PROGRAM_USER")

as_user() {
    local user=$1

    shift
    if [ "$(id -un)" = "$user" ]; then
        "$@"
    else
        # From a folder that the other user can be in.
        (cd / && runuser -u "$user" -- "$@")
    fi
}

# Can both users come through to this folder?
reachable() {
    as_user "$PROGRAM_USER" test -x "$1" &&
        as_user "$DATABASE_USER" test -x "$1"
}

short_hash() {
    printf '%s' "$1" | sha256sum | cut -c1-10
}

# Where the state is, without making anything. Sets STATE.
state_find() {
    STATE=$(realpath -m -- "$state")
    if [[ $STATE =~ [^[:alnum:]\ ./_,:=+~()-] ]]; then
        die "the state's path may hold letters, digits, blanks and ./_,:=+~()- only: $STATE"
    fi
}

# A state that others could not reach moves to where they can.
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
        chmod 711 "$STATE" # in, but no looking around
    else
        chmod 700 "$STATE"
    fi
    exec 7>"$STATE/up.lock"
    flock -n 7 || die "another ./trainmode up is at work on $STATE"
}

own() {
    [ "$(id -u)" != 0 ] || chown "$PROGRAM_USER:$PROGRAM_GROUP" "$@"
}

# Settings and the key, at the first up; kept as they are afterwards.
state_fill() {
    local key=$STATE/secrets/sign.key

    own "$STATE/secrets"
    chmod 700 "$STATE/secrets"
    if [ ! -e "$STATE/trainmode.conf" ]; then
        (umask 077 && cp "$ROOT/deploy/trainmode.conf.in" "$STATE/trainmode.conf")
    fi
    own "$STATE/trainmode.conf"
    if [ ! -s "$key" ]; then
        (umask 077 && od -An -tx1 -N32 /dev/urandom | tr -d ' \n' >"$key.new" &&
            echo >>"$key.new" && mv "$key.new" "$key")
    fi
    own "$key"
    STORE=$(setting STORE_DIR "$STATE/store")
    mkdir -p "$STORE/.spool"
    own "$STORE" "$STORE/.spool"
    chmod 750 "$STORE" "$STORE/.spool"
}

# A Unix socket's path holds 107 bytes, and ours are quoted in four
# languages; where the state's own path is too long or too odd, run/ is a link
# to a short folder. Sets RUN.
run_make() {
    local base=/tmp/trainmode-$(id -u)

    RUN=$STATE/run
    if [ ${#RUN} -gt 80 ] || [[ $RUN =~ [^[:alnum:]./_-] ]]; then
        [ "$(id -u)" != 0 ] || base=/run/trainmode
        RUN=$base-$(short_hash "$STATE")
        [ -d "$RUN" ] || mkdir -m 711 "$RUN"
        # In /tmp, someone else may have been there before us.
        [ -O "$RUN" ] && [ ! -L "$RUN" ] || die "$RUN is not ours"
        [ -L "$STATE/run" ] || rm -rf "$STATE/run"
        ln -sfn "$RUN" "$STATE/run"
    else
        [ ! -L "$RUN" ] || rm "$RUN"
        mkdir -p "$RUN"
    fi
    mkdir -p "$RUN/pg"
    chmod 755 "$RUN" "$RUN/pg"
    [ "$(id -u)" != 0 ] || chown "$DATABASE_USER" "$RUN/pg"
}

# setting NAME [DEFAULT]: environment, else trainmode.conf, as base/conf.c
# reads them.
setting() {
    local value=${!1-}

    if [ -z "$value" ] && [ -r "$STATE/trainmode.conf" ]; then
        value=$(sed -n -e "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" \
            "$STATE/trainmode.conf" | tail -n 1 |
            sed -e 's/[[:space:]]*$//' -e 's/^"\(.*\)"$/\1/' \
                -e "s/^'\\(.*\\)'\$/\\1/")
    fi
    printf '%s' "${value:-${2-}}"
}

# A number that nginx needs too; what is no number is for the programs to
# complain about.
setting_number() {
    local value

    value=$(setting "$1" "$2")
    [[ $value =~ ^[0-9]{1,7}$ ]] || value=$2
    printf '%s' "$value"
}
