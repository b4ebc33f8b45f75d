#!/usr/bin/env bash
# make bench: sends a second through nginx with the ledger committed (fsync on), beside a trivial
# handler on the same loop, the same send without group commit, and Kannel. Prints a table; paste
# it into tests/bench/README.md. SECONDS_EACH=5 for shorter runs.
set -euo pipefail
cd "$(dirname "$0")/../.." || exit
root=$PWD
bin=$root/build/release/bin
each=${SECONDS_EACH:-8}
work=$(mktemp -d /tmp/dundun-bench-XXXXXX)
chmod 755 "$work"
pids=()
cleanup() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$work"
}
trap cleanup EXIT

mkdir -p "$work"/{pg,run/metrics,conf}
run_pg=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$work/pg"
  run_pg=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
"${run_pg[@]}" /usr/lib/postgresql/15/bin/initdb -A trust -U postgres -E UTF8 --locale=C.UTF-8 \
  -D "$work/pg/data" >/dev/null
"${run_pg[@]}" /usr/lib/postgresql/15/bin/postgres -D "$work/pg/data" -k "$work/pg" -h '' \
  -c shared_buffers=512MB -c max_wal_size=4GB -c min_wal_size=2GB -c wal_compression=lz4 -c max_connections=200 >"$work/pg.log" 2>&1 &
pids+=($!)
redis-server --port 0 --unixsocket "$work/redis.sock" --save '' --dir "$work" >/dev/null &
pids+=($!)
export DATABASE_URL="host=$work/pg user=postgres dbname=postgres"
export REDIS_URL="unix:$work/redis.sock" METRICS_DIR=$work/run/metrics LOG_LEVEL=error
until psql "$DATABASE_URL" -qc 'select 1' >/dev/null 2>&1; do sleep 0.1; done
sql/migrate.sh "$DATABASE_URL" >/dev/null
# As on a server that has run for a while: WAL segments are there to be used again. Making one
# (16 MB of zeros and a flush) would stop every commit for 70 ms, twice a second.
for _ in $(seq 120); do
  psql -qtA "$DATABASE_URL" -c 'select pg_logical_emit_message(false, $$x$$, $$x$$), pg_switch_wal()' >/dev/null
done
psql -q "$DATABASE_URL" -c checkpoint
psql -q1 "$DATABASE_URL" -f deploy/dev/coverage.sql >/dev/null

sha() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
{
  echo "begin;"
  for i in $(seq 200); do
    echo "insert into accounts (account_id, name, currency) overriding system value values ($i, 'b', 'KES');"
    echo "insert into wallets values ($i, 0, 'KES', 1000000000000000, 1);"
    echo "insert into ledger_entries (account_id, environment, seq, type, amount_micros, balance_after_micros, description) values ($i, 0, 1, 1, 1000000000000000, 1000000000000000, 'opening');"
    echo "insert into api_keys (key_hash, account_id, environment, name, prefix, scopes, rate_limit_per_s) values (decode('$(sha "esms_live_bench$i")', 'hex'), $i, 0, 'b', 'b', '{send,query}', 1000000);"
  done
  echo "update config_version set version = version + 1; commit;"
} | psql -q "$DATABASE_URL"

port=$((20000 + RANDOM % 20000))
for file in nginx/*.conf; do ln -s "$root/$file" "$work/conf/"; done
echo "listen 127.0.0.1:$port backlog=4096;" >"$work/conf/listen.conf"
user='user root;'
[ "$(id -u)" = 0 ] || user=''
(cd "$work" && exec nginx -p . -c conf/nginx.conf -g "daemon off; $user") 2>/dev/null &
pids+=($!)

pool_pid=
pool() { # BINARY COUNT: behind the `messages` upstream
  if [ -n "$pool_pid" ]; then kill "$pool_pid"; wait "$pool_pid" 2>/dev/null || true; fi
  perl deploy/dev/pool.pl "$work/run/messages.sock" "$2" "$bin/$1" 2>>"$work/pool.log" &
  pool_pid=$!
  pids+=($!)
  sleep 2
}

cat >"$work/send.lua" <<'LUA'
local accounts = tonumber(os.getenv("ACCOUNTS") or "1")
local n = 0
function request()
  n = n + 1
  local headers = { ["Content-Type"] = "application/json",
    ["Authorization"] = "Bearer esms_live_bench" .. (n % accounts + 1) }
  return wrk.format("POST", os.getenv("TARGET"), headers,
    '{"to":"+254712345678","text":"Gate 4 opens at nine, bring the blue ticket and be on time."}')
end
function done(summary, latency)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format("%.0f req/s  p50 %.1f ms  p99 %.1f ms  errors %d\n",
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, bad))
end
LUA
measure() { # NAME CONNECTIONS TARGET [ACCOUNTS]
  printf '%-34s c=%-4s ' "$1" "$2"
  TARGET=$3 ACCOUNTS=${4:-1} wrk -t2 -c"$2" -d"${each}s" -s "$work/send.lua" "http://127.0.0.1:$port" |
    tail -n 1
}
cpu_of_postgres() { # jiffies of all its processes
  cat /proc/[0-9]*/stat 2>/dev/null | awk '/\(postgres\)/ {s += $14 + $15 + $16 + $17} END {print s + 0}'
}

pool bench_threaded 1
for c in 64 256; do measure "threaded libfcgi, 8 threads" $c /api/trivial; done
pool bench_trivial 2
for c in 64 256; do measure "(a) trivial on our loop" $c /api/trivial; done
pool messages 1
for c in 64 256; do measure "send, one hot wallet" $c /api/messages/send; done
for c in 64 256; do measure "send, 200 accounts" $c /api/messages/send 200; done
before=$(cpu_of_postgres)
rows=$(psql -qtA "$DATABASE_URL" -c 'select count(*) from messages')
measure "send, for PostgreSQL's CPU" 256 /api/messages/send
sent=$(($(psql -qtA "$DATABASE_URL" -c 'select count(*) from messages') - rows))
echo "PostgreSQL CPU a message: $((($(cpu_of_postgres) - before) * 10000 / sent)) us over $sent messages"
rss() { awk '/VmRSS/ {print $2}' "/proc/$(pgrep -P "$pool_pid")/status"; }
messages() { psql -qtA "$DATABASE_URL" -c 'select count(*) from messages'; }
pool messages 1
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
pool messages 1
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
