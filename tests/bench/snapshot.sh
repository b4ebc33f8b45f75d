#!/usr/bin/env bash
# Sends, scheduled sends and webhooks while a transaction holds its snapshot, as a long export, a
# replication slot or a forgotten session does: what is deleted then stays in tables and indexes.
# First a minute without it, then MINUTES=10 with it, then one after it. Each minute: the sends, how
# late scheduled ones and webhooks were, and of each queue its size, its rows, and what it takes to
# find its first row. RATE=300 sends a second, a third of them scheduled.
# shellcheck disable=SC1091,SC2154
set -euo pipefail
. "$(dirname "$0")/servers.sh"
rate=${RATE:-300}
minute=${MINUTE_SECONDS:-60}
sql() { psql -qtA "$DATABASE_URL" -c "$1"; }
pool messages messages 1
pool webhooks webhooks 1
sink=$((port + 7))
"$bin/bench_sink" "$sink" &
pids+=($!)
sql "update api_keys set scopes = '{send,query,webhooks}'; update config_version set version = version + 1"
sleep 1.5
for i in $(seq 200); do
  curl -s -o /dev/null -X PUT "http://127.0.0.1:$port/api/webhooks" \
    -H "Authorization: Bearer esms_live_bench$i" -H 'Content-Type: application/json' \
    -d "{\"dlr_url\":\"http://127.0.0.1:$sink/quick\"}"
done
SCHEDULER_RUN_S=7200 "$bin/scheduler" 2>>"$work/scheduler.log" &
scheduler=$!
pids+=($!)

percentiles() { # SQL of milliseconds
  sql "select coalesce(round(percentile_cont(0.5) within group (order by ms)::numeric) || ' / ' ||
              round(percentile_cont(0.99) within group (order by ms)::numeric) || ' ms of ' ||
              count(*), 'none') from ($1) as s (ms)"
}
first_row_ms() { # TABLE ORDER: as whoever looks for work finds it
  psql -qtA "$DATABASE_URL" -c 'set enable_seqscan = off; set enable_sort = off' \
    -c "explain (analyze, timing off) select 1 from $1 order by $2 limit 1" |
    sed -n 's/^Execution Time: \(.*\) ms/\1/p'
}
report() { # NAME SENDS
  local table
  echo "$1: sends $2"
  echo "  scheduled, late p50 / p99: $(percentiles "select extract(epoch from submitted_at - at) * 1000
    from moved join messages using (account_id, message_id) where submitted_at > now() - interval '$minute s'")"
  echo "  webhooks, due to answer p50 / p99: $(percentiles "select extract(epoch from last_attempt_at - uuid7_time(delivery_id)) * 1000
    from webhook_deliveries where state = 2 and last_attempt_at > now() - interval '$minute s'")"
  while read -r table order; do
    echo "  $table: $(sql "select pg_size_pretty(pg_total_relation_size('$table')) || ', ' || count(*) from $table") rows, first row $(first_row_ms "$table" "$order") ms"
  done <<'TABLES'
dispatch due_at
claims lease_until
event_outbox outbox_id
webhook_queue account_id, endpoint_id, next_attempt_at
TABLES
  echo "  CPU: PostgreSQL $(cpu_s "$postmaster") s, scheduler $(cpu_s "$scheduler") s so far"
}
postmaster=$(head -n 1 "$work/pg/data/postmaster.pid")
cpu_s() { # PID: of it and its children
  local child all=("/proc/$1/stat")
  for child in $(pgrep -P "$1"); do all+=("/proc/$child/stat"); done
  cat "${all[@]}" 2>/dev/null | awk '{ s += $14 + $15 + $16 + $17 } END { printf "%.0f", s / 100 }'
}
load() { # a minute
  sends "$minute" 64 ACCOUNTS=200 SCHEDULED_EVERY=3 LEAD_S=600 PAUSE_MS=$((64 * 1000 / rate)) |
    awk '{printf "%.0f/s p50 %.1f p99 %.1f ms, refused %d\n", $2, $4, $5, $6}'
}

# The API schedules five minutes ahead at least: here they are due within seconds.
sql "create table moved (account_id bigint, message_id uuid, at timestamptz, primary key (account_id, message_id))"
while sleep 1; do
  sql "with near as (update dispatch set due_at = clock_timestamp() + random() * interval '3 s'
         where due_at > now() + interval '1 min' returning account_id, message_id, due_at)
       insert into moved select * from near"
done >/dev/null &
pids+=($!)
load >/dev/null
report "before" "$(load)"
psql -qtA "$DATABASE_URL" -c "begin isolation level repeatable read; select count(*) from accounts; select pg_sleep(86400)" >/dev/null 2>&1 &
holder=$!
pids+=($!)
for at in $(seq "${MINUTES:-10}"); do report "minute $at" "$(load)"; done
kill "$holder"
sql "select count(pg_terminate_backend(pid)) from pg_stat_activity where query like '%pg_sleep(86400)%' and pid <> pg_backend_pid()" >/dev/null
report "after" "$(load)"
