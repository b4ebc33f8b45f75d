#!/usr/bin/env bash
# Campaigns at full size: import of a list, precheck, acceptance, dispatch by one and four
# schedulers. CONTACTS=500000 is the default. Prints a table for tests/bench/README.md.
# shellcheck disable=SC1091,SC2154
set -euo pipefail
. "$(dirname "$0")/servers.sh"
contacts=${CONTACTS:-500000}
export LOOPBACK_DLR_DELAY_MS=3600000 # receipts are another benchmark
pool contacts contacts 1
contacts_pid=$pool_pid
pool bulk bulk 1
bulk_pid=$pool_pid

peak() { awk '/VmHWM/ {print int($2 / 1024)}' "/proc/$(pgrep -P "$1")/status"; }
call() { # METHOD PATH [curl arguments]: the body; $seconds is set
  local method=$1 path=$2
  shift 2
  curl -s -X "$method" -o "$work/answer" -w '%{time_total}' "$@" \
    -H 'Authorization: Bearer esms_live_bench1' "http://127.0.0.1:$port/api$path" >"$work/seconds"
}
field() { grep -o "\"$1\":[^,}]*" "$work/answer" | head -1 | cut -d: -f2- | tr -d '"'; }

upload() { # COUNT FIRST: prints the list's id
  # Numbers that end in 3: none of the loopback carrier's magic ones that never answer.
  perl -e 'print "phone,name,town\n"; printf "+2547%07d3,Name%d,Town%d\n", $_, $_, $_ % 97
           for $ARGV[1] .. $ARGV[1] + $ARGV[0] - 1' "$1" "$2" >"$work/list.csv"
  call POST /contact-lists -F "file=@$work/list.csv;type=text/csv"
  field id
}
bulk() { # LIST [more JSON]: prints the batch
  call POST /messages/send-bulk -H 'Content-Type: application/json' -d \
    "{\"contact_list_ids\":[$1],\"text\":\"Hi {{name}}, your parcel is in {{town}}.\"${2:-}}"
  field batch_id
}
drained() { [ "$(psql -qtA "$DATABASE_URL" -c "select count(*) from batches where status in (1, 2, 3)")" = 0 ] &&
  [ "$(psql -qtA "$DATABASE_URL" -c "select count(*) from claims")" = 0 ]; }
dispatch() { # SCHEDULERS: drains what waits
  local before start n
  before=$(psql -qtA "$DATABASE_URL" -c "select count(*) from messages")
  start=$(date +%s.%N)
  local schedulers=()
  for ((n = 0; n < $1; n++)); do
    SCHEDULER_RUN_S=300 "$bin/scheduler" 2>>"$work/scheduler.log" &
    schedulers+=($!)
    pids+=($!)
  done
  until drained; do sleep 0.1; done
  local took made
  took=$(echo "$(date +%s.%N) - $start" | bc)
  made=$(($(psql -qtA "$DATABASE_URL" -c "select count(*) from messages") - before))
  echo "dispatch of $made by $1 scheduler(s): $took s, $(echo "$made / $took" | bc)/s, RSS $(awk '/VmHWM/ {print int($2 / 1024)}' "/proc/${schedulers[0]}/status") MB"
  for n in "${schedulers[@]}"; do kill "$n"; wait "$n" || true; done
}

list=$(upload "$contacts" 1000000)
echo "import of $contacts contacts: $(cat "$work/seconds") s, worker's peak RSS $(peak "$contacts_pid") MB"
call POST /messages/bulk-precheck -H 'Content-Type: application/json' -d \
  "{\"contact_list_ids\":[$list],\"text\":\"Hi {{name}}, your parcel is in {{town}}.\"}"
echo "precheck, two variables: $(cat "$work/seconds") s, total $(field total_cost)"
batch=$(bulk "$list")
echo "acceptance of $contacts: $(cat "$work/seconds") s, worker's peak RSS $(peak "$bulk_pid") MB, $batch"
small=$(upload 1000 2000000)
bulk "$small" >/dev/null
echo "acceptance of 1,000: $(cat "$work/seconds") s"
dispatch 1
for first in 3 4 5 6; do bulk "$(upload $((contacts / 4)) ${first}000000)" >/dev/null; done
dispatch 4
"$bin/reconcile"
