#!/usr/bin/env bash
# make bench-compare REF=<commit>: sends of that commit and of this tree by turns, in one run.
# make bench-compare SETTINGS="JOURNAL_WRITERS=2": this tree with the settings, and without.
# Workers connect as the programs' role, as in production; SETTINGS="ROLE=postgres" says what it costs.
#
# Each side warms up before it is measured. A row gives the median of ROUNDS rounds and, in
# brackets, the least and the most; CPU is microseconds a request by kind of process. By Little's
# law rate times mean wait is the number of connections: "law" is their ratio, and far from 1.00 the
# load generator itself was what was measured. SECONDS_EACH and ROUNDS make it shorter or longer.
# shellcheck disable=SC1091,SC2154
set -euo pipefail
each=${SECONDS_EACH:-5} rounds=${ROUNDS:-3} warm=${WARM_SECONDS:-3}
[ -n "${REF:-}${SETTINGS:-}" ] || { sed -n '2,3p' "$0"; exit 2; }
. "$(dirname "$0")/servers.sh"
here=$bin there=$bin database=$DATABASE_URL
if [ -n "${REF:-}" ]; then
  git worktree add -q --detach "$work/ref" "$REF"
  trap 'git worktree remove -f "$work/ref"; cleanup' EXIT
  make -s -C "$work/ref" -j"$(nproc)" MODE=release BUILD=build/release \
    build/release/bin/messages >/dev/null
  there=$work/ref/build/release/bin
  psql -q "$DATABASE_URL" -c 'create database ref'
  database=${DATABASE_URL/dbname=postgres/dbname=ref}
  fill "$database" "$work/ref"
fi

load() { # SECONDS CONNECTIONS TARGET ACCOUNTS
  sends "$1" "$2" TARGET="$3" ACCOUNTS="$4" | cut -d' ' -f1-3,5-
}
cpu() { # jiffies of what this shell started, by kind of process
  { cat /proc/[0-9]*/stat 2>/dev/null || true; } | python3 -c '
import re, sys
parent, spent = {}, {}
for line in sys.stdin:
    pid, name, rest = re.match(r"(\d+) \((.*)\) (.*)", line).groups()
    fields = rest.split()
    parent[pid] = fields[1]
    spent[pid] = (name, sum(map(int, fields[11:15])))
def is_ours(pid):
    while pid in parent and pid != sys.argv[1]:
        pid = parent[pid]
    return pid == sys.argv[1]
for kind, names in ("pg", ["postgres"]), ("worker", ["messages", "bench_trivial"]), ("nginx", ["nginx"]), ("redis", ["redis-server"]):
    print(sum(jiffies for pid, (name, jiffies) in spent.items() if name in names and is_ours(pid)), end=" ")
' $$
}
row() { # SIDE NAME CONNECTIONS TARGET ACCOUNTS
  local before after line
  before=$(cpu)
  line=$(load "$each" "$3" "$4" "$5")
  after=$(cpu)
  if [[ $line == 0\ * || $line != *\ 0 ]]; then
    echo "$1: $2 was not measured: requests, rate, mean, p99 and errors are $line" >&2
    tail -n 3 "$work/pool.log" >&2
    exit 1
  fi
  echo "$1|$2|$3|$line|$before|$after" >>"$work/rows"
}
as_role() { echo "${1/user=postgres/user=$2}"; } # DATABASE_URL ROLE
turn() { # SIDE: all rows of one side
  if [ -n "$pool_pid" ]; then kill "$pool_pid"; wait "$pool_pid" 2>/dev/null || true; fi
  case $1 in
    this) bin=$here DATABASE_URL=$(as_role "$DATABASE_URL" dundun_app) pool messages messages 1 ;;
    other) (ROLE=dundun_app
            for one in ${SETTINGS:-}; do export "${one?}"; done
            DATABASE_URL=$(as_role "$database" "$ROLE")
            export DATABASE_URL
            exec perl deploy/dev/pool.pl "$work/run/messages.sock" 1 "$there/messages" 2>>"$work/pool.log") &
      pool_pid=$!; pids+=("$pool_pid"); sleep 2 ;;
    trivial) bin=$here pool messages bench_trivial 2 ;;
  esac
  if [ "$1" = trivial ]; then
    for c in 64 256; do row trivial trivial $c /api/trivial 1; done
    return
  fi
  load "$warm" 64 /api/messages/send 200 >/dev/null
  for c in 64 256; do
    row "$1" "send, one wallet" $c /api/messages/send 1
    row "$1" "send, 200 accounts" $c /api/messages/send 200
  done
}

for ((round = 0; round < rounds; ++round)); do
  # Who comes first changes from round to round.
  if ((round % 2)); then turn other; turn this; else turn this; turn other; fi
  turn trivial
done
echo "$(nproc) cores, $(sed -n 's/^model name\s*: //p' /proc/cpuinfo | head -n 1), $each s a row, $rounds rounds by turns"
echo "other: ${REF:+commit $(git rev-parse --short "$REF") }${SETTINGS:-}"
python3 tests/bench/compare_table.py "$(getconf CLK_TCK)" <"$work/rows"
for one in "$DATABASE_URL" "$database"; do DATABASE_URL=$one "$here/reconcile" | tail -n 1; done | sort -u
