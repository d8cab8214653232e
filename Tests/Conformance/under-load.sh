#!/usr/bin/env bash
# The conformance suite against our own server, once alone and once while 10,000 other connections stand, and the difference.
#   under-load.sh BINARIES [OPTIONS OF wsbench conformance]
# BINARIES is the folder with wsbench and wsserver. 0 when both runs are clean and no verdict differs.
set -euo pipefail
binaries=$1
shift
cd "$(dirname "$0")/../.."
reports=.build/conformance
. Tests/Conformance/free-port.sh
# The load scenario reads it.
export WSB_PORT=$port
# C-041 ends the server, and with it the load: it is left out of both.
# Room for the load and for the suite; more than L-013 can fill, so that it is left out.
connections=12000
mkdir -p "$reports"
sed '/^connection-limit:/d' Scenarios/conformance/capabilities/wsserver.yaml >"$reports/capabilities.yaml"

# The same random octets in both.
seed=$((RANDOM << 15 | RANDOM))

suite() {
  local folder=$1
  shift
  "$binaries/wsbench" conformance server "ws://127.0.0.1:$port/echo" --agent wsserver \
    --exec "$binaries/wsserver echo --listen 127.0.0.1:$port --max-connections $connections" \
    --capabilities "$reports/capabilities.yaml" --output "$reports/$folder" --strict --skip C-041 --seed "$seed" "$@"
}

status=0
suite alone "$@" || status=$?
suite under-load --under-load Scenarios/conformance/idle-10k.yaml "$@" || status=$?
"$binaries/wsbench" conformance compare "$reports/alone" "$reports/under-load" || status=$?
exit $status
