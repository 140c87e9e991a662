# shellcheck shell=bash
# Processes by pid file, and ports. Part of ./dev, which sets what is used here.

# Empty for a process that is gone or only waits to be reaped.
start_time() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" && $1 != "X" {print $20}'; }

# A pid file holds the pid and its start time, so that a reused pid is never taken for ours.
alive() {
    local pid started
    [ -f "$RUN/$1.pid" ] || return 1
    read -r pid started <"$RUN/$1.pid" || return 1
    [ -n "$pid" ] && [ -n "$started" ] && [ "$(start_time "$pid")" = "$started" ]
}
pid_of() { awk '{print $1}' "$RUN/$1.pid"; }
record_pid() { printf '%s %s\n' "$2" "$(start_time "$2")" >"$RUN/$1.pid"; }

# Waits until a command succeeds, at most $1 seconds.
wait_until() {
    local deadline=$(($(now_ms) + $1 * 1000))
    shift
    until "$@"; do
        [ "$(now_ms)" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

gone() { ! alive "$1"; }

stop_signal() { alive "$1" && kill "-$2" "$(pid_of "$1")" 2>/dev/null; }

# The data goes too, so brokers need no orderly end; PostgreSQL does, to give back its shared memory.
stop_all() {
    local name
    for name in "$@"; do
        if [ "$name" = postgres ]; then stop_signal postgres INT || true; else stop_signal "$name" KILL || true; fi
    done
    for name in "$@"; do
        if ! wait_until 20 gone "$name"; then
            say "lab: $name did not stop, killing it"
            stop_signal "$name" KILL || true
            wait_until 10 gone "$name" || die "$name cannot be stopped"
        fi
        rm -f "$RUN/$name.pid"
    done
}

port_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

base_free() {
    local port
    for port in 1 2 3 11 21 22 23 31 32 33 41 42 43 44 45 46 50 61 62 63 64 71 72 73 81 82 83 84 91 92 93 94; do
        port_free $(($1 + port)) || return 1
    done
}

# The lab uses the ports base+1 … base+94; LAB_BASE fixes the base.
choose_base() {
    local base
    if [ -f "$RUN/base" ]; then
        cat "$RUN/base"
        return 0
    fi
    if [ -n "${LAB_BASE:-}" ]; then
        base_free "$LAB_BASE" || die "LAB_BASE=$LAB_BASE: a port there is in use"
        printf '%s' "$LAB_BASE" | tee "$RUN/base"
        return 0
    fi
    for base in $(seq 19100 100 22000); do
        if base_free "$base"; then
            printf '%s' "$base" | tee "$RUN/base"
            return 0
        fi
    done
    die "no free ports between 19100 and 22000; set LAB_BASE"
}
