# Node and its packages, for what runs in it: the tests and the bench.

node_needs='
cmd node nodejs
cmd lame lame
'

node_new_enough() {
    [ "$("$1" -p 'process.versions.node.split(".")[0]' 2>/dev/null || echo 0)" -ge 20 ]
}

# A step that npm does, with a log that is not kept. Debian's npm brings 300
# packages, so npm is installed only if it has something to install.
npm_step() {
    local log

    packages_need 'cmd npm npm'
    log=$(mktemp "${TMPDIR:-/tmp}/trainmode-node.XXXXXX")
    step "$1" "$log" "${@:2}"
    rm -f "$log"
}

# Sets NODE: the system's, or npm's own if that is older than 20.
node_find() {
    local arch=x64 tools=$ROOT/tests/node_modules/.tools

    NODE=$(command -v node)
    ! node_new_enough "$NODE" || return 0
    [ "$(uname -m)" = x86_64 ] || arch=arm64
    NODE=$tools/node_modules/node-linux-$arch/bin/node
    [ -x "$NODE" ] || npm_step "install Node 20" \
        npm install --no-audit --no-fund --prefix "$tools" "node-linux-$arch@20"
    PATH=$(dirname "$NODE"):$PATH
}

modules_install() {
    cd "$ROOT/tests"
    npm install --no-audit --no-fund --no-package-lock
    touch node_modules/.installed
}

# The packages of tests/package.json.
modules_need() {
    [ "$ROOT/tests/node_modules/.installed" -nt "$ROOT/tests/package.json" ] ||
        npm_step "npm install in tests/" modules_install
}
