#!/usr/bin/env bash
# Through Kannel beside Kannel alone, in one run: what an SMSC (a simulator) gets a second. Alone:
# its own sendsms, store on, no receipts, bound to the SMSC directly. Ours: nginx, ledger committed,
# the same Kannel behind smpp-guard, and every receipt brought back. Kannel is the limit
# (THROUGHPUT messages a second, as carriers sell it).
# SECONDS_EACH=10 for shorter runs.
# shellcheck disable=SC1091,SC2154
set -euo pipefail
each=${SECONDS_EACH:-20}
throughput=${THROUGHPUT:-500}
. "$(dirname "$0")/servers.sh"
base=$((port + 10))
url=http://127.0.0.1:$port/carrier/kannel
mkdir -p "$work/carriers" "$work/kannel"
printf 'username=bench\npassword=bench-password\nsecret=bench-secret-bench\n' >"$work/carriers/kannel"
export CARRIER_SECRETS_DIR=$work/carriers
psql -q "$DATABASE_URL" -c "insert into carriers (carrier, secret_hashes, kind, settings) values
  ('kannel', '{}', 'kannel', '{\"url\": \"http://127.0.0.1:$((base + 2))/cgi-bin/sendsms\",
   \"receipts_url\": \"$url/kannel-receipt\", \"guarded\": true}')" \
  -c "update routes set connector = 'kannel'" -c "update config_version set version = version + 1"

start() { "$@" >>"$work/kannel.log" 2>&1 & pids+=($!); }
up() { until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do sleep 0.1; done; }
"$bin/smsc-simulator" $((base + 4)) quiet >"$work/smsc.log" &
pids+=($!)
up $((base + 4))
taken() { tail -n 1 "$work/smsc.log"; }

kannel() { # PORT of what it binds to [THROUGHPUT]: a new one with an empty store
  # Asked politely, Kannel first sends what it has queued.
  for pid in "${boxes[@]}"; do kill -KILL "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
  rm -rf "$work/kannel/spool"
  mkdir "$work/kannel/spool"
  ADMIN_PORT=$base ADMIN_PASSWORD=x SMSBOX_PORT=$((base + 1)) SENDSMS_PORT=$((base + 2)) GUARD_PORT=$1 \
    DATA=$work/kannel LOG=$work/kannel USERNAME=bench PASSWORD=bench-password SMSC_USERNAME=x \
    SMSC_PASSWORD=x MO_URL="$url/mo" deploy/kannel/configure.sh |
    sed "s/^max-pending-submits.*/&\n${2:+throughput = $2}/" >"$work/kannel.conf"
  start /usr/sbin/bearerbox -v 4 "$work/kannel.conf"
  boxes=("${pids[-1]}")
  up $((base + 1))
  start /usr/sbin/smsbox -v 4 "$work/kannel.conf"
  boxes+=("${pids[-1]}")
  up $((base + 2))
}
boxes=()
rate() { # NAME COMMAND…: messages a second at the SMSC while the command runs
  local name=$1 before after
  shift
  sleep 2
  before=$(taken)
  "$@" >"$work/wrk.log"
  after=$(taken)
  echo $(((after - before) / each)) >"$work/rate"
  printf '%-34s %6s/s at the SMSC   %s\n' "$name" "$(cat "$work/rate")" \
    "$(grep -oE 'Requests/sec: *[0-9.]+|Non-2xx.*' "$work/wrk.log" | tr '\n' ' ')"
}

sendsms="http://127.0.0.1:$((base + 2))/cgi-bin/sendsms?username=bench&password=bench-password&from=dundun&to=254712345678&text=Gate+4+opens+at+nine"
"$bin/smpp-guard" 127.0.0.1:$((base + 3)) 127.0.0.1:$((base + 4)) "$work/submits" \
  "$url/kannel-receipt" 2>>"$work/guard.log" &
pids+=($!)
up $((base + 3))
pool carrier carrier 1
pool messages messages 1
SCHEDULER_RUN_S=600 "$bin/scheduler" 2>>"$work/scheduler.log" &
pids+=($!)
open() { psql -qtA "$DATABASE_URL" -c "select count(*) from messages where status not in (5, 6)"; }
compare() { # NAME [THROUGHPUT]
  local alone ours
  kannel $((base + 4)) "${2:-}"
  rate "Kannel sendsms, store on, $1" wrk -t2 -c64 -d"${each}s" "$sendsms"
  alone=$(cat "$work/rate")
  kannel $((base + 3)) "${2:-}"
  rate "ours through Kannel, $1" env TEXT="Gate 4 opens at nine" \
    wrk -t2 -c64 -d"${each}s" -s tests/bench/sends.lua "http://127.0.0.1:$port"
  ours=$(cat "$work/rate")
  echo "ratio: $(echo "scale=2; $ours / $alone" | bc)"
  for _ in $(seq 300); do [ "$(open)" != 0 ] || break; sleep 1; done
}
compare "its limit $throughput/s" "$throughput"
psql -qtA -F ' ' "$DATABASE_URL" -c "select case status when 5 then 'delivered' when 6 then 'failed' else 'open' end,
  count(*) from messages group by 1 order by 1"
"$bin/reconcile"
