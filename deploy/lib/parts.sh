# What runs: postgres, nginx and the four programs under one supervisord.

PROGRAMS=(train save export library)

# The supervisor's pid, if it runs for this state. Sets SUPERVISOR.
supervisor_runs() {
    local file=$STATE/run/supervisor.pid

    SUPERVISOR=
    [ -s "$file" ] || return 1
    SUPERVISOR=$(cat "$file" 2>/dev/null) && [ -n "$SUPERVISOR" ] || return 1
    tr '\0' ' ' 2>/dev/null <"/proc/$SUPERVISOR/cmdline" |
        grep -qF -- "-c $STATE/etc/supervisor.conf"
}

supervisor_start() {
    # In its own session: we pass on the terminal's Ctrl-C ourselves.
    setsid supervisord -n -c "$STATE/etc/supervisor.conf" \
        </dev/null >"$STATE/log/supervisor.out" 2>&1 7>&- 8>&- &
    SUPERVISOR=$!
    undo+=(supervisor_end)
}

# Wait until the supervisor answers, or print its error.
supervisor_wait() {
    local i

    for ((i = 0; i < 300; i++)); do
        [ -S "$RUN/super.sock" ] && supervisor_runs && return 0
        [ -d "/proc/$1" ] || break
        sleep 0.1
    done
    cat "$STATE/log/supervisor.out"
    echo "supervisord did not come up"
    return 1
}

# Supervisor looks at its children once a second, and whenever it is asked
# something. To ask it saves that second.
supervisor_poke() {
    curl -s -m 1 --noproxy '*' -o /dev/null http://localhost/poke \
        --unix-socket "$(realpath -m -- "$STATE/run")/super.sock" || true
}

control() {
    supervisorctl -c "$STATE/etc/supervisor.conf" "$@"
}

gone() {
    [ ! -d "/proc/$1" ] || [ "$(sed -n 's/^State:\s*\(.\).*/\1/p' \
        "/proc/$1/status" 2>/dev/null)" = Z ]
}

# `return 0` in words: in a trap, a bare return gives the status from before it.
wait_gone() {
    local i

    for ((i = 0; i < 3000; i++)); do
        gone "$1" && return 0
        supervisor_poke
        sleep 0.1
    done
    return 1
}

# End all processes, including those that a killed supervisor left behind.
supervisor_end() {
    if [ -n "${SUPERVISOR:-}" ] && ! gone "$SUPERVISOR"; then
        kill -TERM "$SUPERVISOR" 2>/dev/null || true
        wait_gone "$SUPERVISOR" || die "process $SUPERVISOR does not end"
    fi
    orphans_end
    run_remove
}

# The short folder that run/ may be a link to (see run_make).
run_remove() {
    local target

    target=$(readlink "$STATE/run") || return 0
    case $target in
    /tmp/trainmode-* | /run/trainmode-*) rm -rf "$target" ;;
    esac
}

# The processes of this state that no supervisor watches.
orphans() {
    local dir words

    for dir in /proc/[0-9]*; do
        mapfile -d '' -t words 2>/dev/null <"$dir/cmdline" || continue
        case ${words[*]} in
        "$STATE/app/libexec/"* | */serve.sh*"$STATE/app/libexec/"* | \
            *"postgres -c config_file=$STATE/etc/"* | \
            *nginx*" -c $STATE/etc/nginx.conf"* | \
            *"supervisord -n -c $STATE/etc/supervisor.conf"*)
            printf '%s\n' "${dir#/proc/}"
            ;;
        esac
    done
}

orphans_end() {
    local pids i

    for ((i = 0; i < 200; i++)); do
        pids=$(orphans)
        [ -n "$pids" ] || return 0
        # INT is PostgreSQL's fast shutdown, and it ends all the others too.
        # shellcheck disable=SC2086
        [ $((i % 50)) -ne 0 ] || kill -INT $pids 2>/dev/null || true
        sleep 0.1
    done
    die "these processes of $STATE do not end: ${pids//$'\n'/ }"
}

since() {
    date -d "$(ps -o lstart= -p "$1")" '+%Y-%m-%d %H:%M:%S'
}

# status: a line per part. Returns 0 if all run, 3 if some or all do not.
status() {
    local lines part line pid result=0

    state_find
    lines=
    if supervisor_runs; then
        lines=$(control status) || true
    fi
    for part in postgres nginx "${PROGRAMS[@]}"; do
        line=$(grep -E "^($part|$part:${part}_0) " <<<"$lines") || line=
        if [[ $line =~ RUNNING\ +pid\ ([0-9]+) ]]; then
            pid=${BASH_REMATCH[1]}
            printf '%-9s running since %s (pid %s)\n' "$part" "$(since "$pid")" "$pid"
        elif [ "$part" = postgres ] && [ -n "$lines" ] && [ -z "$line" ]; then
            printf '%-9s elsewhere, at DATABASE_URL\n' "$part"
        else
            printf '%-9s not running\n' "$part"
            result=3
        fi
    done
    [ -z "$lines" ] || say "$(cat "$STATE/run/url")"
    return $result
}

down() {
    state_find
    if ! supervisor_runs; then
        orphans_end
        say "nothing runs on $STATE"
        return 0
    fi
    supervisor_end
    rm -f "$STATE/run/url"
    say "ended; the state stays in $STATE"
}
