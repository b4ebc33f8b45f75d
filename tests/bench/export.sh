#!/usr/bin/env bash
# Rows a second and the worker's memory of GET /messages/export through nginx, over history that
# SQL makes. Usage: export.sh [ROWS]  (default 1000000; wants `make MODE=release build`)
set -euo pipefail
cd "$(dirname "$0")/../.." || exit
root=$PWD
bin=$root/${BUILD:-build/release}/bin
rows=${1:-1000000}
work=$(mktemp -d /tmp/dundun-export-XXXXXX)
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
"${run_pg[@]}" /usr/lib/postgresql/15/bin/initdb -N -A trust -U postgres -E UTF8 --locale=C.UTF-8 \
  -D "$work/pg/data" >/dev/null
"${run_pg[@]}" /usr/lib/postgresql/15/bin/postgres -D "$work/pg/data" -k "$work/pg" -h '' \
  -c shared_buffers=512MB -c max_wal_size=4GB -c fsync=off >"$work/pg.log" 2>&1 &
pids+=($!)
redis-server --port 0 --unixsocket "$work/redis.sock" --save '' --dir "$work" >/dev/null &
pids+=($!)
export DATABASE_URL="host=$work/pg user=postgres dbname=postgres"
export REDIS_URL="unix:$work/redis.sock" METRICS_DIR=$work/run/metrics LOG_LEVEL=warning
until psql "$DATABASE_URL" -qc 'select 1' >/dev/null 2>&1; do sleep 0.1; done
sql/migrate.sh "$DATABASE_URL" >/dev/null
psql -q1 "$DATABASE_URL" -f deploy/dev/coverage.sql >/dev/null

key=esms_live_exportbench
psql -q1 "$DATABASE_URL" <<SQL
insert into accounts (account_id, name, currency) overriding system value values (1, 'b', 'KES');
insert into wallets values (1, 0, 'KES', 1000000000, 1);
insert into api_keys (key_hash, account_id, environment, name, prefix, scopes)
values (sha256('$key'), 1, 0, 'b', 'b', '{query}');
-- Over the last 20 days, a steady stream.
insert into messages (account_id, environment, message_id, status, segments, encoding, cost_micros,
  route_cost_micros, cost_currency, route_currency, route, country, phone, sender, body,
  delivered_at)
select 1, 0, (substr(floor_id, 1, 19) || '8000-' || lpad(to_hex(i), 12, '0'))::uuid, 5, 1, 1,
  1213000, 35000000, 'KES', 'UGX', 'ESMS_UG', 'UG', '+2567' || lpad(i::text, 8, '0'), 'Kijani',
  'Gate ' || i || ' opens at nine, bring the blue ticket, and be on time.', at + interval '4 s'
from generate_series(1, $rows) as i
cross join lateral (select now() - interval '20 days' * i / $rows as at) as moment
cross join lateral (select uuid7_floor(at)::text as floor_id) as id;
SQL
psql -q "$DATABASE_URL" -c 'vacuum analyze messages'

port=$((20000 + RANDOM % 20000))
for file in nginx/*.conf; do ln -s "$root/$file" "$work/conf/"; done
echo "listen 127.0.0.1:$port backlog=4096;" >"$work/conf/listen.conf"
user='user root;'
[ "$(id -u)" = 0 ] || user=''
(cd "$work" && exec nginx -p . -c conf/nginx.conf -g "daemon off; $user") &
pids+=($!)
perl deploy/dev/pool.pl "$work/run/messages.sock" 1 "$bin/messages" 2>>"$work/pool.log" &
pool=$!
pids+=("$pool")
curl -sf -o /dev/null --retry 50 --retry-delay 1 --retry-max-time 20 --retry-all-errors \
  "http://127.0.0.1:$port/readyz"
worker=$(pgrep -P "$pool")
rss() { awk '/VmRSS/ {print $2}' "/proc/$worker/status"; }

echo "worker RSS before: $(rss) kB"
for run in 1 2 3; do
  : >"$work/rss"
  while sleep 0.2; do rss >>"$work/rss"; done &
  sampler=$!
  seconds=$(curl -sS -f -o "$work/out.csv" -w '%{time_total}' -H "Authorization: Bearer $key" \
    "http://127.0.0.1:$port/api/messages/export")
  kill "$sampler"
  wait "$sampler" 2>/dev/null || true
  lines=$(($(wc -l <"$work/out.csv") - 1))
  distinct=$(tail -n +2 "$work/out.csv" | cut -d, -f1 | sort -u | wc -l)
  awk -v run=$run -v n=$lines -v d="$distinct" -v s="$seconds" -v b="$(stat -c %s "$work/out.csv")" \
    'BEGIN { printf "run %d: %d rows (%d distinct) in %.2f s: %.0f rows/s, %.0f MB/s", run, n, d, s, n / s, b / s / 1e6 }'
  sort -n "$work/rss" | awk '{v[NR] = $1} END {printf "; RSS %d … %d kB\n", v[1], v[NR]}'
done
echo "RSS after: $(rss) kB; spooled by nginx: $(find "$work/run/fastcgi" -type f | wc -l) files"
