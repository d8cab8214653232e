#!/usr/bin/env bash
# The conformance suite against our own server and client, strictly, with nothing excused: everything over TCP, over TLS
# what is about it, and keep-alive of the client, which is off in the other runs. 0 when nothing was unexpected; every part
# runs, whatever came before.
#   own.sh BINARIES [OPTIONS OF wsbench conformance]
# BINARIES is the folder with wsbench, wsserver and conformance-adapter. Reports go to .build/conformance.
set -euo pipefail
binaries=$1
shift
cd "$(dirname "$0")/../.."
reports=.build/conformance
options=("$@")
. Tests/Conformance/free-port.sh
mkdir -p "$reports"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$reports/key.pem" -out "$reports/chain.pem" 2>/dev/null
tls=(--tls-cert "$reports/chain.pem" --tls-key "$reports/key.pem")
status=0

suite() {
  local role=$1 folder=$2
  shift 2
  "$binaries/wsbench" conformance "$role" "$@" --output "$reports/$folder" \
    --strict --fail-on-unexpected-pass --expectations Tests/Conformance/expectations.txt "${options[@]}" || status=$?
}

server=("$binaries/wsserver" echo --listen "127.0.0.1:$port" --max-connections 2000)
ours=(--agent wsserver --capabilities Scenarios/conformance/capabilities/wsserver.yaml)
suite server server "ws://127.0.0.1:$port/echo" --exec "${server[*]}" "${ours[@]}"
suite server server-tls "wss://127.0.0.1:$port/echo" --exec "${server[*]} ${tls[*]}" --ca "$reports/chain.pem" --only T "${ours[@]}"
adapter=$binaries/conformance-adapter
client=(--agent "our client" --capabilities Scenarios/conformance/capabilities/our-client.yaml)
suite client client --adapter "$adapter" "${client[@]}"
# Pings of its own would come into the middle of other cases.
{ cat Scenarios/conformance/capabilities/our-client.yaml; echo "keep-alive: 5s"; } >"$reports/keep-alive.yaml"
suite client client-keep-alive --adapter "$adapter --keep-alive" --agent "our client" --capabilities "$reports/keep-alive.yaml" \
  --only P-014 P-015 P-018 L-010
# Whom OpenSSL trusts by default.
SSL_CERT_FILE=$PWD/$reports/chain.pem suite client client-tls --adapter "$adapter" "${tls[@]}" --only T "${client[@]}"
exit $status
