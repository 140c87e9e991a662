# shellcheck shell=bash
# PostgreSQL. Part of ./dev, which sets what is used here.

# PostgreSQL refuses to run as root: then its own system user runs it, where that user can reach.
pg_as() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec setsid runuser -u postgres -- "$@")
    else
        setsid "$@"
    fi
}

pg_home() {
    if [ ! -f "$RUN/postgres.home" ]; then
        local home=$RUN/postgres
        if [ "$(id -u)" = 0 ]; then
            id postgres >/dev/null 2>&1 || as_root useradd --system --no-create-home postgres
            if ! pg_as test -x "$RUN"; then home=$(mktemp -d "${TMPDIR:-/var/tmp}/signalbox-lab-XXXXXX"); fi
        fi
        printf '%s\n' "$home" >"$RUN/postgres.home"
    fi
    cat "$RUN/postgres.home"
}

pg_init() {
    local home=$1 bin=$2
    [ ! -f "$home/data/PG_VERSION" ] || return 0
    mkdir -p "$home"
    secret >"$home/password"
    [ "$(id -u)" != 0 ] || chown -R postgres "$home"
    pg_as "$bin/initdb" -D "$home/data" -U signalbox --pwfile="$home/password" -A scram-sha-256 \
        -E UTF8 --locale=C --no-sync >"$RUN/initdb.log" 2>&1 || die "initdb failed: $(tail -n 3 "$RUN/initdb.log")"
}

start_postgres() {
    local base=$1 home bin
    home=$(pg_home)
    bin=$(pg_bin)
    pg_init "$home" "$bin"
    pg_forget "$home"
    pg_as "$bin/postgres" -D "$home/data" -p $((base + 50)) \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 \
        -c shared_buffers=32MB -c fsync=off -c full_page_writes=off \
        >"$RUN/postgres.log" 2>&1 </dev/null 9>&- &
    wait_until 60 pg_written "$home" || die "PostgreSQL did not start: $(tail -n 3 "$RUN/postgres.log")"
    record_pid postgres "$(head -n 1 "$home/data/postmaster.pid")"
}

# Removes the pid file of a server that is no more.
pg_forget() {
    local file=$1/data/postmaster.pid pid
    [ -f "$file" ] || return 0
    pid=$(head -n 1 "$file")
    if [ -r "/proc/$pid/cmdline" ] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "$1/data"; then
        die "a PostgreSQL of this lab runs without being known here (pid $pid)"
    fi
    rm -f "$file"
}

pg_written() { [ -s "$1/data/postmaster.pid" ]; }
pg_ready() { alive postgres && grep -q 'ready to accept connections' "$RUN/postgres.log"; }
pg_decided() { pg_ready || ! alive postgres; }
