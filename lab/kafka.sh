# shellcheck shell=bash
# Certificates and Kafka's brokers. Part of ./dev, which sets what is used here.

# Makes a key and a certificate signed by the lab's authority: $1 file name, $2 CN, $3 extensions.
certificate() {
    local tls=$RUN/tls
    openssl req -new -newkey rsa:2048 -nodes -keyout "$tls/$1.key" -out "$tls/$1.csr" -subj "/CN=$2" 2>/dev/null
    openssl x509 -req -in "$tls/$1.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial \
        -days 30 -out "$tls/$1.crt" -extfile <(printf '%s\n' "$3") 2>/dev/null
    cat "$tls/$1.key" "$tls/$1.crt" >"$tls/$1.pem"
    rm -f "$tls/$1.csr"
}

authority() {
    openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout "$RUN/tls/$1.key" -out "$RUN/tls/$1.pem" \
        -subj "/CN=$2" -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>/dev/null
}

make_certificates() {
    [ ! -f "$RUN/tls/done" ] || return 0
    mkdir -p "$RUN/tls"
    chmod 700 "$RUN/tls"
    authority ca "Signalbox lab"
    # An authority that signed nothing here: what a client with the wrong trust sees.
    authority other-ca "Somebody else"
    certificate broker 127.0.0.1 "subjectAltName=DNS:localhost,IP:127.0.0.1"
    certificate bot bot "extendedKeyUsage=clientAuth"
    certificate p1 p1 "extendedKeyUsage=clientAuth"
    touch "$RUN/tls/done"
}

JVM=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto "-Dlog4j2.configurationFile=$ROOT/lab/log4j2-server.properties")

random_id() { head -c 16 /dev/urandom | base64 | tr '+/' 'ab' | cut -c1-22; }

secret() {
    if [ ! -f "$RUN/secret" ]; then
        (umask 077 && head -c 18 /dev/urandom | base64 | tr -d '+/=' >"$RUN/secret")
    fi
    cat "$RUN/secret"
}

plain_users() {
    local user password
    password=$(secret)
    printf 'org.apache.kafka.common.security.plain.PlainLoginModule required user_admin="%s"' "$password"
    for user in "${PRINCIPALS[@]}"; do printf ' user_%s="%s"' "$user" "$password"; done
    printf ';'
}

# Controllers of the move cluster, so that it goes on with any one of them dead.
MOVE_CONTROLLERS=3

# True for the nodes that are controllers too: $1 cluster, $2 node id.
is_controller() { [ "$2" = 1 ] || { [ "$1" = move ] && [ "$2" -le "$MOVE_CONTROLLERS" ]; }; }

# The controller's port of a node: $1 cluster, $2 node id, $3 base port.
controller_port() {
    case $1 in
    main) printf '%s' $(($3 + 11)) ;;
    secure) printf '%s' $(($3 + 41)) ;;
    move) printf '%s' $(($3 + 70 + $2)) ;;
    esac
}

# Who votes for the controller, as Kafka writes it: $1 cluster, $2 base port.
voters() {
    local node list=
    for node in 1 2 3; do
        ! is_controller "$1" "$node" || list+=",$node@127.0.0.1:$(controller_port "$1" "$node" "$2")"
    done
    printf '%s' "${list#,}"
}

# Writes server.properties of one node: $1 name, $2 cluster, $3 node id, $4 base port.
write_properties() {
    local dir=$RUN/$1 cluster=$2 node=$3 base=$4 roles=broker extra="" plain behind proxy
    case $cluster in
    main) plain=$((base + node)) behind=$((base + 20 + node)) proxy=$((base + 30 + node)) ;;
    secure) plain=$((base + 45)) behind=$((base + 46)) proxy=$((base + 31)) ;;
    move) plain=$((base + 60 + node)) behind=$((base + 80 + node)) proxy=$((base + 90 + node)) ;;
    esac
    if is_controller "$cluster" "$node"; then
        roles=broker,controller
        extra=",CONTROLLER://127.0.0.1:$(controller_port "$cluster" "$node" "$base")"
    fi
    sed -e "s|@NODE@|$node|g; s|@ROLES@|$roles|g; s|@VOTERS@|$(voters "$cluster" "$base")|g; s|@DIR@|$dir|g" \
        -e "s|@CONTROLLER_LISTENER@|$extra|g; s|@PLAIN@|$plain|g; s|@BEHIND@|$behind|g" \
        -e "s|@PROXY@|$proxy|g; s|@SASL@|$((base + 42))|g; s|@SSL@|$((base + 43))|g" \
        -e "s|@SASL_SSL@|$((base + 44))|g; s|@TLS@|$RUN/tls|g; s|@PLAIN_USERS@|$(plain_users)|g" \
        "$ROOT/lab/kafka/common.properties" "$ROOT/lab/kafka/$cluster.properties" >"$dir/server.properties"
}

# The folders of a node of this cluster that hold logs, as its properties name them.
log_dirs() { if [ "$1" = move ]; then printf 'data more'; else printf 'data'; fi; }

# The first controller is formatted by Kafka's own tool (features, SCRAM users). For the others a file is enough, and a
# controller takes over the first one's features.
format_node() {
    local name=$1 cluster=$2 node=$3 dir=$RUN/$1 id scram=() user log_dir
    id=$(cat "$RUN/$cluster.id")
    if [ "$node" != 1 ]; then
        for log_dir in $(log_dirs "$cluster"); do
            mkdir -p "$dir/$log_dir"
            printf 'version=1\ncluster.id=%s\nnode.id=%s\ndirectory.id=%s\n' "$id" "$node" "$(random_id)" \
                >"$dir/$log_dir/meta.properties"
        done
        if is_controller "$cluster" "$node"; then
            wait_until "$READY_SECONDS" test -f "$RUN/${cluster}1/formatted" || die "$name: ${cluster}1 was not formatted"
            cp "$RUN/${cluster}1/data/bootstrap.checkpoint" "$dir/data/"
        fi
        return 0
    fi
    if [ "$cluster" = secure ]; then
        for user in admin "${PRINCIPALS[@]}"; do
            scram+=(--add-scram "SCRAM-SHA-256=[name=$user,password=$(secret)]")
            scram+=(--add-scram "SCRAM-SHA-512=[name=$user,password=$(secret)]")
        done
    fi
    java -Xmx96m "${JVM[@]}" -cp "$LAB/lib/*" kafka.tools.StorageTool format -t "$id" \
        -c "$dir/server.properties" "${scram[@]}" >"$dir/format.log" 2>&1 ||
        die "formatting $name failed: $(tail -n 3 "$dir/format.log")"
}

start_broker() {
    local name=$1 base=$2 cluster=${1%[0-9]} node=${1##*[a-z]} dir=$RUN/$1
    mkdir -p "$dir"
    [ "$cluster" != secure ] || make_certificates
    write_properties "$name" "$cluster" "$node" "$base"
    if [ ! -f "$dir/formatted" ]; then
        rm -rf "$dir/data" "$dir/more"
        format_node "$name" "$cluster" "$node"
        touch "$dir/formatted"
    fi
    setsid java -Xms64m -Xmx192m "${JVM[@]}" -XX:+ExitOnOutOfMemoryError -cp "$LAB/lib/*" \
        kafka.Kafka "$dir/server.properties" >"$dir/out.log" 2>&1 </dev/null 9>&- &
    record_pid "$name" "$!"
}

broker_ready() { alive "$1" && grep -q 'Kafka Server started' "$RUN/$1/out.log"; }
broker_decided() { broker_ready "$1" || ! alive "$1"; }

# What a node that ended said of why, and its last lines.
broker_last_words() {
    grep -E ' (ERROR|FATAL) |Exception' "$RUN/$1/out.log" | head -n 5 || true
    tail -n 5 "$RUN/$1/out.log"
}
