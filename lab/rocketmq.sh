# shellcheck shell=bash
# RocketMQ's NameServers and brokers, of both lines. Part of ./dev, which sets what is used here.
# Started by the tests that need them (crates/story/src/lab/rocketmq), not with the rest of the lab.

ROCKETMQ_VERSIONS=(4.9.7 5.5.0)
# Two NameServers, a master with its slave, and one with access control, in a cluster of its own.
ROCKETMQ_NODES=(ns1 ns2 a as s)
# An account with all rights, and one without a right to change topics. 4.9 wants more than six letters.
ROCKETMQ_ADMIN=adminuser
ROCKETMQ_PLAIN=plainuser

rocketmq_names() {
    local version node
    for version in "${ROCKETMQ_VERSIONS[@]}"; do
        for node in "${ROCKETMQ_NODES[@]}"; do printf 'rocketmq-%s-%s ' "$version" "$node"; done
    done
}

setup_rocketmq() {
    mkdir -p "$LAB"
    (
        flock 9
        setup_java
        have openssl || apt_need openssl
        fetch_rocketmq
        compile_rocketmq_shells
    ) 9>"$LAB/setup.lock"
}

fetch_rocketmq() {
    local version lib attempt
    for version in "${ROCKETMQ_VERSIONS[@]}"; do
        lib=$LAB/rocketmq-$version
        fresh "$lib.stamp" "$ROOT/lab/rocketmq/pom.xml" && continue
        say "setup: fetching RocketMQ $version into $lib"
        for attempt in 1 2 3; do
            rm -rf "$lib.new" && mkdir -p "$lib.new"
            if mvn -q -B -f "$ROOT/lab/rocketmq/pom.xml" -Drocketmq.version="$version" \
                org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
                -DoutputDirectory="$lib.new" -DincludeScope=runtime </dev/null; then
                rm -rf "${lib:?}" && mv "$lib.new" "$lib"
                stamp "$lib.stamp" "$ROOT/lab/rocketmq/pom.xml"
                continue 2
            fi
            say "setup: attempt $attempt failed"
        done
        die "RocketMQ $version could not be fetched"
    done
}

# mqadmin, consumers and producers in one process for many calls. They call what both lines have.
compile_rocketmq_shells() {
    local sources=("$ROOT"/lab/rocketmq/*.java) lib=$LAB/rocketmq-${ROCKETMQ_VERSIONS[1]} shell=$LAB/rocketmq-shell
    fresh "$shell.stamp" "$lib.stamp" "${sources[@]}" && return 0
    say "setup: compiling the shells of RocketMQ's tools and clients"
    rm -rf "$shell" && mkdir -p "$shell"
    javac -nowarn -proc:none -d "$shell" -cp "$lib/*" "${sources[@]}"
    stamp "$shell.stamp" "$lib.stamp" "${sources[@]}"
}

# The port of a node: $1 version, $2 node. A broker takes the ports two below and one above, too.
rocketmq_port() {
    local base
    base=$(cat "$RUN/rocketmq.base")
    [ "$1" = "${ROCKETMQ_VERSIONS[0]}" ] || base=$((base + 50))
    case $2 in
    ns1) base=$((base + 1)) ;;
    ns2) base=$((base + 2)) ;;
    a) base=$((base + 12)) ;;
    as) base=$((base + 22)) ;;
    s) base=$((base + 32)) ;;
    esac
    printf '127.0.0.1:%s' "$base"
}

# LAB_ROCKETMQ_BASE fixes the first port.
choose_rocketmq_base() {
    local base port
    [ ! -f "$RUN/rocketmq.base" ] || return 0
    for base in ${LAB_ROCKETMQ_BASE:-$(seq 23100 100 26000)}; do
        for port in 1 2 10 12 13 20 22 23 30 32 33 51 52 60 62 63 70 72 73 80 82 83; do
            port_free $((base + port)) || continue 2
        done
        printf '%s' "$base" >"$RUN/rocketmq.base"
        return 0
    done
    die "no free ports for RocketMQ; set LAB_ROCKETMQ_BASE"
}

# Keeps logs out of the way, and the start fast.
ROCKETMQ_JVM=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -XX:MaxDirectMemorySize=128m
    # 4.9 on Java 17: without these a broker that was killed does not come up again.
    --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/sun.nio.ch=ALL-UNNAMED
    --add-opens=java.base/jdk.internal.ref=ALL-UNNAMED)

# What all processes of a version share: a home with where to log, and who may do what.
rocketmq_home() {
    local home=$RUN/rocketmq-$1/home part
    mkdir -p "$home/conf"
    for part in broker namesrv tools; do cp "$ROOT/lab/rocketmq/logback-4.xml" "$home/conf/logback_$part.xml"; done
    sed -e "s|@SECRET@|$(secret)|g" -e "s|@ADMIN@|$ROCKETMQ_ADMIN|g" -e "s|@PLAIN@|$ROCKETMQ_PLAIN|g" \
        "$ROOT/lab/rocketmq/plain_acl.yml" >"$home/conf/plain_acl.yml"
    printf 'accessKey: %s\nsecretKey: %s\n' "$ROCKETMQ_ADMIN" "$(secret)" >"$home/conf/tools.yml"
    # Both lines take TLS and plain text at the same port.
    printf 'tls.test.mode.enable=false\ntls.server.certPath=%s\ntls.server.keyPath=%s\n' \
        "$RUN/tls/broker.crt" "$RUN/tls/broker.key" >"$home/tls.properties"
    printf 'tls.test.mode.enable=false\ntls.server.certPath=%s\ntls.server.keyPath=%s\ntls.server.need.client.auth=require\ntls.server.trustCertPath=%s\n' \
        "$RUN/tls/broker.crt" "$RUN/tls/broker.key" "$RUN/tls/ca.pem" >"$home/tls-s.properties"
}

# Writes the settings of one node: $1 version, $2 node.
write_rocketmq() {
    local version=$1 node=$2 dir=$RUN/rocketmq-$1/$2 port role=ASYNC_MASTER id=0 cluster=Lab broker=broker-a
    port=$(rocketmq_port "$version" "$node")
    port=${port##*:}
    mkdir -p "$dir"
    case $node in
    ns*)
        printf 'listenPort=%s\nkvConfigPath=%s/kv.json\nconfigStorePath=%s/server.properties\n' "$port" "$dir" "$dir" \
            >"$dir/server.properties"
        return 0
        ;;
    as) role=SLAVE id=1 ;;
    s) cluster=Secure broker=broker-s ;;
    esac
    sed -e "s|@CLUSTER@|$cluster|; s|@BROKER@|$broker|; s|@ID@|$id|; s|@ROLE@|$role|; s|@PORT@|$port|" \
        -e "s|@NAMES@|$(rocketmq_port "$version" ns1);$(rocketmq_port "$version" ns2)|; s|@DIR@|$dir|g" \
        "$ROOT/lab/rocketmq/broker.properties" >"$dir/server.properties"
    [ "$node" = s ] || return 0
    sed -e "s|@SECRET@|$(secret)|g" -e "s|@ADMIN@|$ROCKETMQ_ADMIN|g" \
        "$ROOT/lab/rocketmq/secure-${version%%.*}.properties" >>"$dir/server.properties"
}

start_rocketmq() {
    local version=$1 node=$2 dir=$RUN/rocketmq-$1/$2 home=$RUN/rocketmq-$1/home class heap tls=tls own=()
    case $node in
    ns*) class=namesrv.NamesrvStartup heap=(-Xms32m -Xmx96m) ;;
    *) class=broker.BrokerStartup heap=(-Xms64m -Xmx256m) ;;
    esac
    # The secured one asks for certificates, and speaks in its own form of headers where it may choose.
    [ "$node" != s ] || tls=tls-s own=(-Drocketmq.serialize.type=ROCKETMQ)
    write_rocketmq "$version" "$node"
    ROCKETMQ_HOME=$home setsid java "${heap[@]}" "${ROCKETMQ_JVM[@]}" "${own[@]}" "-Duser.home=$dir" "-Drocketmq.home.dir=$home" \
        "-Drmq.logback.configurationFile=$ROOT/lab/rocketmq/logback-5.xml" "-Drocketmq.lab.log=$dir/server.log" \
        "-Dtls.config.file=$home/$tls.properties" -cp "$LAB/rocketmq-$version/*" \
        "org.apache.rocketmq.$class" -c "$dir/server.properties" >"$dir/out.log" 2>&1 </dev/null 9>&- &
    record_pid "rocketmq-$version-$node" "$!"
}

rocketmq_ready() { alive "rocketmq-$1-$2" && grep -q 'boot success' "$RUN/rocketmq-$1/$2/out.log"; }
rocketmq_decided() { rocketmq_ready "$1" "$2" || ! alive "rocketmq-$1-$2"; }
rocketmq_alive() {
    local name
    for name in $(rocketmq_names); do alive "$name" || return 1; done
}

write_rocketmq_env() {
    local version key node
    (
        umask 077
        {
            printf 'ROCKETMQ_SECRET=%s\nROCKETMQ_CA=%s\nROCKETMQ_RUN=%s\n' "$(secret)" "$RUN/tls/ca.pem" "$RUN"
            printf 'ROCKETMQ_CERTIFICATE=%s\nROCKETMQ_KEY=%s\n' "$RUN/tls/bot.crt" "$RUN/tls/bot.key"
            printf 'ROCKETMQ_ADMIN=%s\nROCKETMQ_PLAIN=%s\nROCKETMQ_LOG=%s\n' \
                "$ROCKETMQ_ADMIN" "$ROCKETMQ_PLAIN" "$ROOT/lab/rocketmq/logback-5.xml"
            for version in "${ROCKETMQ_VERSIONS[@]}"; do
                key=ROCKETMQ_${version//./_}
                printf '%s_LIB=%s\n%s_HOME=%s\n' "$key" "$LAB/rocketmq-$version" "$key" "$RUN/rocketmq-$version/home"
                for node in "${ROCKETMQ_NODES[@]}"; do
                    printf '%s_%s=%s\n' "$key" "$(printf '%s' "$node" | tr a-z A-Z)" "$(rocketmq_port "$version" "$node")"
                done
            done
        } >"$RUN/rocketmq.new"
        mv "$RUN/rocketmq.new" "$RUN/rocketmq.env"
    )
}

# These nodes of every version, started side by side.
rocketmq_nodes_up() {
    local version node
    for version in "${ROCKETMQ_VERSIONS[@]}"; do
        for node in "$@"; do
            alive "rocketmq-$version-$node" || start_rocketmq "$version" "$node"
        done
    done
    for version in "${ROCKETMQ_VERSIONS[@]}"; do
        for node in "$@"; do
            wait_until "$READY_SECONDS" rocketmq_decided "$version" "$node" ||
                die "RocketMQ $version: $node is not ready after $READY_SECONDS s"
            rocketmq_ready "$version" "$node" ||
                die "RocketMQ $version: $node ended: $(tail -n 5 "$RUN/rocketmq-$version/$node/out.log")"
        done
    done
}

rocketmq_start() {
    local version began
    began=$(now_ms)
    mkdir -p "$RUN"
    choose_rocketmq_base
    # What Kafka's part of the lab makes, too.
    (
        flock 8
        secret >/dev/null
        make_certificates
    ) 8>"$LAB/lock"
    for version in "${ROCKETMQ_VERSIONS[@]}"; do
        rocketmq_home "$version"
    done
    # A broker that registers before its NameServers listen tries again half a minute later only.
    rocketmq_nodes_up ns1 ns2
    rocketmq_nodes_up a as s
    write_rocketmq_env
    say "lab: started RocketMQ ${ROCKETMQ_VERSIONS[*]} in $(($(now_ms) - began)) ms"
}

# What calls start for processes ends with the last of them, so that later tests have the machine for themselves: $1 a pid, if
# any. What was started for nobody stays. Its lock is its own: who starts a broker of Kafka's again does not wait for this.
rocketmq_up() {
    local owner=${1:-} since=
    [ -z "$owner" ] || since=$(start_time "$owner")
    setup_rocketmq
    (
        flock 9
        if [ -f "$RUN/rocketmq.env" ] && rocketmq_alive; then
            say "lab: RocketMQ is up already"
        else
            rocketmq_start
            rm -f "$RUN/rocketmq.owners"
            [ -z "$owner" ] || : >"$RUN/rocketmq.owners"
        fi
        if [ -n "$owner" ] && [ -f "$RUN/rocketmq.owners" ]; then
            printf '%s %s\n' "$owner" "$since" >>"$RUN/rocketmq.owners"
        fi
    ) 9>"$LAB/rocketmq.lock"
    if [ -n "$owner" ] && grep -qxF "$owner $since" "$RUN/rocketmq.owners" 2>/dev/null; then
        {
            while [ "$(start_time "$owner")" = "$since" ]; do sleep 1; done
            rocketmq_left
        } >/dev/null 2>&1 </dev/null &
    fi
    cat "$RUN/rocketmq.env"
}

# Whether one of the processes that it was started for is still there.
rocketmq_needed() {
    local pid since
    while read -r pid since; do
        [ "$(start_time "$pid")" != "$since" ] || return 0
    done <"$RUN/rocketmq.owners"
    return 1
}

rocketmq_left() {
    (
        flock 9
        [ -f "$RUN/rocketmq.owners" ] || exit 0
        rocketmq_needed || rocketmq_stop
    ) 9>"$LAB/rocketmq.lock"
}

# Stops it and deletes its data; the rest of the lab stays. Under its lock.
rocketmq_stop() {
    local names version
    read -ra names <<<"$(rocketmq_names)"
    rm -f "$RUN/rocketmq.env" "$RUN/rocketmq.owners" "$RUN/rocketmq.base"
    stop_all "${names[@]}"
    for version in "${ROCKETMQ_VERSIONS[@]}"; do rm -rf "$RUN/rocketmq-$version"; done
}

rocketmq_down() {
    [ -d "$RUN" ] || return 0
    (
        flock 9
        rocketmq_stop
    ) 9>"$LAB/rocketmq.lock"
    say "lab: RocketMQ is down"
}
