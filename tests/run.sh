#!/usr/bin/env bash
# Runs the test programs in parallel and sums them up: the last line is "N passed, N failed".
# Integration and fault tests are cut into shards, each with servers of its own.
set -u
cd "$(dirname "$0")/.." || exit
bin=build/${MODE:-debug}/bin
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
# What a sanitizer finds in a server that the tests started counts as a failure too.
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:log_path=$out/report
export UBSAN_OPTIONS=print_stacktrace=1:log_path=$out/report TSAN_OPTIONS=log_path=$out/report

run() { # PROGRAM SHARDS
  local program=$1 shards=$2 i
  for ((i = 0; i < shards; i++)); do
    GTEST_TOTAL_SHARDS=$shards GTEST_SHARD_INDEX=$i \
      "$bin/$program" --gtest_brief=0 --gtest_color=no >"$out/$program.$i" 2>&1
    echo $? >"$out/$program.$i.status"
  done
}

run_apart() { # PROGRAM SHARDS: the shards side by side
  local program=$1 shards=$2 i
  for ((i = 0; i < shards; i++)); do
    (
      GTEST_TOTAL_SHARDS=$shards GTEST_SHARD_INDEX=$i \
        "$bin/$program" --gtest_color=no >"$out/$program.$i" 2>&1
      echo $? >"$out/$program.$i.status"
    ) &
  done
  wait
}

run unit_tests 1 &
run_apart integration_tests 3
wait
run_apart fault_tests 2

passed=0
failed=0
for log in "$out"/*.[0-9]; do
  status=$(cat "$log.status")
  ok=$(grep -c '^\[       OK \]' "$log")
  bad=$(grep -c '^\[  FAILED  \] .*ms)$' "$log")
  # A program that died took the test it was in with it.
  if [ "$status" != 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  passed=$((passed + ok))
  failed=$((failed + bad))
  if [ "$status" != 0 ]; then
    echo "== $(basename "$log") (exit $status)"
    grep -vE '^\[( RUN|       OK|-----|=====)' "$log" | tail -n 120
  else
    grep '^lateness' "$log"
  fi
done
for report in "$out"/report.*; do
  [ -e "$report" ] || continue
  echo "== sanitizer"
  head -n 60 "$report"
  failed=$((failed + 1))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
