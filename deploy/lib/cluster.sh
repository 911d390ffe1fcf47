# The private PostgreSQL cluster: a Unix socket in run/pg, no TCP, and peer
# authentication, so there is no password to keep.

database_private() {
    # Tests may put a pooler in between.
    printf '%s' "${TRAINMODE_TEST_POOLER_URL:-host=$RUN/pg user=trainmode dbname=trainmode}"
}

# Sets DATABASE_PRIVATE and DATABASE_URL for the programs.
database_choose() {
    DATABASE_URL=$(setting DATABASE_URL)
    DATABASE_PRIVATE=no
    if [ -z "$DATABASE_URL" ]; then
        DATABASE_PRIVATE=yes
        DATABASE_URL=$(database_private)
    fi
    export DATABASE_URL
}

# The server's programs: those of the version that made the cluster, otherwise
# the newest. Sets PG_BIN.
cluster_programs() {
    local version

    if [ -f "$STATE/pg/PG_VERSION" ]; then
        version=$(cat "$STATE/pg/PG_VERSION")
        PG_BIN=/usr/lib/postgresql/$version/bin
        [ -x "$PG_BIN/postgres" ] ||
            die "the database was made by PostgreSQL $version, which is not installed (package postgresql-$version)"
        return 0
    fi
    PG_BIN=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
}

cluster_make() {
    local fast=()

    [ ! -f "$STATE/pg/PG_VERSION" ] || return 0
    [ "${TRAINMODE_TEST_FAST:-}" != 1 ] || fast=(--no-sync)
    # Made in another place and moved, so half a cluster is never taken for a
    # whole one.
    rm -rf "$STATE/pg.new" "$STATE/pg"
    mkdir -m 700 "$STATE/pg.new"
    [ "$(id -u)" != 0 ] || chown "$DATABASE_USER" "$STATE/pg.new"
    as_user "$DATABASE_USER" "$PG_BIN/initdb" -D "$STATE/pg.new" -U postgres \
        -A peer -E UTF8 --locale=C.UTF-8 "${fast[@]}"
    mv "$STATE/pg.new" "$STATE/pg"
}

cluster_configure() {
    local user

    FAST=
    # Tests create and delete many databases; a crash may lose them all.
    [ "${TRAINMODE_TEST_FAST:-}" != 1 ] ||
        FAST=$'fsync = off\nfull_page_writes = off\nsynchronous_commit = off'
    fill "$ROOT/deploy/postgresql.conf.in" STATE RUN FAST \
        >"$STATE/etc/postgresql.conf"
    printf 'local all all peer map=trainmode\n' >"$STATE/etc/pg_hba.conf"
    {
        for user in "$PROGRAM_USER" "$DATABASE_USER" "$ME"; do
            printf 'trainmode "%s" trainmode\n' "$user"
        done
        printf 'trainmode "%s" postgres\n' "$DATABASE_USER"
    } >"$STATE/etc/pg_ident.conf"
    chmod 644 "$STATE"/etc/{postgresql,pg_hba,pg_ident}.conf
}

cluster_wait() {
    local i

    for ((i = 0; i < 600; i++)); do
        as_user "$DATABASE_USER" "$PG_BIN/pg_isready" -q -h "$RUN/pg" && return 0
        supervisor_runs || break
        supervisor_poke
        sleep 0.1
    done
    tail -n 15 "$STATE/log/postgres.log"
    echo "PostgreSQL did not come up"
    return 1
}

# Create the role and the database if they are missing.
cluster_prepare() {
    as_user "$DATABASE_USER" "$PG_BIN/psql" -X -q -v ON_ERROR_STOP=1 \
        -h "$RUN/pg" -U postgres -d postgres <<'END'
SELECT 'CREATE ROLE trainmode LOGIN'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'trainmode') \gexec
SELECT 'CREATE DATABASE trainmode OWNER trainmode'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'trainmode') \gexec
END
}
