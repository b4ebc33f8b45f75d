# Sourced by the benchmarks: a PostgreSQL (fsync on), a Redis and an nginx of their own in $work, 200
# rich accounts with keys esms_live_bench1 … 200, and pool() to start workers. Ends with the shell.
# shellcheck shell=bash disable=SC2034
cd "$(dirname "$0")/../.." || exit
root=$PWD
bin=$root/build/release/bin
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
openssl rand -hex 32 >"$work/secrets.key"
export SECRETS_KEY_FILE=$work/secrets.key OUTBOUND_ALLOWED_ADDRESSES=127.0.0.0/8
export REDIS_URL="unix:$work/redis.sock" METRICS_DIR=$work/run/metrics LOG_LEVEL=error
until psql "$DATABASE_URL" -qc 'select 1' >/dev/null 2>&1; do sleep 0.1; done
# As on a server that has run for a while: WAL segments are there to be used again. Making one
# (16 MB of zeros and a flush) would stop every commit for 70 ms, twice a second.
for _ in $(seq 120); do
  psql -qtA "$DATABASE_URL" -c 'select pg_logical_emit_message(false, $$x$$, $$x$$), pg_switch_wal()' >/dev/null
done
psql -q "$DATABASE_URL" -c checkpoint -c 'create role dundun_app login'

sha() { printf %s "$1" | sha256sum | cut -d' ' -f1; }
fill() { # DATABASE_URL FOLDER: the schema of that checkout, and the accounts
  (cd "$2" && sql/migrate.sh "$1" dundun_app >/dev/null && psql -q1 "$1" -f deploy/dev/coverage.sql >/dev/null)
  {
    echo "begin;"
    for i in $(seq 200); do
      echo "insert into accounts (account_id, name, currency) overriding system value values ($i, 'b', 'KES');"
      echo "insert into wallets values ($i, 0, 'KES', 1000000000000000, 1);"
      echo "insert into ledger_entries (account_id, environment, seq, type, amount_micros, balance_after_micros, description) values ($i, 0, 1, 1, 1000000000000000, 1000000000000000, 'opening');"
      echo "insert into api_keys (key_hash, account_id, environment, name, prefix, scopes, rate_limit_per_s) values (decode('$(sha "esms_live_bench$i")', 'hex'), $i, 0, 'b', 'b', '{send,query}', 1000000);"
    done
    echo "update config_version set version = version + 1; commit;"
  } | psql -q "$1"
}
fill "$DATABASE_URL" "$root"

port=$((20000 + RANDOM % 20000))
for file in nginx/*.conf; do ln -s "$root/$file" "$work/conf/"; done
echo "listen 127.0.0.1:$port backlog=4096;" >"$work/conf/listen.conf"
user='user root;'
[ "$(id -u)" = 0 ] || user=''
(cd "$work" && exec nginx -p . -c conf/nginx.conf -g "daemon off; $user") 2>/dev/null &
pids+=($!)


# sends SECONDS CONNECTIONS [NAME=VALUE…]: sends.lua with these settings. Prints its last line.
sends() {
  env "${@:3}" wrk -t2 -c"$2" -d"$1s" -s tests/bench/sends.lua "http://127.0.0.1:$port" | tail -n 1
}

# pool NAME BINARY COUNT: workers behind the upstream NAME; sets $pool_pid.
pool_pid=
pool() {
  perl deploy/dev/pool.pl "$work/run/$1.sock" "$3" "$bin/$2" 2>>"$work/pool.log" &
  pool_pid=$!
  pids+=($!)
  sleep 2
}
