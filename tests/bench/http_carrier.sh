#!/usr/bin/env bash
# What one scheduler submits a second to an HTTP carrier that answers at once: MESSAGES scheduled
# sends (wrk, through the API) that all become due, from the first submit to the last record. Then
# as many jobs of BullMQ in the same Redis and of graphile-worker in the same PostgreSQL.
# shellcheck disable=SC1091,SC2154
set -euo pipefail
each=${SECONDS_EACH:-10}
. "$(dirname "$0")/servers.sh"
"$bin/bench_sink" $((port + 1)) &
pids+=($!)
mkdir "$work/carriers"
echo >"$work/carriers/sink"
export CARRIER_SECRETS_DIR=$work/carriers
cat >"$work/sink.json" <<JSON
{"url": "http://127.0.0.1:$((port + 1))/send", "private_addresses": true,
 "headers": {"Idempotency-Key": "{{message_id}}"},
 "json": {"to": "{{to}}", "from": "{{from}}", "text": "{{text}}"},
 "answer": {"rules": [{"http": 200, "means": "accepted"}]}}
JSON
"$bin/dundunctl" carrier set sink --kind http --file "$work/sink.json" >/dev/null
"$bin/dundunctl" route set ESMS_KE --connector sink >/dev/null
pool messages messages 1
sends "$each" 64 SCHEDULED_EVERY=1 LEAD_S=21600 TEXT="Gate 4 opens at nine" >/dev/null
count() { psql -qtA "$DATABASE_URL" -c "$1"; }
messages=$(count "update dispatch set due_at = now(); select count(*) from dispatch")
begun=$(date +%s%N)
SCHEDULER_RUN_S=600 "$bin/scheduler" 2>>"$work/scheduler.log" &
pids+=($!)
until [ "$(count 'select count(*) from messages where status = 3')" = "$messages" ]; do sleep 0.2; done
took_ms=$((($(date +%s%N) - begun) / 1000000))
echo "one scheduler to an HTTP carrier: $messages submits in $took_ms ms, $((messages * 1000 / took_ms))/s"
"$bin/reconcile"

npm install --silent --no-fund --no-audit --prefix "$work/npm" bullmq ioredis graphile-worker pg \
  >"$work/npm.log" 2>&1 || { cat "$work/npm.log"; exit 1; }
createdb -h "$work/pg" -U postgres graphile
settings="{\"modules\": \"$work/npm/\", \"jobs\": $messages, \"sink\": $((port + 1)),
  \"redis\": \"$work/redis.sock\",
  \"database\": \"postgres://postgres@/graphile?host=$work/pg\"}"
for kind in bullmq graphile; do node tests/bench/due_work.mjs $kind "$settings"; done
