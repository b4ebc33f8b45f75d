#!/usr/bin/env bash
# What messages weigh: bytes in tables and indexes, of WAL and in Redis, for single sends by the API
# and for a campaign, each delivered with its receipts. SINGLES=100000, CAMPAIGN=1000000, and BIN, the
# binaries (sizes are those of any build). Prints the tables of deploy/capacity.md, for a million.
# shellcheck disable=SC1091,SC2154
set -euo pipefail
. "$(dirname "$0")/servers.sh"
bin=${BIN:-$bin}
singles=${SINGLES:-100000}
campaign=${CAMPAIGN:-1000000}
export LOOPBACK_DLR_DELAY_MS=500
pool messages messages 1
pool contacts contacts 1
pool bulk bulk 1
SCHEDULER_RUN_S=7200 "$bin/scheduler" 2>>"$work/scheduler.log" &
pids+=($!)

ask() { psql -qtAX -F' ' "$DATABASE_URL" -c "$1"; }
# A table's partitions count as the table. What has no rows for messages is left out below.
sizes() {
  ask "select coalesce(p.relname, c.relname), sum(pg_table_size(c.oid)), sum(pg_indexes_size(c.oid))
       from pg_class c
       left join pg_inherits i on i.inhrelid = c.oid
       left join pg_class p on p.oid = i.inhparent
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       group by 1 order by 1"
}
redis_bytes() { redis-cli -s "$work/redis.sock" info memory | tr -d '\r' | sed -n 's/^used_memory://p'; }
settled() { [ "$(ask "select (select count(*) from messages where status not in (5, 6, 8, 9))
  + (select count(*) from batches where status in (1, 2, 3)) + (select count(*) from event_outbox)
  + (select count(*) from loopback_receipts)")" = 0 ]; }

weigh() { # NAME COMMAND…: what it wrote
  local name=$1 before wal redis count
  shift
  ask 'vacuum' && ask 'checkpoint'
  before=$(sizes) wal=$(ask 'select pg_current_wal_lsn()') redis=$(redis_bytes)
  count=$(ask 'select count(*) from messages')
  "$@" >&2
  until settled; do sleep 1; done
  count=$(($(ask 'select count(*) from messages') - count))
  wal=$(ask "select pg_current_wal_lsn() - '$wal'::pg_lsn")
  redis=$(($(redis_bytes) - redis))
  ask 'vacuum'
  echo "$name, $count messages: MB for a million"
  { sed 's/^/before /' <<<"$before"; sizes | sed 's/^/after /'; } | awk -v n="$count" '
    $1 == "before" { heap[$2] = $3; index_[$2] = $4; next }
    { h = ($3 - heap[$2]) / n; i = ($4 - index_[$2]) / n
      if (h + i > 1) { printf "| `%s` | %d | %d |\n", $2, h, i; heaps += h; indexes += i } }
    END { printf "| all tables | %d | %d |\n", heaps, indexes }'
  echo "| WAL | $((wal / count)) | |"
  echo "| Redis, what stays | $((redis / count)) | |"
}

send_singles() {
  while [ "$(ask 'select count(*) from messages')" -lt "$singles" ]; do
    sends 5 64 ACCOUNTS=200 RECIPIENTS=10000000 \
      TEXT="Your parcel is at gate 4, open from 9 to 17." >/dev/null
  done
}
call() { curl -sf -H 'Authorization: Bearer esms_live_bench1' "$@"; }
send_campaign() {
  perl -e 'print "phone,name,town\n"; printf "+2547%07d3,Name%d,Town%d\n", $_, $_, $_ % 97
           for 1 .. $ARGV[0]' "$1" >"$work/list.csv"
  local list
  list=$(call -F "file=@$work/list.csv;type=text/csv" "http://127.0.0.1:$port/api/contact-lists" |
    grep -o '"id":[0-9]*' | head -1 | cut -d: -f2)
  call -H 'Content-Type: application/json' -d \
    "{\"contact_list_ids\":[$list],\"text\":\"Hi {{name}}, your parcel is at gate 4 in {{town}}.\"}" \
    "http://127.0.0.1:$port/api/messages/send-bulk" >/dev/null
}

weigh 'Single sends, 200 accounts' send_singles
parts=$(((campaign + 499999) / 500000))
for part in $(seq $parts); do
  weigh "Campaign $part" send_campaign $((campaign / parts))
done
psql -qX "$DATABASE_URL" -c "select pg_size_pretty(pg_database_size(current_database())) as database"
"$bin/reconcile"
