#!/usr/bin/env bash
# The conformance suite against our own server and client, strictly, with nothing excused.
#   own.sh BINARIES [OPTIONS OF wsbench conformance]
# BINARIES is the folder with wsbench, wsserver and conformance-adapter. Reports go to .build/conformance.
set -euo pipefail
binaries=$1
shift
cd "$(dirname "$0")/../.."
reports=.build/conformance
common=(--strict --fail-on-unexpected-pass --expectations Tests/Conformance/expectations.txt "$@")
# A port that is free now; below the range that outgoing connections take theirs from.
port=$((20000 + RANDOM % 10000))
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((20000 + RANDOM % 10000)); done

"$binaries/wsbench" conformance server "ws://127.0.0.1:$port/echo" --agent wsserver \
  --exec "$binaries/wsserver echo --listen 127.0.0.1:$port --max-connections 2000" \
  --capabilities Scenarios/conformance/capabilities/wsserver.yaml --output "$reports/server" "${common[@]}"
"$binaries/wsbench" conformance client --agent "our client" --adapter "$binaries/conformance-adapter" \
  --capabilities Scenarios/conformance/capabilities/our-client.yaml --output "$reports/client" "${common[@]}"
