# shellcheck shell=bash
# Installs what is missing. Part of ./dev, which sets what is used here.

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif have sudo; then
        sudo "$@"
    else
        die "this needs root and there is no sudo: $*"
    fi
}

installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

apt_updated=
apt_update() {
    [ -z "$apt_updated" ] || return 0
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
    apt_updated=yes
}

# Installs the named Debian packages that are missing.
apt_need() {
    local missing=() package
    for package in "$@"; do
        installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    have apt-get || die "please install: ${missing[*]} (no apt-get here)"
    say "setup: installing ${missing[*]}"
    apt_update
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}" </dev/null
}

java_release() { javac -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'; }

setup_java() {
    if ! have javac || [ "$(java_release)" -lt 17 ]; then
        have apt-get || die "please install a JDK, 17 or newer"
        apt_update
        if apt-cache show openjdk-17-jdk-headless >/dev/null 2>&1; then
            apt_need openjdk-17-jdk-headless
        else
            apt_need default-jdk-headless
        fi
    fi
    have mvn || apt_need maven
}

pg_bin() {
    local dir newest=
    for dir in /usr/lib/postgresql/*/bin; do
        [ -x "$dir/initdb" ] && newest=$dir
    done
    if [ -z "$newest" ] && have initdb; then
        newest=$(dirname "$(readlink -f "$(command -v initdb)")")
    fi
    printf '%s' "$newest"
}

setup_postgres() { [ -n "$(pg_bin)" ] || apt_need postgresql; }

setup_compiler() {
    if ! have cc || ! have make; then apt_need build-essential; fi
}

setup_native() {
    setup_compiler
    have pkg-config || apt_need pkg-config
    have openssl || apt_need openssl
    have git || apt_need git ca-certificates
    pkg-config --exists openssl || apt_need libssl-dev
    pkg-config --exists zlib || apt_need zlib1g-dev
    if ! have flock || ! have setsid; then apt_need util-linux; fi
}

# What the tests draw cards with: text, code, Chinese.
setup_fonts() { apt_need fonts-open-sans fonts-dejavu-core fonts-wqy-microhei; }

setup_rust() {
    if ! have cargo && [ -x "$HOME/.cargo/bin/cargo" ]; then
        PATH=$HOME/.cargo/bin:$PATH
    fi
    have cargo || die "Rust is missing. Install it with rustup (https://rustup.rs), then run this again."
    local want have_version
    want=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$ROOT/Cargo.toml" | head -n 1)
    have_version=$(cargo --version | awk '{print $2}')
    if [ "$(printf '%s\n%s\n' "$want" "$have_version" | sort -V | head -n 1)" != "$want" ]; then
        die "Rust $want or newer is needed, here is $have_version. Run: rustup update stable"
    fi
}

setup_rust_tools() {
    setup_rust
    if cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1; then return 0; fi
    have rustup || die "clippy and rustfmt are missing, and there is no rustup to add them"
    say "setup: adding clippy and rustfmt"
    rustup component add clippy rustfmt
}

# True when the stamp beside a product says it was made from these files.
fresh() {
    local stamp=$1
    shift
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(cat "$@" | sha256sum)" ]
}
stamp() {
    local stamp=$1
    shift
    cat "$@" | sha256sum >"$stamp"
}

setup_jars() {
    fresh "$LAB/lib.stamp" "$ROOT/lab/pom.xml" && return 0
    say "setup: fetching Kafka's jars into .lab/lib"
    local attempt
    for attempt in 1 2 3; do
        rm -rf "$LAB/lib.new" && mkdir -p "$LAB/lib.new"
        if mvn -q -B -f "$ROOT/lab/pom.xml" \
            org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
            -DoutputDirectory="$LAB/lib.new" -DincludeScope=runtime </dev/null; then
            rm -rf "${LAB:?}/lib" && mv "$LAB/lib.new" "$LAB/lib"
            stamp "$LAB/lib.stamp" "$ROOT/lab/pom.xml"
            return 0
        fi
        say "setup: attempt $attempt failed"
    done
    die "Kafka's jars could not be fetched"
}

setup_judge() {
    local sources=("$ROOT"/lab/judge/*.java)
    fresh "$LAB/judge.stamp" "$LAB/lib.stamp" "${sources[@]}" && return 0
    say "setup: compiling the judge"
    rm -rf "$LAB/judge" && mkdir -p "$LAB/judge"
    javac -nowarn -proc:none -d "$LAB/judge" -cp "$LAB/lib/*" "${sources[@]}"
    stamp "$LAB/judge.stamp" "$LAB/lib.stamp" "${sources[@]}"
}

setup_lab() {
    mkdir -p "$LAB"
    (
        flock 9
        setup_java
        have openssl || apt_need openssl
        setup_postgres
        setup_jars
        setup_judge
    ) 9>"$LAB/setup.lock"
}

setup() {
    # First what this script cannot install itself.
    setup_rust
    setup_native
    setup_fonts
    setup_rust_tools
    setup_lab
    say "setup: done"
}
