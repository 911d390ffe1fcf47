# up: from a checkout to an answer on the port.

# port_check ADDRESS...: whether nginx can listen on the port at each address.
# It tries as nginx does, since only the system knows which addresses conflict.
port_check() {
    local why

    why=$(python3 - "$port" "$@" <<'END'
import errno
import socket
import sys

port = int(sys.argv[1])
why = {
    errno.EADDRINUSE: "port {0} is in use on {1} by something else; choose one with --port",
    errno.EACCES: "port {0} is for root alone; choose one from 1024 on with --port",
}
for address in dict.fromkeys(sys.argv[2:]):
    try:
        for family, kind, _, _, at in socket.getaddrinfo(
                address.strip("[]"), port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind) as s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                s.bind(at)
                s.listen(1)
    except OSError as e:
        unknown = "LISTEN is {1}, which is not an address of this machine"
        print(why.get(e.errno, unknown).format(port, address))
        sys.exit(1)
END
    ) || die "$why"
}

configure_nginx() {
    local audio als archive listen threads proxy proxies=

    listen=$(setting LISTEN)
    LISTEN_MORE=
    # nginx always listens on 127.0.0.1 too, since `up` itself asks there.
    [ "$listen" = 127.0.0.1 ] ||
        LISTEN_MORE="listen $listen:$port default_server;"
    audio=$(setting MAX_AUDIO_MB)
    als=$(setting MAX_ALS_MB)
    archive=$(setting MAX_ARCHIVE_MB)
    ASK_FIRST=
    [ "$(setting AUTH)" = none ] || ASK_FIRST="auth_request /.may;"
    # Base64 makes four bytes of three; the other JSON members need a little.
    SAVE_MB=$((audio * 4 / 3 + 4))
    LIBRARY_MB=$(((als > archive ? als : archive) + 2))
    # Half of the threads, so that slow clients never hold them all. If there
    # is only one thread, no upload goes straight through.
    threads=$(setting SAVE_THREADS)
    SAVE_DIRECT='return 490;'
    [ "$threads" -lt 2 ] || SAVE_DIRECT="limit_conn uploads $((threads / 2));"
    REAL_IP_FROM=
    [[ $(setting PUBLIC_URL) != [hH][tT][tT][pP][sS]:* ]] || proxies="127.0.0.1 ::1"
    [ -z "$(setting PROXIES)" ] || proxies=$(setting PROXIES)
    for proxy in ${proxies//,/ }; do
        [[ $proxy =~ ^[0-9a-fA-F.:/]+$ ]] ||
            die "PROXIES holds addresses (10.0.0.1 or 10.0.0.0/8), not '$proxy'"
        REAL_IP_FROM+="set_real_ip_from $proxy; "
    done
    PORT=$port NGINX_USER=
    [ "$(id -u)" != 0 ] || NGINX_USER="user $PROGRAM_USER $PROGRAM_GROUP;"
    fill "$ROOT/nginx/nginx.conf.in" STATE RUN STORE PORT LISTEN_MORE ASK_FIRST \
        NGINX_USER SAVE_MB SAVE_DIRECT LIBRARY_MB REAL_IP_FROM >"$STATE/etc/nginx.conf"
    cp "$ROOT"/nginx/{fastcgi,headers,problems,upload}.conf "$STATE/etc/"
}

configure_supervisor() {
    local PROGRAM

    SELF=$ME
    NGINX=$(command -v nginx)
    NGINX_ERROR_LOG=
    # Versions before 1.19.5 do not know the option, and complain about /var/log
    # once.
    ! nginx -h 2>&1 | grep -q -- '-e filename' || NGINX_ERROR_LOG='-e stderr'
    fill "$ROOT/deploy/supervisor.conf.in" STATE RUN SELF NGINX NGINX_ERROR_LOG
    if [ "$DATABASE_PRIVATE" = yes ]; then
        fill "$ROOT/deploy/supervisor-postgres.conf.in" STATE PG_BIN DATABASE_USER
    fi
    for PROGRAM in "${PROGRAMS[@]}"; do
        fill "$ROOT/deploy/supervisor-program.conf.in" STATE RUN PROGRAM \
            PROGRAM_USER PROGRAM_GROUP
    done
}

configure() {
    configure_nginx
    cp "$ROOT"/deploy/serve.sh "$ROOT"/deploy/serve-nginx.sh "$STATE/etc/"
    # Supervisor would expand a % in a path as %(names)s; state_find refuses it.
    configure_supervisor >"$STATE/etc/supervisor.conf"
    chmod 644 "$STATE"/etc/*
    [ "$DATABASE_PRIVATE" = no ] || cluster_configure
    # shellcheck disable=SC2086
    nginx $NGINX_ERROR_LOG -t -q -c "$STATE/etc/nginx.conf"
}

start_parts() {
    local program

    # "all" starts them at once. By name, each would wait for the one before.
    control start all >"$STATE/log/start.out" || true
    cat "$STATE/log/start.out"
    # "train:train_0: ERROR (abnormal termination)"
    for program in "${PROGRAMS[@]}" nginx; do
        grep -qE "^$program(:.*)?: ERROR" "$STATE/log/start.out" || continue
        printf '%s says:\n' "$program"
        tail -n 8 "$STATE/log/$program.log"
        return 1
    done
}

# ask PATH: the answer's status, its body in tmp/health.
ask() {
    curl -s -m 10 --noproxy '*' -o "$STATE/tmp/health" -w '%{http_code}' \
        "http://127.0.0.1:$port$1" || true
}

# Test the whole chain once: nginx, a program, its database, its storage; and
# the page, which nginx reads as its own user.
check_health() {
    local i page api

    for ((i = 0; i < 50; i++)); do
        page=$(ask /)
        api=$(ask /api/health)
        if [ "$page" = 200 ] &&
            grep -q '"status": *"ok"' "$STATE/tmp/health" 2>/dev/null; then
            return 0
        fi
        # A remote service may be away for a while. Everything still runs, and
        # health says so.
        if [ "$page" = 200 ] && ((i >= 10)) &&
            grep -q '"storageDetail": *"Supabase does not answer"' "$STATE/tmp/health" &&
            grep -q '"database": *"ok"' "$STATE/tmp/health"; then
            return 0
        fi
        sleep 0.1
    done
    printf 'the page answers %s, /api/health %s (000: no answer)\n' "$page" "$api"
    cat "$STATE/tmp/health" 2>/dev/null || true
    tail -n 8 "$STATE/log/nginx.log" "$STATE/log/library.log"
    return 1
}

already_up() {
    local url

    url=$(cat "$STATE/run/url" 2>/dev/null) || url=
    if [ "$url" != "http://127.0.0.1:$port/" ]; then
        die "it runs on this state already, at ${url:-another port}; ./trainmode down ends it"
    fi
    say "it runs on this state already"
    say "ready $url"
}

# Start a database that is up to date, and nothing else; does nothing if the
# supervisor runs.
up_database() {
    checkout_check
    user_make
    user_check
    state_find
    packages_need "$run_needs"
    if supervisor_runs; then
        return 0
    fi
    state_make
    orphans_end
    port_check 127.0.0.1
    NEW=yes

    local log=$STATE/log
    if [ -n "${TRAINMODE_APP:-}" ]; then
        step "install" "$log/install.log" app_copy
    else
        say "building"
        step "build" "$log/build.log" build_all
        step "install" "$log/install.log" install_app "$STATE/app"
    fi
    settings_make
    settings_read
    port_check 127.0.0.1 "$(setting LISTEN)"
    run_make
    secrets_make
    store_make
    database_choose
    export TRAINMODE_STATE=$STATE
    step "check the settings" "$log/settings.log" admin check
    if [ "$DATABASE_PRIVATE" = yes ]; then
        cluster_programs
        step "make the database cluster" "$log/cluster.log" cluster_make
    fi
    step "configure" "$log/configure.log" configure

    say "starting"
    ulimit -n "$(nofile)"
    supervisor_start
    step "start the supervisor" "$log/start.log" supervisor_wait "$SUPERVISOR"
    if [ "$DATABASE_PRIVATE" = yes ]; then
        step "start PostgreSQL" "$log/start.log" cluster_wait
        step "prepare the database" "$log/database.log" cluster_prepare
    fi
    step "migrate the database" "$log/migrate.log" \
        "$ROOT/deploy/migrate.sh" "$ROOT/sql"
}

up() {
    local log

    up_database
    log=$STATE/log
    if [ ! -v NEW ]; then
        already_up
        return 0
    fi
    step "ask whose the store is" "$log/store.log" store_admin store claim
    step "start the programs" "$log/start.log" start_parts
    step "ask for its health" "$log/health.log" check_health
    # "storageDetail": what the operator should know.
    sed -n 's/.*"storageDetail": *"\([^"]*\)".*/storage: \1/p' "$STATE/tmp/health"
    rm -f "$STATE/tmp/health"
    printf 'http://127.0.0.1:%s/\n' "$port" >"$STATE/run/url"
    up_ready
}

# As many descriptors as we may have, within reason: supervisor closes them
# one by one in each child.
nofile() {
    local hard

    hard=$(ulimit -Hn)
    if [ "$hard" = unlimited ] || [ "$hard" -gt 16384 ]; then
        hard=16384
    fi
    printf '%s' "$hard"
}

app_copy() {
    rm -rf "$STATE/app"
    mkdir "$STATE/app"
    cp -a "$TRAINMODE_APP/." "$STATE/app/"
}

# Ready: leave it running, or stay until it is ended.
up_ready() {
    exec 7>&- # release the lock
    say "ready http://127.0.0.1:$port/"
    if [ "$detach" = yes ]; then
        undo=()
        return 0
    fi
    trap 'up_end' INT TERM HUP
    # On a signal, wait returns early and up_end runs, which does not return.
    wait "$SUPERVISOR" || true
    undo=()
    orphans_end
    rm -f "$STATE/run/url"
    say "ended"
}

up_end() {
    trap '' INT TERM HUP
    say "ending"
    undo=()
    supervisor_end
    rm -f "$STATE/run/url"
    say "ended"
    exit 0
}
