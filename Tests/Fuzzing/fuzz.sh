#!/usr/bin/env bash
# Fuzzes one entry after the other, each from its corpus in Tests/Fixtures/Fuzz. An input that breaks something becomes a
# file of that corpus, named after what it broke, and the exit code is 1.
#
#   FUZZ_SECONDS   for each entry; 60
#   FUZZ_ENTRIES   which; all
#   FUZZ_MERGE     if set, adds to the corpus what reached new code and has at most 1,000 octets, named by its hash
set -euo pipefail
cd "$(dirname "$0")/../.."
swift=${SWIFT:-swift}
seconds=${FUZZ_SECONDS:-60}
build=.build-fuzz

# The longest input: what reaches every limit and still runs hundreds of times a second.
longest() {
  case $1 in
    Frames) echo 10000 ;;
    Handshake) echo 2000 ;;
    Extensions) echo 600 ;;
    Inflate) echo 600 ;;
    URL) echo 300 ;;
    Scenario) echo 3000 ;;
    Result) echo 6000 ;;
    *) echo "There is no entry $1" >&2; exit 2 ;;
  esac
}

WSBENCH_FUZZ=1 "$swift" build -c release -j 2 --build-path "$build" --product fuzzing
fuzzer=$build/release/fuzzing
# libFuzzer prints the stack itself; Swift's own backtracer waits for ever for a process under the address sanitizer.
export SWIFT_BACKTRACE=enable=no
status=0
for entry in ${FUZZ_ENTRIES:-Frames Handshake Extensions Inflate URL Scenario Result}; do
  corpus=Tests/Fixtures/Fuzz/$entry
  grown=$build/corpus/$entry
  findings=$build/findings/$entry
  length=$(longest "$entry")
  mkdir -p "$grown" "$findings"
  dictionary=Tests/Fuzzing/Dictionaries/$entry.dict
  # An input may take 10 seconds, the process 2 GiB; both count as findings.
  options=(-max_len="$length" -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$findings/")
  [ ! -e "$dictionary" ] || options+=(-dict="$dictionary")
  log=$build/$entry.log
  echo "== $entry, $seconds s, inputs of at most $length octets"
  FUZZ_ENTRY=$entry "$fuzzer" "${options[@]}" -max_total_time="$seconds" -print_final_stats=1 "$grown" "$corpus" 2>&1 |
    tee "$log" | grep -E --line-buffered 'pulse|INITED|^Done|broken property|ERROR|Fatal error|SUMMARY' || true
  if ! grep -q '^Done' "$log"; then
    status=1
    echo "The search ended early; the log is $log"
  fi
  for finding in "$findings"/*; do
    [ -e "$finding" ] || continue
    kind=$(basename "$finding")
    hash=${kind##*-}
    # A trap has no property: it is named after its kind, until somebody knows better.
    name=$(sed -n 's/^broken property: //p' "$log" | head -1)
    mv "$finding" "$corpus/${name:-${kind%-*}}-${hash:0:8}"
    echo "FOUND $corpus/${name:-${kind%-*}}-${hash:0:8}"
  done
  if [ -n "${FUZZ_MERGE:-}" ] && [ "$status" = 0 ]; then
    # By edges, not by how often each is taken: a tenth of the files.
    FUZZ_ENTRY=$entry "$fuzzer" "${options[@]}" -set_cover_merge=1 -use_counters=0 "$corpus" "$grown" 2>&1 |
      grep -E 'MERGE-OUTER: .* new' || true
    # The repository keeps the small ones; the others stay in the build folder, and are found again in minutes.
    find "$corpus" -regextype posix-extended -regex '.*/[0-9a-f]{40}' -size +1000c -delete
  fi
done
exit "$status"
