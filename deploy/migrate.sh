#!/usr/bin/env bash
# Bring a database up to date: DATABASE_URL=... deploy/migrate.sh [FOLDER]
#
# Applies the files YYYYMMDDHHMMSS_what.sql of a folder (sql/ by default) that
# the database has not recorded yet, oldest first, each in one transaction
# together with its record. An advisory lock makes two migrations wait for each
# other. There is no way back: a file that was released is never changed.
# Nothing is set for the session, so a transaction pooler may be in between.
set -euo pipefail
export LC_ALL=C # in Turkish, [a-z] lacks the i

folder=${1:-$(dirname "$(readlink -f "$0")")/../sql}
: "${DATABASE_URL:?names the database}"

# Everybody can read arguments (ps), so the password goes into a file that only
# we can read. Sets DATABASE_URL without it, and PGPASSFILE.
hide_password() {
    local password found=no

    if [[ $DATABASE_URL =~ ^(postgres(ql)?://[^:@/?]*):([^@/?]*)@(.*)$ ]]; then
        found=uri password=${BASH_REMATCH[3]}
        DATABASE_URL=${BASH_REMATCH[1]}@${BASH_REMATCH[4]}
    elif [[ $DATABASE_URL =~ ^(postgres(ql)?://.*[?\&])password=([^\&]*)\&?(.*)$ ]]; then
        found=uri password=${BASH_REMATCH[3]}
        DATABASE_URL=${BASH_REMATCH[1]}${BASH_REMATCH[4]}
    elif [[ $DATABASE_URL =~ ^(.*[[:space:]]|)password[[:space:]]*=[[:space:]]*(\'([^\'\\]|\\.)*\'|[^[:space:]]*)(.*)$ ]]; then
        found=words password=${BASH_REMATCH[2]}
        DATABASE_URL=${BASH_REMATCH[1]}${BASH_REMATCH[4]}
        [[ $password != \'* ]] || password=${password:1:-1}
        # shellcheck disable=SC2001 # keeps the character after each backslash
        password=$(sed -e 's/\\\(.\)/\1/g' <<<"$password")
    fi
    [ "$found" != no ] || return 0
    if [ "$found" = uri ]; then
        password=${password//\\/\\\\}
        password=$(printf '%b' "${password//%/\\x}")
    fi
    PGPASSFILE=$(umask 077 && mktemp "${TMPDIR:-/tmp}/trainmode-pgpass.XXXXXX")
    export PGPASSFILE
    trap 'rm -f "$PGPASSFILE"' EXIT
    # shellcheck disable=SC2001 # keeps what it finds
    printf '*:*:*:*:%s\n' "$(sed -e 's/[\\:]/\\&/g' <<<"$password")" >"$PGPASSFILE"
}

preamble() {
    cat <<'END'
\set QUIET on
\pset tuples_only on
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT pg_advisory_xact_lock(hashtext('trainmode migrations')) \g /dev/null
CREATE TABLE IF NOT EXISTS schema_migrations (
    version text PRIMARY KEY,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMIT;
END
}

# Apply one file: take the lock first, then check whether it is still needed.
migration() {
    local base=${1##*/}

    base=${base%.sql}
    cat <<END
\\set version ${base%%_*}
\\set name ${base#*_}
\\set file '$(realpath "$1" | sed "s/'/''/g")'
END
    cat <<'END'
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT pg_advisory_xact_lock(hashtext('trainmode migrations')) \g /dev/null
SELECT NOT EXISTS (SELECT FROM schema_migrations
                    WHERE version = :'version') AS missing \gset
\if :missing
\echo applying :version :name
\i :file
INSERT INTO schema_migrations (version, name) VALUES (:'version', :'name');
\endif
COMMIT;
END
}

shopt -s nullglob
files=("$folder"/*.sql)
for file in "${files[@]}"; do
    [[ ${file##*/} =~ ^[0-9]{14}_[a-z0-9_]+\.sql$ ]] || {
        echo "migrate: ${file##*/} is not named YYYYMMDDHHMMSS_what.sql" >&2
        exit 1
    }
done
hide_password
{
    preamble
    for file in "${files[@]}"; do
        migration "$file"
    done
} | psql -X -v ON_ERROR_STOP=1 -d "$DATABASE_URL"
