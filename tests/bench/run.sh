#!/usr/bin/env bash
# make bench: sends a second through nginx with the ledger committed (fsync on), beside a trivial
# handler on the same loop, the same send without group commit, and Kannel. Prints a table; paste
# it into tests/bench/README.md. SECONDS_EACH=5 for shorter runs.
# shellcheck disable=SC1091,SC2154
set -euo pipefail
each=${SECONDS_EACH:-8}
. "$(dirname "$0")/servers.sh"

messages_pool() { # BINARY COUNT: instead of the one before
  if [ -n "$pool_pid" ]; then kill "$pool_pid"; wait "$pool_pid" 2>/dev/null || true; fi
  pool messages "$1" "$2"
}

measure() { # NAME CONNECTIONS TARGET [ACCOUNTS]
  printf '%-34s c=%-4s ' "$1" "$2"
  sends "$each" "$2" TARGET="$3" ACCOUNTS="${4:-1}" |
    awk '{printf "%.0f req/s  p50 %.1f ms  p99 %.1f ms  errors %d\n", $2, $4, $5, $6}'
}
cpu_of_postgres() { # jiffies of all its processes
  cat /proc/[0-9]*/stat 2>/dev/null | awk '/\(postgres\)/ {s += $14 + $15 + $16 + $17} END {print s + 0}'
}

messages_pool bench_threaded 1
for c in 64 256; do measure "threaded libfcgi, 8 threads" $c /api/trivial; done
messages_pool bench_trivial 2
for c in 64 256; do measure "(a) trivial on our loop" $c /api/trivial; done
messages_pool messages 1
for c in 64 256; do measure "send, one hot wallet" $c /api/messages/send; done
for c in 64 256; do measure "send, 200 accounts" $c /api/messages/send 200; done
before=$(cpu_of_postgres)
rows=$(psql -qtA "$DATABASE_URL" -c 'select count(*) from messages')
measure "send, for PostgreSQL's CPU" 256 /api/messages/send
sent=$(($(psql -qtA "$DATABASE_URL" -c 'select count(*) from messages') - rows))
echo "PostgreSQL CPU a message: $((($(cpu_of_postgres) - before) * 10000 / sent)) us over $sent messages"
rss() { awk '/VmRSS/ {print $2}' "/proc/$(pgrep -P "$pool_pid")/status"; }
messages() { psql -qtA "$DATABASE_URL" -c 'select count(*) from messages'; }
messages_pool messages 1
early=
until [ "$(messages)" -gt $((rows + sent + 1000000)) ]; do
  measure "send, for the worker's memory" 256 /api/messages/send 200
  early=${early:-$(rss)}
done
echo "worker RSS: $early kB after its first ${each} s, $(rss) kB after a million sends"
echo "$(psql -qtA "$DATABASE_URL" -c 'select count(*) from messages') messages; $("$bin/reconcile")"
id=$(psql -qtA "$DATABASE_URL" -c 'select message_id from messages where account_id = 1 limit 1')
printf '%-34s c=%-4s ' "GET /messages/{id}" 64
wrk -t2 -c64 -d"${each}s" --latency -H 'Authorization: Bearer esms_live_bench1' \
  "http://127.0.0.1:$port/api/messages/msg-$id" | awk '/Requests\/sec/ {r=$2} /99%/ {p=$2} END {print r " req/s  p99 " p}'
export JOURNAL_BATCH_MAX=1
messages_pool messages 1
for c in 64 256; do measure "(b) send, batch cap 1" $c /api/messages/send; done
unset JOURNAL_BATCH_MAX

if command -v bearerbox >/dev/null || [ -x /usr/sbin/bearerbox ]; then
  PATH=$PATH:/usr/sbin:/usr/lib/kannel
  base=$((port + 1))
  cat >"$work/kannel.conf" <<CONF

group = core
admin-port = $base
admin-password = bench
smsbox-port = $((base + 1))
store-type = file
store-location = $work/kannel.store
log-level = 4

group = smsc
smsc = fake
smsc-id = fake
host = 127.0.0.1
port = $((base + 2))
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = $((base + 3))
log-level = 4

group = sendsms-user
username = bench
password = bench
max-messages = 10
CONF
  bearerbox "$work/kannel.conf" >/dev/null 2>&1 &
  pids+=($!)
  sleep 2
  smsbox "$work/kannel.conf" >/dev/null 2>&1 &
  pids+=($!)
  sleep 1
  for c in 64 256; do
    printf '%-34s c=%-4s ' "Kannel sendsms, store file" $c
    wrk -t2 -c$c -d"${each}s" --latency \
      "http://127.0.0.1:$((base + 3))/cgi-bin/sendsms?username=bench&password=bench&from=dundun&to=254712345678&text=Gate+4+opens+at+nine" |
      awk '/Requests\/sec/ {r=$2} /99%/ {p=$2} END {print r " req/s  p99 " p}'
  done
fi
