#!/usr/bin/env bash
# How punctual the scheduler is: 500 due a second, an OTP beside a campaign, a drip of 600 a minute,
# and what a million scheduled messages weigh. DRIP_SECONDS=180 is the default.
# shellcheck disable=SC1091,SC2154
set -euo pipefail
. "$(dirname "$0")/servers.sh"
export LOOPBACK_DLR_DELAY_MS=3600000
pool messages messages 1
pool bulk bulk 1
pool contacts contacts 1
base=http://127.0.0.1:$port/api
sql() { psql -qtA "$DATABASE_URL" -c "$1"; }
post() { # PATH KEY JSON
  curl -s "$base$1" -H "Authorization: Bearer esms_live_bench$2" -H 'Content-Type: application/json' -d "$3"
}
start_scheduler() { SCHEDULER_RUN_S=900 "$bin/scheduler" 2>>"$work/scheduler.log" & scheduler=$!; pids+=($!); }
percentiles() { # SQL of milliseconds: p50 p99 max
  sql "select round(percentile_cont(0.5) within group (order by ms)::numeric, 1) || ' / ' ||
              round(percentile_cont(0.99) within group (order by ms)::numeric, 1) || ' / ' ||
              round(max(ms)::numeric, 1) from ($1) as s (ms)"
}
accept_to_submit() { # ACCOUNT: of its single messages
  percentiles "select extract(epoch from m.submitted_at - to_timestamp(('x' || substr(replace(
      m.message_id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0)) * 1000
    from messages m where account_id = $1 and batch_id is null and submitted_at is not null"
}

# 200,000 scheduled messages, as wrk sends them, for their weight.
before=$(sql "select pg_database_size(current_database())")
redis_before=$(redis-cli -s "$work/redis.sock" info memory | awk -F: '/^used_memory:/ {print $2 + 0}')
sends 12 128 SCHEDULED_EVERY=1 LEAD_S=172800 >/dev/null
sleep 1
count=$(sql "select count(*) from dispatch")
after=$(sql "select pg_database_size(current_database())")
redis_after=$(redis-cli -s "$work/redis.sock" info memory | awk -F: '/^used_memory:/ {print $2 + 0}')
echo "a million scheduled messages: $(((after - before) / count)) MB of PostgreSQL, $(((redis_after - redis_before) / count)) MB of Redis (from $count)"

# 5,000 of them become due over 10 s; the others wait.
sql "create table due as select account_id, message_id, now() + interval '3 s' + random() * interval '10 s' as at from dispatch limit 5000"
sql "update dispatch d set due_at = due.at from due where d.account_id = due.account_id and d.message_id = due.message_id"
redis-cli -s "$work/redis.sock" flushall >/dev/null
start_scheduler
sleep 16
echo "lateness at 500 due a second, ms p50 / p99 / max: $(percentiles "select extract(epoch from m.submitted_at - due.at) * 1000 from due join messages m using (account_id, message_id)")"

otp() { for _ in $(seq "$1"); do post /messages/send "$2" '{"to":"+254712345673","text":"Your code is 4711"}' >/dev/null; sleep 0.1; done; }
otp 80 2
echo "OTP every 100 ms, idle, accept to submit, ms p50 / p99 / max: $(accept_to_submit 2)"
perl -e 'print "phone,name\n"; printf "+2547%07d3,Name%d\n", $_, $_ for 1000000 .. 1499999' >"$work/list.csv"
list=$(curl -s "$base/contact-lists" -H 'Authorization: Bearer esms_live_bench4' -F "file=@$work/list.csv" | grep -o '"id":[0-9]*' | cut -d: -f2)
post /messages/send-bulk 4 "{\"contact_list_ids\":[$list],\"text\":\"Hi {{name}}, your parcel waits.\"}" >/dev/null
sleep 0.5
otp 80 3
echo "the same while a campaign of 500,000 drains ($(sql "select made from batches where account_id = 4") made when it ended): $(accept_to_submit 3)"
until [ "$(sql "select count(*) from batches where account_id = 4 and status = 5")" = 1 ]; do sleep 0.5; done

head -4001 "$work/list.csv" >"$work/drip.csv"
list=$(curl -s "$base/contact-lists" -H 'Authorization: Bearer esms_live_bench5' -F "file=@$work/drip.csv" | grep -o '"id":[0-9]*' | cut -d: -f2)
post /messages/send-bulk 5 "{\"contact_list_ids\":[$list],\"text\":\"Hi {{name}}\",\"schedule_mode\":\"drip\",\"drip_rate\":600}" >/dev/null
sleep "${DRIP_SECONDS:-180}"
kill "$scheduler"; wait "$scheduler" || true
echo "drip of 600 a minute: $(sql "select round(60 * (count(*) - 1) / extract(epoch from max(submitted_at) - min(submitted_at)), 2) from messages where account_id = 5") a minute, spacing ms p50 / p99 / max: $(percentiles "select extract(epoch from submitted_at - lag(submitted_at) over (order by submitted_at)) * 1000 from messages where account_id = 5")"
"$bin/reconcile"
