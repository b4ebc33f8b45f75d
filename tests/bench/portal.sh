#!/usr/bin/env bash
# The portal with much behind it, in Chromium: MESSAGES (1,000,000) of one account, with 100,000
# contacts and 10,000 notifications. What the first view weighs and takes, each screen at two sizes
# in light and dark with whatever took over 300 ms, what going on and back asks for, 10,000 live
# events a second, and what the page keeps after TAIL_S (600) of TAIL_RATE (300) a second: as many
# events as an hour at 50.
# SHOTS=folder keeps a picture of each screen, PARTS="view screens pages flood tail" asks for some.
# Usage: tests/bench/portal.sh   (build/portal and the programs in build/release are made before)
# shellcheck disable=SC1091,SC2154
set -euo pipefail
messages=${MESSAGES:-1000000}
. "$(dirname "$0")/servers.sh"
cp -r "$root/build/portal" "$work/site"
ln -s "$root/portal" "$work/portal"
# The accounts of servers.sh have numbers of their own.
psql -qtA "$DATABASE_URL" -c "select setval(pg_get_serial_sequence('accounts', 'account_id'), 1000)" \
  >/dev/null
password=$(openssl rand -hex 12)
echo "$password" | "$bin/dundunctl" bootstrap --email admin@bench.test --password-stdin >/dev/null
echo "$password" | "$bin/dundunctl" user create 1 --email owner@bench.test --role owner \
  --name Owner --password-stdin >/dev/null
psql -q "$DATABASE_URL" -v first=1 -v last="$messages" -v total="$messages" -v accounts=1 \
  -f tests/bench/reads_load.sql
psql -q "$DATABASE_URL" -f tests/bench/portal_load.sql
psql -q "$DATABASE_URL" -c 'vacuum analyze' -c checkpoint
export PORTAL_URL=http://localhost:$port CARRIER_SECRETS_DIR=$work VERIFY_SECRET=$password
export ADMIN_SECOND_FACTOR=0
for group in messages bulk contacts account routes session admin carrier inbound verify webhooks \
  gravity; do
  perl deploy/dev/pool.pl "$work/run/$group.sock" 1 "$bin/$group" 2>>"$work/pool.log" &
  pids+=($!)
done
WS_LISTEN=unix:$work/run/ws.sock "$bin/ws-bridge" 2>>"$work/ws-bridge.log" &
bridge_pid=$!
pids+=("$bridge_pid")
until [ -S "$work/run/ws.sock" ] && curl -sf "localhost:$port/readyz" >/dev/null; do sleep 0.2; done
cat >"$work/settings" <<JSON
{"base": "http://localhost:$port", "password": "$password", "owner": "owner@bench.test",
 "admin": "admin@bench.test", "shots": "${SHOTS:-}", "messages": $messages,
 "parts": "${PARTS:-view screens pages flood tail}",
 "tail": {"seconds": ${TAIL_S:-600}, "rate": ${TAIL_RATE:-300}},
 "clients": "${BENCH_CLIENTS:-$bin/bench_bridge_clients}", "redis": "$work/redis.sock",
 "ws": "$work/run/ws.sock", "bridge_pid": "$bridge_pid"}
JSON
node tests/bench/portal.mjs "$work/settings"
