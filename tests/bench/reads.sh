#!/usr/bin/env bash
# The read side with history: latency of each kind of question at 64 connections, over 1,000 accounts
# and 100,000 messages, then over MESSAGES (default 1000000; 10000000 takes 15 GB of /tmp and a
# quarter of an hour), as fast as it goes and at half of that rate. SECONDS_EACH=4 is how long each
# is asked, KINDS="list detail" asks only these, BEFORE=<folder> binaries that are asked by turns with
# these, ROUNDS=2 times.
# shellcheck disable=SC1091,SC2154
set -euo pipefail
most=${MESSAGES:-1000000}
each=${SECONDS_EACH:-4}
. "$(dirname "$0")/servers.sh"
sql() { psql -qtA -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "$1"; }

sql "insert into accounts (account_id, name, currency) overriding system value
       select i, 'b', 'KES' from generate_series(201, 1000) as i;
     insert into wallets select i, 0, 'KES', 1000000000000000, 1 from generate_series(201, 1000) as i;
     insert into ledger_entries (account_id, environment, seq, type, amount_micros,
       balance_after_micros, description)
       select i, 0, 1, 1, 1000000000000000, 1000000000000000, 'opening' from generate_series(201, 1000) as i;
     insert into api_keys (key_hash, account_id, environment, name, prefix, scopes, rate_limit_per_s)
       select sha256(('esms_live_bench' || i)::bytea), i, 0, 'b', 'b', '{send,query}', 1000000
       from generate_series(201, 1000) as i;
     update config_version set version = version + 1"

postmaster=$(head -n 1 "$work/pg/data/postmaster.pid")
chunk=1000000
loaded=0
load_to() { # COUNT messages in all
  local began=$SECONDS last
  while [ $loaded -lt "$1" ]; do
    last=$((loaded + chunk < $1 ? loaded + chunk : $1))
    psql -q "$DATABASE_URL" -v first=$((loaded + 1)) -v last=$last -v total="$most" \
      -v accounts=1000 \
      -f tests/bench/reads_load.sql
    loaded=$last
  done
  psql -q "$DATABASE_URL" -c 'vacuum analyze messages' -c 'vacuum analyze message_events' \
    -c 'vacuum analyze ledger_entries' -c 'vacuum analyze message_daily' -c checkpoint
  sql "select m.account_id || ' ' || m.message_id || ' ' || m.phone || ' ' ||
              (to_timestamp(('x' || substr(replace(m.message_id::text, '-', ''), 1, 12))::bit(48)::bigint
                            / 1000.0) at time zone 'UTC')::date
       from messages m tablesample bernoulli (least(100, 100.0 * 20000 / $loaded))" >"$work/sample"
  # As on a server whose memory holds what is read: what the disk does is another question.
  find "$work/pg/data/base" -name '[0-9]*' -type f -exec cat {} + >/dev/null
  echo "$loaded messages loaded in $((SECONDS - began)) s; database $(sql "select
    pg_size_pretty(pg_database_size(current_database()))"), biggest account $(sql "select max(n)
    from (select count(*) as n from messages group by account_id) as a") messages"
}
wrk_of() { # KIND PAUSE_MS: the mean of what a connection waits before it asks again
  KIND=$1 PAUSE_MS=$2 SAMPLE=$work/sample wrk -t2 -c64 -d"${each}s" -s tests/bench/reads.lua \
    "http://127.0.0.1:$port" | tail -n 1
}
serving=()
# CPU seconds/100 so far of PostgreSQL, or of the workers (those that it forked count too).
cpu_of() { # PID…
  local pid child all=()
  for pid in "$@"; do
    all+=("/proc/$pid/stat")
    for child in $(pgrep -P "$pid"); do all+=("/proc/$child/stat"); done
  done
  cat "${all[@]}" 2>/dev/null | awk '{ sum += $14 + $15 + $16 + $17 } END { print sum + 0 }'
}
ask() { # KIND…
  local kind full rate postgres workers
  for kind in "$@"; do
    postgres=$(cpu_of "$postmaster") workers=$(cpu_of "${serving[@]}")
    full=$(wrk_of "$kind" 0)
    rate=${full%%/s*}
    printf '  %-18s %-46s CPU us: PostgreSQL %3d worker %3d   half: %s\n' "$kind" "$full" \
      $((($(cpu_of "$postmaster") - postgres) * 10000 / (rate * each + 1))) \
      $((($(cpu_of "${serving[@]}") - workers) * 10000 / (rate * each + 1))) \
      "$(wrk_of "$kind" $((64 * 2000 / (rate + 1))))"
  done
}
serve() { # FOLDER of binaries
  local bin=$1 pid
  for pid in "${serving[@]}"; do kill "$pid" && wait "$pid" || true; done
  pool messages messages 1
  serving=("$pool_pid")
  pool account account 1
  serving+=("$pool_pid")
}
ask_all() {
  local side round
  for round in $(seq "${ROUNDS:-1}"); do
    for side in ${BEFORE:+"$BEFORE"} "$bin"; do
      serve "$side"
      echo "round $round, $side"
      ask list >/dev/null  # caches and plans
      # shellcheck disable=SC2086
      ask ${KINDS:-trivial list page_50 status rare_status day phone detail explain stats volume \
        balance transactions transactions_100}
    done
  done
}

if [ "$most" -gt 100000 ]; then
  load_to 100000
  ask_all
fi
load_to "$most"
ask_all
