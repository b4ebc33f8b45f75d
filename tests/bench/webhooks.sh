#!/usr/bin/env bash
# Webhooks of 200 endpoints to a local sink by one scheduler: deliveries a second out of a backlog,
# and how long a fresh delivery takes at 1,000 a second, without and with a fifth of the endpoints
# taking a second for each answer. LOAD_SECONDS=15 is the default.
# shellcheck disable=SC1091,SC2154
set -euo pipefail
. "$(dirname "$0")/servers.sh"
pool webhooks webhooks 1
sql() { psql -qtA "$DATABASE_URL" -c "$1"; }
sink=$((port + 7))
"$bin/bench_sink" "$sink" &
pids+=($!)
sql "update api_keys set scopes = '{send,query,webhooks}'; update config_version set version = version + 1"
sleep 1.5
point() { # ACCOUNT PATH
  curl -s -o "$work/answer" -X PUT "http://127.0.0.1:$port/api/webhooks" \
    -H "Authorization: Bearer esms_live_bench$1" -H 'Content-Type: application/json' \
    -d "{\"dlr_url\":\"http://127.0.0.1:$sink$2\"}"
}
for i in $(seq 200); do point "$i" /quick; done

# deliveries COUNT: of the size of a receipt, round the endpoints.
deliveries() {
  sql "with made as (
    insert into webhook_deliveries (account_id, delivery_id, endpoint_id, kind, event, body)
    select e.account_id, uuid7_now(), e.endpoint_id, 1, 'message.delivered', repeat('x', 380)
    from generate_series(1, $1) as n
    join webhook_endpoints e on e.account_id = 1 + n % 200 and e.kind = 1
    returning account_id, delivery_id, endpoint_id)
  insert into webhook_queue (account_id, delivery_id, endpoint_id, next_attempt_at)
  select account_id, delivery_id, endpoint_id, clock_timestamp() from made"
}
start_scheduler() {
  SCHEDULER_RUN_S=900 "$bin/scheduler" 2>>"$work/scheduler.log" &
  scheduler=$!
  pids+=($!)
}
stop_scheduler() { kill "$scheduler"; wait "$scheduler" || true; }
rss() { awk '/VmHWM/ {print $2}' "/proc/$scheduler/status"; }
left() { sql "select count(*) from webhook_queue"; }

deliveries 100000
sql "vacuum analyze webhook_queue"
start_scheduler
until [ "$(sql "select count(*) from webhook_deliveries where state = 2")" -gt 0 ]; do sleep 0.02; done
until [ "$(left)" = 0 ]; do sleep 0.1; done
echo "backlog of 100,000 over 200 endpoints: $(sql "select round(count(*) / extract(epoch from max(last_attempt_at) - min(last_attempt_at))) from webhook_deliveries") deliveries/s, peak RSS $(rss) kB"

load() { # NAME: 1,000 a second, then p50 / p99 of the quick endpoints
  sql "truncate webhook_deliveries, webhook_queue"
  local end=$((SECONDS + ${LOAD_SECONDS:-15}))
  while [ $SECONDS -lt $end ]; do deliveries 100; sleep 0.09; done
  sleep 2
  echo "$1: ms from commit to answer, p50 / p99 / max: $(sql "select
      round(percentile_cont(0.5) within group (order by ms)::numeric, 1) || ' / ' ||
      round(percentile_cont(0.99) within group (order by ms)::numeric, 1) || ' / ' ||
      round(max(ms)::numeric, 1) || ' of ' || count(*)
    from (select extract(epoch from d.last_attempt_at - to_timestamp(('x' || substr(replace(
            d.delivery_id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0)) * 1000
          from webhook_deliveries d
          join webhook_endpoints e using (account_id, endpoint_id)
          where d.state = 2 and e.url like '%/quick') as s (ms)"), peak RSS $(rss) kB"
}
load "all 200 endpoints quick"
for i in $(seq 5 5 200); do point "$i" /slow; done
load "40 of them take 1 s"
stop_scheduler
