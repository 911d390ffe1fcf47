# up: from a checkout to an answer on the port.

# Is there a listener on our port already?
port_taken() {
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}

configure_nginx() {
    local audio als listen threads

    listen=$(setting LISTEN 127.0.0.1)
    LISTEN_MORE=
    # This machine is always answered: `up` itself asks.
    [ "$listen" = 127.0.0.1 ] ||
        LISTEN_MORE="listen $listen:$port default_server;"
    audio=$(setting_number MAX_AUDIO_MB 2048)
    als=$(setting_number MAX_ALS_MB 64)
    ASK_FIRST=
    [ "$(setting AUTH none)" = none ] || ASK_FIRST="auth_request /.may;"
    # Base64 makes three bytes four; the other members take a little.
    SAVE_MB=$((audio * 4 / 3 + 4)) LIBRARY_MB=$((als + 2))
    # Half of the threads, so that slow clients never hold them all; of one
    # thread there is no half.
    threads=$(setting_number SAVE_THREADS 16)
    SAVE_DIRECT='return 490;'
    [ "$threads" -lt 2 ] || SAVE_DIRECT="limit_conn uploads $((threads / 2));"
    PORT=$port NGINX_USER=
    [ "$(id -u)" != 0 ] || NGINX_USER="user $PROGRAM_USER $PROGRAM_GROUP;"
    fill "$ROOT/nginx/nginx.conf.in" STATE RUN STORE PORT LISTEN_MORE ASK_FIRST \
        NGINX_USER SAVE_MB SAVE_DIRECT LIBRARY_MB >"$STATE/etc/nginx.conf"
    cp "$ROOT"/nginx/{fastcgi,headers,problems,upload}.conf "$STATE/etc/"
}

configure_supervisor() {
    local PROGRAM

    SELF=$(id -un)
    NGINX=$(command -v nginx)
    NGINX_ERROR_LOG=
    # Before 1.19.5 it cannot be told, and complains about /var/log once.
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
    cp "$ROOT/deploy/serve.sh" "$STATE/etc/serve.sh"
    # Supervisor expands %(names)s; a % of ours would be taken for one.
    configure_supervisor >"$STATE/etc/supervisor.conf"
    chmod 644 "$STATE"/etc/*
    [ "$DATABASE_PRIVATE" = no ] || cluster_configure
    # shellcheck disable=SC2086
    nginx $NGINX_ERROR_LOG -t -q -c "$STATE/etc/nginx.conf"
}

start_parts() {
    local program

    # "all" at once: named one by one, each would wait for the one before.
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

# The whole way once: nginx, a program, its database, its storage.
check_health() {
    local i

    for ((i = 0; i < 50; i++)); do
        curl -sS -m 10 --noproxy '*' -w '\n' -o "$STATE/tmp/health" \
            "http://127.0.0.1:$port/api/health" || true
        if grep -q '"status": *"ok"' "$STATE/tmp/health" 2>/dev/null; then
            rm -f "$STATE/tmp/health"
            return 0
        fi
        sleep 0.1
    done
    cat "$STATE/tmp/health"
    tail -n 8 "$STATE/log/library.log"
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

up() {
    packages_need "$run_needs"
    state_find
    if supervisor_runs; then
        already_up
        return 0
    fi
    state_make
    orphans_end
    ! port_taken || die "port $port is in use by something else; choose one with --port"
    run_make
    state_fill

    local log=$STATE/log
    if [ -n "${TRAINMODE_APP:-}" ]; then
        step "install" "$log/install.log" app_copy
    else
        say "building"
        step "build" "$log/build.log" build_all
        step "install" "$log/install.log" install_app "$STATE/app"
    fi
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
    step "start the programs" "$log/start.log" start_parts
    step "ask for its health" "$log/health.log" check_health
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
    exec 7>&- # others may ask now
    say "ready http://127.0.0.1:$port/"
    if [ "$detach" = yes ]; then
        undo=()
        return 0
    fi
    trap 'up_end' INT TERM HUP
    # wait returns early on a signal; up_end does not come back then.
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
