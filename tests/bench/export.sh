#!/usr/bin/env bash
# Rows a second and the worker's memory of GET /messages/export through nginx, over history that
# SQL makes. Usage: export.sh [ROWS]  (default 1000000; wants `make MODE=release build`)
# shellcheck disable=SC1091,SC2154
set -euo pipefail
rows=${1:-1000000}
. "$(dirname "$0")/servers.sh"

psql -q1 "$DATABASE_URL" <<SQL
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

pool messages messages 1
worker=$(pgrep -P "$pool_pid")
rss() { awk '/VmRSS/ {print $2}' "/proc/$worker/status"; }

echo "worker RSS before: $(rss) kB"
for run in 1 2 3; do
  : >"$work/rss"
  while sleep 0.2; do rss >>"$work/rss"; done &
  sampler=$!
  seconds=$(curl -sS -f -o "$work/out.csv" -w '%{time_total}' -H "Authorization: Bearer esms_live_bench1" \
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
